#include "privacy/letter_text.hpp"

#include <array>
#include <boost/json.hpp>
#include <cstdint>

namespace lamp::privacy {
namespace json = boost::json;
namespace {

constexpr std::string_view encoded_word = "=?UTF-8?B?";

int base64_value(char c) {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    return c == '+' ? 62 : c == '/' ? 63 : -1;
}

/// What is no letter of the alphabet is passed over.
void append_decoded(std::string& out, std::string_view text) {
    std::uint32_t bits = 0;
    int count = 0;
    for (char c : text) {
        if (c == '=') {
            count = 0;
            continue;
        }
        int value = base64_value(c);
        if (value < 0) continue;
        bits = bits << 6U | static_cast<std::uint32_t>(value);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        out += static_cast<char>(bits >> static_cast<unsigned>(count) & 0xffU);
    }
}

json::object no_party() {
    return {{"number", nullptr}, {"name", nullptr}};
}

} // namespace

std::string readable(std::string_view body) {
    std::string out(body);
    auto head = body.substr(0, body.find("\r\n\r\n"));
    if (head.size() == body.size() || head.find("Content-Transfer-Encoding: base64") == std::string_view::npos)
        return out;
    out += '\n';
    for (auto at = head.find(encoded_word); at != std::string_view::npos; at = head.find(encoded_word, at)) {
        at += encoded_word.size();
        append_decoded(out, head.substr(at, head.find("?=", at) - at));
    }
    out += '\n';
    for (auto rest = body.substr(head.size()); !rest.empty();) {
        auto line = rest.substr(0, rest.find("\r\n"));
        append_decoded(out, line); // each line is whole by itself
        rest.remove_prefix(std::min(rest.size(), line.size() + 2));
    }
    return out;
}

std::optional<std::string> without_other_side(std::string_view body) {
    boost::system::error_code error;
    auto value = json::parse(body, error);
    if (error || !value.is_object()) return std::nullopt;
    auto& event = value.get_object();
    auto* call = event.if_contains("call");
    if (call == nullptr || !call->is_object()) return std::nullopt;
    call->get_object()["remote"] = no_party();
    if (auto* caller = event.if_contains("caller"); caller != nullptr && caller->is_object()) *caller = no_party();
    if (event.contains("match")) event["match"] = json::object{{"count", 0}, {"records", json::array()}};
    if (event.contains("actions")) event["actions"] = json::array();
    return json::serialize(value);
}

} // namespace lamp::privacy
