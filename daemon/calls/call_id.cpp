#include "calls/call_id.hpp"

#include <cstdint>
#include <fmt/format.h>

namespace lamp::calls {

std::string public_id(std::string_view line, std::string_view call) {
    std::uint64_t hash = 14695981039346656037ULL; // FNV-1a
    for (const auto part : {line, std::string_view("\n"), call})
        for (char c : part)
            hash = (hash ^ static_cast<unsigned char>(c)) * 1099511628211ULL;
    return fmt::format("{:016x}", hash);
}

} // namespace lamp::calls
