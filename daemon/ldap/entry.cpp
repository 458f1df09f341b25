#include "ldap/entry.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::ldap {
namespace {

constexpr std::string_view active_directory_capability = "1.2.840.113556.1.4.800";
constexpr std::string_view paging_control = "1.2.840.113556.1.4.319";

bool holds(const std::vector<std::string>& values, std::string_view value) {
    return std::ranges::find(values, value) != values.end();
}

} // namespace

const std::vector<std::string>& Entry::values(std::string_view name) const {
    static const std::vector<std::string> none;
    const std::vector<std::string>* with_options = nullptr;
    for (const auto& one : attributes) {
        if (text::same_letters(one.name, name)) return one.values;
        auto plain = std::string_view(one.name).substr(0, one.name.find(';'));
        if (!with_options && text::same_letters(plain, name)) with_options = &one.values;
    }
    return with_options ? *with_options : none;
}

std::string_view Entry::first(std::string_view name) const {
    const auto& all = values(name);
    return all.empty() ? std::string_view() : std::string_view(all.front());
}

std::string name_below(std::string_view parent, std::string_view attribute, std::string_view value) {
    std::string out = fmt::format("{}=", attribute);
    for (std::size_t i = 0; i < value.size(); ++i) {
        const char c = value[i];
        const bool edge = (c == ' ' && (i == 0 || i + 1 == value.size())) || (c == '#' && i == 0);
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
            out += fmt::format("\\{:02x}", static_cast<unsigned char>(c));
            continue;
        }
        if (edge || std::string_view("\"+,;<=>\\").contains(c)) out += '\\';
        out += c;
    }
    return fmt::format("{},{}", out, parent);
}

Root root_of(const Entry& entry) {
    return {.active_directory = holds(entry.values("supportedCapabilities"), active_directory_capability),
            .paging = holds(entry.values("supportedControl"), paging_control),
            .naming_contexts = entry.values("namingContexts"),
            .host = std::string(entry.first("dnsHostName")),
            .service = std::string(entry.first("dsServiceName")),
            .last_usn = text::number<std::uint64_t>(entry.first("highestCommittedUSN"))};
}

std::string guid_text(std::string_view bytes) {
    constexpr std::array<std::size_t, 16> order{3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};
    std::string out;
    if (bytes.size() != order.size()) return out;
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
        out += fmt::format("{:02x}", static_cast<unsigned char>(bytes[order.at(i)]));
    }
    return out;
}

std::optional<Wall> parse_time(std::string_view text) {
    constexpr std::size_t digits = 14;
    if (text.size() < digits + 1 || !text.ends_with('Z')) return std::nullopt;
    if (text.size() > digits + 1 && text[digits] != '.' && text[digits] != ',') return std::nullopt;
    auto part = [&](std::size_t at, std::size_t size) { return text.substr(at, size); };
    auto read = parse_rfc3339(
        fmt::format("{}-{}-{}T{}:{}:{}Z", part(0, 4), part(4, 2), part(6, 2), part(8, 2), part(10, 2), part(12, 2)));
    return read ? std::optional(*read) : std::nullopt;
}

std::string time_text(Wall time) {
    auto text = rfc3339(time);
    std::string out;
    for (char c : text.substr(0, 19))
        if (c >= '0' && c <= '9') out += c;
    return out + "Z";
}

} // namespace lamp::ldap
