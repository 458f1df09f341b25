// One HTTP/1.1 request, read strictly (RFC 9112): what two parsers could read differently is refused, not guessed.
// Pure: bytes in, values out; the views look into the bytes given.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "status/limits.hpp"

namespace lamp::status {

enum class Method : std::uint8_t { get, head, post, put, patch, remove, options, other };
[[nodiscard]] std::string_view name(Method method);

struct Request {
    Method method = Method::other;
    std::string_view path;  // as sent, still percent-encoded; begins with "/"
    std::string_view query; // after "?", still encoded
    bool http_1_0 = false;
    bool keep_alive = true;
    bool expects_continue = false;
    bool chunked = false;
    std::uint64_t content_length = 0;
    std::string_view host;
    std::string_view authorization;
    std::string_view last_event_id;
    bool has_last_event_id = false;
    std::string_view if_none_match;
    std::string_view origin;
    std::string_view fields; // all of them as sent, each line ended by CR LF; for `field`
    std::string_view body;   // filled in by the server

    /// The value of any field; the name in any case. Nothing: it is absent, or there more than once.
    [[nodiscard]] std::optional<std::string_view> field(std::string_view name) const;
    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

struct HeadOutcome {
    enum class What : std::uint8_t { incomplete, complete, refused } what = What::incomplete;
    std::size_t size = 0;      // complete: bytes of request line and fields, the empty line included
    int status = 0;            // refused: 400, 413, 414, 417, 431, 501, 505
    std::string_view why = {}; // refused: a sentence
};

/// Reads the request line and the fields from the start of `bytes`. Empty lines before them are skipped.
[[nodiscard]] HeadOutcome parse_head(std::string_view bytes, const Limits& limits, Request& request);

/// Puts a chunked body together, however its bytes are cut. Extensions and trailers are read and thrown away.
class ChunkReader {
public:
    enum class What : std::uint8_t { more, done, malformed, too_long };
    struct Outcome {
        What what;
        std::size_t used; // bytes taken from the input
    };
    /// Appends what is data to `body`; never beyond `limit` bytes in all.
    [[nodiscard]] Outcome feed(std::string_view bytes, std::string& body, std::size_t limit);

private:
    enum class At : std::uint8_t { size, extension, size_lf, data, data_cr, data_lf, trailer, trailer_lf, done };
    [[nodiscard]] bool step(char c);
    bool take_size(char c);

    At at_ = At::size;
    std::uint64_t left_ = 0;
    unsigned digits_ = 0;
    std::size_t overhead_ = 0;     // bytes of extensions and trailers
    std::size_t trailer_line_ = 0; // bytes of the trailer line so far
};

} // namespace lamp::status
