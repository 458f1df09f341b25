#include "adapters/teams/poll.hpp"

#include <algorithm>
#include <iterator>

namespace lamp::teams {

void PollPlan::use(std::vector<Guid> everybody) {
    bool had_nobody = everybody_.empty();
    everybody_ = std::move(everybody);
    if (!bad_.empty()) { // who is nobody's any more is not tried again
        auto sorted = everybody_;
        std::ranges::sort(sorted);
        std::erase_if(bad_, [&sorted](const auto& one) { return !std::ranges::binary_search(sorted, one.first); });
    }
    // Whoever is new is asked in this round; a cursor beyond the end just ends it.
    if (had_nobody) next_round_ = Steady();
    cursor_ = std::min(cursor_, everybody_.size());
}

void PollPlan::start_over() {
    again_.clear();
    running_ = false;
    rounds_ = 0;
    open_ = 0;
    ++round_; // answers that are on their way belong to no round
    next_round_ = Steady();
}

void PollPlan::interested(const Guid& person, Steady now) {
    if (interest_.size() < 2 * batch_max || interest_.contains(person)) interest_[person] = now + interest_lasts;
}

void PollPlan::take_good(std::vector<Guid>& into) {
    while (cursor_ < everybody_.size() && into.size() < batch_max) {
        const Guid& person = everybody_[cursor_++];
        if (!bad_.empty() && bad_.contains(person)) continue; // `retry_bad` asks for those
        into.push_back(person);
    }
}

// Those whose time is over, among themselves: what is still bad costs nobody else a second question.
std::optional<PollPlan::Batch> PollPlan::retry_bad(Steady now) {
    if (now < next_retry_) return std::nullopt;
    Batch batch{Batch::Kind::part, round_, {}};
    next_retry_ = Steady::max();
    for (auto& [person, bad] : bad_) {
        if (bad.until <= now && batch.people.size() < batch_max) {
            batch.people.push_back(person);
            bad.until = now + bad.wait; // should no answer come
        }
        next_retry_ = std::min(next_retry_, bad.until);
    }
    if (batch.people.empty()) return std::nullopt;
    ++open_;
    return batch;
}

std::optional<PollPlan::Batch> PollPlan::next(Steady now) {
    if (everybody_.empty() && again_.empty()) return std::nullopt;
    if (!running_) {
        if (now < next_round_) return std::nullopt;
        running_ = true;
        ++round_;
        cursor_ = 0;
        asked_ = 0;
        began_ = now;
        next_interest_ = now + poll_; // a short round asks everybody within that time anyway
        next_round_ = now + poll_;
        if (auto batch = retry_bad(now)) return batch;
    }
    if (now >= next_interest_ && !interest_.empty()) {
        next_interest_ = now + poll_;
        Batch batch{Batch::Kind::interest, round_, {}};
        std::erase_if(interest_, [now](const auto& one) { return one.second <= now; });
        for (const auto& [person, until] : interest_)
            if (batch.people.size() < batch_max && !bad_.contains(person)) batch.people.push_back(person);
        if (!batch.people.empty()) return batch;
    }
    if (!again_.empty()) {
        auto batch = std::move(again_.front());
        again_.pop_front();
        if (batch.round == round_) ++open_;
        return batch;
    }
    if (cursor_ < everybody_.size() && now < batch_due()) return std::nullopt;
    Batch batch{Batch::Kind::round, round_, {}};
    take_good(batch.people);
    if (batch.people.empty()) {
        close_round(now);
        return std::nullopt;
    }
    ++asked_;
    ++open_;
    return batch;
}

// The first round is wanted at once; the later ones load the tenant evenly.
Steady PollPlan::batch_due() const {
    auto batches = (everybody_.size() + batch_max - 1) / batch_max;
    if (rounds_ == 0 || batches == 0) return began_;
    return began_ + poll_ * asked_ / batches;
}

Steady PollPlan::due(Steady now) const {
    if (everybody_.empty() && again_.empty()) return Steady::max();
    if (!running_) return next_round_;
    auto interest = interest_.empty() ? Steady::max() : next_interest_;
    if (!again_.empty()) return now;
    if (cursor_ < everybody_.size()) return std::min(interest, batch_due());
    return open_ == 0 ? now : interest;
}

void PollPlan::close_round(Steady now) {
    if (!running_ || open_ > 0 || !asked_all()) return;
    running_ = false;
    ++rounds_;
    took_ = std::chrono::duration_cast<milliseconds>(now - began_);
}

void PollPlan::answered(const Batch& batch, Steady now) {
    if (!bad_.empty())
        for (const Guid& person : batch.people)
            bad_.erase(person);
    if (batch.kind == Batch::Kind::interest) return;
    if (batch.round == round_ && open_ > 0) --open_;
    close_round(now);
}

void PollPlan::failed(Batch batch) {
    if (batch.kind == Batch::Kind::interest) return;
    if (batch.round == round_ && open_ > 0) --open_;
    again_.push_back(std::move(batch));
}

std::optional<Guid> PollPlan::poisoned(Batch batch, Steady now) {
    if (batch.kind != Batch::Kind::interest && batch.round == round_ && open_ > 0) --open_;
    std::optional<Guid> found;
    if (batch.people.size() <= 1) {
        if (!batch.people.empty()) {
            found = batch.people.front();
            auto [bad, fresh] = bad_.try_emplace(*found);
            if (!fresh) bad->second.wait = std::min(2 * bad->second.wait, bad_longest);
            bad->second.until = now + bad->second.wait;
            next_retry_ = std::min(next_retry_, bad->second.until);
            interest_.erase(*found);
        }
        close_round(now);
        return found;
    }
    auto middle = batch.people.begin() + static_cast<std::ptrdiff_t>(batch.people.size() / 2);
    Batch second{Batch::Kind::part, round_, {middle, batch.people.end()}};
    batch.people.erase(middle, batch.people.end());
    batch.kind = Batch::Kind::part;
    batch.round = round_;
    again_.push_back(std::move(batch));
    again_.push_back(std::move(second));
    return found;
}

} // namespace lamp::teams
