#include "cplatform.h"

#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

void cplatform_wipe(void *bytes, size_t count) { explicit_bzero(bytes, count); }

int cplatform_name_thread(const char *name) { return pthread_setname_np(pthread_self(), name); }

static int release_segments(struct dl_phdr_info *object, size_t size, void *context) {
  (void)size;
  (void)context;
  const uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
  for (int index = 0; index < object->dlpi_phnum; index++) {
    const ElfW(Phdr) *segment = &object->dlpi_phdr[index];
    if (segment->p_type != PT_LOAD || (segment->p_flags & PF_W)) continue;
    /* Whole pages only: the last one may be shared with a segment that is writable. */
    const uintptr_t start = (object->dlpi_addr + segment->p_vaddr + page - 1) & ~(page - 1);
    const uintptr_t end = (object->dlpi_addr + segment->p_vaddr + segment->p_filesz) & ~(page - 1);
    if (start < end) madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cplatform_release_read_only_pages(void) { dl_iterate_phdr(release_segments, NULL); }

void cplatform_trim_heap(void) { malloc_trim(0); }
