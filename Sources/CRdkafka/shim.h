// librdkafka's public interface, and its embedded mock cluster, which lives in a header of its own.
#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
