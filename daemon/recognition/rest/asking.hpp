// One request as a machine wants it, and what an answer to it means. Pure.
#pragma once
#include <optional>
#include <string>

#include "base/errors.hpp"
#include "http/message.hpp"
#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {

/// Whoever sends it adds the login, and the base's path in front of the target.
struct Ask {
    http::Method method = http::Method::get;
    std::string target; // origin-form, or a link of the service's own
    http::Headers headers{};
    std::string body{};
    std::string content_type{};
    bool fresh_token = false; // the token of before was refused: reject it, and use a new one
};

[[nodiscard]] Ask ask_for(const Listing& listing, const Values& values);
/// The same headers, at a link that the service gave. Body and query are the link's.
[[nodiscard]] Ask ask_link(const Listing& listing, const Values& values, std::string link);

enum class Meaning : std::uint8_t {
    good,
    nothing, // 204, 304: no record, no change
    expired, // start over with everything
    unauthorised,
    throttled,
    daily, // nothing more today
    again, // 5xx, no answer: later
    refused,
};
struct Verdict {
    Meaning meaning = Meaning::good;
    std::optional<Error> error{};       // a sentence with the CRM's own words, where it is not good
    std::optional<milliseconds> wait{}; // as the service asks for
};
[[nodiscard]] Verdict judge(const Preset& preset, const Result<http::Answer>& answer, Wall wall);

/// What the CRM says of an error, cut short and without long numbers; nothing where it says nothing readable.
[[nodiscard]] std::string told_of(std::string_view body);

} // namespace lamp::recognition::rest
