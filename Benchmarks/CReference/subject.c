#include "subject.h"

#include <stdlib.h>

static const int64_t window = 10000;
static const int64_t raise_within = 5000, clear_after = 10000;
static const uint32_t raise_count = 3;
enum { MIN_SAMPLES = 5, MAX_SAMPLES = 65536 };
static const double k_squared = 16;
// The square of 0.1 g in millionths.
static const double floor_squared = 1e10;

static void forget_first(struct subject *subject) {
  int64_t value = subject->ring[subject->first].value;
  subject->sum -= value;
  subject->sum_of_squares -= (uint64_t)(value * value);
  subject->first = (subject->first + 1) & (subject->capacity - 1);
  subject->count--;
}

static bool grow(struct subject *subject) {
  uint32_t capacity = subject->capacity ? subject->capacity * 2 : 16;
  struct subject_sample *ring = malloc(capacity * sizeof *ring);
  if (!ring) return false;
  for (uint32_t i = 0; i < subject->count; i++) {
    ring[i] = subject->ring[(subject->first + i) & (subject->capacity - 1)];
  }
  free(subject->ring);
  subject->ring = ring;
  subject->capacity = capacity;
  subject->first = 0;
  return true;
}

// |x - mean| > k max(s, floor) with s² = D / (n (n - 1)), D = n Σv² - (Σv)², multiplied out.
static bool is_abnormal(const struct subject *subject, int64_t value) {
  if (subject->count < MIN_SAMPLES) return false;
  double n = subject->count;
  double distance = (double)((int64_t)subject->count * value - subject->sum);
  __int128 sum = subject->sum;
  double spread = (double)((__int128)(subject->count * subject->sum_of_squares) - sum * sum);
  double least = floor_squared * n * (n - 1);
  return distance * distance * (n - 1) > k_squared * n * (spread > least ? spread : least);
}

enum subject_verdict subject_take(struct subject *subject, int64_t time, int64_t value) {
  if (subject->count > 0) {
    uint32_t last = (subject->first + subject->count - 1) & (subject->capacity - 1);
    if (time < subject->ring[last].time) return SUBJECT_LATE;
    while (subject->count > 0 && subject->ring[subject->first].time < time - window) {
      forget_first(subject);
    }
  }
  bool abnormal = is_abnormal(subject, value);
  if (subject->count == MAX_SAMPLES) forget_first(subject);
  if (subject->count == subject->capacity && !grow(subject)) return SUBJECT_NO_MEMORY;
  uint32_t place = (subject->first + subject->count) & (subject->capacity - 1);
  subject->ring[place] = (struct subject_sample){.time = time, .value = value};
  subject->count++;
  subject->sum += value;
  subject->sum_of_squares += (uint64_t)(value * value);
  return abnormal ? SUBJECT_ABNORMAL : SUBJECT_NORMAL;
}

bool subject_status_update(
    struct subject_status *status, const struct subject *subject, int64_t time, int64_t value,
    bool is_abnormal) {
  enum subject_state state = status->state;
  status->last_seen = time;
  status->value = value;
  if (is_abnormal) {
    status->raises = time - status->last_abnormal <= raise_within ? status->raises + 1 : 1;
    status->last_abnormal = time;
    if (status->raises >= raise_count) {
      state = SUBJECT_DANGER;
    } else if (state < SUBJECT_WARNING) {
      state = SUBJECT_WARNING;
    }
  } else if (state == SUBJECT_UNKNOWN) {
    if (subject->count > MIN_SAMPLES) state = SUBJECT_SAFE;
  } else if (state > SUBJECT_SAFE && time - status->last_abnormal >= clear_after) {
    state--;
    status->last_abnormal = time;
  }
  if (state == status->state) return false;
  status->state = state;
  status->since = time;
  return true;
}
