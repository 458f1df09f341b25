// Letters on their way to disk: written in groups, in the order of arrival, again and again while the disk takes
// nothing. Egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "base/log.hpp"
#include "loop/loop.hpp"
#include "outbox/letter.hpp"
#include "store/store.hpp"

namespace lamp::outbox {

class Intake : public std::enable_shared_from_this<Intake> { // what the disk answers may come after us
public:
    /// `written`: so many new letters of this webhook are on disk.
    using Written = std::function<void(const std::string& webhook, std::uint64_t letters)>;
    Intake(Loop& loop, store::Store& store, Written written);

    /// False: too much waits for the disk already.
    [[nodiscard]] bool put(Letter letter);
    /// Of one webhook, not yet on disk.
    [[nodiscard]] std::size_t staged(const std::string& webhook) const;
    [[nodiscard]] std::size_t size() const { return letters_.size(); }
    /// Why the disk takes nothing; empty: it does.
    [[nodiscard]] const std::string& trouble() const { return trouble_; }
    /// Calls `done` once all is on disk, or after `limit`.
    void finish(milliseconds limit, std::function<void()> done);
    /// The same without an end to it: also when the disk has refused the last batch.
    void when_empty(std::function<void()> done);
    void stop() { written_ = nullptr; }

private:
    void flush();
    void confirmed(const std::vector<Letter>& letters, const std::vector<bool>& fresh);
    void failed(const Error& error);
    static Task<> again(std::shared_ptr<Intake> self);
    static Task<> wait_quiet(std::shared_ptr<Intake> self, std::function<void()> done);
    static Task<> wait_empty(std::shared_ptr<Intake> self, Steady until, std::function<void()> done);

    Loop& loop_;
    store::Store& store_;
    Written written_;
    std::deque<Letter> letters_;
    std::size_t bytes_ = 0;
    std::map<std::string, std::size_t> by_webhook_;
    bool writing_ = false;
    std::string trouble_;
    log::OncePerMinute complaint_;
};

} // namespace lamp::outbox
