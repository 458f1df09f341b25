// What is known of one Google calendar, and what to ask next: a listing of a span of time at first, changes by a sync
// token after that, the listing again when the token is lost or the span is left (cloud-apis.md F2). A machine.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/calendars/provider.hpp"
#include "base/zones.hpp"
#include "proto/google/events.hpp"

namespace lamp::calendars {

class GoogleMirror {
public:
    static constexpr std::size_t known_max = 20'000;
    static constexpr std::size_t pages_max = 500; // of one reading
    // Days begin at other instants in the calendar's zone than in the line's.
    static constexpr std::chrono::hours zones_apart{30};
    static constexpr std::chrono::hours list_again{24};

    /// `zone` is the line's: whole days belong there.
    GoogleMirror(std::string calendar_id, Zone zone);

    /// A reading begins; what an earlier one left unfinished is dropped.
    void begin(Window wanted, Wall now);
    /// The target of the next request, below the API's address.
    [[nodiscard]] std::string target() const;
    /// True: that was the last page, and what it tells is known now. Errors: limit, for too many pages or events.
    [[nodiscard]] Result<bool> take(google::Page page);
    /// The sync token is refused: everything is listed again. False: none was sent, so it is another mistake.
    [[nodiscard]] bool token_lost();
    /// Another account's calendar: nothing is known.
    void forget();

    /// A reading failed: whoever is told must not take the next answer for unchanged.
    void tell_anew() { told_.reset(); }
    /// What overlaps, by start. Nothing: the same window was told last, and nothing has changed since.
    [[nodiscard]] std::optional<std::vector<Occurrence>> tell(Window window);

    [[nodiscard]] std::size_t known() const { return known_.size(); }
    [[nodiscard]] std::uint64_t listings() const { return listings_; }     // finished ones
    [[nodiscard]] std::uint64_t unreadable() const { return unreadable_; } // items that were passed over

private:
    using Known = std::map<std::string, Occurrence, std::less<>>;

    [[nodiscard]] bool covers(Window window) const;
    void list();
    void start_over();
    [[nodiscard]] std::unexpected<Error> too_much(std::string text);
    [[nodiscard]] Wall instant(const google::Moment& moment);
    [[nodiscard]] Occurrence occurrence(const google::Event& event, bool busy_only);
    void put(const google::Event& event, bool busy_only);
    void finish(std::string next_sync);

    std::string calendar_id_;
    Zone zone_;
    Zones zones_; // that events name

    Known known_;
    Window span_{}; // what known_ is whole in
    std::string sync_token_;
    Wall listed_at_{};
    bool changed_ = true;
    std::optional<Window> told_;

    // The reading under way.
    Window wanted_{};
    Wall now_{};
    bool listing_ = true;
    Window asked_{};
    Known fresh_; // of a listing: the new whole; else the changed ones
    std::set<std::string, std::less<>> gone_;
    std::string page_token_;
    std::size_t pages_ = 0;

    std::uint64_t listings_ = 0;
    std::uint64_t unreadable_ = 0;
};

} // namespace lamp::calendars
