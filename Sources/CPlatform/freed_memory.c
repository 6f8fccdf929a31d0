#include "cplatform.h"

/*
 * free(3) and realloc(3) of the whole process, which overwrite what they give up once that is switched on.
 *
 * Why glibc's own M_PERTURB is not enough stands in docs/decisions/0006-freed-memory-is-overwritten.md. An
 * executable's definitions come before those of every library, so libcurl and OpenSSL end up here as well; the
 * functions that would have been called without these are found behind them (dlsym(3), RTLD_NEXT), so that the heap
 * may be glibc's or that of a preloaded allocator. A sanitizer has a heap of its own and is left alone.
 */

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) || __has_feature(memory_sanitizer)
#define HEAP_IS_A_SANITIZERS 1
#endif
#endif

#ifdef HEAP_IS_A_SANITIZERS

bool cplatform_fill_freed_memory(void) { return false; }

#else

#include <dlfcn.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef void (*free_function)(void *);
typedef void *(*realloc_function)(void *, size_t);

static _Atomic(free_function) next_free;
static _Atomic(realloc_function) next_realloc;
static atomic_bool fills;

/* On the way to the first answer no constructor may have run yet, so each looks for itself. Two threads that look
   at once find the same. */
static free_function find_free(void) {
  const free_function found = (free_function)dlsym(RTLD_NEXT, "free");
  atomic_store_explicit(&next_free, found, memory_order_relaxed);
  return found;
}

static realloc_function find_realloc(void) {
  const realloc_function found = (realloc_function)dlsym(RTLD_NEXT, "realloc");
  atomic_store_explicit(&next_realloc, found, memory_order_relaxed);
  return found;
}

static bool is_filling(void) { return atomic_load_explicit(&fills, memory_order_relaxed); }

void free(void *memory) {
  free_function next = atomic_load_explicit(&next_free, memory_order_relaxed);
  if (!next) next = find_free();
  /* All that the heap set aside, not only what was asked for: a caller may have used what it was told it has. */
  if (memory && is_filling()) explicit_bzero(memory, malloc_usable_size(memory));
  next(memory);
}

/* The heap's own realloc(3) leaves a copy behind when it moves a block and gives up tails without a word, so with
   filling on it is not used at all. */
void *realloc(void *memory, size_t size) {
  if (!memory || !is_filling()) {
    realloc_function next = atomic_load_explicit(&next_realloc, memory_order_relaxed);
    if (!next) next = find_realloc();
    return next(memory, size);
  }
  if (size == 0) {
    free(memory);
    return NULL;
  }
  const size_t held = malloc_usable_size(memory);
  if (size <= held && size >= held / 2) return memory;
  /* A block that grows has to move, so it gets room to grow: a caller that adds a little at a time would pay for
     a copy of everything each time. */
  void *moved = size > held && size - held < held / 4 ? malloc(held + held / 4) : NULL;
  if (!moved) moved = malloc(size);
  if (!moved) return NULL;
  memcpy(moved, memory, size < held ? size : held);
  free(memory);
  return moved;
}

bool cplatform_fill_freed_memory(void) {
  atomic_store_explicit(&fills, true, memory_order_relaxed);
  return dlsym(RTLD_DEFAULT, "free") == (void *)free && dlsym(RTLD_DEFAULT, "realloc") == (void *)realloc;
}

#endif
