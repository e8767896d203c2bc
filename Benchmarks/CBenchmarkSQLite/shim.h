// SQLite's public interface, to look into a database that the service has written.
#pragma once
#include <sqlite3.h>
