// jemalloc takes the place of the C library's malloc by being linked: nothing of it is called by name.
// pkg-config says how to link it. Where it is not installed, the build says so and goes on without it.
