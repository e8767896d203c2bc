// SQLite's public interface.
#pragma once
#include <sqlite3.h>
