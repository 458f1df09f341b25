#include "status/answer.hpp"

#include <array>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <iterator>

#include "status/json.hpp"

namespace lamp::status {
namespace {

constexpr std::string_view page_policy =
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data: blob:; base-uri 'none'; frame-ancestors 'none'; form-action 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n";

struct Kind {
    std::string_view type;
    std::string_view cache;
    std::string_view more;
};
constexpr std::string_view fresh = "no-store";   // states and secrets
constexpr std::string_view checked = "no-cache"; // files with an ETag
constexpr std::string_view kept = "private, max-age=3600";

constexpr std::array<Kind, 13> kinds{{
    {"application/json", fresh, ""},
    {"application/problem+json", fresh, ""},
    {"text/plain; charset=utf-8", fresh, ""},
    {"text/plain; version=0.0.4; charset=utf-8", fresh, ""},
    {"text/html; charset=utf-8", checked, page_policy},
    {"text/css; charset=utf-8", checked, ""},
    {"text/javascript; charset=utf-8", checked, ""},
    {"image/svg+xml", checked, page_policy},
    {"image/x-icon", checked, ""},
    {"text/event-stream", fresh, "X-Accel-Buffering: no\r\n"},
    {"image/jpeg", kept, ""},
    {"image/png", kept, ""},
    {"text/csv; charset=utf-8", fresh, ""},
}};

int status_of(Category category) {
    switch (category) {
    case Category::invalid: return 400;
    case Category::forbidden: return 403;
    case Category::not_found: return 404;
    case Category::conflict: return 409;
    case Category::throttled:
    case Category::limit: return 429;
    case Category::cancelled: return 503;
    case Category::timeout: return 504;
    case Category::network:
    case Category::protocol:
    case Category::unauthorised:
    case Category::unavailable: break;
    }
    return 502;
}

} // namespace

std::string_view reason_of(int status) {
    switch (status) {
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 304: return "Not Modified";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 417: return "Expectation Failed";
    case 422: return "Unprocessable Content";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Error";
    }
}

Answer problem(int status, std::string_view detail, std::string_view more) {
    Answer answer{.status = status, .content = Content::problem, .fields = {}, .body = {}};
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("title", reason_of(status));
        json.member("status", status);
        json.member("detail", detail);
    });
    if (!more.empty()) {
        answer.body.pop_back();
        answer.body += ',';
        answer.body += more;
        answer.body += '}';
    }
    if (status == 401) answer.fields = "WWW-Authenticate: Bearer\r\n";
    return answer;
}

Answer problem(const Error& error) {
    return problem(status_of(error.category), error.text);
}

void HeadWriter::set_time(std::time_t now) {
    if (now == now_ && !date_.empty()) return;
    static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    now_ = now;
    std::tm utc{};
    ::gmtime_r(&now, &utc);
    date_ = fmt::format(
        "Date: {}, {:02} {} {} {:02}:{:02}:{:02} GMT\r\n", days.at(static_cast<std::size_t>(utc.tm_wday)), utc.tm_mday,
        months.at(static_cast<std::size_t>(utc.tm_mon)), utc.tm_year + 1900, utc.tm_hour, utc.tm_min, utc.tm_sec);
}

void HeadWriter::append(std::string& out, int status, Content content, std::size_t length, Connection connection,
                        std::string_view fields) const {
    const Kind& kind = kinds.at(static_cast<std::size_t>(content));
    fmt::format_to(std::back_inserter(out),
                   FMT_COMPILE("HTTP/1.1 {} {}\r\n{}Content-Type: {}\r\nCache-Control: {}\r\n"
                               "X-Content-Type-Options: nosniff\r\n{}"),
                   status, reason_of(status), date_, kind.type, kind.cache, kind.more);
    out += fields;
    if (connection == Connection::close) out += "Connection: close\r\n";
    bool counted = status != 204 && status != 304 && content != Content::events;
    if (counted)
        fmt::format_to(std::back_inserter(out), FMT_COMPILE("Content-Length: {}\r\n\r\n"), length);
    else
        out += "\r\n";
}

} // namespace lamp::status
