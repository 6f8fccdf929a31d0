#pragma once
#include <stddef.h>

/* One function for each call that Swift's Glibc module does not show. No logic. */

/// Overwrites memory in a way the optimiser keeps (explicit_bzero(3)).
void cplatform_wipe(void *bytes, size_t count);

/// Names the calling thread, at most 15 bytes (pthread_setname_np(3)).
int cplatform_name_thread(const char *name);

/// Puts the calling thread under SCHED_IDLE, so that it only takes time nobody else wants (sched(7)).
int cplatform_idle_priority(void);
