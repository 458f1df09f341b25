// The value of a result that a test counts on; the test ends with the error's words where there is none.
#pragma once
#include <doctest/doctest.h>
#include <utility>

#include "base/errors.hpp"

namespace faults {

template <class T>
T must(lamp::Result<T> result) {
    if (!result) FAIL(result.error().text);
    return std::move(*result);
}
inline void must(const lamp::Result<void>& result) {
    if (!result) FAIL(result.error().text);
}

} // namespace faults
