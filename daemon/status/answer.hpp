// Answers: what a status is called, which head a content type gets, and the bytes of both. Serve loop.
#pragma once
#include <ctime>
#include <string>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::status {

enum class Content : std::uint8_t {
    json,
    problem,
    text,
    metrics,
    html,
    css,
    script,
    svg,
    icon,
    events,
    jpeg,
    png,
    csv
};

[[nodiscard]] std::string_view reason_of(int status);

/// The answer of another room, or any that is put together away from the connection.
struct Answer {
    int status = 200;
    Content content = Content::json;
    std::string fields; // whole lines, each ended by CR LF
    std::string body;
};

/// RFC 9457. `more` is further members, as `"name":value` pairs after a comma, or empty.
[[nodiscard]] Answer problem(int status, std::string_view detail, std::string_view more = {});
/// What another room has refused or could not do.
[[nodiscard]] Answer problem(const Error& error);

/// Appends heads; keeps the Date line of the present second and the constant parts ready made.
class HeadWriter {
public:
    void set_time(std::time_t now);
    enum class Connection : std::uint8_t { keep, close };
    /// `length` is of the body. 204, 304 and events have none and say none.
    void append(std::string& out, int status, Content content, std::size_t length, Connection connection,
                std::string_view fields) const;

private:
    std::time_t now_ = 0;
    std::string date_;
};

} // namespace lamp::status
