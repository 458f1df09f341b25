// A call as `script render --call FILE` reads it (interface 7.11). Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"
#include "scripts/facts.hpp"

namespace lamp::scripts {

struct CallFile {
    Facts facts;
    std::vector<std::string> warnings; // members that mean nothing
};

constexpr std::size_t call_file_bytes_max = 1 << 20;

/// `{"direction","caller":{"number","name"},"device":{…},"ddi":{…},"start","fields":{…}}`, all of them optional, also
/// "answered", "ended", "id", "queue", "user", "result", "integration", "matches". Category::invalid names the member.
[[nodiscard]] Result<CallFile> read_call(std::string_view json);

} // namespace lamp::scripts
