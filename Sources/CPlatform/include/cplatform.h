#pragma once
#include <stdbool.h>
#include <stddef.h>

/* One function for each call that Swift's Glibc module does not show, without logic, and the replacement of
   free(3) in freed_memory.c. */

/// Overwrites memory in a way the optimiser keeps (explicit_bzero(3)).
void cplatform_wipe(void *bytes, size_t count);

/// Names the calling thread, at most 15 bytes (pthread_setname_np(3)).
int cplatform_name_thread(const char *name);

/// Lets go of the mapped pages of all read-only segments of the program and its libraries (dl_iterate_phdr(3),
/// munlock(2), madvise(2), MADV_DONTNEED). They are mapped anew from the page cache when they are next touched.
/// Segments that were ever writable hold relocations and are left alone.
void cplatform_release_read_only_pages(void);

/// Gives free heap memory back to the system (malloc_trim(3)).
void cplatform_trim_heap(void);

/// Maps blocks of at least `count` bytes on their own, so that they go back to the system when they are freed, and
/// keeps up to `kept` bytes of free heap for what is smaller (mallopt(3), M_MMAP_THRESHOLD, M_TRIM_THRESHOLD).
bool cplatform_map_large_blocks(size_t count, size_t kept);

/// From now on overwrites what free(3) and realloc(3) give up. False where that does not reach every library
/// of the process, or where a sanitizer owns the heap.
bool cplatform_fill_freed_memory(void);

/// Forbids core dumps and other processes of the same user a look inside (prctl(2), PR_SET_DUMPABLE).
bool cplatform_forbid_dumps(void);

/// Whether `count` bytes can be locked right now, found out by locking and unlocking so many that hold nothing
/// (mlock2(2), MLOCK_ONFAULT).
bool cplatform_can_lock(size_t count);

/// Locks every page of now and later once it is touched (mlockall(2), MCL_ONFAULT).
bool cplatform_lock_all_pages(void);

/// Overwrites the part of the calling thread's stack that returned functions used, as deep as OpenSSL goes (32 KiB).
void cplatform_wipe_stack(void);
