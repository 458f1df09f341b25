#include "ldap/stop.hpp"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/check.hpp"

namespace lamp::ldap {

Stop::Stop() : bell_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    LAMP_CHECK(bell_ >= 0);
}

Stop::~Stop() {
    ::close(bell_);
    if (connection_ >= 0) ::close(connection_);
}

void Stop::end_connection() {
    if (auto socket = connection_.load(); socket >= 0) ::shutdown(socket, SHUT_RDWR);
}

void Stop::cancel() {
    cancelled_ = true;
    ::eventfd_write(bell_, 1);
    end_connection();
}

void Stop::guard(int socket) {
    connection_ = ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
    if (cancelled()) end_connection(); // it came between
}

} // namespace lamp::ldap
