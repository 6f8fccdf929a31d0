#include "cplatform.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

void cplatform_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }

int cplatform_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

int cplatform_idle_priority(void) {
  const struct sched_param none = {.sched_priority = 0};
  return pthread_setschedparam(pthread_self(), SCHED_IDLE, &none);
}
