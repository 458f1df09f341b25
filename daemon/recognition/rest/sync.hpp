// One synchronisation with a CRM: everything, or what has changed since a cursor. A machine without Asio: `next` says
// what to do, `answer` takes what came of it. Nothing is told before all of it is there; a failed one leaves the cursor
// of before good.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/backoff.hpp"
#include "recognition/rest/pager.hpp"
#include "recognition/rest/quota.hpp"

namespace lamp::recognition::rest {

inline constexpr std::size_t records_max = 4'000'000;
inline constexpr std::size_t rereads_max = 500;   // more changes than that: everything is read instead
inline constexpr int tries_max = 6;               // of one request
inline constexpr int garbled_max = 3;             // of them answered with what is no JSON
inline constexpr milliseconds pause_max{900'000}; // whoever asks for more silence is left alone until the next time

struct Pause {
    Steady until;
};
struct Synced {
    bool whole = true;               // `items` are all there are; else what has changed
    bool unchanged = false;          // as before; there are no items
    std::vector<Item> items{};       // each id once
    std::vector<std::string> gone{}; // ids; only where not whole
    std::string cursor{};            // for the next synchronisation; keep it with the records
    std::uint64_t requests = 0;
    std::size_t unreadable = 0;
};
using Step = std::variant<Ask, Pause, Synced, Error>;

class Sync {
public:
    /// `cursor`: of the last good one; empty, unreadable or of another preset: everything is read. `preset` and `quota`
    /// outlive this. `wall`: the start.
    Sync(const Preset& preset, Quota& quota, std::string_view cursor, Wall wall, std::uint64_t seed);

    /// After Synced or an Error there is nothing more. An Ask is given again until it is answered.
    [[nodiscard]] Step next(Steady now, Wall wall);
    void answer(const Result<http::Answer>& answer, Steady now, Wall wall);

    [[nodiscard]] bool whole() const { return whole_; }

private:
    struct Kept { // what a cursor holds, for each listing
        std::string token, link, etag, modified;
    };

    bool read_cursor(std::string_view text);
    [[nodiscard]] std::string write_cursor() const;
    void begin(bool whole);
    void open();
    void take_nothing(const http::Answer& answer);
    void take_page(const http::Answer& answer, const boost::json::value& body);
    void take_reread(const boost::json::value& body);
    void keep(std::vector<Item> items);
    void close(const http::Answer& answer);
    void start_over();
    void try_later(const Verdict& verdict, Steady now);
    [[nodiscard]] const std::vector<Listing>& listings() const;
    [[nodiscard]] Ask asked() const;
    [[nodiscard]] Synced result();

    const Preset& preset_;
    Quota& quota_;
    Wall started_;
    std::optional<Wall> server_started_; // its own clock at the first answer
    Backoff backoff_;

    bool whole_ = true;
    bool started_over_ = false;
    std::string since_; // RFC 3339; of the cursor
    std::vector<Kept> before_, after_;
    std::size_t at_ = 0; // which listing
    std::optional<Pager> pager_;
    std::vector<std::string> to_reread_;
    std::size_t reread_at_ = 0;

    std::vector<Item> items_;
    std::unordered_map<std::string, std::size_t> by_id_;
    bool unchanged_ = false;
    std::uint64_t requests_ = 0;
    std::size_t unreadable_ = 0;
    int tries_ = 0;
    int garbled_ = 0;
    bool fresh_token_ = false;
    bool paid_ = false; // the request of now has its place in the quota
    Steady silent_until_{};
    std::optional<Error> failed_;
    bool done_ = false;
};

} // namespace lamp::recognition::rest
