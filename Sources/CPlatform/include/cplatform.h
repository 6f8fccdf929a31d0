#pragma once
#include <stddef.h>

/* One function for each call that Swift's Glibc module does not show. No logic. */

/// Overwrites memory in a way the optimiser keeps (explicit_bzero(3)).
void cplatform_wipe(void *bytes, size_t count);

/// Names the calling thread, at most 15 bytes (pthread_setname_np(3)).
int cplatform_name_thread(const char *name);

/// Lets go of the mapped pages of all read-only segments of the program and its libraries (dl_iterate_phdr(3),
/// madvise(2), MADV_DONTNEED). They are mapped anew from the page cache when they are next touched. Segments that
/// were ever writable hold relocations and are left alone.
void cplatform_release_read_only_pages(void);

/// Gives free heap memory back to the system (malloc_trim(3)).
void cplatform_trim_heap(void);
