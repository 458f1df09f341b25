// The loop `directory`: the directory of contacts, and what the status service asks of it. An import holds up nothing
// but other changes of contacts; searches read snapshots, wherever they are asked.
#pragma once
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "app/directory_sources.hpp"
#include "app/new_contacts.hpp"
#include "app/people_sources.hpp"
#include "config/reader.hpp"
#include "directory/check.hpp"
#include "directory/directory.hpp"
#include "directory/people_source.hpp"
#include "directory/roll.hpp"
#include "loop/loop.hpp"
#include "numbers/dial_plan.hpp"
#include "numbers/public_network.hpp"
#include "recognition/integrations.hpp"
#include "status/ports.hpp"

namespace lamp {

class DirectoryDesk {
public:
    /// Control loop, before `start`. Category::invalid: [ldap] or [entra] cannot be.
    [[nodiscard]] Result<void> prepare(const config::Configuration& configuration, store::Store& store);
    void start();
    /// Control loop, after the store was stopped.
    void end();

    /// Any loop, after `prepare`: contacts on disk are not those in memory any more.
    void read_again() { directory_->read_again(); }

    /// Any loop, after `prepare`: the people and the platforms' directories.
    void use_roll(std::shared_ptr<const directory::Roll> roll);
    /// Before `start`: whose contacts are found beside ours. They outlive what is asked of this object.
    void use_integrations(const recognition::Integrations& integrations) { integrations_ = &integrations; }
    /// Any loop; empty until the disk has been read.
    [[nodiscard]] std::shared_ptr<const directory::Snapshot> snapshot() const { return directory_->snapshot(); }
    /// After `prepare`, before `start`: how contacts get into integrations.
    void put_into(NewContacts::Put put) { new_contacts_->use_integrations(std::move(put)); }
    /// Before `start`; heard on this object's loop, soon after contacts have changed.
    std::function<void()> on_change;

    [[nodiscard]] status::DirectoryPorts ports();
    /// Any loop, after `prepare`: one for each of [ldap] and [entra] that is there.
    [[nodiscard]] std::vector<status::AdapterView> adapters() const;

private:
    template <class T>
    using Answer = status::DirectoryPorts::Answer<T>;
    struct Checked {
        std::shared_ptr<const directory::Snapshot> snapshot;
        std::shared_ptr<const directory::Roll> roll;
        std::vector<status::FindingView> findings;
    };

    [[nodiscard]] contacts::Normal normal() const { return normal_by(plan_); }
    [[nodiscard]] std::string voice_mail_id(const std::string& line) const;
    [[nodiscard]] std::string json_of(const contacts::Contact& contact) const;
    [[nodiscard]] Result<contacts::Contact> read_new(const boost::json::object& object) const;
    [[nodiscard]] Result<void> add_sources(const config::Configuration& configuration);
    [[nodiscard]] directory::PeopleSource* source(std::string_view name) const; // null: not configured
    /// Whose people an order is about: of a source that is configured, or was.
    [[nodiscard]] Result<std::string> whose(const std::string& named) const;
    using Integrations = std::shared_ptr<const recognition::Searchables>;
    void search(status::DirectoryQuery query, Answer<status::DirectoryPage> answer) const;
    [[nodiscard]] Result<status::DirectoryPage> page(const status::DirectoryQuery& query,
                                                     const DirectorySources& sources,
                                                     const recognition::Searchables& integrations) const;
    void ask_live(status::DirectoryPage page, const status::DirectoryQuery& query, const DirectorySources& sources,
                  const recognition::Searchables& integrations, Answer<status::DirectoryPage> answer) const;
    [[nodiscard]] contacts::Contact contact_of(const calls::Match& match) const;
    /// `then` gets the integrations: at once where they need not be `searched`, or can be already.
    void with_integrations(bool searched, std::function<void(const Integrations&)> then) const;
    [[nodiscard]] bool of_integration(std::string_view key) const;
    [[nodiscard]] bool named_elsewhere(const std::string& key) const;
    [[nodiscard]] std::string in_one_form(const std::string& words) const;
    [[nodiscard]] Result<std::string> find(const std::string& key, const recognition::Searchables& integrations) const;
    void add_contact_ports(status::DirectoryPorts& ports);
    [[nodiscard]] std::string name_of(std::string_view key) const;
    [[nodiscard]] Result<std::string> key_of(std::string_view name) const;
    void add_favourite_ports(status::DirectoryPorts& ports);
    void add_folder_ports(status::DirectoryPorts& ports);
    void add_file_ports(status::DirectoryPorts& ports);
    void favourites(std::vector<std::string> keys, Answer<status::FavouritesView> answer) const;
    [[nodiscard]] Result<std::vector<status::FolderView>> folders() const;
    [[nodiscard]] Result<std::string> written(const status::ExportOrder& order) const;
    [[nodiscard]] Result<std::vector<status::FindingView>> checked();
    [[nodiscard]] Task<> tell_changes();

    Loop loop_{"directory"};
    std::optional<directory::Directory> directory_;
    std::optional<NewContacts> new_contacts_;
    std::vector<std::unique_ptr<directory::PeopleSource>> sources_; // in the order of contacts::people_sources
    std::atomic<std::shared_ptr<const directory::Roll>> roll_{std::make_shared<const directory::Roll>()};
    std::shared_ptr<const numbers::DialPlan> plan_; // the country's, without extensions
    std::optional<numbers::PublicNetwork> network_;
    const recognition::Integrations* integrations_ = nullptr;
    Bell changed_{loop_.context()};
    Checked last_check_; // this loop: listings come page by page
};

} // namespace lamp
