#include "forwarding/reconciler.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "base/check.hpp"

namespace lamp::forwarding {
namespace {

constexpr std::size_t written_kept = 8; // own writes whose echo is recognised
constexpr std::size_t may_be_max = 8;

/// Whether the request may have done its work all the same.
bool uncertain(Category category) {
    switch (category) {
    case Category::network:
    case Category::timeout:
    case Category::protocol:
    case Category::unavailable:
    case Category::cancelled:
    case Category::limit: return true;
    case Category::unauthorised:
    case Category::forbidden:
    case Category::not_found:
    case Category::conflict:
    case Category::throttled:
    case Category::invalid: return false;
    }
    return true;
}

/// The error's kind is the code: what it says comes from elsewhere.
Sentence troubled(const Error& error) {
    auto code = error.category == Category::not_found ? std::string_view("not_found") : name(error.category);
    return {code, {}, error.text};
}

/// Whether asking again soon is of no use.
bool refused(Category category) {
    return category == Category::forbidden || category == Category::not_found || category == Category::invalid;
}

/// What may be there because of us is there as we have left it: when it is off with another number, a user was there.
bool unchanged(const Same& same, const Always& left, const Always& found) {
    return same.always(left, found) && (found.active || found.to.empty() || same.number(left.to, found.to));
}

} // namespace

Reconciler::Reconciler(std::string line, const Dialling& dialling, Times times, std::uint64_t seed)
    : line_(std::move(line)),
      dialling_(dialling),
      times_(times),
      backoff_(times.retry_first, times.retry_longest, seed),
      save_backoff_(times.retry_first, times.retry_longest, seed + 1) {}

void Reconciler::load(Owned owned, Steady now) {
    owned_ = std::move(owned);
    touched_ = true;
    // The last thing that the earlier run did may have been a write.
    if (!owned_->verified || !owned_->may_be.empty()) doubt_until_ = now + times_.doubt;
    look_at_ = now;
}

void Reconciler::want(std::optional<Wanted> wanted, Steady now) {
    if (wanted == wanted_) return;
    wanted_ = std::move(wanted);
    backoff_.reset();
    look_at_ = now;
    if (under_way()) look_again_ = true;
}

void Reconciler::heard(const Always& always, Steady now) {
    actual_.always = always;
    Same same(dialling_, line_);
    if (phase_ == Phase::reading || phase_ == Phase::checking) while_reading_ = always;
    if (!owned_) return;
    keep_number(always);
    auto is = [&](const std::optional<Always>& known) { return known && same.always(*known, always); };
    auto left = [&](const std::optional<Always>& known) { return known && unchanged(same, *known, always); };
    bool had_on = owned_->baseline.always && owned_->baseline.always->active; // else the number is kept already
    if (touched_ && (had_on ? left(owned_->ours.always) : is(owned_->ours.always)))
        return; // the echo of our write, or what it came to
    if (!touched_ && is(owned_->baseline.always)) return;
    bool ours = std::ranges::any_of(owned_->may_be, left, &Setting::always) || std::ranges::any_of(written_, left);
    // A write of ours may have hidden it: those under way, and those that are so young that events from before them
    // still come.
    bool hidden = phase_ == Phase::writing || phase_ == Phase::checking || now < hides_until_ || now < doubt_until_;
    auto foreign = foreign_;
    if (is(owned_->baseline.always))
        foreign_.reset();
    else if (!ours && hidden)
        foreign_ = always;
    if (foreign_ != foreign) touch(); // a crash must not forget it
    look_at_ = now;
    if (under_way()) look_again_ = true;
}

// Off is off for whoever calls, and so for Same; the number that goes with it is the user's all the same.
void Reconciler::keep_number(const Always& found) {
    auto& had = owned_->baseline.always;
    if (found.active || !had || had->active || found.to.empty()) return;
    Same same(dialling_, line_);
    auto known = [&](const Always& one) { return !one.active && same.number(one.to, found.to); };
    if (known(*had) || (owned_->ours.always && known(*owned_->ours.always)) || std::ranges::any_of(written_, known))
        return;
    had->to = found.to;
    touch();
}

std::optional<Owned> Reconciler::kept() const {
    auto kept = owned_;
    if (kept && foreign_) kept->baseline.always = foreign_;
    return kept;
}

void Reconciler::lost_track(Steady at) {
    if (!owned_ && !wanted_) return;
    look_at_ = std::min(look_at_, at);
    if (under_way()) look_again_ = true;
}

bool Reconciler::at_rest() const {
    return phase_ == Phase::idle && !owned_ && !wanted_ && version_ == on_disk_ && saving_ == 0;
}

bool Reconciler::in_force() const {
    if (!wanted_ || !owned_ || !owned_->verified) return false;
    auto target = applied(*wanted_, owned_->baseline, dialling_, line_);
    return Same(dialling_, line_).differing(target, owned_->ours) == 0;
}

// What is put back is put back even when the disk is full: a forwarding that is left on is worse than an intent that
// is not recorded, and what is on disk heals it.
bool Reconciler::may_write() const {
    return on_disk_ >= intent_ || (restoring_ && save_failed_);
}

Steady Reconciler::due() const {
    Steady due = Steady::max();
    if (version_ != on_disk_ && saving_ == 0) due = save_at_;
    switch (phase_) {
    case Phase::idle: return std::min(due, look_at_);
    case Phase::saving: return may_write() ? Steady::min() : due;
    case Phase::to_write:
    case Phase::to_check: return Steady::min();
    case Phase::reading:
    case Phase::writing:
    case Phase::checking: return due;
    }
    return due;
}

Parts Reconciler::parts() const {
    Parts parts = part_always;
    if (owned_) parts |= parts_of(owned_->baseline);
    if (wanted_) parts |= parts_of(wanted_->way);
    return parts;
}

std::optional<Reconciler::Action> Reconciler::next(Steady now, bool may_begin) {
    if (version_ != on_disk_ && saving_ == 0 && now >= save_at_) {
        saving_ = version_;
        return Action{.verb = Verb::save};
    }
    if (phase_ == Phase::saving && may_write()) phase_ = Phase::to_write;
    switch (phase_) {
    case Phase::idle:
        if (now < look_at_ || !may_begin) return std::nullopt;
        look_at_ = Steady::max();
        if (!owned_ && !wanted_) return std::nullopt;
        phase_ = Phase::reading;
        break;
    case Phase::to_write:
        if (auto differing = Same(dialling_, line_).differing(owned_->ours, actual_)) return write(differing);
        [[fallthrough]]; // it has become so meanwhile
    case Phase::to_check: phase_ = Phase::checking; break;
    default: return std::nullopt;
    }
    look_again_ = false;
    while_reading_.reset();
    asked_ = parts();
    return Action{.verb = Verb::read, .parts = asked_};
}

Reconciler::Action Reconciler::write(Parts parts) {
    phase_ = Phase::writing;
    touched_ = wrote_ = true;
    if (owned_->ours.always) written_.push_back(*owned_->ours.always);
    if (written_.size() > written_kept) written_.erase(written_.begin());
    return {Verb::write, parts, only(owned_->ours, parts)};
}

// Parts that are neither as we want them nor as they may be because of us.
Parts Reconciler::foreign(const Setting& found) const {
    Same same(dialling_, line_);
    auto parts = static_cast<Parts>(parts_of(owned_->baseline) & parts_of(found)); // touched, and read
    if (!touched_) return parts & same.differing(owned_->baseline, found);         // nothing is there because of us
    bool had_on = owned_->baseline.always && owned_->baseline.always->active;      // else the number is kept already
    auto off_anew = [&](const Setting& other) {
        return other.always && found.always && !unchanged(same, *other.always, *found.always);
    };
    parts &= same.differing(owned_->ours, found) | (had_on && off_anew(owned_->ours) ? part_always : 0);
    for (const Setting& other : owned_->may_be) {
        auto differing = static_cast<Parts>(same.differing(other, found) | (off_anew(other) ? part_always : 0));
        parts &= differing | static_cast<Parts>(~parts_of(other));
    }
    return parts;
}

void Reconciler::read(const Result<Setting>& found, Steady now) {
    bool after_write = phase_ == Phase::checking;
    LAMP_CHECK(after_write || phase_ == Phase::reading);
    phase_ = Phase::idle;
    if (!found) return failed(found.error(), now);
    Same same(dialling_, line_);
    bool overtaken = while_reading_ && found->always && !same.always(*while_reading_, *found->always);
    merge(actual_, *found);
    if (owned_ && found->always) keep_number(*found->always);
    if (owned_ && foreign(*found) != 0) {
        // Nothing of ours was there yet: what the user has now is his baseline. Else he has changed what we wrote.
        if (touched_) return user_won(yielded(*found), now);
        owned_.reset();
        foreign_.reset();
        touch();
    }
    bool too_little = (parts() & ~asked_) != 0;      // more is wanted than when it was asked
    if (too_little || (overtaken && !after_write)) { // or it was read before it changed, or heard late: once more
        look_at_ = now;
        return;
    }
    if (owned_ && foreign_) {
        auto edit = *std::exchange(foreign_, std::nullopt);
        touch();
        if (touched_ && owned_->ours.always && found->always && same.always(*owned_->ours.always, *found->always)) {
            // The user's change came just before our write, which has hidden it: it is what he has.
            auto left = *owned_;
            left.baseline.always = edit;
            left.may_be.push_back({.always = edit}); // should the change be younger than what was read
            return user_won(std::move(left), now);
        }
    }
    decide(after_write, now);
    if (phase_ == Phase::idle && look_again_) look_at_ = std::min(look_at_, now);
}

// What the user has changed is his; what else we have changed is still to be put back, and a write of ours that may
// still arrive must not hide what he wants.
Owned Reconciler::yielded(const Setting& found) const {
    Owned left = *owned_;
    merge(left.baseline, only(found, foreign(found)));
    left.may_be.push_back(found);
    return left;
}

void Reconciler::decide(bool after_write, Steady now) {
    if (!wanted_ && !owned_) {
        trouble_.clear();
        look_at_ = Steady::max();
        return;
    }
    Setting baseline = owned_ ? owned_->baseline : Setting{};
    auto fresh = static_cast<Parts>(parts() & ~parts_of(baseline));
    merge(baseline, only(actual_, fresh)); // parts that nobody has touched yet are as the user has them
    Setting target = wanted_ ? applied(*wanted_, baseline, dialling_, line_) : baseline;
    Same same(dialling_, line_);
    if (same.differing(target, actual_) == 0) return settled(target, std::move(baseline), now);
    if (after_write && owned_ && owned_->ours == target) {
        auto done = last_write_ ? last_write_->at : Wall{};
        failed(Error(Category::conflict, "The platform has accepted the forwarding and does not show it."), now);
        last_write_ = LastWrite{done, trouble_.plain()};
        return;
    }
    intend(target, std::move(baseline), now);
}

void Reconciler::settled(const Setting& target, Setting baseline, Steady now) {
    bool wrote = last_write_ && last_write_->result == "unchecked";
    if (wrote) last_write_->result = "ok";
    bool news = wrote || !trouble_.empty();
    trouble_.clear();
    backoff_.reset();
    bool doubt = now < doubt_until_;
    if (!wanted_ && !doubt) {
        if (wrote_) news_.push_back(News::restored);
        owned_.reset();
        touched_ = wrote_ = false;
        foreign_.reset();
        look_at_ = Steady::max();
        touch();
        return;
    }
    Owned next{.baseline = std::move(baseline), .ours = target, .may_be = {}, .verified = true};
    if (target.always && !target.always->active && actual_.always) next.ours.always = actual_.always; // with its number
    if (doubt && owned_) {
        next.may_be = owned_->may_be;
        if (owned_->ours != target && next.may_be.size() < may_be_max) next.may_be.push_back(owned_->ours);
    }
    touched_ = true; // from now on a change is the user's
    if (owned_ != next) {
        owned_ = std::move(next);
        touch();
    }
    if (news && wanted_) news_.push_back(News::written);
    bool untold = parts() != part_always; // nobody tells when a ring service is changed
    look_at_ = doubt ? doubt_until_ : untold ? now + times_.recheck : Steady::max();
}

void Reconciler::intend(const Setting& target, Setting baseline, Steady now) {
    Owned next{.baseline = std::move(baseline), .ours = target, .may_be = {actual_}, .verified = false};
    if (owned_ && now < doubt_until_) {
        if (owned_->ours != target) next.may_be.push_back(owned_->ours);
        for (const Setting& other : owned_->may_be)
            if (next.may_be.size() < may_be_max && std::ranges::find(next.may_be, other) == next.may_be.end())
                next.may_be.push_back(other);
    }
    if (owned_ != next) {
        owned_ = std::move(next);
        touch();
    }
    intent_ = version_;
    restoring_ = !wanted_;
    save_failed_ = false;
    phase_ = Phase::saving;
}

// `left`: what is still to be put back. The owner hears of it and lets the claims rest; then it is looked at again.
void Reconciler::user_won(Owned left, Steady now) {
    news_.push_back(News::user_changed);
    owned_ = std::move(left);
    foreign_.reset();
    trouble_.clear();
    touch();
    look_at_ = now;
}

void Reconciler::failed(const Error& error, Steady now) {
    if (trouble_ != error.text) news_.push_back(News::failed);
    trouble_ = troubled(error);
    auto wait = refused(error.category) ? times_.refused_wait : backoff_.next();
    look_at_ = look_again_ ? now + times_.retry_first : now + wait;
}

void Reconciler::saved(const Result<void>& done, Steady now) {
    auto version = std::exchange(saving_, 0);
    save_failed_ = !done;
    if (!done) {
        if (phase_ == Phase::saving && trouble_ != done.error().text) {
            trouble_ = troubled(done.error());
            news_.push_back(News::failed);
        }
        save_at_ = now + save_backoff_.next();
    } else {
        save_backoff_.reset();
        on_disk_ = version;
    }
    // Something has happened since the platform was read, and nothing is written yet: look at it first.
    if (phase_ == Phase::saving && look_again_ && (may_write() || !done)) {
        phase_ = Phase::idle;
        look_at_ = now;
    }
}

void Reconciler::written(const Result<void>& done, Steady now, Wall wall) {
    LAMP_CHECK(phase_ == Phase::writing);
    hides_until_ = now + times_.event_delay;
    last_write_ = LastWrite{wall, done ? "unchecked" : done.error().text};
    if (done) {
        phase_ = Phase::to_check;
        // A change that this write has hidden is told within moments: not before then is the line let go.
        if (!wanted_) doubt_until_ = std::max(doubt_until_, hides_until_);
        return;
    }
    if (uncertain(done.error().category)) doubt_until_ = now + times_.doubt;
    phase_ = Phase::idle;
    failed(done.error(), now);
}

} // namespace lamp::forwarding
