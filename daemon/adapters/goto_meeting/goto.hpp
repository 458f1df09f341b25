// GoToMeeting as a source of meetings: who organises one that runs now, by asking for each organiser's meetings in turn
// (cloud-apis.md D). People who only attend cannot be seen. What is decided here is decided by `rounds` and
// `organisers`; this class is their loop. Lives on the egress loop; construction happens before the loops start.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "adapters/goto_meeting/client.hpp"
#include "adapters/goto_meeting/organisers.hpp"
#include "adapters/goto_meeting/rounds.hpp"
#include "base/log.hpp"
#include "fanout/adapter.hpp"
#include "meetings/news.hpp"
#include "store/store.hpp"

namespace lamp::goto_meeting {

class GoTo final : public fanout::Adapter {
public:
    /// Errors: whatever of the options cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<GoTo>> make(Loop& loop, GoToOptions options,
                                                            std::vector<std::string> match, store::Store& store,
                                                            meetings::Listener meetings);
    ~GoTo() override;

    [[nodiscard]] std::string_view name() const override { return "goto"; }
    void start() override;
    /// Waits for a login that is under way: its answer may hold the only refresh token that is still good.
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people,
                    const std::vector<fanout::LineName>& lines) override;

    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::optional<fanout::PersonInput> input(presence::Slot slot) const override;
    [[nodiscard]] std::vector<fanout::Doubt> doubts() const override;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;

private:
    GoTo(Loop& loop, GoToOptions options, bool by_email, store::Store& store, meetings::Listener meetings);

    [[nodiscard]] Task<> follow();
    [[nodiscard]] Task<bool> open();
    [[nodiscard]] Task<> log_in();
    [[nodiscard]] Task<> carry_out(Rounds::Ask ask);
    void take_meetings(const Rounds::Ask& ask, const Reply& reply);
    void take_key(const Rounds::Ask& ask, const Reply& reply);
    void take_refusal(const Rounds::Ask& ask, const Reply& reply);
    void note_login();
    void note_unusable(const Error& why);
    void note_word(const std::string& word);
    void match_again();
    void tell(presence::Slot slot, meetings::Meeting meeting);
    void forget(presence::Slot slot);
    [[nodiscard]] Task<> keep_token(Secret fresh);
    [[nodiscard]] std::size_t left_out() const;
    [[nodiscard]] Task<> say_goodbye(milliseconds limit, std::function<void()> done);
    [[nodiscard]] milliseconds fresh_for() const { return 3 * rounds_.round(); }

    Loop& loop_;
    GoToOptions options_;
    bool by_email_;
    store::Store& store_;
    meetings::Listener meetings_;
    std::unique_ptr<Client> client_; // null until the kept token is read
    std::shared_ptr<const presence::People> people_ = std::make_shared<const presence::People>();
    std::string owner_; // e-mail address; empty: not known yet
    Matching matching_;
    Rounds rounds_;
    Bell bell_;

    struct Known {
        meetings::Meeting meeting = meetings::Meeting::unknown;
        Steady at{}; // Steady(): never
        milliseconds fresh_for{};
    };
    std::vector<Known> known_; // by slot
    Wall told_at_{};           // never goes back
    bool logged_in_ = false;
    bool lost_ = false;          // told so
    std::string others_refused_; // why; empty while they are permitted
    std::string garbled_;        // why the last answer was of no use
    std::string disk_problem_;
    Secret newest_;       // refresh token
    bool unkept_ = false; // the disk has not taken it
    Steady keep_again_{};
    std::vector<std::string> words_told_; // unknown states that the log has seen
    log::OncePerMinute complaint_;
    bool stopping_ = false;
};

} // namespace lamp::goto_meeting
