#include "calls/call_id.hpp"

#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::calls {

std::string public_id(std::string_view line, std::string_view call) {
    return fmt::format("{:016x}", text::fnv1a(call, text::fnv1a("\n", text::fnv1a(line))));
}

} // namespace lamp::calls
