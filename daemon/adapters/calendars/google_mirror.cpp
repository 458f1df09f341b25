#include "adapters/calendars/google_mirror.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "http/url.hpp"

namespace lamp::calendars {
namespace {

using google::Moment;
using std::chrono::hours;

constexpr hours ahead{24}; // of the window's end, so that a window that slides is listed once a day
constexpr hours behind{2}; // of its beginning, for clocks that are put back
// The listing and its changes must have the same parameters, but for those that a sync token forbids.
constexpr std::string_view parameters = "?singleEvents=true&showDeleted=true&maxResults=250";

bool overlaps(const Occurrence& one, Window window) {
    if (one.from >= window.until) return false;
    return one.until > window.from || (one.until == one.from && one.from >= window.from);
}

} // namespace

GoogleMirror::GoogleMirror(std::string calendar_id, Zone zone)
    : calendar_id_(std::move(calendar_id)), zone_(std::move(zone)) {}

bool GoogleMirror::covers(Window window) const {
    return window.from - zones_apart >= span_.from && window.until + zones_apart <= span_.until;
}

void GoogleMirror::begin(Window wanted, Wall now) {
    wanted_ = wanted;
    now_ = now;
    bool old = now - listed_at_ >= list_again || now < listed_at_;
    if (sync_token_.empty() || old || !covers(wanted)) return list();
    listing_ = false;
    start_over();
}

void GoogleMirror::list() {
    listing_ = true;
    asked_ = {wanted_.from - zones_apart - behind, wanted_.until + zones_apart + ahead};
    start_over();
}

void GoogleMirror::start_over() {
    fresh_.clear();
    gone_.clear();
    page_token_.clear();
    pages_ = 0;
}

std::string GoogleMirror::target() const {
    auto target = fmt::format("/calendars/{}/events{}", http::encode_segment(calendar_id_), parameters);
    if (listing_)
        target += fmt::format("&timeMin={}&timeMax={}", http::encode_query(rfc3339(asked_.from)),
                              http::encode_query(rfc3339(asked_.until)));
    else
        target += "&syncToken=" + http::encode_query(sync_token_);
    if (!page_token_.empty()) target += "&pageToken=" + http::encode_query(page_token_);
    return target;
}

Wall GoogleMirror::instant(const Moment& moment) {
    if (moment.kind == Moment::Kind::instant) return moment.at;
    if (moment.kind == Moment::Kind::floating && !moment.zone.empty())
        if (auto named = zones_.find(moment.zone)) return named->instant(moment.local);
    return zone_.instant(moment.local);
}

Occurrence GoogleMirror::occurrence(const google::Event& event, bool busy_only) {
    Occurrence one;
    one.key = event.id;
    one.title = event.summary;
    one.description = event.description;
    one.location = event.location;
    one.all_day = event.start.kind == Moment::Kind::date;
    one.declined = event.declined;
    one.free = event.transparent;
    one.hidden = !event.titled && (event.restricted || busy_only);
    one.from = instant(event.start);
    auto end = event.end;
    if (end.kind == Moment::Kind::none) {
        end = event.start;
        if (one.all_day) end.local += std::chrono::days(1);
    }
    one.until = std::max(one.from, instant(end));
    return one;
}

void GoogleMirror::put(const google::Event& event, bool busy_only) {
    const auto& span = listing_ ? asked_ : span_;
    bool counts = !event.cancelled && event.appointment;
    auto one = counts ? occurrence(event, busy_only) : Occurrence();
    if (counts && overlaps(one, span)) {
        gone_.erase(event.id);
        fresh_.insert_or_assign(event.id, std::move(one));
        return;
    }
    // Of one event the pages of a reading may tell twice; the last word counts.
    if (auto before = fresh_.find(event.id); before != fresh_.end()) fresh_.erase(before);
    if (!listing_) gone_.insert(event.id);
}

Result<bool> GoogleMirror::take(google::Page page) {
    unreadable_ += page.unreadable;
    for (const auto& event : page.events)
        put(event, page.busy_only);
    if (fresh_.size() + gone_.size() > known_max)
        return too_much(fmt::format("The calendar holds more than the {} appointments that are taken.", known_max));
    if (page.next_page.empty()) return finish(std::move(page.next_sync)), true;
    if (++pages_ >= pages_max || page.next_page == page_token_)
        return too_much(fmt::format("The calendar's list does not end after {} pages.", pages_));
    page_token_ = std::move(page.next_page);
    return false;
}

/// What is too much as changes may be little as a listing: the next reading finds out.
std::unexpected<Error> GoogleMirror::too_much(std::string text) {
    sync_token_.clear();
    return fail(Category::limit, std::move(text));
}

void GoogleMirror::finish(std::string next_sync) {
    if (listing_) {
        changed_ = changed_ || known_ != fresh_;
        known_ = std::exchange(fresh_, {});
        span_ = asked_;
        listed_at_ = now_;
        ++listings_;
        sync_token_ = std::move(next_sync);
        return;
    }
    for (const auto& id : gone_)
        changed_ = known_.erase(id) > 0 || changed_;
    for (auto& [id, one] : fresh_) {
        auto& place = known_[id];
        changed_ = changed_ || place != one;
        place = std::move(one);
    }
    fresh_.clear();
    gone_.clear();
    sync_token_ = std::move(next_sync); // without one the next reading lists
    if (known_.size() > known_max) sync_token_.clear();
}

bool GoogleMirror::token_lost() {
    if (listing_) return false;
    sync_token_.clear();
    list();
    return true;
}

void GoogleMirror::forget() {
    known_.clear();
    sync_token_.clear();
    span_ = {};
    told_.reset();
    changed_ = true;
}

std::optional<std::vector<Occurrence>> GoogleMirror::tell(Window window) {
    bool same = told_ && told_->from == window.from && told_->until == window.until;
    if (same && !changed_) return std::nullopt;
    std::vector<Occurrence> all;
    for (const auto& [id, one] : known_)
        if (overlaps(one, window)) all.push_back(one);
    std::ranges::sort(all, [](const Occurrence& left, const Occurrence& right) {
        return std::pair(left.from, std::string_view(left.key)) < std::pair(right.from, std::string_view(right.key));
    });
    told_ = window;
    changed_ = false;
    return all;
}

} // namespace lamp::calendars
