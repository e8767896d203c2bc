#define _GNU_SOURCE
#include <pthread.h>
#include <string.h>

#include "CLinux.h"

void clinux_set_thread_name(const char *name) {
  // The kernel refuses a longer name instead of cutting it.
  char cut[16];
  strncpy(cut, name, sizeof cut - 1);
  cut[sizeof cut - 1] = 0;
  pthread_setname_np(pthread_self(), cut);
}
