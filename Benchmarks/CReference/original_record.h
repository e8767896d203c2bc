// Decodes `{"userid": "0", "time": "2017-10-01 19:53:03 123456", "acc": "1.23"}`.

#ifndef ORIGINAL_RECORD_H
#define ORIGINAL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct original_record {
  /// Points into the text.
  const char *user;
  size_t user_length;
  /// Unix milliseconds.
  int64_t time;
  /// In millionths of a g, from -100 g to 100 g.
  int64_t value;
};

/// Members may come in any order, values as strings or numbers, without escapes.
///
/// Returns false if the text is no such record.
bool original_record_decode(const char *text, size_t length, struct original_record *record);

#endif
