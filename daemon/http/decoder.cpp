// The parser is Beast's; what it leaves open is decided here: the header's total length, interim answers, trailers,
// transfer codings other than chunked.
#include "http/decoder.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <fmt/format.h>
#include <optional>

#include "base/check.hpp"

namespace lamp::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

class Core final : public beast::http::basic_parser<false> {
public:
    Head head;
    BodySink* sink = nullptr;
    std::uint64_t body_bytes = 0;

    [[nodiscard]] bool got_some_line() const { return head.status != 0; }

private:
    void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int, error_code&) override {}
    void on_response_impl(int code, beast::string_view reason, int, error_code& error) override {
        if (code < 100) error = beast::http::error::bad_status; // RFC 9110 section 15; Beast takes 000
        head.status = code;
        head.reason.assign(reason.data(), reason.size());
    }
    void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code&) override {
        if (is_header_done()) return; // a trailer
        head.headers.add(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    void on_header_impl(error_code&) override {}
    void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
    std::size_t on_body_impl(beast::string_view piece, error_code&) override { return give(piece); }
    void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
    std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view piece, error_code&) override {
        return give(piece);
    }
    void on_finish_impl(error_code&) override {}

    std::size_t give(beast::string_view piece) {
        body_bytes += piece.size();
        sink->on_body(std::string_view(piece.data(), piece.size()));
        return piece.size();
    }
};

std::unexpected<Error> header_too_long(std::size_t limit) {
    return fail(Category::limit, fmt::format("The answer's header is longer than {} bytes, the limit for it "
                                             "(answer_header_bytes).",
                                             limit));
}

std::unexpected<Error> not_http(std::string_view what) {
    return fail(Category::protocol,
                fmt::format("The answer is not HTTP/1.1 as it should be ({}); check that the address is that of "
                            "an HTTP service and that it is not behind a device which changes answers.",
                            what));
}

} // namespace

class BodyDecoder::Parser {
public:
    Parser(Expects expects, Limits limits) : expects_(expects), limits_(limits) { renew(); }

    Result<std::size_t> consume(std::string_view bytes, BodySink& sink) {
        std::size_t taken = 0;
        while (taken < bytes.size() && !core_->is_done()) {
            bool in_header = !core_->is_header_done();
            auto step = put(bytes.substr(taken), sink);
            if (!step) return std::unexpected(std::move(step.error()));
            taken += *step;
            bool header_ended = in_header && core_->is_header_done();
            if (header_ended && !interim()) {
                auto fine = accept_head();
                if (!fine) return std::unexpected(std::move(fine.error()));
                return taken;
            }
            if (header_ended)
                renew();
            else if (needs_more_)
                break;
        }
        return taken;
    }

    Result<bool> finish() {
        if (core_->is_done()) return true;
        if (!started_) return fail(Category::network, "The connection was closed without an answer.");
        if (!core_->is_header_done())
            return fail(Category::network, "The connection was closed in the middle of the answer's header.");
        error_code error;
        core_->put_eof(error);
        if (!error) return true;
        return fail(Category::network,
                    fmt::format("The connection was closed in the middle of the answer's body, after {} bytes of it.",
                                core_->body_bytes));
    }

    [[nodiscard]] bool started() const { return started_; }
    Core& core() { return *core_; }

private:
    [[nodiscard]] bool interim() const { return core_->head.status / 100 == 1 && core_->head.status != 101; }

    void renew() {
        core_.emplace();
        core_->header_limit(static_cast<std::uint32_t>(limits_.header_bytes));
        if (limits_.body_bytes == unlimited)
            core_->body_limit(boost::none);
        else
            core_->body_limit(limits_.body_bytes);
        core_->skip(expects_ == Expects::no_body);
    }

    Result<std::size_t> put(std::string_view bytes, BodySink& sink) {
        bool in_header = !core_->is_header_done();
        started_ = true;
        // Beast waits for a blank line before it looks again; who greets in another protocol may never send one.
        constexpr std::string_view start = "HTTP/";
        if (!core_->got_some_line() && bytes.substr(0, start.size()) != start.substr(0, bytes.size()))
            return not_http("it does not begin with HTTP/");
        // "0\r\n" and then "0\r\n\r": valid, but below the five bytes that Beast 1.81 asserts for a last chunk.
        if (held_in_body_ && bytes.size() < 5 && bytes.front() == '0') return std::size_t{0};
        core_->sink = &sink;
        error_code error;
        auto taken = core_->put(boost::asio::const_buffer(bytes.data(), bytes.size()), error);
        core_->sink = nullptr;
        needs_more_ = error == beast::http::error::need_more;
        if (error && !needs_more_) return refuse(error);
        held_in_body_ = !in_header && needs_more_ && taken < bytes.size();
        if (in_header) {
            // Beast's limit is for one field; an endless header made of small ones would pass it. Interim ones count.
            header_bytes_ += taken;
            if (header_bytes_ + (needs_more_ ? bytes.size() - taken : 0) > limits_.header_bytes)
                return header_too_long(limits_.header_bytes);
        } else if (needs_more_ && bytes.size() - taken > limits_.header_bytes) {
            return fail(Category::limit, fmt::format("A chunk header or trailer of the answer is longer than {} bytes, "
                                                     "the limit for it (answer_header_bytes).",
                                                     limits_.header_bytes));
        }
        return taken;
    }

    Result<std::size_t> refuse(const error_code& error) const {
        if (error == beast::http::error::header_limit) return header_too_long(limits_.header_bytes);
        if (error == beast::http::error::body_limit)
            return fail(Category::limit, fmt::format("The answer's body is longer than {} bytes, the limit for it "
                                                     "(answer_body_bytes).",
                                                     limits_.body_bytes));
        return not_http(error.message());
    }

    Result<void> accept_head() {
        if (core_->head.status == 101) return not_http("it switches to another protocol, which nobody asked for");
        for (auto coding : core_->head.headers.all("Transfer-Encoding")) {
            bool known = coding.size() == 7 && core_->chunked();
            if (!known) return not_http(fmt::format("Transfer-Encoding: {}", coding.substr(0, 40)));
        }
        core_->eager(true); // the header came alone, the body may come as it likes
        return {};
    }

    Expects expects_;
    Limits limits_;
    std::optional<Core> core_;
    std::size_t header_bytes_ = 0;
    bool started_ = false;
    bool needs_more_ = false;
    bool held_in_body_ = false; // the beginning of a chunk's header line was given back
};

BodyDecoder::BodyDecoder(Expects expects) : BodyDecoder(expects, Limits()) {}
BodyDecoder::BodyDecoder(Expects expects, Limits limits) : parser_(std::make_unique<Parser>(expects, limits)) {}
BodyDecoder::~BodyDecoder() = default;
BodyDecoder::BodyDecoder(BodyDecoder&&) noexcept = default;
BodyDecoder& BodyDecoder::operator=(BodyDecoder&&) noexcept = default;

Result<std::size_t> BodyDecoder::consume(std::string_view bytes, BodySink& sink) {
    return parser_->consume(bytes, sink);
}

Result<bool> BodyDecoder::feed(std::string_view bytes, BodySink& sink) {
    std::string joined; // what the last piece left, with this one behind it
    if (!carry_.empty()) {
        joined.swap(carry_);
        joined += bytes;
        bytes = joined;
    }
    while (!bytes.empty() && !done()) {
        auto taken = parser_->consume(bytes, sink);
        if (!taken) return std::unexpected(std::move(taken.error()));
        bytes.remove_prefix(*taken);
        if (*taken == 0) break;
    }
    if (done())
        surplus_ += bytes.size();
    else
        carry_ = bytes;
    return done();
}

Result<bool> BodyDecoder::finish() {
    return parser_->finish();
}
bool BodyDecoder::started() const {
    return parser_->started();
}
bool BodyDecoder::has_head() const {
    return parser_->core().is_header_done();
}
bool BodyDecoder::done() const {
    return parser_->core().is_done();
}
bool BodyDecoder::keep_alive() const {
    return has_head() && parser_->core().keep_alive();
}
std::uint64_t BodyDecoder::body_bytes() const {
    return parser_->core().body_bytes;
}
std::size_t BodyDecoder::surplus() const {
    return surplus_;
}

const Head& BodyDecoder::head() const {
    LAMP_CHECK(has_head());
    return parser_->core().head;
}

Head BodyDecoder::take_head() {
    LAMP_CHECK(has_head());
    return std::move(parser_->core().head);
}

} // namespace lamp::http
