// One HTTP/1.1 answer from bytes (RFC 9112): status line, header, then a body in chunks, by length or until the end.
// Knows no socket; Beast does the parsing. Body bytes go to a sink without being copied or kept.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "base/limits.hpp"
#include "http/message.hpp"

namespace lamp::http {

/// Takes decoded pieces of a body. The view dies when the call returns. It may close the connection that feeds it.
class BodySink {
public:
    virtual void on_body(std::string_view piece) = 0;

protected:
    ~BodySink() = default;
};

class BodyDecoder {
public:
    enum class Expects : std::uint8_t { body, no_body }; // no_body: the answer to HEAD, a proxy's to CONNECT

    struct Limits {
        std::size_t header_bytes = limits::answer_header_bytes; // also one chunk's header line, and the trailer
        std::uint64_t body_bytes = unlimited;
    };
    static constexpr std::uint64_t unlimited = UINT64_MAX;

    explicit BodyDecoder(Expects expects = Expects::body);
    BodyDecoder(Expects expects, Limits limits);
    ~BodyDecoder();
    BodyDecoder(BodyDecoder&&) noexcept;
    BodyDecoder& operator=(BodyDecoder&&) noexcept;

    /// Takes any piece of the answer, header included; interim answers (1xx) are passed over. True: the answer has
    /// ended. Bytes after its end are counted by `surplus` and dropped. Errors: protocol (with what is wrong), limit.
    /// No allocation once the header is through, unless a chunk's header line is split between two pieces.
    [[nodiscard]] Result<bool> feed(std::string_view bytes, BodySink& sink);
    /// The peer closed. True when that ends the answer; Category::network when it was cut short.
    [[nodiscard]] Result<bool> finish();

    /// As `feed`, but keeps nothing: says how many bytes were taken; the rest is to be given again with more behind it.
    /// Stops behind the header once, so that a caller can look at `head` before the body comes.
    [[nodiscard]] Result<std::size_t> consume(std::string_view bytes, BodySink& sink);

    [[nodiscard]] bool started() const; // at least one byte was seen
    [[nodiscard]] bool has_head() const;
    [[nodiscard]] bool done() const;
    /// Whether the framing lets the connection carry another answer (length or chunks, no "Connection: close").
    [[nodiscard]] bool keep_alive() const;
    /// Valid once has_head(). A trailer's fields are read over: nothing of them is kept.
    [[nodiscard]] const Head& head() const;
    [[nodiscard]] Head take_head();
    [[nodiscard]] std::uint64_t body_bytes() const; // decoded so far
    [[nodiscard]] std::size_t surplus() const;

private:
    class Parser;
    std::unique_ptr<Parser> parser_;
    std::string carry_;
    std::size_t surplus_ = 0;
};

} // namespace lamp::http
