#include "recognition/rest/sync.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

constexpr milliseconds first_pause{1000};
constexpr milliseconds longest_pause{120'000};
constexpr milliseconds closed_max{3'600'000}; // a service whose clock is wrong is not left alone for ever
constexpr std::size_t kept_max = 32 * 1024;   // of a token or link

bool has_tokens(AuthKind kind) {
    return kind == AuthKind::client_credentials || kind == AuthKind::refresh_token ||
           kind == AuthKind::google_service_account;
}

std::string member(const json::object& object, std::string_view key) {
    const auto* value = object.if_contains(key);
    const auto* text = value ? value->if_string() : nullptr;
    return text && text->size() <= kept_max ? std::string(*text) : std::string();
}

/// "0" in the header that tells how many requests are left.
bool spent(const Rates& rates, const http::Answer& answer) {
    if (rates.remaining.empty()) return false;
    auto field = answer.headers.find(rates.remaining);
    return field && text::trim(*field) == "0";
}

} // namespace

Sync::Sync(const Preset& preset, Quota& quota, std::string_view cursor, Wall wall, std::uint64_t seed)
    : preset_(preset), quota_(quota), started_(wall), backoff_(first_pause, longest_pause, seed) {
    begin(!read_cursor(cursor));
}

const std::vector<Listing>& Sync::listings() const {
    return whole_ || preset_.delta.empty() ? preset_.list : preset_.delta;
}

/// True when changes alone can be asked for.
bool Sync::read_cursor(std::string_view text) {
    boost::system::error_code error;
    auto value = json::parse(text, error);
    const auto* object = error ? nullptr : value.if_object();
    if (object == nullptr || member(*object, "preset") != preset_.fingerprint) return false;
    since_ = member(*object, "since");
    const auto* kept = object->if_contains("kept");
    const auto* list = kept ? kept->if_array() : nullptr;
    if (list != nullptr && list->size() == preset_.list.size())
        for (const auto& item : *list)
            if (const auto* one = item.if_object())
                before_.push_back(
                    {member(*one, "token"), member(*one, "link"), member(*one, "etag"), member(*one, "modified")});
    if (before_.size() != preset_.list.size()) return before_.clear(), false;
    switch (preset_.incremental) {
    case Incremental::none: return false;
    case Incremental::since: return parse_rfc3339(since_).has_value();
    case Incremental::token: return std::ranges::none_of(before_, [](const Kept& one) { return one.token.empty(); });
    case Incremental::link: return std::ranges::none_of(before_, [](const Kept& one) { return one.link.empty(); });
    }
    return false;
}

std::string Sync::write_cursor() const {
    json::array kept;
    for (const auto& one : after_)
        kept.push_back(
            json::object{{"token", one.token}, {"link", one.link}, {"etag", one.etag}, {"modified", one.modified}});
    return json::serialize(json::object{{"preset", preset_.fingerprint},
                                        {"since", rfc3339(server_started_.value_or(started_))},
                                        {"kept", std::move(kept)}});
}

void Sync::begin(bool whole) {
    whole_ = whole;
    at_ = 0;
    items_.clear();
    by_id_.clear();
    to_reread_.clear();
    reread_at_ = 0;
    unreadable_ = 0;
    after_.assign(preset_.list.size(), {});
    open();
}

void Sync::open() {
    const auto& listing = listings()[at_];
    Values values;
    std::string link;
    if (!whole_) {
        auto since = parse_rfc3339(since_);
        if (preset_.incremental == Incremental::since && since)
            values.set(Place::since, write_time(*since - preset_.overlap, listing.since_format));
        if (preset_.incremental == Incremental::token) values.set(Place::token, before_[at_].token);
        if (preset_.incremental == Incremental::link) link = before_[at_].link;
    }
    pager_.emplace(listing, std::move(values), std::move(link));
}

Ask Sync::asked() const {
    Ask ask;
    if (pager_) {
        ask = pager_->ask();
        const auto& listing = listings()[at_];
        if (listing.conditional && preset_.incremental == Incremental::none && !before_.empty() && !started_over_ &&
            pager_->pages() == 0) {
            if (!before_[at_].etag.empty()) ask.headers.add("If-None-Match", before_[at_].etag);
            if (!before_[at_].modified.empty()) ask.headers.add("If-Modified-Since", before_[at_].modified);
        }
    } else {
        Values values;
        values.set(Place::id, to_reread_[reread_at_]);
        ask = ask_for(*preset_.reread, values);
    }
    ask.fresh_token = fresh_token_;
    return ask;
}

Step Sync::next(Steady now, Wall wall) {
    if (failed_) return *failed_;
    if (done_) return result();
    if (now < silent_until_) return Pause{silent_until_};
    if (!paid_) {
        if (!quota_.allows(Purpose::sync, wall)) {
            failed_ =
                Error(Category::limit, "The day's requests are used up but for those that are kept for look-ups.");
            return *failed_;
        }
        if (auto wait = quota_.take(now, wall); wait > pause_max) {
            failed_ = Error(Category::throttled, "The CRM has asked to be left alone for some time.");
            return *failed_;
        } else if (wait > milliseconds(0)) {
            return Pause{now + wait};
        }
        paid_ = true;
        ++requests_;
    }
    return asked();
}

void Sync::answer(const Result<http::Answer>& answer, Steady now, Wall wall) {
    if (failed_ || done_) return;
    paid_ = false;
    if (answer && !server_started_) {
        auto date = answer->headers.find("Date");
        if (auto told = date ? http::parse_http_date(*date) : std::nullopt) server_started_ = std::min(*told, started_);
    }
    if (answer && spent(preset_.rates, *answer)) {
        auto wait = answer->headers.find(preset_.rates.reset);
        auto count = wait ? text::number<std::int64_t>(text::trim(*wait)) : std::nullopt;
        quota_.close_until(now + seconds(std::clamp<std::int64_t>(count.value_or(1), 1, 3600)));
    }
    auto verdict = judge(preset_, answer, wall);
    bool of_reread = !pager_;
    switch (verdict.meaning) {
    case Meaning::good: {
        auto body = read_json(*answer);
        if (!body) return try_later({Meaning::again, body.error(), std::nullopt}, now);
        tries_ = garbled_ = 0;
        fresh_token_ = false;
        backoff_.reset();
        return pager_ ? take_page(*answer, *body) : take_reread(*body);
    }
    case Meaning::nothing: return take_nothing(*answer);
    case Meaning::expired:
        if (whole_)
            failed_ = *verdict.error;
        else
            start_over();
        return;
    case Meaning::unauthorised:
        if (fresh_token_ || !has_tokens(preset_.auth.kind)) failed_ = *verdict.error;
        fresh_token_ = true;
        return;
    case Meaning::throttled: return try_later(verdict, now);
    case Meaning::daily:
        quota_.exhaust(wall);
        failed_ = *verdict.error;
        return;
    case Meaning::again: return try_later(verdict, now);
    case Meaning::refused:
        // Gone between the list and the look at it.
        if (of_reread && verdict.error->category == Category::not_found) {
            Item gone;
            gone.id = to_reread_[reread_at_];
            gone.deleted = true;
            std::vector<Item> one;
            one.push_back(std::move(gone));
            keep(std::move(one));
            if (++reread_at_ == to_reread_.size()) done_ = true;
            return;
        }
        failed_ = *verdict.error;
        return;
    }
}

void Sync::start_over() {
    started_over_ = true;
    before_.clear();
    tries_ = garbled_ = 0;
    fresh_token_ = false;
    begin(true);
}

void Sync::try_later(const Verdict& verdict, Steady now) {
    auto wait = std::max(verdict.wait.value_or(milliseconds(0)), backoff_.next());
    bool garbled = verdict.error->category == Category::protocol;
    ++(garbled ? garbled_ : tries_);
    if (verdict.meaning == Meaning::throttled) quota_.close_until(now + std::min(wait, closed_max));
    if (tries_ >= tries_max || garbled_ >= garbled_max || wait > pause_max) {
        failed_ = *verdict.error;
        return;
    }
    silent_until_ = now + wait;
}

/// 204 or 304: an empty list, or one as before.
void Sync::take_nothing(const http::Answer& answer) {
    if (!pager_) {
        failed_ =
            Error(Category::protocol, "The CRM told a changed record's id, and nothing when it was asked for it.");
        return;
    }
    unchanged_ = answer.status == 304 && listings()[at_].conditional && whole_;
    pager_->end();
    close(answer);
}

void Sync::take_page(const http::Answer& answer, const json::value& body) {
    auto items = pager_->take(answer, body);
    if (!items) {
        failed_ = items.error();
        return;
    }
    if (preset_.reread && !whole_) {
        std::vector<Item> gone;
        for (auto& item : *items)
            if (item.deleted)
                gone.push_back(std::move(item));
            else if (std::ranges::find(to_reread_, item.id) == to_reread_.end())
                to_reread_.push_back(std::move(item.id));
        if (to_reread_.size() > rereads_max) return start_over();
        keep(std::move(gone));
    } else {
        keep(*std::move(items));
    }
    if (items_.size() > records_max)
        failed_ = Error(Category::limit, fmt::format("The CRM has more than {} records.", records_max));
    else if (pager_->over())
        close(answer);
}

void Sync::take_reread(const json::value& body) {
    auto page = read_page(*preset_.reread, body);
    if (page && page->items.size() != 1)
        page = fail(Category::protocol,
                    "The CRM told a changed record's id, and something else when it was asked for it.");
    if (!page) {
        failed_ = page.error();
        return;
    }
    keep(std::move(page->items));
    if (++reread_at_ == to_reread_.size()) done_ = true;
}

void Sync::keep(std::vector<Item> items) {
    for (auto& item : items) {
        auto [place, fresh] = by_id_.try_emplace(item.id, items_.size());
        if (fresh)
            items_.push_back(std::move(item));
        else
            items_[place->second] = std::move(item);
    }
}

/// A listing is read to its end.
void Sync::close(const http::Answer& answer) {
    const auto& listing = listings()[at_];
    unreadable_ += pager_->unreadable();
    if (at_ < after_.size()) {
        auto& kept = after_[at_];
        kept.token = pager_->token();
        kept.link = pager_->delta_link();
        if (unchanged_) {
            kept = before_[at_];
        } else if (listing.conditional && pager_->pages() == 1) {
            kept.etag = answer.headers.find("ETag").value_or("");
            kept.modified = answer.headers.find("Last-Modified").value_or("");
        }
    }
    pager_.reset();
    if (++at_ < listings().size()) return open();
    if (to_reread_.empty()) done_ = true;
}

Synced Sync::result() {
    Synced made;
    made.whole = whole_;
    made.unchanged = unchanged_;
    made.cursor = write_cursor();
    made.requests = requests_;
    made.unreadable = unreadable_;
    for (auto& item : items_)
        if (!item.deleted)
            made.items.push_back(std::move(item));
        else if (!whole_)
            made.gone.push_back(std::move(item.id));
    items_.clear();
    by_id_.clear();
    return made;
}

} // namespace lamp::recognition::rest
