#include "adapters/calendars/mirror.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace lamp::calendars {
namespace {

using std::chrono::hours;

constexpr hours ahead{24}; // of the window's end, so that a window that slides is listed once a day
constexpr hours behind{2}; // of its beginning, for clocks that are put back

bool overlaps(const Occurrence& one, Window window) {
    if (one.from >= window.until) return false;
    return one.until > window.from || (one.until == one.from && one.from >= window.from);
}

} // namespace

bool Mirror::covers(Window window) const {
    return window.from - zones_apart >= span_.from && window.until + zones_apart <= span_.until;
}

void Mirror::begin(Window wanted, Wall now) {
    wanted_ = wanted;
    now_ = now;
    again_ = false;
    bool old = now - listed_at_ >= list_again || now < listed_at_;
    if (token_.empty() || old || !covers(wanted)) return list();
    listing_ = false;
    start_over();
}

void Mirror::list() {
    listing_ = true;
    asked_ = {wanted_.from - zones_apart - behind, wanted_.until + zones_apart + ahead};
    start_over();
}

void Mirror::start_over() {
    fresh_.clear();
    gone_.clear();
    page_.clear();
    pages_ = 0;
}

void Mirror::put(const std::string& id, std::optional<Occurrence> one) {
    if (one && overlaps(*one, listing_ ? asked_ : span_)) {
        gone_.erase(id);
        fresh_.insert_or_assign(id, *std::move(one));
        return;
    }
    fresh_.erase(id);
    if (!listing_) gone_.insert(id);
}

Result<bool> Mirror::turn(std::string next_page) {
    if (fresh_.size() + gone_.size() > known_max)
        return too_much(fmt::format("The calendar holds more than the {} appointments that are taken.", known_max));
    if (next_page.empty()) return true;
    if (++pages_ >= pages_max || next_page == page_)
        return too_much(fmt::format("The calendar's list does not end after {} pages.", pages_));
    page_ = std::move(next_page);
    return false;
}

/// What is too much as changes may be little as a listing: the next reading finds out.
std::unexpected<Error> Mirror::too_much(std::string text) {
    token_.clear();
    return fail(Category::limit, std::move(text));
}

void Mirror::finish(std::string next_token) {
    token_ = std::move(next_token);
    if (listing_) {
        changed_ = changed_ || known_ != fresh_;
        known_ = std::exchange(fresh_, {});
        span_ = asked_;
        listed_at_ = now_;
        ++listings_;
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
    if (known_.size() > known_max) token_.clear();
}

bool Mirror::token_lost() {
    if (listing_ && page_.empty()) return false;
    if (std::exchange(again_, true)) return false;
    token_.clear();
    list();
    return true;
}

void Mirror::forget() {
    known_.clear();
    token_.clear();
    span_ = {};
    told_.reset();
    changed_ = true;
}

std::optional<std::vector<Occurrence>> Mirror::tell(Window window) {
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
