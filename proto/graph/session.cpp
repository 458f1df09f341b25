#include "proto/graph/session.hpp"

#include <algorithm>
#include <array>
#include <fmt/compile.h>
#include <fmt/format.h>
#include <iterator>
#include <utility>

#include "proto/graph/walk.hpp"
#include "proto/graph/write.hpp"
#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

constexpr std::string_view set_verb = "/presence/setPresence";
constexpr std::string_view clear_verb = "/presence/clearPresence";

void append_path(std::string& out, const Guid& user, std::string_view verb) {
    out += "/users/";
    append(out, user);
    out += verb;
}

enum Key : std::uint8_t {
    responses = 1,
    id,
    status,
    headers,
    body,
    error,
    code,
    message,
    inner,
    inner_lower,
    request_id,
    // header names have any case
    retry_after,
    retry_after_lower,
    request_id_capital,
};
constexpr std::array<std::string_view, 14> vocabulary{
    "responses", "id",         "status",     "headers",    "body",        "error",       "code",
    "message",   "innerError", "innererror", "request-id", "Retry-After", "retry-after", "Request-Id"};

class Reader final : public Listener {
public:
    std::vector<BatchAnswer> answers;
    bool plausible = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(responses)) plausible = bracket == Bracket::array;
        if (path == at(responses, item)) {
            now_ = {};
            index_.reset();
            header_request_id_.clear();
        }
        if (path == at(responses, item, body, error)) now_.error.emplace();
    }
    void on_end(Path path) override {
        if (path != at(responses, item) || !index_ || *index_ >= batch_max || now_.status == 0) return;
        if (std::ranges::find(answers, *index_, &BatchAnswer::index) != answers.end()) return;
        now_.index = *index_;
        if (now_.error && now_.error->request_id.empty()) now_.error->request_id = header_request_id_;
        answers.push_back(std::move(now_));
    }
    void on_text(Path path, std::string_view text) override {
        if ((path & 0xffff) != at(responses, item)) return;
        switch (path >> 16) {
        case at(id): index_ = text::number<std::size_t>(text); break;
        case at(status): now_.status = text::number<int>(text).value_or(0); break;
        case at(headers, retry_after):
        case at(headers, retry_after_lower): wait(text); break;
        case at(headers, request_id):
        case at(headers, request_id_capital): header_request_id_ = text; break;
        case at(body, error, code): now_.error->code = text; break;
        case at(body, error, message): now_.error->message = text; break;
        case at(body, error, inner, request_id):
        case at(body, error, inner_lower, request_id): now_.error->request_id = text; break;
        default: break;
        }
    }
    void on_integer(Path path, std::int64_t number) override {
        if (path == at(responses, item, status))
            now_.status = number > 0 && number < 1000 ? static_cast<int>(number) : 0;
        if (path == at(responses, item, id) && number >= 0) index_ = static_cast<std::size_t>(number);
        if (path == at(responses, item, headers, retry_after) ||
            path == at(responses, item, headers, retry_after_lower))
            now_.retry_after = bounded(number);
    }

private:
    static std::chrono::seconds bounded(std::int64_t count) {
        return std::chrono::seconds(std::clamp<std::int64_t>(count, 0, 86'400));
    }
    void wait(std::string_view text) {
        if (auto count = text::number<std::int64_t>(text::trim(text)))
            now_.retry_after = bounded(*count);
        else
            now_.retry_after_date = text;
    }

    BatchAnswer now_;
    std::optional<std::size_t> index_;
    std::string header_request_id_;
};

} // namespace

bool settable(Pair pair) {
    constexpr std::array<Pair, 5> pairs{{
        {Word::available, Word::available},
        {Word::busy, Word::in_a_call},
        {Word::busy, Word::in_a_conference_call},
        {Word::away, Word::away},
        {Word::do_not_disturb, Word::presenting},
    }};
    return std::ranges::find(pairs, pair) != pairs.end();
}

std::string set_presence_target(const Guid& user) {
    std::string target = "/v1.0";
    append_path(target, user, set_verb);
    return target;
}

std::string clear_presence_target(const Guid& user) {
    std::string target = "/v1.0";
    append_path(target, user, clear_verb);
    return target;
}

void append_set_presence(std::string& out, std::string_view session_id, Pair pair, unsigned minutes) {
    out += R"({"sessionId":)";
    append_quoted(out, session_id);
    fmt::format_to(
        std::back_inserter(out), FMT_COMPILE(R"(,"availability":"{}","activity":"{}","expirationDuration":"PT{}M"}})"),
        text(pair.availability), text(pair.activity), std::clamp(minutes, session_minutes_min, session_minutes_max));
}

void append_clear_presence(std::string& out, std::string_view session_id) {
    out += R"({"sessionId":)";
    append_quoted(out, session_id);
    out += '}';
}

std::size_t append_batch(std::string& out, std::string_view session_id, std::span<const SessionWish> wishes) {
    wishes = wishes.first(std::min(wishes.size(), batch_max));
    out += R"({"requests":[)";
    for (std::size_t i = 0; i < wishes.size(); ++i) {
        const SessionWish& wish = wishes[i];
        if (i > 0) out += ',';
        fmt::format_to(std::back_inserter(out), FMT_COMPILE(R"({{"id":"{}","method":"POST","url":")"), i);
        append_path(out, wish.user, wish.pair ? set_verb : clear_verb);
        out += R"(","headers":{"Content-Type":"application/json"},"body":)";
        if (wish.pair)
            append_set_presence(out, session_id, *wish.pair, wish.minutes);
        else
            append_clear_presence(out, session_id);
        out += '}';
    }
    out += "]}";
    return wishes.size();
}

Result<std::vector<BatchAnswer>> read_batch(std::string_view body) {
    Reader reader;
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible) return fail(Category::protocol, "The answer to a batch has no list of responses.");
    return std::move(reader.answers);
}

} // namespace lamp::graph
