// Zoho: what happens to calls, told to callnotify; and what is done when Zoho does not take it (crm-directory.md A.6,
// A.7).
#include <algorithm>

#include "adapters/zoho/zoho.hpp"

namespace lamp::zoho {
namespace {

constexpr std::chrono::days refused_for{7}; // then the documented state is tried again
constexpr milliseconds look_at_least_every{1'000};
constexpr std::size_t early_max = 4096;

} // namespace

void Zoho::happened(const calls::CallEvent& event) {
    if (phase_ == Phase::opening) { // whose calls these are is not read from disk yet
        if (early_.size() < early_max) early_.push_back(event);
        return;
    }
    if (!enabled_ || event.call.source != calls::RecordSource::event) return;
    auto agent = links_.agent(event.call.line, event.call.person);
    if (!agent) return;
    auto notice = calls_.take(event.call, *agent);
    if (!notice) return;
    Kept kept{next_notice_++, *std::move(notice), wall_now(), 0};
    // On disk first; without a disk it is told all the same.
    store_.submit(
        loop_,
        [kept](store::Database& disk) {
            auto told = keep_told(disk, kept.notice, kept.born);
            return told ? keep_notice(disk, kept) : told;
        },
        [this, kept](Result<void> done) {
            if (!done) disk_problem_ = done.error().text;
            outgoing_.add(kept, steady_now(), wall_now());
            forget_gone();
            notice_bell_.ring();
        });
}

Task<> Zoho::tell_all() {
    while (!stopping_) {
        auto now = steady_now();
        auto kept = ready() ? outgoing_.next(now, wall_now()) : std::nullopt;
        forget_gone();
        if (kept) {
            loop_.spawn(tell(*std::move(kept)));
            continue;
        }
        auto due = ready() ? outgoing_.due() : Steady::max();
        auto wait = due > now && due != Steady::max() ? std::chrono::ceil<milliseconds>(due - now)
                                                      : milliseconds(look_at_least_every);
        co_await notice_bell_.wait(std::clamp(wait, milliseconds(1), look_at_least_every));
    }
}

Task<> Zoho::tell(Kept kept) {
    if (refused_state(kept.notice.state)) {
        ++fallen_back_;
        kept.notice = without_state(std::move(kept.notice));
    }
    auto reply = co_await client_->ask(http::Method::post, "callnotify", form(kept.notice));
    if (stopping_) co_return;
    take_reply(kept, reply);
    forget_gone();
    notice_bell_.ring();
}

void Zoho::take_reply(const Kept& kept, const Reply& reply) {
    auto now = steady_now();
    const Notice& notice = kept.notice;
    auto later = [&](milliseconds after) {
        if (outgoing_.failed(kept.id, after, now, wall_now()))
            write([kept](store::Database& disk) { return keep_notice(disk, kept); });
    };
    switch (reply.told.verdict) {
    case Verdict::done:
        ++told_.at(static_cast<std::size_t>(notice.state));
        outgoing_.done(kept.id);
        write([id = kept.id](store::Database& disk) { return forget_notice(disk, id); });
        return;
    case Verdict::bad_request:
        if (unattended(notice.state)) {
            refused_states_[notice.state] = wall_now();
            keep("refused/" + std::string(lamp::zoho::name(notice.state)),
                 std::to_string(wall_now().time_since_epoch().count()));
            log::warning("zoho", "Zoho does not take a state that its documents have; calls of no length are told",
                         {{"state", lamp::zoho::name(notice.state)}, {"why", reply.why}});
            ++fallen_back_;
            return outgoing_.replace(kept.id, without_state(notice), now);
        }
        break;
    case Verdict::bad_user: links_.broken(notice.zohouser, reply.why); break;
    case Verdict::not_integrated:
        phase_ = enabled_ ? Phase::blocked : Phase::disabled;
        integrate_again_ = {};
        later(milliseconds(0));
        return bell_.ring();
    case Verdict::not_registered:
    case Verdict::other_provider:
    case Verdict::forbidden: block(reply); return later(milliseconds(0));
    case Verdict::throttled:
        outgoing_.hold_until(now + std::max(reply.after, milliseconds(1'000)));
        return later(reply.after);
    case Verdict::token:
    case Verdict::unavailable:
    case Verdict::unreadable: return later(reply.after);
    case Verdict::refused: break;
    }
    outgoing_.refuse(kept.id);
    if (complaint_.allow(now))
        log::warning("zoho", "Zoho refuses what it was told of a call",
                     {{"state", lamp::zoho::name(notice.state)},
                      {"why", reply.why},
                      {"not_shown", complaint_.take_suppressed()}});
}

bool Zoho::refused_state(State state) const {
    auto refused = refused_states_.find(state);
    return refused != refused_states_.end() && wall_now() - refused->second < refused_for;
}

Notice Zoho::without_state(Notice notice) {
    notice.state = State::ended;
    notice.duration = seconds(0);
    return notice;
}

std::size_t Zoho::forget(const std::function<bool(std::string_view number)>& so) {
    auto ids = outgoing_.ids_of([&](const Notice& notice) { return so(notice.from) || so(notice.to); });
    for (auto id : ids)
        outgoing_.refuse(id);
    forget_gone();
    return ids.size();
}

void Zoho::forget_gone() {
    for (auto id : outgoing_.take_gone())
        write([id](store::Database& disk) { return forget_notice(disk, id); });
}

} // namespace lamp::zoho
