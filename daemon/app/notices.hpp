// Presence and forwardings to webhooks. Presence is told as it is when a webhook has room for it: each person's newest
// state, so that a receiver that is away for an hour costs a mark for each person and not a letter for each change.
// Egress loop; made before the loops start.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <memory>
#include <unordered_map>

#include "fanout/fanout.hpp"
#include "loop/loop.hpp"
#include "outbox/outbox.hpp"
#include "outbox/pending.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/ports.hpp"

namespace lamp {

class Notices {
public:
    Notices(Loop& egress, const presence::Table& table, fanout::Fanout& fanout);

    /// Before the loops start; nothing is told without.
    void use_outbox(outbox::Outbox& outbox, std::function<status::TeamsWord(unsigned)> teams_word);
    void use_people(std::shared_ptr<const presence::People> people) { people_ = std::move(people); }
    /// A forwarding as it is now; what has been told so already is not told again.
    void told(const status::PersonForwarding& forwarding);

private:
    static constexpr std::size_t letters_at_once = 32; // of presence, on one webhook's way
    void wake();
    void pump();
    [[nodiscard]] std::optional<outbox::Notice> presence_of(const std::string& person) const;

    Loop& loop_;
    const presence::Table& table_;
    fanout::Sink& sink_;
    outbox::Outbox* outbox_ = nullptr;
    std::function<status::TeamsWord(unsigned)> teams_word_;
    std::shared_ptr<const presence::People> people_;
    outbox::Pending pending_;
    std::unordered_map<presence::Slot, std::size_t> forwardings_; // the hash of what was told last
    asio::steady_timer again_;
    bool waits_ = false;
};

} // namespace lamp
