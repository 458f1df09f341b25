// The endpoints: who may ask (access), what is asked (routes), and the answers, at once or after other rooms have been
// heard. Serve loop.
#pragma once
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "access/guesses.hpp"
#include "base/log.hpp"
#include "loop/loop.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "proto/botframework/activity.hpp"
#include "proto/botframework/cards.hpp"
#include "status/access.hpp"
#include "status/cors.hpp"
#include "status/dial_rate.hpp"
#include "status/events.hpp"
#include "status/json.hpp"
#include "status/ports.hpp"
#include "status/reach.hpp"
#include "status/routes.hpp"
#include "status/server.hpp"
#include "status/token_book.hpp"

namespace lamp::status {

/// What of the configuration the endpoints show.
struct About {
    std::string version;
    Wall started;
    std::string public_url;
    std::vector<std::string> listening; // URLs
    std::string calling_code{};         // empty: not known
    std::string trunk_prefix{};
};

class Api {
public:
    Api(Loop& loop, const Limits& limits, const presence::Table& table, Ports ports, About about);

    /// The parts it speaks to; before the first call. `owner` keeps everything alive while an answer is awaited.
    void connect(Server& server, Events& events, std::weak_ptr<void> owner);
    void use_people(std::shared_ptr<const presence::People> people);
    /// Checked before.
    void use_access(AccessOptions access);
    /// Tokens that were made at run time, all of them.
    void use_issued(std::vector<access::IssuedToken> issued);
    /// Says when tokens were used, as far as nobody was told.
    void tell_uses();
    void use_cors(Cors cors) { cors_ = std::move(cors); }
    void use_addresses(std::vector<std::string> urls) { about_.listening = std::move(urls); }
    void add_metrics(std::function<void(MetricsText&)> contribute) { contributions_.push_back(std::move(contribute)); }

    void respond(Call& call);
    /// How long a body this request may have; nothing: it is answered without one, since who asks may not.
    [[nodiscard]] std::optional<std::size_t> body_limit(Call& call);
    /// Once a second.
    void sweep(Steady now);
    /// The presence object of a slot; false when nobody listed has it.
    bool append_presence_of(std::string& out, presence::Slot slot) const;
    /// An event for whoever listens; of somebody who is not listed, or when it has been said so already: nothing.
    void publish_forwarding(const PersonForwarding& forwarding);
    /// Of type `missed` where that is what happened, else `call`; of a line that is nobody's: to all.
    void publish_call(const calls::CallEvent& event);

    // --- the functions of the route table
    void healthz(Call& call, const Asked& asked);
    void readyz(Call& call, const Asked& asked);
    void metrics(Call& call, const Asked& asked);
    void page(Call& call, const Asked& asked);
    void status(Call& call, const Asked& asked);
    void presence_list(Call& call, const Asked& asked);
    void presence_one(Call& call, const Asked& asked);
    void why(Call& call, const Asked& asked);
    void events(Call& call, const Asked& asked);
    void doubts(Call& call, const Asked& asked);
    void watchers(Call& call, const Asked& asked);
    void photo(Call& call, const Asked& asked);
    void active_calls(Call& call, const Asked& asked);
    void call_history(Call& call, const Asked& asked);
    void stats(Call& call, const Asked& asked);
    void delete_call(Call& call, const Asked& asked);
    void recognise(Call& call, const Asked& asked);
    void integrations(Call& call, const Asked& asked);
    void order_integration(Call& call, const Asked& asked);
    void whoami(Call& call, const Asked& asked);
    void description(Call& call, const Asked& asked);
    void reload(Call& call, const Asked& asked);
    void dial(Call& call, const Asked& asked);
    void control(Call& call, const Asked& asked);
    void vendor_hook(Call& call, const Asked& asked);
    void graph_hook(Call& call, const Asked& asked);
    void meeting_hook(Call& call, const Asked& asked);
    void teams_bot(Call& call, const Asked& asked);
    void forwardings(Call& call, const Asked& asked);
    void forwarding(Call& call, const Asked& asked);
    void forward(Call& call, const Asked& asked);
    void end_forward(Call& call, const Asked& asked);
    void acd_queues(Call& call, const Asked& asked);
    void acd_agents(Call& call, const Asked& asked);
    void acd_hunt_groups(Call& call, const Asked& asked);
    void calendars(Call& call, const Asked& asked);
    void calendar_plan(Call& call, const Asked& asked);
    void audit(Call& call, const Asked& asked);
    void tokens(Call& call, const Asked& asked);
    void make_token(Call& call, const Asked& asked);
    void revoke_token(Call& call, const Asked& asked);
    void tickets(Call& call, const Asked& asked);
    void make_ticket(Call& call, const Asked& asked);
    void revoke_ticket(Call& call, const Asked& asked);
    void enrol(Call& call, const Asked& asked);
    void webhooks(Call& call, const Asked& asked);
    void dead_letters(Call& call, const Asked& asked);
    void webhook_order(Call& call, const Asked& asked);
    void privacy_erase(Call& call, const Asked& asked);
    void privacy_export(Call& call, const Asked& asked);
    void privacy_erasures(Call& call, const Asked& asked);
    void zoho(Call& call, const Asked& asked);
    void order_zoho(Call& call, const Asked& asked);
    void directory(Call& call, const Asked& asked);
    void directory_one(Call& call, const Asked& asked);
    void directory_check(Call& call, const Asked& asked);
    void directory_export(Call& call, const Asked& asked);
    void directory_import(Call& call, const Asked& asked);
    void directory_sync(Call& call, const Asked& asked);
    void directory_backups(Call& call, const Asked& asked);
    void directory_restore(Call& call, const Asked& asked);
    void change_contact(Call& call, const Asked& asked);
    void folders(Call& call, const Asked& asked);
    void change_folder(Call& call, const Asked& asked);
    void favourites(Call& call, const Asked& asked);
    void all_favourites(Call& call, const Asked& asked);
    void import_favourites(Call& call, const Asked& asked);

private:
    using Keep = std::shared_ptr<void>;
    struct Views {
        std::vector<PlatformView> platforms;
        std::vector<AdapterView> adapters;
        std::vector<WatcherCount> watchers;
        std::vector<std::string> problems;
    };
    struct PeopleCount {
        std::array<std::uint64_t, presence::status_count> by_status{};
        std::uint64_t known = 0;
    };
    struct Persons {
        bool everybody = true; // nobody was named
        std::vector<std::string> ids;
    };
    /// Who looks at calls, as far as it matters for those that are not published.
    struct Viewer {
        explicit Viewer(const Identity& who) : person(who.person), sees_all(who.may(permission("calls.private"))) {}
        std::string person;
        bool sees_all;
    };
    struct Page {
        std::size_t limit;
        std::size_t from; // place in the listing
    };

    using ReachPtr = std::shared_ptr<const Reach>;

    // admission.cpp
    enum class Denied : std::uint8_t { no_token, unknown, expired, too_often, refused, later };
    [[nodiscard]] const Identity* identify(Call& call, Denied& why);
    [[nodiscard]] const Identity* look_up(Call& call, Denied& why);
    [[nodiscard]] const Identity* look_at_certificate(Call& call);
    [[nodiscard]] const Identity* look_at_bearer(std::string_view token, const access::Digest& digest, Denied& why);
    [[nodiscard]] static bool may(const Identity& who, const Route& route);
    [[nodiscard]] bool admit(Call& call, const Route& route, const Identity* identity, Denied why);
    void deny(Call& call, Denied why);
    void deny_guess(Call& call, const access::Guesses::Sentence& sentence, std::string_view detail);
    [[nodiscard]] access::Guesses::Sentence count_wrong(const net::Address16& peer);
    [[nodiscard]] Answer guess_answer(const access::Guesses::Sentence& sentence, std::string_view detail);
    [[nodiscard]] Task<Answer> make_late(Answer answer, milliseconds delay);
    [[nodiscard]] ReachPtr reach_of(const Identity* identity);
    void forget_access();

    // tokens.cpp
    [[nodiscard]] Task<Answer> store_token(access::IssuedToken token, std::string secret, AuditView row);
    [[nodiscard]] Task<Answer> drop_token(std::string name, AuditView row);
    [[nodiscard]] std::optional<Answer> token_refused(access::IssuedToken& token, const Asked& asked) const;
    [[nodiscard]] Task<std::optional<Result<std::vector<access::Ticket>>>> ask_tickets();
    [[nodiscard]] Task<Answer> make_tickets(Page page, access::Scope scope);
    [[nodiscard]] Task<Answer> store_ticket(access::Ticket ticket, std::string secret, AuditView row);
    [[nodiscard]] Task<Answer> drop_ticket(std::string name, Identity giver);
    [[nodiscard]] Task<Answer> make_enrolment(access::Digest ticket, net::Address16 peer);

    // api.cpp
    [[nodiscard]] std::optional<Page> page_of(Call& call) const;
    [[nodiscard]] std::optional<Page> page_in(Call& call, const class Query& query) const;
    void note_look(presence::Slot slot, const presence::Snapshot& snapshot) const;
    [[nodiscard]] std::optional<presence::Slot> find_person(std::string_view id) const;
    /// Nothing, too, for somebody of whom the asker may not know.
    [[nodiscard]] std::optional<presence::Slot> find_person(std::string_view id, const Asked& asked) const;
    [[nodiscard]] presence::Snapshot read(presence::Slot slot) const;
    template <class T>
    [[nodiscard]] Task<std::optional<T>> ask(std::function<void(Reply<T>)> port, Steady until);
    template <class T, class Write>
    [[nodiscard]] static Answer listed(const std::vector<T>& items, Page page, Write write);
    [[nodiscard]] Steady patience() const { return steady_now() + limits_.ask_wait; }
    void defer(Call& call, Task<Answer> answer);
    [[nodiscard]] static Task<> deliver(Keep keep, Server& server, Ticket ticket, Task<Answer> answer);

    // listing.cpp
    [[nodiscard]] Result<std::size_t> position_of(std::string_view cursor) const;
    [[nodiscard]] std::string cursor_at(std::size_t place) const;

    // health.cpp
    [[nodiscard]] Task<std::optional<Views>> views();
    [[nodiscard]] Task<Answer> make_ready();
    [[nodiscard]] Task<Answer> make_status();
    [[nodiscard]] Task<Answer> make_metrics();
    [[nodiscard]] Task<> sample_rates(Keep keep);
    [[nodiscard]] PeopleCount count_people() const;
    void note_total(std::uint64_t events);
    void write_status(std::string& out, const Views& views) const;

    // watchers.cpp
    [[nodiscard]] Task<Answer> make_watchers(Page page, std::optional<presence::Slot> slot, ReachPtr reach);
    [[nodiscard]] std::function<void(Reply<std::vector<WatcherView>>)> watchers_of(presence::Slot slot) const;
    [[nodiscard]] std::string_view id_of(std::optional<presence::Slot> slot) const;

    // forwarding.cpp
    [[nodiscard]] std::function<void(Reply<PersonForwarding>)> forwarding_of(presence::Slot slot) const;
    [[nodiscard]] Task<Answer> make_forwardings(Page page, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_forwarding(presence::Slot slot, ReachPtr reach);
    [[nodiscard]] std::optional<presence::Slot> whose_calls(Call& call, const Asked& asked) const;
    [[nodiscard]] Task<Answer> make_forward(ForwardRequest request, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_calendars(Page page, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_plan(Page page, milliseconds next, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_audit(Page page, std::string line, ReachPtr reach);

    // acd.cpp
    [[nodiscard]] Task<Answer> make_agents(Page page, bool by_queue, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_hunt_groups(Page page, ReachPtr reach);

    // teams_bot.cpp
    void refuse_bot(Call& call, const Answer& answer, std::string_view why);
    [[nodiscard]] Identity bot_identity(presence::Slot slot) const;
    [[nodiscard]] bool is_known(const std::string& action) const;
    void remember(const std::string& action);
    [[nodiscard]] botframework::Card bot_card(std::string_view item, bool lamp, Language language) const;
    [[nodiscard]] Task<Answer> make_bot_answer(botframework::Activity activity);
    [[nodiscard]] Task<Answer> make_bot_search(botframework::Activity activity, Identity who, Language language,
                                               Steady until);
    [[nodiscard]] Task<Answer> make_bot_dial(botframework::Activity activity, Identity who, Language language,
                                             Steady until);

    // webhooks.cpp
    [[nodiscard]] Task<Answer> make_webhooks(Page page);
    [[nodiscard]] Task<Answer> make_dead_letters(Page page, std::string webhook);
    [[nodiscard]] Task<Answer> make_webhook_order(calls::WebhookOrder order);
    // privacy.cpp
    [[nodiscard]] Task<Answer> make_privacy_erase(calls::PrivacyOrder order);
    [[nodiscard]] Task<Answer> make_privacy_export(std::string number);
    [[nodiscard]] Task<Answer> make_privacy_erasures(Page page);
    // zoho.cpp
    [[nodiscard]] Task<Answer> make_zoho(Page page, std::string_view pattern, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_zoho_order(fanout::LinkOrder order);

    // contacts.cpp
    struct ContactChange {
        Method method;
        std::string key;
        boost::json::object object;
        bool dry_run;
        std::string by;
    };
    /// The other side of a call.
    struct Caller {
        std::string number; // empty: it is withheld
        std::string name;
    };
    void create_contact(Call& call, const Asked& asked);
    [[nodiscard]] Task<Answer> make_contact(ContactOrder order);
    [[nodiscard]] Task<Answer> make_contact_of(ContactOrder order, std::string call, Viewer viewer, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_contact_change(ContactChange change);
    [[nodiscard]] Task<Result<Caller>> caller_of(std::string call, Viewer viewer, ReachPtr reach);
    [[nodiscard]] Task<std::optional<Result<Caller>>> recorded_caller(calls::CallQuery query, Viewer viewer);

    // directory.cpp
    struct FolderChange {
        Method method;
        std::string path;
        std::string to; // or which one is new
        std::string by;
    };
    [[nodiscard]] Steady long_patience() const { return steady_now() + limits_.long_ask_wait; }
    template <class T, class Port, class... Arguments>
    [[nodiscard]] Task<std::optional<Result<T>>> ask_directory(Steady until, const Port& port, Arguments... arguments);
    [[nodiscard]] std::optional<std::string> favourites_owner(Call& call, const Asked& asked, Permission any) const;
    [[nodiscard]] Task<Answer> make_directory(DirectoryQuery query);
    [[nodiscard]] Task<Answer> make_directory_one(std::string key);
    [[nodiscard]] Task<Answer> make_directory_check(Page page);
    [[nodiscard]] Task<Answer> make_folders(Page page);
    [[nodiscard]] Task<Answer> make_folder_change(FolderChange change);
    /// `keys`: the new ones.
    [[nodiscard]] Task<Answer> make_favourites(std::string owner, std::optional<std::vector<std::string>> keys,
                                               std::string by);
    [[nodiscard]] Task<Answer> make_all_favourites(Page page);
    [[nodiscard]] Task<Answer> make_favourites_import(FavouritesOrder order);
    [[nodiscard]] Task<Answer> make_export(ExportOrder order);
    [[nodiscard]] Task<Answer> make_import(ImportOrder order, std::size_t changes);
    [[nodiscard]] Task<Answer> make_sync(SyncOrder order, std::size_t changes);
    [[nodiscard]] Task<Answer> make_backups(Page page);
    [[nodiscard]] Task<Answer> make_restore(std::string backup, bool dry_run, std::string by, std::size_t changes);

    // calls.cpp
    [[nodiscard]] Result<Persons> persons_in(const class Query& query) const;
    [[nodiscard]] Task<std::optional<Result<calls::CallPage>>> ask_calls(calls::CallQuery query);
    void publish_call(const calls::CallEvent& event, Audience audience);
    [[nodiscard]] bool hidden(const Viewer& viewer, std::string_view person, std::string_view line) const;
    void hide(const Viewer& viewer, std::vector<calls::CallRecord>& records, bool by_number) const;
    [[nodiscard]] Task<Answer> make_history(calls::CallQuery query, bool nobody, Viewer viewer);
    [[nodiscard]] std::vector<std::string> unseen_by(const Viewer& viewer) const;
    [[nodiscard]] Task<Answer> make_call_deletion(std::string id, std::optional<calls::Within> within, std::string by);
    [[nodiscard]] calls::Within within(const Reach& reach) const;
    [[nodiscard]] Task<Answer> make_stats(calls::StatsQuery query, bool nobody, bool as_csv);
    [[nodiscard]] Task<Answer> make_calls_file(calls::CallQuery query, bool nobody, Viewer viewer);

    // integrations.cpp
    [[nodiscard]] Task<Answer> make_recognise(std::string number, bool live);
    [[nodiscard]] Task<Answer> make_integrations(Page page);
    [[nodiscard]] Task<Answer> make_integration_order(calls::IntegrationOrder order);

    // commands.cpp
    [[nodiscard]] Task<Answer> make_why(presence::Slot slot, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_doubts(Page page, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_photo(presence::Slot slot, std::string known);
    [[nodiscard]] bool sees(const Reach& reach, const CallView& call) const;
    [[nodiscard]] Task<Answer> make_calls(Page page, Viewer viewer, ReachPtr reach);
    [[nodiscard]] Task<Answer> make_reload(std::string by);
    [[nodiscard]] std::expected<DialRequest, Answer> dial_request(const Identity& who, std::string_view person,
                                                                  std::string_view to, const Reach* reach);
    [[nodiscard]] Task<std::optional<Result<std::string>>> ask_dial(DialRequest request, Steady until);
    [[nodiscard]] Task<Answer> make_dial(DialRequest request);
    [[nodiscard]] Task<Answer> make_dial_again(DialRequest request, calls::CallQuery query, Viewer viewer);
    [[nodiscard]] Task<Answer> make_control(ControlRequest request, std::string only_of, ReachPtr reach);
    void write_inputs(JsonWriter& json, const presence::Snapshot& snapshot, const std::vector<LineInput>& lines,
                      const std::vector<InputView>& others) const;

    Loop& loop_;
    const Limits limits_;
    const presence::Table& table_;
    const Ports ports_;
    About about_;
    Router router_;
    Server* server_ = nullptr;
    Events* events_ = nullptr;
    std::weak_ptr<void> owner_;
    std::shared_ptr<const presence::People> people_;
    bool people_given_ = false;
    TokenBook book_;
    std::uint64_t access_generation_ = 0;
    Cors cors_;
    std::unordered_map<const Identity*, std::shared_ptr<Reach>> reaches_; // of limited ones who have asked
    std::unordered_map<access::Digest, std::unique_ptr<const Identity>, access::DigestHash> bearers_; // seen lately
    std::string refused_why_;                          // of the request at hand
    std::vector<std::weak_ptr<Reach>> living_reaches_; // those of subscribers, too
    access::Guesses guesses_;
    log::OncePerMinute guess_complaints_;
    std::size_t late_answers_ = 0; // that wait because of a wrong token
    struct {
        Counter wrong, refused, expired;
    } token_counters_;
    Steady uses_told_{};
    std::vector<std::function<void(MetricsText&)>> contributions_;
    std::string id_; // the decoded id of the request at hand
    std::string description_;
    std::unordered_map<presence::Slot, std::size_t> forwarding_told_; // the hash of what was said last

    std::uint64_t events_before_ = 0; // at `sampled_`
    Steady sampled_{};
    double events_per_second_ = 0;
    DialRate dial_rate_;
    std::deque<std::string> bot_actions_; // ids of those that were carried out last
    log::OncePerMinute bot_complaints_;
};

} // namespace lamp::status
