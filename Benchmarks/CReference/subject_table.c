#include "subject_table.h"

#include <stdlib.h>
#include <string.h>

// Eight bytes at a time, each folded in with a product of full width.
static uint64_t hash_of(const char *name, size_t length) {
  uint64_t hash = length * 0x9E3779B97F4A7C15u;
  while (length > 0) {
    uint64_t word = 0;
    size_t part = length < 8 ? length : 8;
    memcpy(&word, name, part);
    unsigned __int128 product = (unsigned __int128)(hash ^ word) * 0xD6E8FEB86659FD93u;
    hash = (uint64_t)product ^ (uint64_t)(product >> 64) ^ 0x9E3779B97F4A7C15u;
    name += part;
    length -= part;
  }
  return hash;
}

int subject_table_init(struct subject_table *table) {
  memset(table, 0, sizeof *table);
  table->capacity = 4096;
  table->slots = calloc(table->capacity, sizeof *table->slots);
  return table->slots ? 0 : -1;
}

static int grow(struct subject_table *table) {
  size_t capacity = table->capacity * 2;
  struct subject_slot *slots = calloc(capacity, sizeof *slots);
  if (!slots) return -1;
  for (size_t i = 0; i < table->capacity; i++) {
    if (!table->slots[i].number) continue;
    size_t place = table->slots[i].hash & (capacity - 1);
    while (slots[place].number) place = (place + 1) & (capacity - 1);
    slots[place] = table->slots[i];
  }
  free(table->slots);
  table->slots = slots;
  table->capacity = capacity;
  return 0;
}

static int keep_name(struct subject_table *table, const char *name, size_t length) {
  if (table->names_length + length > table->names_capacity) {
    size_t capacity = table->names_capacity * 2 + length + 4096;
    char *names = realloc(table->names, capacity);
    if (!names) return -1;
    table->names = names;
    table->names_capacity = capacity;
  }
  memcpy(table->names + table->names_length, name, length);
  table->names_length += length;
  return 0;
}

int64_t subject_table_find(struct subject_table *table, const char *name, size_t length) {
  uint64_t hash = hash_of(name, length);
  size_t place = hash & (table->capacity - 1);
  for (; table->slots[place].number; place = (place + 1) & (table->capacity - 1)) {
    struct subject_slot *slot = &table->slots[place];
    if (slot->hash == hash && slot->length == length &&
        memcmp(table->names + slot->name, name, length) == 0) {
      return slot->number - 1;
    }
  }
  uint32_t begin = (uint32_t)table->names_length;
  if (keep_name(table, name, length)) return -1;
  table->slots[place] = (struct subject_slot){
      .hash = hash, .name = begin, .length = (uint32_t)length, .number = table->count + 1};
  table->count++;
  if ((size_t)table->count * 2 > table->capacity && grow(table)) return -1;
  return table->count - 1;
}

void subject_table_free(struct subject_table *table) {
  free(table->slots);
  free(table->names);
}
