#include "status/request.hpp"

#include <algorithm>
#include <array>

namespace lamp::status {
namespace {

constexpr std::size_t method_length_max = 24;

constexpr auto token_characters = [] {
    std::array<bool, 256> table{};
    for (unsigned char c = 0x21; c < 0x7f; ++c)
        table[c] = std::string_view("\"(),/:;<=>?@[\\]{}").find(static_cast<char>(c)) == std::string_view::npos;
    return table;
}();

bool is_token(std::string_view text) {
    return !text.empty() &&
           std::ranges::all_of(text, [](char c) { return token_characters[static_cast<unsigned char>(c)]; });
}

/// Field values: visible characters, spaces, tabs and bytes above ASCII. Written to be vectorised.
bool is_value(std::string_view text) {
    unsigned bad = 0;
    for (char c : text) {
        auto byte = static_cast<unsigned char>(c);
        bad |= static_cast<unsigned>(byte < 0x20) & static_cast<unsigned>(byte != '\t');
        bad |= static_cast<unsigned>(byte == 0x7f);
    }
    return bad == 0;
}
bool is_target(std::string_view text) {
    unsigned bad = 0;
    for (char c : text)
        bad |= static_cast<unsigned>(static_cast<unsigned char>(c) <= 0x20) |
               static_cast<unsigned>(static_cast<unsigned char>(c) >= 0x7f);
    return bad == 0;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
bool same_word(std::string_view left, std::string_view lower_right) {
    return left.size() == lower_right.size() &&
           std::ranges::equal(left, lower_right, [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
        text.remove_prefix(1);
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
        text.remove_suffix(1);
    return text;
}

Method method_named(std::string_view text) {
    if (text == "GET") return Method::get;
    if (text == "HEAD") return Method::head;
    if (text == "POST") return Method::post;
    if (text == "PUT") return Method::put;
    if (text == "PATCH") return Method::patch;
    if (text == "DELETE") return Method::remove;
    if (text == "OPTIONS") return Method::options;
    return Method::other;
}

/// Reads one head; the first thing refused ends it.
class HeadReader {
public:
    HeadReader(std::string_view bytes, const Limits& limits, Request& request)
        : bytes_(bytes), limits_(limits), request_(request) {}

    HeadOutcome read() {
        std::size_t empty_lines = 0;
        while (bytes_.substr(at_).starts_with("\r\n") && empty_lines++ < 4)
            at_ += 2;
        std::size_t begin = at_;
        std::string_view text;
        switch (next_line(text)) {
        case Line::none: return incomplete(begin);
        case Line::broken: return refuse(400, "a line does not end in CR LF");
        case Line::whole: break;
        }
        if (!read_request_line(text)) return outcome_;
        fields_at_ = at_;
        for (std::size_t fields = 0;; ++fields) {
            switch (next_line(text)) {
            case Line::none: return incomplete(begin);
            case Line::broken: return refuse(400, "a line does not end in CR LF");
            case Line::whole: break;
            }
            if (at_ > limits_.header_bytes) return refuse(431, "the header fields are too long");
            if (text.empty()) return finish();
            if (fields >= limits_.header_fields) return refuse(431, "there are too many header fields");
            if (!read_field(text)) return outcome_;
        }
    }

private:
    enum class Line : std::uint8_t { none, whole, broken };

    Line next_line(std::string_view& line) {
        auto end = bytes_.find('\n', at_);
        if (end == std::string_view::npos) return Line::none;
        if (end == at_ || bytes_[end - 1] != '\r') return Line::broken;
        line = bytes_.substr(at_, end - 1 - at_);
        at_ = end + 1;
        return Line::whole;
    }
    HeadOutcome refuse(int status, std::string_view why) {
        return outcome_ = {HeadOutcome::What::refused, 0, status, why};
    }
    HeadOutcome incomplete(std::size_t begin) {
        bool in_request_line = at_ == begin;
        if (in_request_line && bytes_.size() - begin > limits_.target_bytes + method_length_max + 16)
            return refuse(414, "the request target is too long");
        if (bytes_.size() > limits_.header_bytes) return refuse(431, "the header fields are too long");
        return {};
    }

    bool read_request_line(std::string_view line) {
        auto first = line.find(' ');
        auto last = line.rfind(' ');
        if (first == std::string_view::npos || first == last) return refuse(400, "this is no request line"), false;
        auto method = line.substr(0, first);
        auto target = line.substr(first + 1, last - first - 1);
        auto version = line.substr(last + 1);
        if (!is_token(method) || method.size() > method_length_max)
            return refuse(400, "the method is not a word"), false;
        if (target.size() > limits_.target_bytes) return refuse(414, "the request target is too long"), false;
        if (!is_target(target)) return refuse(400, "the request target holds characters that it may not"), false;
        if (!read_version(version)) return false;
        request_.method = method_named(method);
        return read_target(target);
    }
    bool read_version(std::string_view version) {
        bool http = version.size() == 8 && version.starts_with("HTTP/") && version[6] == '.' && version[5] >= '0' &&
                    version[5] <= '9' && version[7] >= '0' && version[7] <= '9';
        if (!http) return refuse(400, "this is not HTTP"), false;
        if (version[5] != '1') return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here"), false;
        request_.http_1_0 = version[7] == '0';
        request_.keep_alive = !request_.http_1_0;
        return true;
    }
    bool read_target(std::string_view target) {
        if (target == "*") target = "/*"; // of OPTIONS; nothing lives there
        for (std::string_view scheme : {"http://", "https://"}) {
            if (!same_word(target.substr(0, scheme.size()), scheme)) continue;
            auto path = target.find_first_of("/?", scheme.size());
            target = path == std::string_view::npos ? std::string_view("/") : target.substr(path);
            break;
        }
        if (!target.starts_with('/')) return refuse(400, "the request target is no path"), false;
        if (target.find('#') != std::string_view::npos)
            return refuse(400, "the request target holds a fragment"), false;
        auto mark = target.find('?');
        request_.path = target.substr(0, mark);
        request_.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
        return true;
    }

    bool read_field(std::string_view line) {
        auto colon = line.find(':');
        if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
            return refuse(400, "this is no header field"), false;
        auto field = line.substr(0, colon);
        auto value = trimmed(line.substr(colon + 1));
        if (!is_value(value)) return refuse(400, "a header field holds characters that it may not"), false;
        switch (field.size()) {
        case 4:
            if (same_word(field, "host")) return read_host(value);
            break;
        case 6:
            if (same_word(field, "expect")) return read_expect(value);
            if (same_word(field, "origin")) request_.origin = value;
            break;
        case 10:
            if (same_word(field, "connection")) read_connection(value);
            break;
        case 13:
            if (same_word(field, "authorization")) return read_authorization(value);
            if (same_word(field, "last-event-id")) {
                request_.last_event_id = value;
                request_.has_last_event_id = true;
            } else if (same_word(field, "if-none-match")) {
                request_.if_none_match = value;
            }
            break;
        case 14:
            if (same_word(field, "content-length")) return read_length(value);
            break;
        case 17:
            if (same_word(field, "transfer-encoding")) return read_coding(value);
            break;
        default: break;
        }
        return true;
    }
    bool read_host(std::string_view value) {
        if (has_host_) return refuse(400, "there are two Host fields"), false;
        if (value.find_first_of(" \t/@,\\") != std::string_view::npos)
            return refuse(400, "the Host field is no host"), false;
        has_host_ = true;
        request_.host = value;
        return true;
    }
    bool read_expect(std::string_view value) {
        if (!same_word(value, "100-continue")) return refuse(417, "only 100-continue can be expected"), false;
        request_.expects_continue = true;
        return true;
    }
    void read_connection(std::string_view value) {
        while (!value.empty()) {
            auto comma = std::min(value.find(','), value.size());
            if (same_word(trimmed(value.substr(0, comma)), "close")) request_.keep_alive = false;
            value.remove_prefix(std::min(comma + 1, value.size()));
        }
    }
    bool read_authorization(std::string_view value) {
        if (!request_.authorization.empty()) return refuse(400, "there are two Authorization fields"), false;
        request_.authorization = value;
        return true;
    }
    bool read_length(std::string_view value) {
        if (has_length_) return refuse(400, "there are two Content-Length fields"), false;
        has_length_ = true;
        bool digits = !value.empty() && std::ranges::all_of(value, [](char c) { return c >= '0' && c <= '9'; });
        if (!digits) return refuse(400, "Content-Length is no number"), false;
        for (char c : value) {
            request_.content_length = request_.content_length * 10 + static_cast<unsigned>(c - '0');
            if (request_.content_length > limits_.body_bytes) return refuse(413, "the body is too long"), false;
        }
        return true;
    }
    bool read_coding(std::string_view value) {
        if (has_coding_) return refuse(400, "there are two Transfer-Encoding fields"), false;
        has_coding_ = true;
        request_.chunked = same_word(value, "chunked");
        if (!request_.chunked) return refuse(501, "only the transfer coding chunked is known"), false;
        return true;
    }

    HeadOutcome finish() {
        if (!has_host_ && !request_.http_1_0) return refuse(400, "the Host field is missing");
        if (has_coding_ && has_length_) return refuse(400, "Content-Length and Transfer-Encoding exclude each other");
        if (has_coding_ && request_.http_1_0) return refuse(400, "HTTP/1.0 has no transfer codings");
        if (request_.http_1_0) request_.expects_continue = false;
        request_.fields = bytes_.substr(fields_at_, at_ - 2 - fields_at_);
        return {HeadOutcome::What::complete, at_, 0, {}};
    }

    std::string_view bytes_;
    const Limits& limits_;
    Request& request_;
    std::size_t at_ = 0;
    std::size_t fields_at_ = 0;
    HeadOutcome outcome_;
    bool has_host_ = false;
    bool has_length_ = false;
    bool has_coding_ = false;
};

} // namespace

std::string_view name(Method method) {
    static constexpr std::array<std::string_view, 8> names{"GET",   "HEAD",   "POST",    "PUT",
                                                           "PATCH", "DELETE", "OPTIONS", "?"};
    return names.at(static_cast<std::size_t>(method));
}

std::optional<std::string_view> Request::field(std::string_view name) const {
    std::optional<std::string_view> found;
    for (auto rest = fields; !rest.empty();) {
        auto end = std::min(rest.find("\r\n"), rest.size());
        auto line = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 2, rest.size()));
        auto colon = std::min(line.find(':'), line.size());
        if (!std::ranges::equal(line.substr(0, colon), name, [](char a, char b) { return lower(a) == lower(b); }))
            continue;
        if (found) return std::nullopt;
        found = trimmed(line.substr(std::min(colon + 1, line.size())));
    }
    return found;
}

HeadOutcome parse_head(std::string_view bytes, const Limits& limits, Request& request) {
    request = {};
    return HeadReader(bytes, limits, request).read();
}

} // namespace lamp::status
