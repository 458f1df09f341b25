// A CalDAV calendar (RFC 4791): held whole and kept up to date by sync tokens (RFC 6578), or by ETags where a server
// has none; only around the window where it is too large for that. Egress loop; one reading at a time.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "adapters/calendars/discovery.hpp"
#include "adapters/calendars/objects.hpp"
#include "adapters/calendars/peer.hpp"
#include "adapters/calendars/provider.hpp"

namespace lamp::calendars {

class CalDav final : public Provider {
public:
    static constexpr std::size_t multiget_most = 100; // hrefs in one request
    static constexpr std::size_t pages_max = 1'000;   // of one list of changes
    // All-day and floating times are in the server's zone to it, so it is asked for more; and for the days to come, so
    // that the same list does for a while.
    static constexpr std::chrono::hours zones_apart{14};
    static constexpr std::chrono::hours ahead{24};

    CalDav(std::unique_ptr<Peer> peer, http::Url start, Objects objects)
        : peer_(std::move(peer)), start_(std::move(start)), objects_(std::move(objects)) {}

    [[nodiscard]] Task<Result<std::optional<std::vector<Occurrence>>>> read(Window window) override;
    void close() override { peer_->close(); }

    /// How it keeps up to date: tokens; ETags of everything; ETags of what is around the window.
    enum class Way : std::uint8_t { sync, listing, query };
    [[nodiscard]] Way way() const { return way_; }
    [[nodiscard]] const Objects& objects() const { return objects_; }

private:
    struct Listed {
        std::string path; // decoded
        std::string href; // as the server writes it
        std::string etag;
    };
    struct Changes {
        std::vector<Listed> there{};
        std::vector<std::string> gone{};
        std::string token{};
        bool more = false;
    };

    [[nodiscard]] Task<Result<void>> find();
    void forget();
    [[nodiscard]] Task<Result<void>> update(Window window);
    [[nodiscard]] Task<Result<void>> update_by_token(Window window);
    [[nodiscard]] Task<Result<void>> update_by_list(Window window);
    [[nodiscard]] Task<Result<std::optional<Changes>>> changes_since(std::string token);
    [[nodiscard]] Task<Result<bool>> follow_changes();
    [[nodiscard]] Task<Result<bool>> unchanged(Window window, std::string& ctag);
    [[nodiscard]] Task<Result<Changes>> list(Window window);
    [[nodiscard]] Task<Result<void>> fetch(std::vector<Listed> wanted);
    [[nodiscard]] Task<Result<caldav::Multistatus>> multiget(std::span<const Listed> wanted);
    [[nodiscard]] Result<void> keep(std::span<const Listed> wanted, caldav::Multistatus answered);
    [[nodiscard]] Changes sorted(caldav::Multistatus multistatus) const;
    [[nodiscard]] Error too_large() const;

    std::unique_ptr<Peer> peer_;
    http::Url start_;
    Objects objects_;
    std::string target_{};     // empty: not found yet
    std::string last_place_{}; // origin and target of what is held
    Way way_ = Way::sync;
    std::string token_{};
    std::string ctag_{};
    bool has_ctag_ = false;
    Window covered_{}; // by the last list
};

} // namespace lamp::calendars
