#include "cplatform.h"

#include <link.h>
#include <malloc.h>
#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
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
    if (start >= end) continue;
    /* Locked pages cannot be let go of, and these hold nothing that is not in a file anyway. */
    munlock((void *)start, end - start);
    madvise((void *)start, end - start, MADV_DONTNEED);
  }
  return 0;
}

void cplatform_release_read_only_pages(void) { dl_iterate_phdr(release_segments, NULL); }

void cplatform_trim_heap(void) { malloc_trim(0); }

bool cplatform_map_large_blocks(size_t count, size_t kept) {
  return mallopt(M_MMAP_THRESHOLD, (int)count) == 1 && mallopt(M_TRIM_THRESHOLD, (int)kept) == 1;
}

bool cplatform_forbid_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0; }

bool cplatform_can_lock(size_t count) {
  void *pages = mmap(NULL, count, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) return false;
  const bool can = mlock2(pages, count, MLOCK_ONFAULT) == 0;
  munmap(pages, count);
  return can;
}

bool cplatform_lock_all_pages(void) { return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0; }

__attribute__((noinline)) void cplatform_wipe_stack(void) {
  char used[32 * 1024];
  explicit_bzero(used, sizeof used);
}
