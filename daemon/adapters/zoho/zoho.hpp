// Zoho PhoneBridge: tells Zoho of the calls of linked people, and carries out what they click there. What is decided is
// decided by the machines beside this file (call_machine, outgoing, links, token_gate); this class is their loop.
// Lives on the egress loop; construction and `use_control` happen before the loops start.
#pragma once
#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/zoho/call_machine.hpp"
#include "adapters/zoho/client.hpp"
#include "adapters/zoho/hooks.hpp"
#include "adapters/zoho/kept.hpp"
#include "adapters/zoho/links.hpp"
#include "adapters/zoho/options.hpp"
#include "adapters/zoho/outgoing.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "calls/call_record.hpp"
#include "calls/control.hpp"
#include "fanout/adapter.hpp"
#include "fanout/links.hpp"
#include "store/store.hpp"

namespace lamp::zoho {

class Zoho final : public fanout::Adapter {
public:
    /// Errors: whatever of the options cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Zoho>> make(Loop& loop, ZohoOptions options,
                                                            const std::vector<std::string>& match, store::Store& store);
    ~Zoho() override;

    /// What clicks in Zoho act through; its answers must come on the egress loop.
    void use_control(calls::Control control) { control_ = std::move(control); }
    /// Every event of every call, in order.
    void happened(const calls::CallEvent& event);
    /// Every change of every line: the platform's ids of calls, which clicks in Zoho need.
    void heard(const calls::LineNews& news);

    /// What waits to be told of numbers that are so is not told any more; gives how many that were.
    std::size_t forget(const std::function<bool(std::string_view number)>& so);

    [[nodiscard]] fanout::LinksView links() const;
    /// Answers at once; what it takes over there comes after, and is seen in `links()`. Errors: not_found, conflict.
    [[nodiscard]] Result<void> order(const fanout::LinkOrder& order);

    [[nodiscard]] std::string_view name() const override { return "zoho"; }
    void start() override;
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people,
                    const std::vector<fanout::LineName>& lines) override;
    [[nodiscard]] std::optional<fanout::HookAnswer> deliver(const fanout::HookCall& call) override;

    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::vector<fanout::Doubt> doubts() const override { return links_.doubts(); }
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;

private:
    enum class Phase : std::uint8_t { opening, no_login, blocked, integrated, disabled };

    Zoho(Loop& loop, ZohoOptions options, bool by_email, store::Store& store);

    // zoho.cpp
    [[nodiscard]] Task<> follow();
    [[nodiscard]] Task<bool> open();
    void remember(Memory memory);
    [[nodiscard]] Task<> integrate();
    [[nodiscard]] Task<> part();
    [[nodiscard]] Task<> list_users();
    [[nodiscard]] Task<> carry_out(Links::Job job);
    [[nodiscard]] Task<Reply> register_at(const Link& link, std::string line, std::string path, std::string key);
    [[nodiscard]] Task<Reply> take_back(std::string zohouser);
    void block(const Reply& reply);
    void keep_links();
    void keep(std::string name, std::string value);
    void write(std::function<Result<void>(store::Database&)> work);

    // telling.cpp
    [[nodiscard]] Task<> tell_all();
    [[nodiscard]] Task<> tell(Kept kept);
    void take_reply(const Kept& kept, const Reply& reply);
    [[nodiscard]] bool refused_state(State state) const;
    [[nodiscard]] static Notice without_state(Notice notice);
    void forget_gone();

    // acting.cpp
    void act(Clicked clicked);
    void dial(const Link& link, const std::string& number);
    void command(const Link& link, const Clicked& clicked);
    [[nodiscard]] Task<> tell_dial_error(std::string zohouser, std::string from, std::string to, Error why);

    [[nodiscard]] bool ready() const { return phase_ == Phase::integrated && !stopping_; }

    Loop& loop_;
    ZohoOptions options_;
    store::Store& store_;
    std::unique_ptr<Client> client_;               // null until the kept token is read, and while there is none
    std::vector<std::unique_ptr<Client>> retired_; // of earlier logins; requests may be under way
    Secret token_;                                 // refresh token of client_
    Steady login_again_{};
    calls::Control control_;
    CallMachine calls_;
    Outgoing outgoing_;
    Links links_;
    Hooks hooks_;
    std::unordered_map<std::string, std::vector<calls::Call>> legs_; // of the lines of linked people
    std::vector<calls::CallEvent> early_;                            // until what was kept is known
    Bell bell_;
    Bell notice_bell_;

    Phase phase_ = Phase::opening;
    bool enabled_ = true;
    bool parted_ = false; // disabled, and Zoho knows
    bool stopping_ = false;
    std::string account_;
    std::string blocked_; // why nothing goes until a person acts, or a while has passed
    std::string users_error_;
    std::string disk_problem_;
    Steady integrate_again_{};
    Steady users_again_{};
    Steady tidy_again_{};
    Backoff integrate_back_off_{milliseconds(2'000), milliseconds(300'000)};
    std::int64_t next_notice_ = 1;
    Writing writing_ = Writing::strict;
    std::map<State, Wall> refused_states_; // A.6: not taken, since when
    std::array<std::uint64_t, state_count> told_{};
    std::uint64_t fallen_back_ = 0;
    std::uint64_t acted_ = 0;
    std::uint64_t act_failed_ = 0;
    log::OncePerMinute complaint_;
};

} // namespace lamp::zoho
