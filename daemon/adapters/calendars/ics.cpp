#include "adapters/calendars/ics.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/calendars/providers.hpp"

namespace lamp::calendars {

Task<Result<std::optional<std::vector<Occurrence>>>> Ics::read(Window window) {
    const bool asks = !text_ || steady_now() >= due_;
    auto fetched = asks ? co_await fetch() : Result<std::optional<http::Answer>>();
    if (!fetched) co_return std::unexpected(std::move(fetched.error()));
    const bool same_window = told_ && told_->from == window.from && told_->until == window.until;
    if (!*fetched && same_window) co_return std::nullopt;
    // A feed that cannot be read is not remembered: the last good one stays.
    auto told = tell(window, *fetched ? (*fetched)->body : *text_);
    if (!told) co_return std::unexpected(std::move(told.error()));
    if (*fetched) remember(**std::move(fetched));
    if (asks) due_ = steady_now() + pause_;
    told_ = window;
    co_return *std::move(told);
}

/// Nothing: it is as it was.
Task<Result<std::optional<http::Answer>>> Ics::fetch() {
    http::Request request{.target = target_, .headers = {{"Accept", "text/calendar, */*;q=0.5"}}};
    if (!etag_.empty()) request.headers.add("If-None-Match", etag_);
    if (!modified_.empty()) request.headers.add("If-Modified-Since", modified_);
    auto answer = co_await peer_->ask(std::move(request));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    const bool unmodified = answer->status == 304 && text_;
    if (!unmodified && answer->status != 200) co_return std::unexpected(peer_->refusal(*answer));
    if (!unmodified && answer->body != text_) co_return std::optional(*std::move(answer));
    if (!unmodified) remember(*std::move(answer));
    due_ = steady_now() + pause_;
    co_return std::nullopt;
}

void Ics::remember(http::Answer answer) {
    etag_ = answer.headers.find("ETag").value_or("");
    modified_ = answer.headers.find("Last-Modified").value_or("");
    text_ = std::move(answer.body);
}

Result<std::vector<Occurrence>> Ics::tell(Window window, const std::string& text) {
    auto reading = read_calendar(text, window, rules_);
    if (!reading)
        return fail(reading.error().category, fmt::format("{} gives no calendar that can be read: {}",
                                                          peer_->origin().place(), reading.error().text));
    pause_ = std::clamp(reading->refresh.value_or(milliseconds(0)), milliseconds(0), milliseconds(slowest));
    return std::move(reading->occurrences);
}

Made make_ics(const ProviderParts& parts) {
    auto url = http::Url::parse(parts.options.url.text);
    if (!url) return std::unexpected(std::move(url.error()));
    auto rules = rules_of(parts);
    if (!rules) return std::unexpected(std::move(rules.error()));
    auto peer = Peer::make(parts.loop, parts.options, *url, Ics::bytes_max);
    if (!peer) return std::unexpected(std::move(peer.error()));
    return std::make_unique<Ics>(*std::move(peer), url->path, *std::move(rules));
}

} // namespace lamp::calendars
