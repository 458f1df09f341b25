// What is known of one calendar whose service tells a span of time at first and changes after that, by a token: when
// the span is listed again (the token is lost, a day has gone by, the window asked for leaves the span), what a reading
// has brought, whether anything has changed. What the token looks like is the service's business. A machine.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/calendars/provider.hpp"

namespace lamp::calendars {

class Mirror {
public:
    static constexpr std::size_t known_max = 20'000;
    static constexpr std::size_t pages_max = 500; // of one reading
    // Days begin at other instants in the calendar's zone than in the line's.
    static constexpr std::chrono::hours zones_apart{30};
    static constexpr std::chrono::hours list_again{24};

    /// A reading begins; what an earlier one left unfinished is dropped.
    void begin(Window wanted, Wall now);
    /// The token is refused: everything is listed again. False: none was sent, or it happens for the second time in
    /// this reading, so it is another mistake.
    [[nodiscard]] bool token_lost();
    /// Another account's calendar: nothing is known.
    void forget();

    /// A reading failed: whoever is told must not take the next answer for unchanged.
    void tell_anew() { told_.reset(); }
    /// What overlaps, by start. Nothing: the same window was told last, and nothing has changed since.
    [[nodiscard]] std::optional<std::vector<Occurrence>> tell(Window window);

    [[nodiscard]] std::size_t known() const { return known_.size(); }
    [[nodiscard]] std::uint64_t listings() const { return listings_; } // finished ones

protected:
    Mirror() = default;
    ~Mirror() = default;

    /// For the next request: whether it lists the span `asked` or wants changes by `token`, and at which page.
    [[nodiscard]] bool listing() const { return listing_; }
    [[nodiscard]] Window asked() const { return asked_; }
    [[nodiscard]] const std::string& token() const { return token_; }
    [[nodiscard]] const std::string& page() const { return page_; }

    /// One appointment as it is now; nothing: it is gone, or does not count. Of one appointment the pages of a reading
    /// may tell twice; the last word counts.
    void put(const std::string& id, std::optional<Occurrence> one);
    /// A page was taken. True: it was the last one. Errors: limit, for too many pages or appointments.
    [[nodiscard]] Result<bool> turn(std::string next_page);
    /// The reading has come to its end. Without a token the next one lists.
    void finish(std::string next_token);

private:
    using Known = std::map<std::string, Occurrence, std::less<>>;

    [[nodiscard]] bool covers(Window window) const;
    void list();
    void start_over();
    [[nodiscard]] std::unexpected<Error> too_much(std::string text);

    Known known_;
    Window span_{}; // what known_ is whole in
    std::string token_;
    Wall listed_at_{};
    bool changed_ = true;
    std::optional<Window> told_;

    // The reading under way.
    Window wanted_{};
    Wall now_{};
    bool listing_ = true;
    bool again_ = false; // a token was lost
    Window asked_{};
    Known fresh_; // of a listing: the new whole; else the changed ones
    std::set<std::string, std::less<>> gone_;
    std::string page_;
    std::size_t pages_ = 0;

    std::uint64_t listings_ = 0;
};

} // namespace lamp::calendars
