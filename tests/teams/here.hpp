// What the tests of this folder share.
#pragma once
#include <doctest/doctest.h>

#include "proto/graph/guid.hpp"

/// The n-th account.
inline lamp::graph::Guid guid(unsigned n) {
    lamp::graph::Guid made;
    made.bytes[14] = static_cast<std::uint8_t>(n >> 8);
    made.bytes[15] = static_cast<std::uint8_t>(n);
    made.bytes[0] = 0xa0;
    return made;
}
