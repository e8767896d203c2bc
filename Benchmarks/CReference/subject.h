// One subject: the samples of its last ten seconds, and the state that they lead to.

#ifndef SUBJECT_H
#define SUBJECT_H

#include <stdbool.h>
#include <stdint.h>

enum subject_state { SUBJECT_UNKNOWN, SUBJECT_SAFE, SUBJECT_WARNING, SUBJECT_DANGER };

struct subject_sample {
  int64_t time;
  int64_t value;
};

/// A window in a ring with its exact sums. All zero is a subject without samples.
struct subject {
  struct subject_sample *ring;
  /// A power of two.
  uint32_t capacity;
  uint32_t first;
  uint32_t count;
  int64_t sum;
  /// 65,536 squares of 10⁸ do not fit 64 bits.
  unsigned __int128 sum_of_squares;
};

/// The row of the status table.
struct subject_status {
  enum subject_state state;
  uint32_t raises;
  int64_t since;
  int64_t last_seen;
  int64_t last_abnormal;
  int64_t value;
};

enum subject_verdict { SUBJECT_NORMAL, SUBJECT_ABNORMAL, SUBJECT_LATE, SUBJECT_NO_MEMORY };

/// Judges a sample by the ten seconds before it, as the service does by default (k = 4, at least 5
/// samples, a deviation of at least 0.1 g), then takes it into the window.
enum subject_verdict subject_take(struct subject *subject, int64_t time, int64_t value);

/// Writes the row anew: one abnormal sample is a warning, three within five seconds are danger, ten quiet
/// seconds step down by one. True if the state has changed.
bool subject_status_update(
    struct subject_status *status, const struct subject *subject, int64_t time, int64_t value,
    bool is_abnormal);

#endif
