// One webhook's queue: letters on disk, read a few at a time, sent one after the other, removed once they are there.
// Nothing of it waits for another webhook. Egress loop.
#pragma once
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/log.hpp"
#include "calls/webhooks.hpp"
#include "loop/loop.hpp"
#include "outbox/letter.hpp"
#include "outbox/options.hpp"
#include "outbox/queue_machine.hpp"
#include "outbox/shelf.hpp"
#include "outbox/transport.hpp"
#include "store/store.hpp"

namespace lamp::outbox {

class Target : public std::enable_shared_from_this<Target> { // its coroutine outlives a reload
public:
    Target(Loop& loop, store::Store& store, std::string name, WebhookOptions options,
           std::unique_ptr<Transport> transport);

    /// Goes on with what is on disk.
    void start();
    void stop();

    /// So many of its letters have got to disk, or have come back from the dead.
    void came(std::uint64_t letters);
    /// One found no room, or was too large.
    void refuse(std::string_view why);
    [[nodiscard]] std::size_t letters() const { return counts_.waiting; }
    [[nodiscard]] bool has_room(std::size_t staged) const { return counts_.waiting + staged < limits::letters; }
    [[nodiscard]] bool disabled() const { return disabled_; }

    /// By-passes the queue. Its body is in the letter.
    [[nodiscard]] Task<Verdict> test(Letter letter);
    /// After `replay` or `drop` on disk: what is known of it is read anew, a disabled webhook tried again.
    void read_anew(bool enable);

    [[nodiscard]] const WebhookOptions& options() const { return options_; }
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] calls::WebhookView view(Wall wall, Steady now) const;
    [[nodiscard]] std::vector<std::string> problems() const;

private:
    static Task<> run(std::shared_ptr<Target> self);
    void ask_state();
    [[nodiscard]] Task<bool> read_page();
    [[nodiscard]] Task<> attempt();
    void apply(QueueMachine::Fate fate, const Letter& letter, const Verdict& verdict);
    void take_first_off();
    void disable(const std::string& reason);
    void settle(std::int64_t id, store::Store::Work work);
    void settle_again();
    [[nodiscard]] std::string digest_of_place() const;

    Loop& loop_;
    store::Store& store_;
    WebhookOptions options_;
    std::string name_;
    std::unique_ptr<Transport> transport_;
    QueueMachine machine_;
    Bell bell_;
    bool stopping_ = false;

    std::deque<Letter> page_; // the first of those that wait
    bool more_ = true;        // on disk, perhaps
    bool known_ = false;      // counts and `disabled_` have been read, or will be
    bool asking_ = false;
    bool disabled_ = false;
    Counts counts_{};

    /// Done with, and the disk does not know yet; not to be sent again.
    struct Unsettled {
        store::Store::Work work;
        bool failed = false;
    };
    std::map<std::int64_t, Unsettled> unsettled_;
    unsigned settling_ = 0; // of them, whose answer is awaited
    Steady settle_again_at_{};

    std::uint64_t delivered_ = 0;
    std::uint64_t failed_ = 0;
    std::uint64_t refused_ = 0;
    std::optional<Wall> last_success_{};
    std::string last_error_{};
    std::string disk_error_{};   // of the last reading; empty: it went well
    std::string settle_error_{}; // of what is unsettled
    log::OncePerMinute complaint_;
};

} // namespace lamp::outbox
