// librdkafka for the C reference. A module of its own, because those of the service are not exported.
#pragma once
#include <librdkafka/rdkafka.h>
