// For libfaketime: it slows and hurries epoll_wait, but not the timers of file descriptors. Without them Asio waits in
// epoll_wait.
#include <cerrno>

extern "C" int timerfd_create(int, int) {
    errno = ENOSYS;
    return -1;
}
