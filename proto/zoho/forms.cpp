#include "proto/zoho/forms.hpp"

#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace lamp::zoho {
namespace {

constexpr std::array<std::string_view, state_count> states{
    "ringing", "answered", "ended", "missed", "busy", "invalid", "blocked", "notavailable", "noanswer", "rejected"};

void append_encoded(std::string& out, std::string_view text) {
    for (char c : text) {
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '.' || c == '_' || c == '~';
        if (plain)
            out += c;
        else
            out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
}

void append(std::string& out, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    if (!out.empty()) out += '&';
    out += name;
    out += '=';
    append_encoded(out, value);
}

} // namespace

std::string_view name(Direction direction) {
    return direction == Direction::received ? "received" : "dialed";
}

std::string_view name(State state) {
    return states.at(static_cast<std::size_t>(state));
}

std::optional<State> state_named(std::string_view word) {
    for (std::size_t i = 0; i < states.size(); ++i)
        if (states.at(i) == word) return static_cast<State>(i);
    return std::nullopt;
}

std::string gmt(Wall time) {
    auto text = rfc3339(time); // "2026-11-22T10:00:00.123Z"
    text.resize(19);
    text[10] = ' ';
    return text;
}

std::string form(std::initializer_list<std::pair<std::string_view, std::string_view>> pairs) {
    std::string out;
    for (const auto& [key, value] : pairs)
        append(out, key, value);
    return out;
}

std::string form(const Notice& notice) {
    auto out = form({{"type", name(notice.direction)},
                     {"state", name(notice.state)},
                     {"id", notice.id},
                     {"from", notice.from},
                     {"to", notice.to},
                     {"zohouser", notice.zohouser}});
    if (notice.state == State::ringing) append(out, "transferredcallid", notice.transferred_id);
    bool over = notice.state == State::ended || unattended(notice.state);
    if (over) append(out, "start_time", gmt(notice.start));
    if (notice.state == State::ended) append(out, "duration", fmt::format("{}", notice.duration.count()));
    return out;
}

std::string pair_text(std::string_view name, std::string_view value, Writing writing) {
    if (writing == Writing::documented) return fmt::format("{{name:{},value:{}}}", name, value);
    return boost::json::serialize(boost::json::object{{"name", name}, {"value", value}});
}

} // namespace lamp::zoho
