#include <string.h>

#include "creference.h"
#include "topic_reader.h"

int creference_count(const struct creference_topic *topic, struct creference_result *result) {
  memset(result, 0, sizeof *result);
  struct topic_reader reader;
  int answer = topic_reader_open(&reader, topic, result);
  while (!answer) {
    ssize_t count = topic_reader_next(&reader, result);
    if (count <= 0) {
      answer = (int)count;
      break;
    }
    for (ssize_t i = 0; i < count; i++) {
      rd_kafka_message_t *message = reader.batch[i];
      result->value_bytes += (int64_t)message->len;
      result->key_bytes += (int64_t)message->key_len;
      rd_kafka_message_destroy(message);
    }
    result->records += count;
  }
  if (!answer) topic_reader_finish(&reader, result);
  topic_reader_close(&reader);
  return answer;
}
