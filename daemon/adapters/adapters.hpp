// The adapters of this configuration: made, started, asked and ended together. A further adapter is one row in
// adapters.cpp. Egress loop, but for `make` and `looked_at`.
#pragma once
#include <functional>
#include <memory>
#include <vector>

#include "config/reader.hpp"
#include "fanout/adapter.hpp"
#include "fanout/fanout.hpp"
#include "forwarding/desk.hpp"
#include "loop/loop.hpp"
#include "meetings/news.hpp"
#include "store/store.hpp"

namespace lamp {

namespace calendars {
class Calendars;
}
namespace outbox {
class Outbox;
}
namespace teams {
class Teams;
}
namespace zoho {
class Zoho;
}

/// What adapters are made from.
struct AdapterParts {
    Loop& loop;
    const config::Configuration& configuration;
    presence::Table& table;
    fanout::Fanout& fanout;
    store::Store& store;
    std::vector<std::string> match; // [people] match
    milliseconds teams_stale_after{120'000};
    std::filesystem::path ca_file{}; // of [net]
    std::string proxy{};
    std::string public_url{}; // of [http]
    std::string timezone{};   // of [daemon]
    meetings::Listener meetings{};
    forwarding::Desk desk{};
    std::string language = "en"; // of [daemon]
    std::string country = "NL";
    std::string version = "0"; // of the daemon, for User-Agent
};

class Adapters {
public:
    /// Before the loops start. Makes those whose section stands in the configuration.
    [[nodiscard]] Result<void> make(const AdapterParts& parts);
    void start();
    /// Takes what may change while they run.
    void reload(const config::Configuration& configuration);
    /// `done` is called once all are through.
    void shut_down(milliseconds limit, std::function<void()> done);
    void use_people(const std::shared_ptr<const presence::People>& people, const std::vector<fanout::LineName>& lines);
    /// Any loop.
    void looked_at(presence::Slot slot) const;
    /// Any loop: to whoever owns the hook.
    [[nodiscard]] std::optional<fanout::HookAnswer> deliver(const fanout::HookCall& call) const;
    [[nodiscard]] bool expects_test(std::string_view hook) const;

    /// The first adapter's photo of this person, or null.
    void photo(presence::Slot slot, std::function<void(std::shared_ptr<const fanout::Photo>)> reply) const;

    /// Null while there are none.
    [[nodiscard]] const calendars::Calendars* calendars() const;
    /// Who is told of what happens; always there once `make` is through.
    [[nodiscard]] outbox::Outbox& outbox() const;
    /// Null without [teams].
    [[nodiscard]] const teams::Teams* teams() const;
    /// Null without [zoho].
    [[nodiscard]] zoho::Zoho* zoho() const;

    [[nodiscard]] const std::vector<std::unique_ptr<fanout::Adapter>>& all() const { return all_; }

private:
    void note(fanout::Adapter& adapter);
    void photo_from(std::size_t first, presence::Slot slot,
                    std::function<void(std::shared_ptr<const fanout::Photo>)> reply) const;

    std::vector<std::unique_ptr<fanout::Adapter>> all_;
    // Those of `all_` that somebody asks for by name; null: not made.
    calendars::Calendars* calendars_ = nullptr;
    outbox::Outbox* outbox_ = nullptr;
    const teams::Teams* teams_ = nullptr;
    zoho::Zoho* zoho_ = nullptr;
    std::vector<void (*)(fanout::Adapter&, const config::Configuration&)> reloads_; // as in all_
};

} // namespace lamp
