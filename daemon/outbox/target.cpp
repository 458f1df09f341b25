#include "outbox/target.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "outbox/signature.hpp"

namespace lamp::outbox {
namespace {

constexpr milliseconds idle_longest{3'600'000};
constexpr milliseconds disk_again{1'000};

} // namespace

Target::Target(Loop& loop, store::Store& store, std::string name, WebhookOptions options,
               std::unique_ptr<Transport> transport)
    : loop_(loop),
      store_(store),
      options_(std::move(options)),
      name_(std::move(name)),
      transport_(std::move(transport)),
      machine_(options_.give_up, pace_of(options_)),
      bell_(loop.context()) {}

void Target::start() {
    loop_.spawn(run(shared_from_this()));
}

void Target::stop() {
    stopping_ = true;
    transport_->stop();
    bell_.ring();
}

void Target::came(std::uint64_t letters) {
    counts_.waiting += letters;
    more_ = true;
    bell_.ring();
}

void Target::refuse(std::string_view why) {
    ++refused_;
    if (complaint_.allow(steady_now()))
        log::error("outbox", "an event was not taken", {{"webhook", name_}, {"why", why}, {"in_all", refused_}});
}

void Target::read_anew(bool enable) {
    if (enable) disabled_ = false;
    known_ = false;
    more_ = true;
    page_.clear();
    machine_.hurry();
    bell_.ring();
}

Task<Verdict> Target::test(Letter letter) {
    auto keep = shared_from_this();
    co_return co_await transport_->send(letter);
}

std::string Target::digest_of_place() const {
    return key_of({options_.url.text, transport_->place()});
}

// ---------------------------------------------------------------- the loop

Task<> Target::run(std::shared_ptr<Target> self) {
    while (!self->stopping_) {
        if (!self->known_) self->ask_state();
        if (self->asking_) {
            co_await self->bell_.wait(disk_again);
            continue;
        }
        self->settle_again();
        if (self->disabled_ || (self->page_.empty() && !self->more_)) {
            co_await self->bell_.wait(self->unsettled_.empty() ? idle_longest : disk_again);
            continue;
        }
        if (self->page_.empty()) {
            if (!co_await self->read_page()) co_await self->bell_.wait(disk_again);
            continue;
        }
        if (self->settling_ > 0) { // so that a crash doubles one letter at most
            co_await self->bell_.wait(disk_again);
            continue;
        }
        if (auto wait = self->machine_.wait(steady_now()); wait > milliseconds(0)) {
            co_await self->bell_.wait(wait);
            continue;
        }
        co_await self->attempt();
    }
}

/// The counts are taken over in the very turn in which the disk answers: `came` may be next.
void Target::ask_state() {
    struct Found {
        Counts counts;
        bool disabled = false;
    };
    if (std::exchange(asking_, true)) return;
    known_ = true; // unless somebody says otherwise meanwhile
    auto found = std::make_shared<Found>();
    store_.submit(
        loop_,
        [found, name = name_, place = digest_of_place()](store::Database& disk) -> Result<void> {
            auto counts = count(disk, name);
            if (!counts) return std::unexpected(counts.error());
            auto disabled = is_disabled(disk, name, place);
            if (!disabled) return std::unexpected(disabled.error());
            *found = {*counts, *disabled};
            return {};
        },
        [self = shared_from_this(), found](const Result<void>& done) {
            self->asking_ = false;
            self->disk_error_ = done ? std::string() : done.error().text;
            if (!done) {
                self->known_ = false;
                return;
            }
            self->counts_ = found->counts;
            self->disabled_ = found->disabled;
            self->bell_.ring();
        });
}

Task<bool> Target::read_page() {
    more_ = false; // unless something comes meanwhile
    auto most = limits::page + unsettled_.size();
    auto found = co_await store_.read<std::vector<Letter>>(
        [name = name_, most](store::Database& disk) { return waiting(disk, name, 0, most); });
    disk_error_ = found ? std::string() : found.error().text;
    if (!found) {
        more_ = true;
        co_return false;
    }
    more_ = more_ || found->size() == most;
    for (auto& letter : *found)
        if (!unsettled_.contains(letter.id)) page_.push_back(std::move(letter));
    if (page_.empty() && !more_) counts_.waiting = 0;
    counts_.oldest = page_.empty() ? std::nullopt : std::optional(page_.front().made);
    co_return true;
}

Task<> Target::attempt() {
    auto letter = page_.front(); // a copy: the page may be read anew meanwhile
    ++letter.attempts;
    auto verdict = co_await transport_->send(letter);
    bool broken_off = stopping_ && verdict.kind == Verdict::Kind::retry;
    if (!broken_off) apply(machine_.settle(verdict, letter, wall_now(), steady_now()), letter, verdict);
}

void Target::apply(QueueMachine::Fate fate, const Letter& letter, const Verdict& verdict) {
    using enum QueueMachine::Fate;
    bool first = !page_.empty() && page_.front().id == letter.id;
    if (fate == remove) {
        ++delivered_;
        last_success_ = wall_now();
        last_error_.clear();
    } else {
        ++failed_;
        last_error_ = verdict.reason;
        log::debug("outbox", "an attempt failed",
                   {{"webhook", name_}, {"attempt", letter.attempts}, {"why", verdict.reason}});
    }
    if (fate == keep) {
        if (first) page_.front().attempts = letter.attempts;
        store_.submit(
            loop_,
            [letter, reason = verdict.reason](store::Database& disk) { return note_attempt(disk, letter, reason); },
            [](const Result<void>&) {}); // only a number: it is written again
        return;
    }
    if (fate == disable) return this->disable(verdict.reason);
    if (first) take_first_off();
    if (fate == remove)
        return settle(letter.id, [id = letter.id](store::Database& disk) { return outbox::remove(disk, id); });
    ++counts_.dead;
    log::warning("outbox", "an event was given up and is in the dead letters",
                 {{"webhook", name_}, {"attempts", letter.attempts}, {"why", verdict.reason}});
    settle(letter.id, [letter, reason = verdict.reason, at = wall_now()](store::Database& disk) {
        return outbox::bury(disk, letter, reason, at);
    });
}

void Target::take_first_off() {
    page_.pop_front();
    if (counts_.waiting > 0) --counts_.waiting;
    counts_.oldest = page_.empty() ? std::nullopt : std::optional(page_.front().made);
}

void Target::disable(const std::string& reason) {
    log::error("outbox",
               "a webhook is switched off: its receiver wants nothing more; its events are in the dead letters",
               {{"webhook", name_}, {"why", reason}});
    disabled_ = true;
    counts_.dead += counts_.waiting;
    counts_.waiting = 0;
    page_.clear();
    settle(0, [name = name_, place = digest_of_place(), reason, at = wall_now()](store::Database& disk) {
        auto done = bury_all(disk, name, reason, at);
        return done ? outbox::disable(disk, name, place, at) : done;
    });
}

// ---------------------------------------------------------------- the disk

void Target::settle(std::int64_t id, store::Store::Work work) {
    unsettled_[id] = {work, false};
    ++settling_;
    store_.submit(loop_, std::move(work), [self = shared_from_this(), id](const Result<void>& done) {
        --self->settling_;
        self->bell_.ring();
        if (done) {
            self->unsettled_.erase(id);
            if (self->unsettled_.empty()) self->settle_error_.clear();
            return;
        }
        self->unsettled_[id].failed = true;
        self->settle_error_ = done.error().text;
    });
}

void Target::settle_again() {
    if (steady_now() < settle_again_at_) return; // a full disk is not asked for each letter
    settle_again_at_ = steady_now() + disk_again;
    std::vector<std::pair<std::int64_t, store::Store::Work>> again;
    for (auto& [id, one] : unsettled_)
        if (one.failed) again.emplace_back(id, one.work);
    for (auto& [id, work] : again)
        settle(id, std::move(work));
}

// ---------------------------------------------------------------- for people

calls::WebhookView Target::view(Wall wall, Steady now) const {
    calls::WebhookView view;
    view.name = name_;
    view.format = outbox::name(options_.format);
    view.place = transport_->place();
    view.state = disabled_ ? "disabled" : machine_.failing() ? "retrying" : "up";
    view.waiting = counts_.waiting;
    view.dead = counts_.dead;
    view.delivered = delivered_;
    view.failed = failed_;
    view.refused = refused_;
    view.oldest = counts_.waiting > 0 ? counts_.oldest : std::nullopt;
    view.last_success = last_success_;
    if (auto next = machine_.next_attempt(); next && !disabled_)
        view.next_attempt = wall + std::max(milliseconds(0), std::chrono::ceil<milliseconds>(*next - now));
    view.last_error = last_error_;
    return view;
}

std::vector<std::string> Target::problems() const {
    std::vector<std::string> problems;
    auto add = [&](std::string text) { problems.push_back(fmt::format("Webhook {}: {}", name_, text)); };
    if (disabled_)
        add(fmt::format("{} has said 410 (gone) and is not asked any more: lamplighter webhooks replay {}",
                        transport_->place(), name_));
    else if (machine_.failing())
        add(fmt::format("{} events wait, {} does not take them. {}", counts_.waiting, transport_->place(),
                        last_error_));
    if (counts_.dead > 0)
        add(fmt::format("{} events were given up: lamplighter webhooks dead {}", counts_.dead, name_));
    if (refused_ > 0) add(fmt::format("{} events found no room and are lost.", refused_));
    if (!disk_error_.empty()) add("what waits cannot be read from disk. " + disk_error_);
    if (!settle_error_.empty()) add("the disk does not take what became of events. " + settle_error_);
    return problems;
}

} // namespace lamp::outbox
