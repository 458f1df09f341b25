// Zoho gives ten access tokens of one refresh token in ten minutes and then none (crm-directory.md A.2): we stay below
// that, over restarts too. A machine; wall-clock times, since they outlive us. Egress loop.
#pragma once
#include <deque>
#include <string>

#include "base/clock.hpp"
#include "proto/text/text.hpp"

namespace lamp::zoho {

class TokenGate {
public:
    static constexpr std::size_t most = 8; // two are left for whoever else uses the client
    static constexpr milliseconds window{600'000};

    [[nodiscard]] bool open(Wall now) {
        forget(now);
        return asked_.size() < most;
    }
    void note(Wall now) { asked_.push_back(now); }
    /// When it opens again; `now` when it is open.
    [[nodiscard]] Wall opens(Wall now) { return open(now) ? now : asked_[asked_.size() - most] + window; }

    [[nodiscard]] std::string text() const {
        std::string out;
        for (Wall at : asked_)
            out += (out.empty() ? "" : " ") + std::to_string(at.time_since_epoch().count());
        return out;
    }
    void load(std::string_view text) {
        while (!text.empty()) {
            auto word = text.substr(0, text.find(' '));
            text.remove_prefix(std::min(text.size(), word.size() + 1));
            if (auto at = text::number<std::int64_t>(word)) asked_.emplace_back(milliseconds(*at));
        }
    }

private:
    // A clock that was set back must not keep the gate shut.
    void forget(Wall now) {
        std::erase_if(asked_, [now](Wall at) { return at + window <= now || at > now + window; });
    }
    std::deque<Wall> asked_;
};

} // namespace lamp::zoho
