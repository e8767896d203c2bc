// SQLite's public interface.
#pragma once
#include <sqlite3.h>

// sqlite3_config() takes variable arguments, which Swift cannot call. Without statistics of its memory
// SQLite needs no lock for each piece of it. Refused (SQLITE_MISUSE) once SQLite is in use.
static inline int acalert_sqlite3_count_no_memory(void) {
  return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
