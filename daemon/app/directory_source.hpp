// The contacts of the directory as a source of caller recognition. Lives on the loop "recognition", as all sources.
#pragma once
#include <functional>
#include <memory>

#include "directory/directory.hpp"
#include "recognition/source.hpp"

namespace lamp {

/// Gives what has changed since it was asked last; everything after a restart with other contacts than before.
[[nodiscard]] std::unique_ptr<recognition::Source>
directory_source(std::function<std::shared_ptr<const directory::Snapshot>()> snapshot);

} // namespace lamp
