// The parts of Linux's interface that Swift's Glibc overlay does not show.
#pragma once
#include <malloc.h>
#include <spawn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>

/// accept4(2), which glibc declares only under _GNU_SOURCE.
int clinux_accept4(int socket, struct sockaddr *address, socklen_t *length, int flags);

/// Names the calling thread (at most 15 bytes are kept), as `ps -L` and debuggers show it.
void clinux_set_thread_name(const char *name);

/// Has a program that is to be started close all descriptors from `first` on; glibc declares
/// posix_spawn_file_actions_addclosefrom_np only under _GNU_SOURCE.
int clinux_spawn_close_from(posix_spawn_file_actions_t *actions, int first);

/// pipe2(2) with both ends closed in programs that are started.
int clinux_pipe(int ends[2]);
