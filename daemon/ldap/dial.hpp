// A TCP connection to a directory server, made by a thread that may block. libldap would make one itself, but what it
// waits for there nobody can end.
#pragma once
#include "base/clock.hpp"
#include "ldap/address.hpp"
#include "ldap/stop.hpp"

namespace lamp::ldap {

/// A connected socket in blocking mode whose single reads and writes fail after `silence`; the caller closes it. All
/// of the host's addresses are tried in turn, each for `wait`. A name's resolution alone cannot be ended by `stop`.
/// Errors: network, timeout, cancelled.
[[nodiscard]] Result<int> dial(const Address& address, milliseconds wait, milliseconds silence, const Stop& stop);

} // namespace lamp::ldap
