#include "app/notices.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "status/forwarding_json.hpp"
#include "status/presence_json.hpp"

namespace lamp {
namespace {

constexpr milliseconds look_again{100}; // at webhooks without room

std::string in_words(presence::Status status) {
    std::string text(presence::name(status));
    std::ranges::replace(text, '_', ' ');
    return text;
}

} // namespace

Notices::Notices(Loop& egress, const presence::Table& table, fanout::Fanout& fanout)
    : loop_(egress),
      table_(table),
      sink_(fanout.add("notices", table.capacity(), [this] { loop_.post([this] { wake(); }); })),
      again_(egress.context()) {}

void Notices::use_outbox(outbox::Outbox& outbox, std::function<status::TeamsWord(unsigned)> teams_word) {
    outbox_ = &outbox;
    teams_word_ = std::move(teams_word);
}

void Notices::wake() {
    sink_.drain([this](presence::Slot slot) {
        if (!outbox_ || !people_ || slot >= people_->slots() || !people_->listed(slot)) return;
        const std::string person(people_->person(slot).id);
        for (const auto& webhook : outbox_->wanting("presence", person))
            pending_.mark(webhook, person);
    });
    pump();
}

void Notices::pump() {
    for (const auto& webhook : pending_.webhooks()) {
        for (;;) {
            const auto waiting = outbox_->waiting(webhook);
            if (!waiting) pending_.forget(webhook);
            if (!waiting || *waiting >= letters_at_once) break;
            const auto person = pending_.next(webhook);
            if (!person) break;
            if (auto notice = presence_of(*person)) outbox_->take(*notice, webhook);
        }
    }
    if (waits_ || pending_.webhooks().empty()) return;
    waits_ = true;
    again_.expires_after(look_again);
    again_.async_wait([this](boost::system::error_code broken) {
        waits_ = false;
        if (!broken) pump();
    });
}

std::optional<outbox::Notice> Notices::presence_of(const std::string& person) const {
    const auto slot = people_->find(person);
    if (!slot || !people_->listed(*slot)) return std::nullopt; // has left meanwhile
    const auto snapshot = table_.read(*slot);
    if (snapshot.verdict.version == 0) return std::nullopt;
    outbox::Notice notice{.type = "presence", .person = person, .at = snapshot.since, .json = {}};
    status::append_presence(notice.json, snapshot, people_->person(*slot), teams_word_);
    // Versions begin anew with the daemon.
    notice.distinction = fmt::format("{}-{}", snapshot.since.time_since_epoch().count(), snapshot.verdict.version);
    notice.words = in_words(snapshot.verdict.conclusion.status);
    return notice;
}

void Notices::told(const status::PersonForwarding& forwarding) {
    if (!outbox_ || !people_ || forwarding.person >= people_->slots()) return;
    const std::string person(people_->person(forwarding.person).id);
    outbox::Notice notice{.type = "forwarding", .person = person, .at = wall_now(), .json = {}};
    notice.json = status::to_json(forwarding, person);
    const auto hash = std::hash<std::string>()(notice.json);
    const auto [before, first] = forwardings_.try_emplace(forwarding.person, hash);
    if (!first && std::exchange(before->second, hash) == hash) return;
    // Several may come within a millisecond, and the same may come back another day.
    notice.distinction = fmt::format("{}-{:x}", notice.at.time_since_epoch().count(), hash);
    std::vector<std::string> outcomes;
    for (const auto& line : forwarding.lines)
        outcomes.push_back(status::outcome_of(line));
    notice.words = fmt::format("{}", fmt::join(outcomes, "; "));
    outbox_->take(notice);
}

} // namespace lamp
