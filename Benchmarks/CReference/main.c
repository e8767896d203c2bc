// The limit, as a program of its own: nothing of the service is in its process, nor the service's allocator.
//
//   c-reference count|job BROKERS TOPIC RECORDS
//
// Prints what came of it as a line of JSON.

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "creference.h"

/// Seconds until a run that has not ended fails.
static const double patience = 120;

int main(int count, char **arguments) {
  int counts_only = count == 5 && strcmp(arguments[1], "count") == 0;
  if (count != 5 || (!counts_only && strcmp(arguments[1], "job") != 0)) {
    fprintf(stderr, "usage: c-reference count|job BROKERS TOPIC RECORDS\n");
    return 64;
  }
  struct creference_topic topic = {
      .brokers = arguments[2],
      .name = arguments[3],
      .records = strtoll(arguments[4], NULL, 10),
      .timeout = patience,
  };
  struct creference_result result;
  int answer = counts_only ? creference_count(&topic, &result) : creference_job(&topic, &result);
  if (answer) {
    fprintf(stderr, "c-reference: %s\n", result.error);
    return 1;
  }
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf(
      "{\"seconds\":%.6f,\"cpuSeconds\":%.6f,\"records\":%" PRId64 ",\"valueBytes\":%" PRId64
      ",\"keyBytes\":%" PRId64 ",\"subjects\":%" PRId64 ",\"anomalies\":%" PRId64
      ",\"transitions\":%" PRId64 ",\"invalid\":%" PRId64 ",\"late\":%" PRId64
      ",\"peakBytes\":%lld}\n",
      result.seconds, result.cpu_seconds, result.records, result.value_bytes, result.key_bytes,
      result.subjects, result.anomalies, result.transitions, result.invalid, result.late,
      (long long)usage.ru_maxrss * 1024);
  return 0;
}
