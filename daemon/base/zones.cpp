#include "base/zones.hpp"

#include <algorithm>
#include <fstream>
#include <system_error>

namespace lamp {

namespace {

constexpr std::size_t name_bytes_max = 64;
constexpr std::size_t file_bytes_max = 1 << 20;

bool plausible(std::string_view name) {
    auto good = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '_' ||
               c == '-' || c == '+';
    };
    return !name.empty() && name.size() <= name_bytes_max && name.front() != '/' && std::ranges::all_of(name, good);
}

std::string lower(std::string_view text) {
    std::string made(text);
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    return made;
}

} // namespace

std::optional<Zone> Zones::read(const std::string& name) {
    std::error_code error;
    auto path = folder_ / name;
    if (!std::filesystem::is_regular_file(path, error)) return std::nullopt;
    std::ifstream file(path, std::ios::binary);
    std::string bytes;
    for (char block[4096]; file && bytes.size() < file_bytes_max;) {
        file.read(block, sizeof block);
        bytes.append(block, static_cast<std::size_t>(file.gcount()));
    }
    auto zone = Zone::parse(bytes, name);
    return zone ? std::optional(std::move(*zone)) : std::nullopt;
}

const std::string* Zones::spelling(std::string_view name) {
    if (spellings_.empty()) {
        std::error_code error;
        std::filesystem::recursive_directory_iterator entry(folder_, error), end;
        for (; !error && entry != end; entry.increment(error)) {
            const auto found = entry->path().lexically_relative(folder_).string();
            const bool zone_like = found[0] >= 'A' && found[0] <= 'Z';
            const bool folder = entry->is_directory(error);
            if (folder && !zone_like) entry.disable_recursion_pending(); // posix/ and right/ repeat the rest
            if (!folder && zone_like) spellings_.emplace(lower(found), found);
        }
    }
    auto found = spellings_.find(lower(name));
    return found == spellings_.end() ? nullptr : &found->second;
}

std::optional<Zone> Zones::find(std::string_view name) {
    if (!plausible(name)) return std::nullopt;
    if (auto found = known_.find(name); found != known_.end()) return found->second;
    const std::string* spelled = spelling(name);
    if (!spelled) return std::nullopt;
    if (auto found = known_.find(*spelled); found != known_.end()) return found->second;
    auto zone = read(*spelled);
    if (zone) known_.emplace(*spelled, *zone);
    return zone;
}

std::optional<Zone> Zones::described(std::string_view description) const {
    auto found = described_.find(description);
    return found == described_.end() ? std::nullopt : std::optional(found->second);
}

void Zones::remember(std::string_view description, Zone zone) {
    if (description.size() > description_bytes_max) return;
    if (!described_.insert_or_assign(std::string(description), std::move(zone)).second) return;
    order_.emplace_back(description);
    if (order_.size() <= described_max) return;
    described_.erase(order_.front());
    order_.pop_front();
}

} // namespace lamp
