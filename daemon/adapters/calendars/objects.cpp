#include "adapters/calendars/objects.hpp"

#include <algorithm>
#include <iterator>

namespace lamp::calendars {
namespace {

constexpr std::size_t occurrences_max = 50'000; // of all in one window

/// The work of one telling, for all resources: what one spares is the next one's, and nobody gets less than what all
/// but hostile rules are content with.
class Work {
public:
    explicit Work(std::size_t resources) : resources_(resources) {}

    [[nodiscard]] ical::Limits next() {
        const auto share = left_ / std::max<std::size_t>(1, resources_--);
        return {.series_steps = std::clamp(share, least, ical::Limits{}.series_steps)};
    }
    void done(std::size_t steps) { left_ -= std::min(left_, steps); }

private:
    static constexpr std::size_t least = 20'000;
    std::size_t left_ = ical::Limits{}.all_steps;
    std::size_t resources_;
};

} // namespace

std::size_t Objects::weight(const std::string& path, const Held& held) {
    return path.size() + held.etag.size() + held.text.size();
}

bool Objects::holds(const std::string& path, const std::string& etag) const {
    const auto found = held_.find(path);
    return found != held_.end() && !etag.empty() && found->second.etag == etag;
}

bool Objects::put(const std::string& path, std::string etag, std::string text) {
    Held made{.etag = std::move(etag), .text = std::move(text)};
    const auto found = held_.find(path);
    const std::size_t freed = found == held_.end() ? 0 : weight(path, found->second);
    if (bytes_ - freed + weight(path, made) > most_bytes_) return false;
    if (found == held_.end() && held_.size() == most_) return false;
    const bool same = found != held_.end() && found->second.text == made.text;
    bytes_ = bytes_ - freed + weight(path, made);
    if (same) {
        found->second.etag = std::move(made.etag);
        return true;
    }
    held_.insert_or_assign(path, std::move(made));
    changed_ = true;
    return true;
}

void Objects::drop(const std::string& path) {
    const auto found = held_.find(path);
    if (found == held_.end()) return;
    bytes_ -= weight(path, found->second);
    held_.erase(found);
    changed_ = true;
}

void Objects::keep_only(const std::set<std::string>& paths) {
    std::vector<std::string> gone;
    for (const auto& [path, held] : held_)
        if (!paths.contains(path)) gone.push_back(path);
    for (const auto& path : gone)
        drop(path);
}

void Objects::clear() {
    held_.clear();
    bytes_ = 0;
    changed_ = true;
}

Result<std::optional<std::vector<Occurrence>>> Objects::tell(Window window) {
    const bool same_window = window_ && window_->from == window.from && window_->until == window.until;
    if (same_window && !changed_) return std::nullopt;
    window_ = window;
    changed_ = true; // until all has gone well
    std::vector<Occurrence> all;
    if (!same_window)
        for (auto& [path, held] : held_)
            held.fresh = false;
    steps_ = 0;
    Work work(static_cast<std::size_t>(std::ranges::count_if(held_, [](auto& one) { return !one.second.fresh; })));
    for (auto& [path, held] : held_) {
        if (!held.fresh) {
            auto read = held.text.empty() ? Result<Reading>() : read_calendar(held.text, window, rules_, work.next());
            work.done(read ? read->steps : 0);
            steps_ += read ? read->steps : 0;
            if (!read && unreadable_.allow(steady_now()))
                log::warning("calendars", "a resource of the calendar cannot be read and is left out",
                             {{"calendar", rules_.calendar}, {"why", read.error().text}});
            held.occurrences = read ? std::move(read->occurrences) : std::vector<Occurrence>();
            held.fresh = true;
        }
        if (all.size() + held.occurrences.size() > occurrences_max)
            return fail(Category::limit, "More than 50000 appointments take place in two weeks: that cannot be meant.");
        std::ranges::copy(held.occurrences, std::back_inserter(all));
    }
    settle(all);
    changed_ = false;
    return all;
}

} // namespace lamp::calendars
