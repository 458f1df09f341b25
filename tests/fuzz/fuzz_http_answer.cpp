// Any bytes as an HTTP answer: no crash, and the same outcome whether they come at once or in pieces.
// First byte: the pieces' size; second byte: whether a body is expected, and whether the peer closes at the end.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/decoder.hpp"
#include "http/message.hpp"

namespace {

using lamp::http::BodyDecoder;

class Collected final : public lamp::http::BodySink {
public:
    std::string text;
    void on_body(std::string_view piece) override { text += piece; }
};

struct Outcome {
    bool refused = false;
    bool limited = false;
    bool ended = false;
    bool keep_alive = false;
    int status = 0;
    std::size_t surplus = 0;
    std::string body{};

    bool operator==(const Outcome&) const = default;
};

Outcome decode(std::string_view bytes, std::size_t step, BodyDecoder::Expects expects, bool closes) {
    BodyDecoder::Limits limits;
    limits.header_bytes = 2048;
    limits.body_bytes = 4096;
    BodyDecoder decoder(expects, limits);
    Collected sink;
    Outcome out;
    auto note = [&out](const lamp::Result<bool>& result) {
        out.refused = !result;
        out.limited = !result && result.error().category == lamp::Category::limit;
        out.ended = result.value_or(false);
    };
    for (std::size_t from = 0; from < bytes.size() && !out.refused; from += step)
        note(decoder.feed(bytes.substr(from, step), sink));
    if (closes && !out.refused) note(decoder.finish());
    if (out.refused) return Outcome{.refused = true, .limited = out.limited}; // how far it came depends on the pieces
    if (decoder.has_head()) {
        out.status = decoder.head().status;
        out.keep_alive = decoder.keep_alive();
        static_cast<void>(decoder.head().charset());
        static_cast<void>(decoder.head().retry_after(lamp::Wall{}));
        static_cast<void>(lamp::http::looks_like_html(decoder.head(), sink.text));
    }
    out.surplus = decoder.surplus();
    out.body = sink.text;
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 2) return 0;
    std::size_t step = data[0] == 0 ? 1 : data[0];
    auto expects = (data[1] & 1) != 0 ? BodyDecoder::Expects::no_body : BodyDecoder::Expects::body;
    bool closes = (data[1] & 2) != 0;
    std::string_view bytes(reinterpret_cast<const char*>(data) + 2, size - 2);
    auto whole = decode(bytes, bytes.size() + 1, expects, closes);
    auto pieces = decode(bytes, step, expects, closes);
    // A chunk's header line that comes whole is not held back, so the limit for it may strike in pieces only; and Beast
    // looks at a broken header in pieces only when its blank line has come, so one may be refused before the other.
    bool late = (whole.refused && !pieces.ended) || (pieces.refused && !whole.ended);
    if (!whole.limited && !pieces.limited && !late && whole != pieces) std::abort();
    return 0;
}
