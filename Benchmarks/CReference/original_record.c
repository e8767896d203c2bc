#include "original_record.h"

#include <string.h>

struct span {
  const char *start;
  const char *end;
};

static const char *skip_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\t' || *at == '\n' || *at == '\r')) at++;
  return at;
}

// A string without escapes, its quotes left out, or whatever stands up to the next comma or brace.
// Returns what follows, NULL if there is no end.
static const char *take_value(const char *at, const char *end, struct span *value) {
  if (at < end && *at == '"') {
    value->start = ++at;
    while (at < end && *at != '"' && *at != '\\') at++;
    if (at == end || *at == '\\') return NULL;
    value->end = at;
    return at + 1;
  }
  value->start = at;
  while (at < end && *at != ',' && *at != '}' && *at != ' ') at++;
  value->end = at;
  return at < end ? at : NULL;
}

static bool number(const char *at, int digits, int64_t *value) {
  int64_t sum = 0;
  for (int i = 0; i < digits; i++) {
    unsigned digit = (unsigned)(unsigned char)at[i] - '0';
    if (digit > 9) return false;
    sum = sum * 10 + digit;
  }
  *value = sum;
  return true;
}

// `YYYY-MM-DD hh:mm:ss ffffff`, UTC.
static bool take_time(struct span text, int64_t *milliseconds) {
  const char *at = text.start;
  int64_t year, month, day, hour, minute, second, micros;
  if (text.end - at != 26 || at[4] != '-' || at[7] != '-' || at[10] != ' ' || at[13] != ':' ||
      at[16] != ':' || at[19] != ' ' || !number(at, 4, &year) || !number(at + 5, 2, &month) ||
      !number(at + 8, 2, &day) || !number(at + 11, 2, &hour) || !number(at + 14, 2, &minute) ||
      !number(at + 17, 2, &second) || !number(at + 20, 6, &micros) || month < 1 || month > 12 ||
      day < 1 || day > 31 || hour > 23 || minute > 59 || second > 59) {
    return false;
  }
  // Years from March on, so that the leap day is a year's last.
  int64_t march_year = month > 2 ? year : year - 1;
  int64_t march_month = month > 2 ? month - 3 : month + 9;
  int64_t days = march_year * 365 + march_year / 4 - march_year / 100 + march_year / 400 +
                 (march_month * 153 + 2) / 5 + day - 1 - 719468;
  *milliseconds = ((days * 24 + hour) * 60 + minute) * 60000 + second * 1000 + micros / 1000;
  return true;
}

static bool take_decimal(struct span text, int64_t *millionths) {
  const char *at = text.start;
  bool is_negative = at < text.end && *at == '-';
  if (is_negative) at++;
  if (at == text.end || *at < '0' || *at > '9') return false;
  int64_t value = 0;
  while (at < text.end && *at >= '0' && *at <= '9' && value < 1000) {
    value = value * 10 + (*at++ - '0');
  }
  int digits = 0;
  if (at < text.end && *at == '.') {
    at++;
    while (at < text.end && *at >= '0' && *at <= '9') {
      if (digits < 6) {
        value = value * 10 + (*at - '0');
        digits++;
      }
      at++;
    }
  }
  if (at != text.end) return false;
  for (; digits < 6; digits++) value *= 10;
  if (value > 100000000) return false;
  *millionths = is_negative ? -value : value;
  return true;
}

static bool is(struct span name, const char *text, size_t length) {
  return (size_t)(name.end - name.start) == length && memcmp(name.start, text, length) == 0;
}

bool original_record_decode(const char *text, size_t length, struct original_record *record) {
  const char *at = text, *end = text + length;
  int seen = 0;
  at = skip_space(at, end);
  if (at == end || *at++ != '{') return false;
  for (;;) {
    struct span name, value;
    at = skip_space(at, end);
    if (at == end || *at != '"' || !(at = take_value(at, end, &name))) return false;
    at = skip_space(at, end);
    if (at == end || *at++ != ':') return false;
    at = skip_space(at, end);
    if (!(at = take_value(at, end, &value))) return false;
    if (is(name, "userid", 6)) {
      record->user = value.start;
      record->user_length = (size_t)(value.end - value.start);
      if (record->user_length == 0 || record->user_length > 256) return false;
      seen |= 1;
    } else if (is(name, "time", 4)) {
      if (!take_time(value, &record->time)) return false;
      seen |= 2;
    } else if (is(name, "acc", 3)) {
      if (!take_decimal(value, &record->value)) return false;
      seen |= 4;
    }
    at = skip_space(at, end);
    if (at == end) return false;
    if (*at == '}') return seen == 7;
    if (*at++ != ',') return false;
  }
}
