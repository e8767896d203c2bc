// What Swift cannot say: which of many bytes are this one, as a number with a bit for each; and that some memory
// will be wanted soon.
#ifndef CBYTES_H
#define CBYTES_H

#include <stdint.h>
#include <string.h>

/// Of 16 bytes from `bytes` on those that are `byte`: bit i stands for the byte at place i.
static inline uint64_t cbytes_equal16(const uint8_t *bytes, uint8_t byte) {
  typedef uint8_t Block __attribute__((ext_vector_type(16)));
  typedef _Bool Bits __attribute__((ext_vector_type(16)));
  Block block;
  memcpy(&block, bytes, sizeof block);
  Bits bits = __builtin_convertvector(block == (Block)(byte), Bits);
  uint16_t mask;
  memcpy(&mask, &bits, sizeof mask);
  return mask;
}

/// The same of 32 bytes.
static inline uint64_t cbytes_equal32(const uint8_t *bytes, uint8_t byte) {
  return cbytes_equal16(bytes, byte) | cbytes_equal16(bytes + 16, byte) << 16;
}

/// Has the processor bring the line of `address` into its caches; any address will do.
static inline void cbytes_prefetch(const void *address) { __builtin_prefetch(address, 1); }

#endif
