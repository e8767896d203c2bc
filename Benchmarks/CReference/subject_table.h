// Numbers for names: 0, 1, 2 … in the order in which they are first seen.

#ifndef SUBJECT_TABLE_H
#define SUBJECT_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct subject_slot {
  uint64_t hash;
  /// Where the name begins in `names`.
  uint32_t name;
  uint32_t length;
  /// The subject's number and one: 0 is an empty slot.
  uint32_t number;
};

struct subject_table {
  /// A power of two, at most half of them in use.
  size_t capacity;
  uint32_t count;
  struct subject_slot *slots;
  char *names;
  size_t names_length;
  size_t names_capacity;
};

int subject_table_init(struct subject_table *table);

/// Returns the name's number, -1 if there is no memory.
int64_t subject_table_find(struct subject_table *table, const char *name, size_t length);

void subject_table_free(struct subject_table *table);

#endif
