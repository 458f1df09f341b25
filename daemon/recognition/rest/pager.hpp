// The pages of one listing, to the end: where the next one is, and that it ever ends. A machine without Asio.
#pragma once
#include <boost/json/value.hpp>
#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "recognition/rest/asking.hpp"
#include "recognition/rest/mapper.hpp"

namespace lamp::recognition::rest {

inline constexpr std::size_t pages_max = 100'000;
inline constexpr std::size_t empty_pages_max = 20; // in a row

class Pager {
public:
    /// `link`: a delta link to begin at, instead of the listing's own request.
    Pager(const Listing& listing, Values values, std::string link = {});

    [[nodiscard]] Ask ask() const;
    /// Takes one page. Category::protocol: no list, the same cursor twice, the same page twice, fewer records than the
    /// service says there are, pages without end. An error leaves the pager where it was.
    [[nodiscard]] Result<std::vector<Item>> take(const http::Answer& answer, const boost::json::value& body);
    /// An answer without a body: the listing ends here.
    void end() { over_ = true; }

    [[nodiscard]] bool over() const { return over_; }
    [[nodiscard]] std::size_t pages() const { return pages_; }
    [[nodiscard]] std::size_t unreadable() const { return unreadable_; }
    [[nodiscard]] const std::string& token() const { return token_; }           // once over
    [[nodiscard]] const std::string& delta_link() const { return delta_link_; } // once over

private:
    [[nodiscard]] Result<void> check(const Page& page, const boost::json::value& body, const std::string& next) const;
    Result<void> check_total(const boost::json::value& body) const;
    [[nodiscard]] std::string next_of(const http::Answer& answer, const boost::json::value& body) const;
    Result<bool> turn(const Page& page, std::string next, const boost::json::value& body);
    Result<bool> new_window(const Page& page);

    const Listing* listing_;
    Values values_;
    std::string link_;
    std::unordered_set<std::size_t> seen_cursors_;
    std::size_t last_page_ = 0; // hash of its ids
    std::size_t pages_ = 0;
    std::size_t records_ = 0; // of this window
    std::size_t empty_ = 0;
    std::size_t unreadable_ = 0;
    std::string token_, delta_link_;
    bool window_turned_ = false;
    bool over_ = false;
};

} // namespace lamp::recognition::rest
