// Under a sanitizer, whose allocator takes the place of malloc and free, C++'s operators must follow it.
//
// jemalloc brings operators of its own. A sanitizer replaces those only in programs that are linked as C++,
// which a Swift program is not: what the system's C++ library then allocates by the one allocator, it frees
// by the other. So these come first. (Itanium C++ ABI, 5.1.5: the names of operators; m is size_t.)

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)

#include <stdlib.h>

static void *allocate(size_t size) {
  void *memory = malloc(size ? size : 1);
  if (!memory) abort();
  return memory;
}

static void *allocate_aligned(size_t size, size_t alignment) {
  void *memory = NULL;
  if (posix_memalign(&memory, alignment < sizeof memory ? sizeof memory : alignment, size)) abort();
  return memory;
}

// new and new[]; the same that return NULL; the same with an alignment.
void *_Znwm(size_t size) { return allocate(size); }
void *_Znam(size_t size) { return allocate(size); }
void *_ZnwmRKSt9nothrow_t(size_t size, const void *tag) { return malloc(size ? size : 1); }
void *_ZnamRKSt9nothrow_t(size_t size, const void *tag) { return malloc(size ? size : 1); }
void *_ZnwmSt11align_val_t(size_t size, size_t alignment) {
  return allocate_aligned(size, alignment);
}
void *_ZnamSt11align_val_t(size_t size, size_t alignment) {
  return allocate_aligned(size, alignment);
}

// delete and delete[], with the size, an alignment, both, or neither.
void _ZdlPv(void *memory) { free(memory); }
void _ZdaPv(void *memory) { free(memory); }
void _ZdlPvm(void *memory, size_t size) { free(memory); }
void _ZdaPvm(void *memory, size_t size) { free(memory); }
void _ZdlPvSt11align_val_t(void *memory, size_t alignment) { free(memory); }
void _ZdaPvSt11align_val_t(void *memory, size_t alignment) { free(memory); }
void _ZdlPvmSt11align_val_t(void *memory, size_t size, size_t alignment) { free(memory); }
void _ZdaPvmSt11align_val_t(void *memory, size_t size, size_t alignment) { free(memory); }
void _ZdlPvRKSt9nothrow_t(void *memory, const void *tag) { free(memory); }
void _ZdaPvRKSt9nothrow_t(void *memory, const void *tag) { free(memory); }

#endif
#endif
