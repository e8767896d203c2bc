import Glibc

/// Runs something that may write to a pipe or socket that nobody reads any more. The signal that this
/// raises would end the process; here it is held back and thrown away, and the write fails with EPIPE.
///
/// Concerns the calling thread only: SIGPIPE is sent to the thread that writes.
func withoutBrokenPipeSignal<Result>(_ body: () -> Result) -> Result {
  var pipe = sigset_t()
  sigemptyset(&pipe)
  sigaddset(&pipe, SIGPIPE)
  var pending = sigset_t()
  sigpending(&pending)
  // Somebody else's: not to be thrown away here.
  guard sigismember(&pending, SIGPIPE) == 0 else { return body() }
  var before = sigset_t()
  pthread_sigmask(SIG_BLOCK, &pipe, &before)
  let result = body()
  // For the caller, who wants to know of the write and not of what follows.
  let code = errno
  var none = timespec()
  while sigtimedwait(&pipe, nil, &none) == -1, errno == EINTR {}
  pthread_sigmask(SIG_SETMASK, &before, nil)
  errno = code
  return result
}
