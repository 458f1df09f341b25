#include "adapters/goto_meeting/rounds.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

namespace lamp::goto_meeting {
namespace {

constexpr double slowest_per_minute = 6;
constexpr double regained = 1.25; // of the pace, by a round without a word about it
constexpr std::size_t refusals_that_count = 3;

} // namespace

Rounds::Rounds(milliseconds poll, double per_minute, std::uint64_t seed)
    : poll_(poll),
      fastest_(per_minute),
      per_minute_(per_minute),
      outage_(milliseconds(1000), milliseconds(60'000), seed),
      throttle_(milliseconds(5000), milliseconds(120'000), seed + 1),
      refused_(refused_first, refused_longest, seed + 2) {}

void Rounds::use(std::vector<Seat> seats) {
    if (seats == seats_) return;
    std::unordered_map<std::string, State> known;
    for (std::size_t i = 0; i < seats_.size(); ++i)
        if (!seats_[i].name.empty()) known.emplace(seats_[i].name, std::move(states_[i]));
    std::vector<State> states(seats.size());
    for (std::size_t i = 0; i < seats.size(); ++i)
        if (auto at = known.find(seats[i].name); at != known.end()) states[i] = std::move(at->second);
    seats_ = std::move(seats);
    states_ = std::move(states);
    others_ = static_cast<std::size_t>(std::ranges::count(seats_, false, &Seat::owner));
    if (others_ == 0) others_refused_ = false;
    probed_ = 0;
    // Answers that are on their way are about places that mean others now.
    ++edition_;
    under_way_ = 0;
    probing_ = false;
    again_.clear();
    running_ = false;
    next_round_ = Steady();
}

const Seat* Rounds::seat(const Ask& ask) const {
    return mine(ask) ? &seats_[ask.seat] : nullptr;
}

milliseconds Rounds::gap() const {
    return milliseconds(static_cast<milliseconds::rep>(60'000.0 / per_minute_));
}

milliseconds Rounds::round() const {
    return std::max({poll_, took_, gap() * static_cast<int>(seats_.size())});
}

bool Rounds::may_ask(std::size_t seat, Steady now) const {
    return now >= states_[seat].out_until && (seats_[seat].owner || !others_refused_);
}

std::optional<std::size_t> Rounds::probe(Steady now) {
    if (!others_refused_ || probing_ || now < others_until_) return std::nullopt;
    do
        probed_ = (probed_ + 1) % seats_.size();
    while (seats_[probed_].owner);
    probing_ = true;
    return probed_;
}

void Rounds::begin(Steady now) {
    running_ = true;
    cursor_ = 0;
    began_ = now;
    next_round_ = now + poll_;
    outage_held_ = milliseconds(0);
    throttled_ = false;
    for (State& state : states_)
        state.failures = 0;
}

void Rounds::close(Steady now) {
    if (!running_ || under_way_ > 0 || !again_.empty() || cursor_ < seats_.size()) return;
    running_ = false;
    ++rounds_;
    took_ = std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(now - began_) - outage_held_);
    if (!throttled_) per_minute_ = std::min(fastest_, per_minute_ * regained);
}

std::optional<std::size_t> Rounds::pick(Steady now) {
    while (cursor_ < seats_.size())
        if (auto seat = cursor_++; may_ask(seat, now)) return seat;
    while (!again_.empty()) {
        auto seat = again_.front();
        again_.pop_front();
        if (may_ask(seat, now)) return seat;
    }
    return probe(now);
}

std::optional<Rounds::Ask> Rounds::next(Steady now) {
    if (seats_.empty() || now < hold_until_ || under_way_ >= parallel || now < next_ask_) return std::nullopt;
    if (!running_) {
        if (now < next_round_) return std::nullopt;
        begin(now);
    }
    auto seat = pick(now);
    if (!seat) {
        close(now);
        return std::nullopt;
    }
    // The first round is wanted soon; the later ones load GoTo evenly.
    auto even = rounds_ == 0 ? milliseconds(0) : poll_ * 9 / 10 / static_cast<int>(seats_.size());
    next_ask_ = now + std::max(gap(), even);
    ++under_way_;
    const auto& [slot, name, owner] = seats_[*seat];
    if (owner) return Ask{Ask::What::meetings, *seat, edition_, {}};
    if (name.find('@') == std::string::npos) return Ask{Ask::What::meetings, *seat, edition_, name};
    const auto& key = states_[*seat].key;
    return Ask{key.empty() ? Ask::What::key : Ask::What::meetings, *seat, edition_, key};
}

Steady Rounds::due(Steady now) const {
    if (seats_.empty() || under_way_ >= parallel) return Steady::max();
    bool asking = running_ && (cursor_ < seats_.size() || !again_.empty());
    if (running_ && !asking && under_way_ > 0) return Steady::max();
    return std::max({running_ ? now : next_round_, hold_until_, next_ask_});
}

// False: the people have changed since, and it is nobody's.
bool Rounds::end(const Ask& ask) {
    if (!mine(ask)) return false;
    --under_way_;
    if (!seats_[ask.seat].owner) probing_ = false;
    return true;
}

void Rounds::permitted(const Ask& ask) {
    outage_.reset();
    throttle_.reset();
    if (seats_[ask.seat].owner) return;
    refusals_in_a_row_ = 0;
    if (!std::exchange(others_refused_, false)) return;
    refused_.reset();
    next_round_ = Steady(); // everybody again, as soon as this round is over
}

void Rounds::answered(const Ask& ask, Steady now) {
    if (!end(ask)) return;
    permitted(ask);
    states_[ask.seat].out_until = Steady();
    states_[ask.seat].wait = milliseconds(0);
    close(now);
}

void Rounds::found_key(const Ask& ask, std::string key, Steady now) {
    if (!end(ask)) return;
    permitted(ask);
    states_[ask.seat].key = std::move(key);
    again_.push_back(ask.seat);
    close(now);
}

void Rounds::leave_out(std::size_t seat, milliseconds first, milliseconds longest, Steady now) {
    State& state = states_[seat];
    state.wait = std::clamp(2 * state.wait, first, longest);
    state.out_until = now + state.wait;
    state.key.clear();
}

void Rounds::not_there(const Ask& ask, Steady now) {
    if (!end(ask)) return;
    permitted(ask); // somebody looked whether there is one
    leave_out(ask.seat, unknown_first, unknown_longest, now);
    close(now);
}

void Rounds::forbidden(const Ask& ask, Steady now) {
    if (!end(ask)) return;
    outage_.reset();
    throttle_.reset();
    if (seats_[ask.seat].owner) {
        leave_out(ask.seat, refused_first, refused_longest, now);
    } else if (++refusals_in_a_row_ >= std::min(refusals_that_count, others_)) {
        others_refused_ = true; // nothing is the matter with anyone in particular
        for (std::size_t i = 0; i < seats_.size(); ++i)
            if (!seats_[i].owner) states_[i].out_until = Steady();
        if (now >= others_until_) others_until_ = now + refused_.next();
    } else {
        leave_out(ask.seat, unknown_first, unknown_longest, now);
    }
    close(now);
}

void Rounds::failed(const Ask& ask, Trouble trouble, milliseconds after, Steady now) {
    if (!end(ask)) return;
    after = std::min(after, silence_longest);
    bool held = now < hold_until_; // answers that were on their way together are one mishap
    auto until = hold_until_;
    if (trouble == Trouble::throttled) {
        if (!std::exchange(throttled_, true)) per_minute_ = std::max(slowest_per_minute, per_minute_ / 2);
        until = now + (after > milliseconds(0) ? after : held ? milliseconds(0) : throttle_.next());
    } else {
        until = now + std::max(after, held ? milliseconds(0) : outage_.next());
    }
    if (until > hold_until_) {
        auto more = std::chrono::duration_cast<milliseconds>(until - std::max(hold_until_, now));
        if (trouble == Trouble::outage) outage_held_ += more;
        hold_until_ = until;
    }
    bool again = trouble == Trouble::throttled || ++states_[ask.seat].failures < attempts;
    if (again) again_.push_back(ask.seat);
    close(now);
}

} // namespace lamp::goto_meeting
