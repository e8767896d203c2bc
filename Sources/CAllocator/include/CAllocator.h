// The allocator that the whole process uses.
#pragma once

/// How many arenas jemalloc has: 1, unless the environment says otherwise; 0 if it is not linked.
unsigned callocator_arenas(void);
