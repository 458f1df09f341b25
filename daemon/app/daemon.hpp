// The whole daemon: what there is of it, and on which loop. Made and run by the control loop (the main thread).
// Composition only: what anything means is decided in the rooms.
#pragma once
#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <filesystem>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/adapters.hpp"
#include "app/acd_desk.hpp"
#include "app/call_desk.hpp"
#include "app/call_history.hpp"
#include "app/callers.hpp"
#include "app/certificates.hpp"
#include "app/directory_desk.hpp"
#include "app/diversions.hpp"
#include "app/line_settings.hpp"
#include "app/notices.hpp"
#include "app/phones.hpp"
#include "app/privacy_desk.hpp"
#include "app/state_folder.hpp"
#include "app/supervisor.hpp"
#include "oidc/issuer.hpp"
#include "roster/roster.hpp"
#include "status/service.hpp"
#include "store/store.hpp"
#include "xsi/line_services.hpp"
#include "xsi/platform.hpp"

namespace lamp {

class Daemon {
public:
    Daemon(std::filesystem::path file, std::shared_ptr<const config::Configuration> configuration);
    int run();

private:
    // --- start (daemon.cpp)

    void watch_loops();
    Result<void> prepare();
    void follow_news();
    Result<void> prepare_state_dir();
    Result<void> make_adapters();
    Result<void> make_issuers();
    [[nodiscard]] static std::string domain_of(const std::string& user);
    [[nodiscard]] bool discovers(const xsi::BroadworksOptions& options) const;
    [[nodiscard]] status::AccessOptions access_options() const;
    [[nodiscard]] status::Options service_options() const;

    // --- who is watched (daemon_people.cpp)

    /// The people of the file, or nothing when there is none or it became unreadable under our hands.
    std::optional<std::vector<presence::PersonRow>> read_file();

    // At start and at a reload. Directories are big and seldom wanted: they are fetched, used and forgotten.
    void load_people();
    [[nodiscard]] bool wants_numbers() const;
    void take_directory(std::size_t platform, const std::vector<xsi::DirectoryEntry>& entries);

    // Built whole here, then handed to each loop.
    void compose(std::vector<presence::PersonRow> file_people, bool directories_in);

    /// Whether no directory is awaited that could still bring people, or say whose line a number is.
    [[nodiscard]] bool everybody_known(const std::vector<presence::PersonRow>& file_people) const;
    void tell_diversions(const std::vector<sip::LineRow>& rows, const std::shared_ptr<const numbers::DialPlan>& plan,
                         Diversions::Known known);
    [[nodiscard]] std::vector<numbers::Format> number_formats() const;

    /// What adapters may know people's lines by: user ids, and behind each the number and extension that the
    /// directory gives it.
    [[nodiscard]] std::vector<fanout::LineName> line_names(const roster::Roster& roster) const;

    /// Ingress. Of a line that nobody watches any more, too: what was diverted is given back all the same. Which
    /// platform had it is only known while it was watched in this run; else those of its domain come first.
    std::vector<xsi::Actions*> actions_for(const std::string& line);
    [[nodiscard]] std::shared_ptr<const scripts::Phonebook> phonebook(const std::vector<sip::LineRow>& rows,
                                                                      const numbers::DialPlan& plan) const;
    [[nodiscard]] std::shared_ptr<const records::Owners> owners(const std::vector<sip::LineRow>& rows,
                                                                const roster::Roster& roster) const;
    [[nodiscard]] std::shared_ptr<const calls::PrivateCalls> private_calls() const;
    void assign(const std::shared_ptr<const presence::People>& people, const std::vector<xsi::Assignment>& assignments);

    // --- reload (daemon_people.cpp)

    void apply_rules();
    /// `by`: who wanted it, for the audit.
    status::ReloadView reload(const std::string& by);
    void put_in_force();

    // --- what the status service asks for; each question travels to its loop and back (daemon_ports.cpp)

    template <class Answer, class Work>
    status::Ask<Answer> on_ingress(Work work) {
        return [this, work](status::Reply<Answer> reply) {
            ingress_.post([work, reply = std::move(reply)] { reply(work()); });
        };
    }

    status::Ports ports();
    void add_zoho_ports(status::Ports& ports);
    std::vector<status::PlatformView> platform_views() const;
    std::vector<status::LineInput> line_inputs(presence::Slot slot) const;
    Task<> tell_services(presence::Slot slot, status::Reply<std::vector<status::ServiceInput>> reply);

    // --- call events: what happens to calls, for whoever listens (daemon_ports.cpp)

    /// History's loop.
    void tell(const calls::CallEvent& event);
    /// Any loop; the answer comes on history's.
    void read_logs(std::string line, calls::Answer<records::LineLogs> answer);
    [[nodiscard]] Task<> fetch_logs(std::string line, calls::Answer<records::LineLogs> answer);

    // --- metrics, from reports that are at most a second old (serve loop)

    void write_metrics(status::MetricsText& text) const;

    // --- signals, status, end (daemon.cpp)

    void wait_for_signal();

    void add_certificates();
    Task<> watch_certificates();
    void show_certificates();

    // Once a second: what metrics show, and systemd's status line when it has changed.
    Task<> report_status();

    // Events may have been lost where a channel came back or a number was skipped: what is diverted is read again.
    void note_doubts(const std::vector<xsi::PlatformReport>& reports);
    int end();
    Task<> say_goodbye(std::promise<void>& done);
    std::filesystem::path file_;
    std::shared_ptr<const config::Configuration> configuration_;
    Loop control_;
    Loop ingress_;
    Loop egress_;
    Loop serve_;
    presence::Table table_;
    fanout::Fanout fanout_;
    xsi::Lines lines_; // ingress
    Supervisor supervisor_;
    asio::signal_set signals_;
    std::vector<std::unique_ptr<xsi::Platform>> platforms_; // ingress
    CallControl calls_;                                     // ingress
    CallDesk desk_;                                         // ingress
    Phones phones_;
    Callers callers_;         // loop of its own
    DirectoryDesk directory_; // loop of its own
    CallHistory history_;
    xsi::LineServices services_{ingress_}; // ingress
    std::vector<roster::PlatformInfo> infos_;
    enum class Directory : std::uint8_t { unwanted, awaited, in };
    std::vector<Directory> directories_; // of each platform: whether it has been in once
    bool numbers_known_ = false;         // all that are wanted have been in
    std::shared_ptr<const presence::People> people_;
    std::vector<std::string> roster_problems_;  // ingress
    std::vector<xsi::PlatformReport> reports_;  // serve
    std::vector<fanout::Metric> metrics_;       // serve
    std::vector<fanout::Metric> phone_metrics_; // serve
    std::optional<StateLock> state_lock_;
    std::unique_ptr<store::Store> store_;
    Adapters adapters_;                           // egress
    std::unique_ptr<oidc::Issuer> issuer_;        // egress; null: none
    std::unique_ptr<oidc::Issuer> bot_connector_; // of the bot in Teams; likewise
    std::optional<status::Service> service_;
    std::optional<PrivacyDesk> privacy_; // egress
    std::string last_status_;
    LineSettings line_settings_;                // ingress
    Diversions diversions_;                     // egress
    Notices notices_{egress_, table_, fanout_}; // egress
    AcdDesk acd_;                               // egress
    std::uint64_t doubts_ = 0;                  // ingress
    Certificates certificates_;
    std::vector<fanout::Metric> certificate_metrics_; // serve
    std::atomic<int> meetings_waiting_{0};
    std::atomic<std::shared_ptr<const presence::People>> listed_; // as `people_`, for any loop
};

} // namespace lamp
