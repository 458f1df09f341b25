#include "outbox/verdict.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "outbox/letter.hpp"

namespace lamp::outbox {
namespace {

using enum Verdict::Kind;

bool passes(int status) {
    return status == 408 || status == 425 || status == 429 || status >= 500;
}

std::string sentence(const http::Answer& answer) {
    if (answer.redirect())
        return fmt::format("It redirects ({}), which is not followed: write the address that it leads to.",
                           answer.status);
    auto text = answer.reason.empty() ? fmt::format("It answers {}", answer.status)
                                      : fmt::format("It answers {} {}", answer.status, answer.reason.substr(0, 60));
    return text + (answer.looks_like_html() ? " with a web page." : ".");
}

} // namespace

Verdict verdict_of(const Result<http::Answer>& answer, Wall now) {
    if (!answer) return {retry, std::nullopt, answer.error().text};
    if (answer->success()) return {delivered};
    if (answer->status == 410)
        return {gone, std::nullopt, "It answers 410: it wants nothing more (the address has been taken away)."};
    if (!passes(answer->status)) return {refused, std::nullopt, sentence(*answer)};
    std::optional<milliseconds> after;
    if (auto told = answer->retry_after(now)) after = std::min<milliseconds>(*told, limits::retry_after_longest);
    return {retry, after, sentence(*answer)};
}

Verdict verdict_of_mail(int code, std::string said) {
    constexpr int login_codes[] = {530, 534, 535, 538};
    bool login = std::ranges::find(login_codes, code) != std::end(login_codes);
    if (code >= 500 && code < 600 && !login) return {refused, std::nullopt, std::move(said)};
    return {retry, std::nullopt, std::move(said)};
}

} // namespace lamp::outbox
