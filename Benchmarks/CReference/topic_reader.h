// Reads all partitions of a topic from their beginning in large batches.

#ifndef TOPIC_READER_H
#define TOPIC_READER_H

#include <librdkafka/rdkafka.h>

#include "creference.h"

enum { TOPIC_READER_BATCH = 20000 };

struct topic_reader {
  rd_kafka_t *client;
  rd_kafka_queue_t *queue;
  rd_kafka_message_t **batch;
  int64_t remaining;
  double deadline;
  /// When the partitions were assigned.
  double start_time;
  double start_cpu;
};

/// Connects, checks that the topic holds what it should, and assigns all of its partitions.
///
/// Returns 0, or -1 with `result->error`; `topic_reader_close` must follow in both cases.
int topic_reader_open(
    struct topic_reader *reader, const struct creference_topic *topic,
    struct creference_result *result);

/// Fills `reader->batch`. The messages belong to the caller, who destroys them.
///
/// Returns how many there are, 0 once all have been read, -1 with `result->error`.
ssize_t topic_reader_next(struct topic_reader *reader, struct creference_result *result);

/// Notes the times. To be called after the last record has been dealt with.
void topic_reader_finish(const struct topic_reader *reader, struct creference_result *result);

void topic_reader_close(struct topic_reader *reader);

#endif
