// What a plain C program makes of the same topic: the limit that the service is measured against.

#ifndef CREFERENCE_H
#define CREFERENCE_H

#include <stdint.h>

/// What is to be read.
struct creference_topic {
  /// `host:port` of the broker.
  const char *brokers;
  const char *name;
  /// How many records the topic holds: less or more is an error.
  int64_t records;
  /// After so many seconds a run that has not ended fails.
  double timeout;
};

/// What came of it. Times are from the assignment of the partitions to the last record.
struct creference_result {
  double seconds;
  /// Processor seconds of all threads of the process.
  double cpu_seconds;
  int64_t records;
  /// Bytes of their values and of their keys.
  int64_t value_bytes;
  int64_t key_bytes;
  /// The rest is only of `creference_job`.
  int64_t subjects;
  int64_t anomalies;
  /// Changes of a subject's state.
  int64_t transitions;
  /// Records that are none, and those behind the newest of their subject, which are not judged.
  int64_t invalid;
  int64_t late;
  /// Why it failed, in words.
  char error[256];
};

/// Counts the messages of rd_kafka_consume_batch_queue and does nothing else.
///
/// Returns 0, or -1 with `result->error`.
int creference_count(const struct creference_topic *topic, struct creference_result *result);

/// The service's job on one thread, without a database: decodes the original's format, keeps a window of
/// ten seconds of each subject, judges each sample by it, and keeps each subject's state in an array.
///
/// Returns 0, or -1 with `result->error`.
int creference_job(const struct creference_topic *topic, struct creference_result *result);

#endif
