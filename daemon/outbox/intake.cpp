#include "outbox/intake.hpp"

#include <algorithm>

#include "outbox/shelf.hpp"

namespace lamp::outbox {
namespace {

constexpr milliseconds disk_again{1'000};
constexpr milliseconds look_again{10};

struct Batch {
    std::vector<Letter> letters;
    std::vector<bool> fresh;
};

} // namespace

Intake::Intake(Loop& loop, store::Store& store, Written written)
    : loop_(loop), store_(store), written_(std::move(written)) {}

bool Intake::put(Letter letter) {
    if (letters_.size() >= limits::staged || bytes_ + letter.body.size() > limits::staged_bytes) return false;
    bytes_ += letter.body.size();
    ++by_webhook_[letter.webhook];
    letters_.push_back(std::move(letter));
    flush();
    return true;
}

std::size_t Intake::staged(const std::string& webhook) const {
    auto found = by_webhook_.find(webhook);
    return found == by_webhook_.end() ? 0 : found->second;
}

void Intake::flush() {
    if (writing_ || letters_.empty()) return;
    writing_ = true;
    auto batch = std::make_shared<Batch>();
    auto size = static_cast<std::ptrdiff_t>(std::min(letters_.size(), limits::staged_batch));
    batch->letters.assign(letters_.begin(), letters_.begin() + size);
    store_.submit(
        loop_,
        [batch](store::Database& disk) -> Result<void> {
            auto done = outbox::put(disk, batch->letters);
            if (!done) return std::unexpected(done.error());
            batch->fresh = std::move(*done);
            return {};
        },
        [self = shared_from_this(), batch](const Result<void>& done) {
            self->writing_ = false;
            done ? self->confirmed(batch->letters, batch->fresh) : self->failed(done.error());
        });
}

void Intake::confirmed(const std::vector<Letter>& letters, const std::vector<bool>& fresh) {
    trouble_.clear();
    std::map<std::string, std::uint64_t> came;
    for (std::size_t i = 0; i < letters.size(); ++i) {
        const auto& letter = letters[i];
        bytes_ -= letters_.front().body.size();
        letters_.pop_front();
        if (auto found = by_webhook_.find(letter.webhook); --found->second == 0) by_webhook_.erase(found);
        if (fresh[i] && letter.state == LetterState::waiting) ++came[letter.webhook];
    }
    flush();
    if (!written_) return;
    for (const auto& [webhook, count] : came)
        written_(webhook, count);
}

void Intake::failed(const Error& error) {
    trouble_ = error.text;
    if (error.category == Category::cancelled) return;
    if (complaint_.allow(steady_now()))
        log::error("outbox", "events cannot be written to disk; they wait in memory",
                   {{"events", letters_.size()}, {"why", error.text}});
    loop_.spawn(again(shared_from_this()));
}

Task<> Intake::again(std::shared_ptr<Intake> self) {
    co_await sleep_for(disk_again);
    self->flush();
}

void Intake::finish(milliseconds limit, std::function<void()> done) {
    loop_.spawn(wait_empty(shared_from_this(), steady_now() + limit, std::move(done)));
}

void Intake::when_empty(std::function<void()> done) {
    if (letters_.empty()) return done();
    loop_.spawn(wait_quiet(shared_from_this(), std::move(done)));
}

Task<> Intake::wait_quiet(std::shared_ptr<Intake> self, std::function<void()> done) {
    while (!self->letters_.empty() && self->trouble_.empty())
        if (!co_await sleep_for(look_again)) break;
    done();
}

Task<> Intake::wait_empty(std::shared_ptr<Intake> self, Steady until, std::function<void()> done) {
    while (!self->letters_.empty() && steady_now() < until)
        if (!co_await sleep_for(look_again)) break;
    if (!self->letters_.empty())
        log::error("outbox", "events were not written to disk before the end", {{"events", self->letters_.size()}});
    done();
}

} // namespace lamp::outbox
