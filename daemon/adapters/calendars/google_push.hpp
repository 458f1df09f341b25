// Watch channels: Google says that a calendar has changed, and it is read at once (cloud-apis.md F3). They only shorten
// the wait for the next poll. A machine: which channel to open and to stop, and whose a notification is. Egress loop,
// but for `genuine`.
#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/backoff.hpp"
#include "base/clock.hpp"
#include "proto/google/channel.hpp"

namespace lamp::calendars {

class GooglePush {
public:
    static constexpr std::string_view hook = "google"; // of /hooks/NAME
    static constexpr std::chrono::hours life{24};      // a restart leaves channels behind; Google ends them then
    static constexpr std::chrono::hours overlap{1};    // the next channel is opened so long before the end, or at 3/4

    /// Null where Google cannot reach us: public_url is neither https nor of this machine.
    [[nodiscard]] static std::unique_ptr<GooglePush> make(const std::string& public_url);
    /// For tests.
    GooglePush(std::string address, std::string secret);

    /// Any loop: whether the two headers of a notification (X-Goog-Channel-ID and -Token) belong together. The token
    /// is compared in constant time.
    [[nodiscard]] bool genuine(std::string_view channel_id, std::string_view token) const;
    /// Whose calendar to read now; empty: a channel that is not in use any more, or a notification that only says that
    /// a channel is open (X-Goog-Resource-State: sync).
    [[nodiscard]] std::string calendar_of(std::string_view channel_id, std::string_view resource_state) const;

    struct Due {
        std::optional<google::ChannelWish> open{};
        std::optional<google::Channel> stop{};
    };
    /// What the provider of this calendar shall ask for, after a reading that went well. What is due to be stopped is
    /// told once.
    [[nodiscard]] Due due(const std::string& calendar, Wall now);
    void opened(const std::string& calendar, google::Channel channel, Wall now);
    /// Waits 1 min to 1 h before the next wish.
    void refused(const std::string& calendar, Wall now);
    /// The calendar is gone.
    void forget(const std::string& calendar);

private:
    struct Watched {
        std::optional<google::Channel> current{};
        std::string wished{}; // the id of the channel that is being opened; notifications may come before the answer
        std::optional<google::Channel> old{};
        Wall renew_at{}; // of the current one
        Wall not_before{};
        Backoff patience{milliseconds(60'000), milliseconds(3'600'000)};
    };

    std::string address_;
    std::string secret_;
    std::map<std::string, Watched, std::less<>> watched_;
};

} // namespace lamp::calendars
