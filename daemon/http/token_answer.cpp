#include "http/token_answer.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <charconv>
#include <fmt/format.h>

#include "base/limits.hpp"

namespace lamp::http {
namespace {

namespace json = boost::json;

constexpr seconds life_untold{600};
constexpr std::int64_t life_longest_s = 30L * 24 * 3600;
constexpr std::size_t word_longest = 64;
constexpr std::size_t sentence_longest = 200;
constexpr std::size_t principal_longest = 254;

struct ErrorWord {
    std::string_view word;
    Category category;
    Patience patience;
    bool clock_may_be_wrong;
};

// RFC 6749 5.2, OpenID Connect Core 3.1.2.6, RFC 8628 3.5; the last rows are Zoho's and Google's own.
constexpr ErrorWord words[] = {
    {"invalid_client", Category::unauthorised, Patience::long_, true},
    {"invalid_grant", Category::unauthorised, Patience::long_, true},
    {"unauthorized_client", Category::unauthorised, Patience::long_, false},
    {"access_denied", Category::unauthorised, Patience::long_, false},
    {"consent_required", Category::unauthorised, Patience::long_, false},
    {"interaction_required", Category::unauthorised, Patience::long_, false},
    {"login_required", Category::unauthorised, Patience::long_, false},
    {"invalid_scope", Category::invalid, Patience::long_, false},
    {"invalid_request", Category::invalid, Patience::long_, false},
    {"invalid_resource", Category::invalid, Patience::long_, false},
    {"invalid_target", Category::invalid, Patience::long_, false},
    {"unsupported_grant_type", Category::invalid, Patience::long_, false},
    {"temporarily_unavailable", Category::unavailable, Patience::brief, false},
    {"server_error", Category::unavailable, Patience::brief, false},
    {"slow_down", Category::throttled, Patience::brief, false},
    {"internal_failure", Category::unavailable, Patience::brief, false},
    {"invalid_code", Category::unauthorised, Patience::long_, false},
    {"invalid_client_secret", Category::unauthorised, Patience::long_, false},
    {"Access Denied", Category::throttled, Patience::brief, false}, // Zoho: too many tokens in ten minutes
};

std::string_view text_of(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains({name.data(), name.size()});
    if (value == nullptr || !value->is_string()) return {};
    const auto& text = value->get_string();
    return {text.data(), text.size()};
}

/// A peer's words on one line of ours: no control characters, no more than so many bytes.
std::string tame(std::string_view text, std::size_t longest) {
    std::string out(text.substr(0, longest));
    std::ranges::replace_if(out, [](unsigned char c) { return c < 0x20 || c == 0x7F; }, ' ');
    while (!out.empty() && text.size() > longest && (static_cast<unsigned char>(out.back()) & 0x80U) != 0)
        out.pop_back(); // not half a letter
    while (out.ends_with(' ') || out.ends_with('.'))
        out.pop_back();
    return out;
}

std::string first_sentence(std::string_view text) {
    auto end = std::min({text.find(". "), text.find_first_of("\r\n"), text.find(" Trace ID:")});
    return tame(text.substr(0, end), sentence_longest);
}

/// expires_in as a number, or as digits in quotes as some services send it.
std::optional<std::int64_t> number_of(const json::value& value) {
    if (value.is_int64()) return value.get_int64();
    if (value.is_uint64()) return life_longest_s;
    if (value.is_double() && value.get_double() >= 0 && value.get_double() < 1e12)
        return static_cast<std::int64_t>(value.get_double());
    if (!value.is_string()) return std::nullopt;
    const auto& text = value.get_string();
    std::int64_t number = 0;
    auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

bool can_stand_in_a_header(std::string_view token) {
    return !token.empty() && token.size() <= limits::token_bytes &&
           std::ranges::all_of(token, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
}

TokenFailure failure(Category category, std::string text, Patience patience = Patience::brief) {
    return {.error = Error(category, std::move(text)), .patience = patience};
}

ErrorWord by_status(int status) {
    if (status == 429) return {"", Category::throttled, Patience::brief, false};
    if (status >= 500) return {"", Category::unavailable, Patience::brief, false};
    if (status == 401) return {"", Category::unauthorised, Patience::long_, true};
    if (status == 403) return {"", Category::forbidden, Patience::long_, false};
    if (status == 404) return {"", Category::not_found, Patience::long_, false};
    return {"", Category::invalid, Patience::long_, false};
}

TokenFailure refusal(const Answer& answer, const json::object& object, std::string_view host, Wall now) {
    auto word = text_of(object, "error");
    const auto* row = std::ranges::find(words, word, &ErrorWord::word);
    // A word that nobody knows is judged by the status; with 200 (Zoho) a person has to look.
    auto meaning = row != std::end(words) ? *row : by_status(answer.status);
    if (answer.status == 429) meaning = by_status(429);
    if (answer.status >= 500 && meaning.patience == Patience::long_) meaning = by_status(answer.status);
    auto description = text_of(object, "error_description");
    if (description.empty()) description = text_of(object, "reason"); // Zoom
    std::string text = fmt::format("{} gives no token: ", host);
    text += word.empty() ? fmt::format("status {}", answer.status) : tame(word, word_longest);
    if (auto sentence = first_sentence(description); !sentence.empty()) text += fmt::format(" ({})", sentence);
    if (auto trace = tame(text_of(object, "trace_id"), word_longest); !trace.empty())
        text += fmt::format(", trace {}", trace);
    TokenFailure out = failure(meaning.category, text + ".", meaning.patience);
    out.retry_after = answer.retry_after(now);
    out.clock_may_be_wrong = meaning.clock_may_be_wrong;
    return out;
}

std::expected<GrantedToken, TokenFailure> grant(const json::object& object, std::string_view host) {
    auto refuse = [&](std::string_view what) {
        return std::unexpected(failure(Category::protocol, fmt::format("{} answers a token request {}.", host, what)));
    };
    auto token = text_of(object, "access_token");
    if (token.empty()) return refuse("without an access_token");
    if (!can_stand_in_a_header(token)) return refuse("with an access_token that cannot stand in a header");
    auto type = text_of(object, "token_type");
    auto bearer = [](char a, char b) { return (a | 0x20) == b; };
    if (!type.empty() && !std::ranges::equal(type, std::string_view("bearer"), bearer))
        return refuse(fmt::format("with a token of the type \"{}\", not Bearer", tame(type, word_longest)));
    GrantedToken out{.access_token = Secret(std::string(token)), .life = life_untold, .refresh_token = {}};
    const auto* told = object.if_contains("expires_in");
    if (told != nullptr && !told->is_null()) {
        auto life = number_of(*told);
        if (!life || *life <= 0) return refuse("with an expires_in that is no number of seconds");
        out.life = seconds(std::min(*life, life_longest_s));
    }
    auto refresh = text_of(object, "refresh_token");
    if (refresh.size() <= limits::token_bytes) out.refresh_token = Secret(std::string(refresh));
    out.principal = tame(text_of(object, "principal"), principal_longest);
    return out;
}

} // namespace

std::expected<GrantedToken, TokenFailure> read_token_answer(const Answer& answer, std::string_view host, Wall now) {
    if (answer.status >= 300 && answer.status < 400)
        return std::unexpected(failure(
            Category::protocol,
            fmt::format("{} answers a token request with a redirection ({}): not followed, it would carry the secret "
                        "elsewhere.",
                        host, answer.status)));
    json::error_code error;
    auto value = json::parse({answer.body.data(), answer.body.size()}, error);
    if (!error && value.is_object()) {
        const auto& object = value.get_object();
        if (answer.success() && !object.contains("error")) return grant(object, host);
        return std::unexpected(refusal(answer, object, host, now));
    }
    if (answer.status == 429 || answer.status >= 500) return std::unexpected(refusal(answer, {}, host, now));
    auto what = answer.looks_like_html() ? "a web page (HTML)" : "something that is no JSON object";
    auto patience = answer.success() ? Patience::brief : Patience::long_;
    auto category = answer.status == 401 ? Category::unauthorised : Category::protocol;
    return std::unexpected(failure(
        category, fmt::format("{} answers a token request with {} (status {}).", host, what, answer.status), patience));
}

} // namespace lamp::http
