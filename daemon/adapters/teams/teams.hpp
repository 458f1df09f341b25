// Microsoft Teams, both ways: presence is read into the table, "in a call" is written while a call lasts.
// What is decided here is decided by machines beside this file (sessions, poll, readings, echo, accounts); this class
// is their loop. Lives on the egress loop; construction and `sink` happen before the loops start.
#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "adapters/teams/accounts.hpp"
#include "adapters/teams/echo.hpp"
#include "adapters/teams/graph_client.hpp"
#include "adapters/teams/notifications.hpp"
#include "adapters/teams/photos.hpp"
#include "adapters/teams/poll.hpp"
#include "adapters/teams/readings.hpp"
#include "adapters/teams/sessions.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "fanout/dirty_set.hpp"
#include "store/store.hpp"

namespace lamp::teams {

class Teams final : public fanout::Adapter {
public:
    /// Errors: whatever of the options cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Teams>> make(Loop& loop, TeamsOptions options,
                                                             std::vector<std::string> match, milliseconds stale_after,
                                                             presence::Table& table, fanout::Fanout& fanout,
                                                             store::Store& store, meetings::Listener meetings = {});
    ~Teams() override;

    [[nodiscard]] std::string_view name() const override { return "teams"; }
    void start() override;
    /// What a reload may change: read, write, write_while_ringing, except, except_folders. Whoever is not written any
    /// more is cleared, whoever is in a call and may be written is told; without `read` nothing is known.
    void use_switches(const TeamsOptions& options);
    /// Clears the sessions that it can within `limit`; the rest ends by itself, or at the next start.
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people, const std::vector<LineName>& lines) override;
    void looked_at(presence::Slot slot) override { looked_at_.mark(slot); }
    [[nodiscard]] std::optional<fanout::HookAnswer> deliver(const fanout::HookCall& call) override;
    [[nodiscard]] bool expects_test(std::string_view hook) const override;

    /// Whose account has this object id; nothing, too, while accounts are not known yet.
    [[nodiscard]] std::optional<presence::Slot> person_of(std::string_view object_id) const;

    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::optional<fanout::PersonInput> input(presence::Slot slot) const override;
    [[nodiscard]] std::optional<fanout::PersonOutput> output(presence::Slot slot) const override;
    [[nodiscard]] std::vector<fanout::Doubt> doubts() const override;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;
    void photo(presence::Slot slot, std::function<void(std::shared_ptr<const Photo>)> reply) override;

private:
    Teams(Loop& loop, TeamsOptions options, std::vector<std::string> match, milliseconds stale_after,
          presence::Table& table, fanout::Fanout& fanout, store::Store& store, meetings::Listener meetings,
          std::unique_ptr<GraphClient> graph);

    [[nodiscard]] std::string not_ready() const;
    [[nodiscard]] std::string session_result(const Sessions::Session& session, presence::Slot slot) const;
    [[nodiscard]] Task<> say_goodbye(milliseconds limit, std::function<void()> done);

    // who is who
    [[nodiscard]] Task<> follow_directory();
    [[nodiscard]] Task<bool> read_all_accounts();
    [[nodiscard]] Task<bool> read_account_changes();
    [[nodiscard]] Task<bool> complete(std::vector<graph::User>& changes);
    void note_directory(const GraphReply& reply);
    void match_again();
    [[nodiscard]] bool needs_directory() const;
    [[nodiscard]] std::optional<Guid> account_of(presence::Slot slot) const;
    [[nodiscard]] std::optional<presence::Slot> slot_of(const Guid& id) const;

    // reading
    [[nodiscard]] Task<> follow_presence();
    [[nodiscard]] Task<> read(PollPlan::Batch batch);
    [[nodiscard]] bool take(const PollPlan::Batch& batch, const GraphReply& reply);
    Notified take(const graph::Presence& presence, Steady now, Wall wall);
    void take_polled(const graph::Presence& presence, Steady now, Wall wall);
    void note_unreadable(const Error& why, Steady now);
    void note_unknown_word(std::string_view word);

    // notified.cpp
    [[nodiscard]] Result<void> make_notifications();
    [[nodiscard]] std::vector<Guid> people_to_subscribe(const std::vector<Guid>& present);
    [[nodiscard]] Notified take_notified(const graph::Presence& presence);
    void look(std::vector<Guid> people);
    [[nodiscard]] Task<> look_now();

    // writing
    void visit_soon();
    void visit_changes();
    void look_at_line(presence::Slot slot, Steady now);
    [[nodiscard]] bool may_write(presence::Slot slot) const;
    [[nodiscard]] Task<> follow_sessions();
    [[nodiscard]] Task<> write(std::vector<Sessions::Action> actions);
    [[nodiscard]] Task<> record(std::span<const Sessions::Action> actions);
    [[nodiscard]] Task<std::vector<fanout::Outcome>> carry_out(std::span<const Sessions::Action> actions);
    [[nodiscard]] Task<fanout::Outcome> carry_out_alone(Sessions::Action action);
    [[nodiscard]] Task<std::vector<fanout::Outcome>> carry_out_together(std::span<const Sessions::Action> actions);
    void take_batch(const GraphReply& reply, std::vector<fanout::Outcome>& outcomes);
    void finish(const Sessions::Action& action, const fanout::Outcome& outcome);
    void forget_ended();
    [[nodiscard]] Task<> adopt_leftovers();
    [[nodiscard]] unsigned session_minutes() const;

    [[nodiscard]] Task<> sweep();

    Loop& loop_;
    TeamsOptions options_;
    std::vector<std::string> match_;
    presence::Table& table_;
    store::Store& store_;
    std::unique_ptr<GraphClient> graph_;
    fanout::Sink* sink_ = nullptr;
    fanout::DirtySet looked_at_;

    std::shared_ptr<const presence::People> people_ = std::make_shared<const presence::People>();
    LineNames lines_;
    Accounts accounts_;
    Matching matching_;
    std::vector<std::pair<Guid, presence::Slot>> by_account_; // sorted
    std::vector<std::uint32_t> by_slot_;                      // place in by_account_ + 1; 0: none
    std::string delta_link_;
    bool accounts_in_ = false; // as far as they will be
    bool people_in_ = false;
    milliseconds directory_after_{0}; // asked for by the last answer
    Bell directory_bell_;

    PollPlan plan_;
    Readings readings_;
    EchoFilter echo_;
    Bell read_bell_;
    bool leftovers_known_ = false; // whose "in a call" an earlier run has written
    unsigned reads_under_way_ = 0;
    Steady read_blocked_until_{};
    Backoff read_back_off_{milliseconds(1000), milliseconds(60'000)}; // while answers cannot be read
    Backoff refused_back_off_{milliseconds(5000), milliseconds(60'000)};
    log::OncePerMinute read_complaint_;

    std::unique_ptr<Notifications> notifications_; // null without
    std::unordered_map<Guid, Steady> watched_;     // whom somebody looked at, until when that counts
    std::vector<Guid> look_;                       // to be read at once
    bool looking_ = false;

    Photos photos_;

    asio::steady_timer visit_timer_;
    Sessions sessions_;
    Bell write_bell_;
    unsigned writes_under_way_ = 0;
    Steady write_blocked_until_{};
    unsigned refusals_in_a_row_ = 0;
    Backoff write_back_off_{milliseconds(5000), milliseconds(60'000)}; // while writing is refused
    bool batches_work_ = true;
    struct Last { // what was last written of a person
        std::int64_t at_s = 0;
        enum class Result : std::uint8_t { nothing, set, cleared, gone, failed } result = Result::nothing;
    };
    std::vector<Last> last_; // by slot

    std::string read_refused_;      // why reading is not permitted; empty while it is
    std::string read_garbled_;      // why the last answer could not be read
    std::string write_refused_;     // why writing is not permitted
    std::string directory_refused_; // the same of the directory
    std::string disk_problem_;
    std::uint64_t writes_ = 0;
    std::uint64_t write_failures_ = 0;
    std::uint64_t echoes_ = 0;
    std::uint64_t unknown_words_ = 0;
    std::vector<std::string> words_told_; // unknown words that the log has seen
    bool leaving_ = false;                // sessions are taken back
    bool stopping_ = false;
};

/// The words behind presence::TeamsReport::word. Any loop; the views stay valid for ever.
struct Words {
    std::string_view availability;
    std::string_view activity;
};
[[nodiscard]] Words words_of(unsigned word);

} // namespace lamp::teams
