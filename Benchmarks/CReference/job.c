#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "creference.h"
#include "original_record.h"
#include "subject.h"
#include "subject_table.h"
#include "topic_reader.h"

struct job {
  struct subject_table names;
  struct subject *subjects;
  struct subject_status *statuses;
  size_t capacity;
};

// Makes room for a new subject in both arrays.
static int make_room(struct job *job, size_t count) {
  if (count <= job->capacity) return 0;
  size_t capacity = job->capacity ? job->capacity * 2 : 1024;
  struct subject *subjects = realloc(job->subjects, capacity * sizeof *subjects);
  if (subjects) job->subjects = subjects;
  struct subject_status *statuses = realloc(job->statuses, capacity * sizeof *statuses);
  if (statuses) job->statuses = statuses;
  if (!subjects || !statuses) return -1;
  memset(subjects + job->capacity, 0, (capacity - job->capacity) * sizeof *subjects);
  memset(statuses + job->capacity, 0, (capacity - job->capacity) * sizeof *statuses);
  job->capacity = capacity;
  return 0;
}

static int take(struct job *job, const rd_kafka_message_t *message, struct creference_result *result) {
  struct original_record record;
  if (!original_record_decode(message->payload, message->len, &record)) {
    result->invalid++;
    return 0;
  }
  int64_t number = subject_table_find(&job->names, record.user, record.user_length);
  if (number < 0 || make_room(job, job->names.count)) return -1;
  struct subject *subject = &job->subjects[number];
  enum subject_verdict verdict = subject_take(subject, record.time, record.value);
  if (verdict == SUBJECT_NO_MEMORY) return -1;
  if (verdict == SUBJECT_LATE) {
    result->late++;
    return 0;
  }
  bool is_abnormal = verdict == SUBJECT_ABNORMAL;
  result->anomalies += is_abnormal;
  result->transitions += subject_status_update(
      &job->statuses[number], subject, record.time, record.value, is_abnormal);
  return 0;
}

static void release(struct job *job) {
  for (size_t i = 0; i < job->names.count && i < job->capacity; i++) free(job->subjects[i].ring);
  free(job->subjects);
  free(job->statuses);
  subject_table_free(&job->names);
}

int creference_job(const struct creference_topic *topic, struct creference_result *result) {
  memset(result, 0, sizeof *result);
  struct job job = {0};
  struct topic_reader reader;
  int answer = topic_reader_open(&reader, topic, result);
  int memory = subject_table_init(&job.names);
  while (!answer && !memory) {
    ssize_t count = topic_reader_next(&reader, result);
    if (count <= 0) {
      answer = (int)count;
      break;
    }
    for (ssize_t i = 0; i < count; i++) {
      rd_kafka_message_t *message = reader.batch[i];
      if (!memory) memory = take(&job, message, result);
      result->value_bytes += (int64_t)message->len;
      result->key_bytes += (int64_t)message->key_len;
      rd_kafka_message_destroy(message);
    }
    result->records += count;
  }
  if (!answer) topic_reader_finish(&reader, result);
  result->subjects = job.names.count;
  if (memory) {
    snprintf(result->error, sizeof result->error, "no memory for another subject");
    answer = -1;
  }
  topic_reader_close(&reader);
  release(&job);
  return answer;
}
