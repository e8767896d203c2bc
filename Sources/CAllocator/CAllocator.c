#include "CAllocator.h"
#include <stddef.h>

// Under this name jemalloc looks for its settings before the process's first allocation (jemalloc(3),
// "TUNING"); the environment's MALLOC_CONF is read after it.
//
// One arena: librdkafka's threads allocate what the pipeline's thread gives back, so there is nothing to
// keep apart, and what is free is free for everybody. Threads still have caches of their own, but of pieces
// up to 4 KiB alone: larger ones (a page of the database's takes 10) are few, and idle in a cache. Memory
// that has not been used for a second goes back to the system.
const char *malloc_conf = "narenas:1,tcache_max:4096,dirty_decay_ms:1000,muzzy_decay_ms:0";

// Of jemalloc's interface, if it is linked.
extern int mallctl(
    const char *name, void *old, size_t *old_length, void *new, size_t new_length)
    __attribute__((weak));

unsigned callocator_arenas(void) {
  unsigned count = 0;
  size_t length = sizeof count;
  // Naming the settings keeps them in the program.
  if (!mallctl || !malloc_conf || mallctl("opt.narenas", &count, &length, NULL, 0)) return 0;
  return count;
}
