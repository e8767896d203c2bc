#define _POSIX_C_SOURCE 200809L

#include "topic_reader.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { TIMEOUT_MS = 10000 };

// The service's own, as far as they matter for the speed: a deep queue, because the fetcher pauses for
// about a second when it is full; and what the embedded broker needs to answer at once.
static const char *const properties[][2] = {
    {"group.id", "c-reference"},
    {"enable.auto.commit", "false"},
    {"enable.auto.offset.store", "false"},
    {"queued.min.messages", "1000000"},
    {"queued.max.messages.kbytes", "262144"},
    {"fetch.wait.max.ms", "5"},
    {"fetch.error.backoff.ms", "0"},
    {"log_level", "0"},
};

static double seconds(clockid_t clock) {
  struct timespec now;
  clock_gettime(clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int fail(struct creference_result *result, const char *attempted, const char *why) {
  snprintf(result->error, sizeof result->error, "%s: %s", attempted, why);
  return -1;
}

static int failed(struct creference_result *result, const char *attempted, rd_kafka_resp_err_t error) {
  return fail(result, attempted, rd_kafka_err2str(error));
}

static int connect_client(
    struct topic_reader *reader, const char *brokers, struct creference_result *result) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char text[200];
  size_t count = sizeof properties / sizeof properties[0];
  for (size_t i = 0; i <= count; i++) {
    const char *name = i < count ? properties[i][0] : "bootstrap.servers";
    const char *value = i < count ? properties[i][1] : brokers;
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != RD_KAFKA_CONF_OK) {
      rd_kafka_conf_destroy(conf);
      return fail(result, name, text);
    }
  }
  reader->client = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
  if (!reader->client) {
    rd_kafka_conf_destroy(conf);
    return fail(result, "create the consumer", text);
  }
  rd_kafka_poll_set_consumer(reader->client);
  reader->queue = rd_kafka_queue_get_consumer(reader->client);
  return 0;
}

// All partitions of the topic, from their beginning. They must hold as many records as are expected.
static int list_partitions(
    struct topic_reader *reader, const struct creference_topic *topic,
    rd_kafka_topic_partition_list_t *list, struct creference_result *result) {
  rd_kafka_topic_t *handle = rd_kafka_topic_new(reader->client, topic->name, NULL);
  if (!handle) return failed(result, "name the topic", rd_kafka_last_error());
  const struct rd_kafka_metadata *metadata = NULL;
  rd_kafka_resp_err_t error = rd_kafka_metadata(reader->client, 0, handle, &metadata, TIMEOUT_MS);
  rd_kafka_topic_destroy(handle);
  if (error) return failed(result, "ask for the topic's partitions", error);
  int partitions = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
  rd_kafka_metadata_destroy(metadata);
  int64_t records = 0;
  for (int partition = 0; partition < partitions; partition++) {
    int64_t low = 0, high = 0;
    error = rd_kafka_query_watermark_offsets(
        reader->client, topic->name, partition, &low, &high, TIMEOUT_MS);
    if (error) return failed(result, "ask for the partitions' ends", error);
    records += high - low;
    rd_kafka_topic_partition_list_add(list, topic->name, partition)->offset =
        RD_KAFKA_OFFSET_BEGINNING;
  }
  if (records != topic->records) {
    snprintf(
        result->error, sizeof result->error, "the topic holds %lld records, not %lld",
        (long long)records, (long long)topic->records);
    return -1;
  }
  return 0;
}

int topic_reader_open(
    struct topic_reader *reader, const struct creference_topic *topic,
    struct creference_result *result) {
  memset(reader, 0, sizeof *reader);
  reader->batch = calloc(TOPIC_READER_BATCH, sizeof *reader->batch);
  if (!reader->batch) return fail(result, "make room for a batch", "no memory");
  if (connect_client(reader, topic->brokers, result)) return -1;
  rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(64);
  int answer = list_partitions(reader, topic, list, result);
  if (!answer) {
    reader->remaining = topic->records;
    reader->start_time = seconds(CLOCK_MONOTONIC);
    reader->start_cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    reader->deadline = reader->start_time + topic->timeout;
    rd_kafka_resp_err_t error = rd_kafka_assign(reader->client, list);
    if (error) answer = failed(result, "assign the partitions", error);
  }
  rd_kafka_topic_partition_list_destroy(list);
  return answer;
}

ssize_t topic_reader_next(struct topic_reader *reader, struct creference_result *result) {
  while (reader->remaining > 0) {
    if (seconds(CLOCK_MONOTONIC) > reader->deadline) {
      return fail(result, "read the topic", "it took too long");
    }
    // No more than there are: the call waits out its time if the batch cannot be filled.
    size_t room = reader->remaining < TOPIC_READER_BATCH ? (size_t)reader->remaining
                                                          : TOPIC_READER_BATCH;
    ssize_t count = rd_kafka_consume_batch_queue(reader->queue, 100, reader->batch, room);
    if (count < 0) return failed(result, "read the topic", rd_kafka_last_error());
    ssize_t good = 0;
    for (ssize_t i = 0; i < count; i++) {
      rd_kafka_message_t *message = reader->batch[i];
      if (message->err) {
        rd_kafka_message_destroy(message);
      } else {
        reader->batch[good++] = message;
      }
    }
    reader->remaining -= good;
    if (good > 0) return good;
  }
  return 0;
}

void topic_reader_finish(const struct topic_reader *reader, struct creference_result *result) {
  result->seconds = seconds(CLOCK_MONOTONIC) - reader->start_time;
  result->cpu_seconds = seconds(CLOCK_PROCESS_CPUTIME_ID) - reader->start_cpu;
}

void topic_reader_close(struct topic_reader *reader) {
  if (reader->queue) rd_kafka_queue_destroy(reader->queue);
  if (reader->client) {
    rd_kafka_consumer_close(reader->client);
    rd_kafka_destroy(reader->client);
  }
  free(reader->batch);
}
