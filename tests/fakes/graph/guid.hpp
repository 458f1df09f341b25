// Object ids of the fake directory: 16 bytes, and a deterministic one for every e-mail address.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace sim::graph {

struct Guid {
    std::array<std::uint8_t, 16> bytes{};
    bool operator==(const Guid&) const = default;

    std::string text() const; // lower case, 8-4-4-4-12
    void append_to(std::string& out) const;
    static std::optional<Guid> parse(std::string_view text); // 36 characters, any case, nothing around them
    static Guid of(std::string_view name);                   // the same name, the same id, on every machine
};

struct GuidHash {
    std::size_t operator()(const Guid& guid) const {
        std::size_t hash = 0;
        for (std::size_t i = 0; i < 8; ++i)
            hash = hash << 8 | guid.bytes[i];
        return hash;
    }
};

} // namespace sim::graph
