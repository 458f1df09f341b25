#include "app/directory_desk.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

#include "app/directory_walk.hpp"
#include "app/options.hpp"
#include "base/log.hpp"
#include "contacts/contact_json.hpp"
#include "contacts/folder.hpp"
#include "contacts/link.hpp"
#include "directory/entra_people.hpp"
#include "directory/ldap_contacts.hpp"
#include "directory/ldap_people.hpp"
#include "proto/text/text.hpp"
#include "recognition/contact_of.hpp"

namespace lamp {
namespace {

using directory::ImportReport;
using directory::Snapshot;

constexpr seconds settling{1}; // after a change: others may follow

/// Passes on what `make` makes of the answer.
template <class From, class To, class Make>
std::function<void(Result<From>)> mapped(status::DirectoryPorts::Answer<To> answer, Make make) {
    return [answer = std::move(answer), make](Result<From> result) {
        if (!result) return answer(std::unexpected(result.error()));
        answer(make(std::move(*result)));
    };
}

Result<status::ImportView> import_view(ImportReport report) {
    return status::ImportView{std::move(report.plan), report.applied, std::move(report.backup)};
}

std::unexpected<Error> not_ours() {
    return fail(Category::conflict,
                "This is no contact of ours: the people file, the platform or an integration names it.");
}

std::unexpected<Error> not_read() {
    return fail(Category::unavailable, "The directory has not been read from the disk yet.");
}

} // namespace

Result<void> DirectoryDesk::prepare(const config::Configuration& configuration, store::Store& store) {
    const auto& options = configuration.get<DaemonOptions>();
    plan_ = numbers::DialPlan::build({}, options.country);
    network_.emplace(options.country);
    directory_.emplace(loop_, store, options.state_dir / "backups" / "directory", normal());
    directory_->on_audit = [](const store::Audited& entry) {
        log::info("directory", "changed", {{"what", entry.what}, {"by", entry.who}});
    };
    directory_->on_change = [this] { changed_.ring(); };
    directory_->listed = [this](std::string_view key) -> directory::Listed {
        auto roll = roll_.load();
        if (auto place = roll->find(key)) return {.entry = roll->contact(*place)};
        return {.certain = roll->whole()};
    };
    new_contacts_.emplace(loop_, store, *directory_,
                          NewContacts::Forms{[this](const boost::json::object& object) { return read_new(object); },
                                             [this](const contacts::Contact& made) { return json_of(made); }});
    return add_sources(configuration);
}

Result<void> DirectoryDesk::add_sources(const config::Configuration& configuration) {
    auto add = [&](std::string_view name, const auto& options, std::string_view seed, auto reader) -> Result<void> {
        if (!reader) return std::unexpected(reader.error());
        Schedule schedule(minutes_of(options.sync).value_or(std::chrono::minutes()), options.poll, text::fnv1a(seed));
        sources_.push_back(
            std::make_unique<directory::PeopleSource>(loop_, *directory_, name, std::move(*reader), schedule));
        return {};
    };
    if (auto ldap = ldap_options(configuration))
        if (auto added = add(directory::ldap_source, *ldap, ldap->url, directory::ldap_people(loop_, *ldap, normal()));
            !added)
            return added;
    if (auto entra = entra_options(configuration)) {
        const auto& country = configuration.get<DaemonOptions>().country;
        return add(directory::entra_source, *entra, entra->tenant,
                   directory::entra_people(loop_, *entra, country, normal()));
    }
    return {};
}

void DirectoryDesk::use_roll(std::shared_ptr<const directory::Roll> roll) {
    roll_ = std::move(roll);
    directory_->follow_entries();
}

/// "31201230002": what the platform's directory says of the line, or else the number that the line is called by.
std::string DirectoryDesk::voice_mail_id(const std::string& line) const {
    if (line.empty()) return {};
    auto number = roll_.load()->number_of_line(line);
    if (number.empty()) number = plan_->normal({}, line.substr(0, line.find('@'))).value_or("");
    return number.starts_with('+') ? number.substr(1) : std::string();
}

std::string DirectoryDesk::json_of(const contacts::Contact& contact) const {
    std::string text;
    JsonWriter json(text);
    contacts::write_item(json, contact, voice_mail_id(contact.default_line));
    return text;
}

/// A new contact; with "of", what that entry says is there already.
Result<contacts::Contact> DirectoryDesk::read_new(const boost::json::object& object) const {
    contacts::Contact base;
    if (const auto* of = object.if_contains("of"); of && !of->is_null()) {
        if (!of->is_string()) return fail(Category::invalid, "\"of\" must be the key of somebody in the directory.");
        if (!directory_->snapshot()) return not_read();
        auto entry = directory_->entry(std::string_view(of->get_string()));
        if (!entry) return std::unexpected(entry.error());
        base = contacts::linked_to(*entry);
    }
    auto contact = contacts::read_contact(object, base, normal());
    if (!contact) return contact;
    return contacts::noted(base, std::move(*contact));
}

std::vector<status::AdapterView> DirectoryDesk::adapters() const {
    std::vector<status::AdapterView> views;
    for (const auto& one : sources_) {
        auto health = one->health();
        auto& view = views.emplace_back(status::AdapterView{.name = one->name(),
                                                            .state = health.state,
                                                            .queue = 0,
                                                            .last_success = health.last_success,
                                                            .last_error = health.last_error,
                                                            .not_ready = {}});
        if (health.unreadable > 0)
            view.problems.push_back(fmt::format("{} numbers of {} people are none that can be read, and were left out.",
                                                health.unreadable, health.contacts));
    }
    return views;
}

void DirectoryDesk::start() {
    directory_->start();
    for (auto& one : sources_)
        one->start();
    loop_.post([this] { loop_.spawn(tell_changes()); });
    loop_.start();
}

void DirectoryDesk::end() {
    loop_.stop();
    loop_.join();
    for (auto& one : sources_)
        one->close();
}

Task<> DirectoryDesk::tell_changes() {
    constexpr std::chrono::hours at_leisure{1};
    std::shared_ptr<const Snapshot> told;
    while (true) {
        co_await changed_.wait(at_leisure);
        if (directory_->snapshot() == told) continue;
        if (!co_await sleep_for(settling)) co_return;
        told = directory_->snapshot();
        if (on_change) on_change();
    }
}

// --- what is read

void DirectoryDesk::with_integrations(bool searched, std::function<void(const Integrations&)> then) const {
    auto now = integrations_->searchables();
    if (!searched || now->kept) return then(now);
    integrations_->keep_searchable(std::move(then));
}

void DirectoryDesk::search(status::DirectoryQuery query, Answer<status::DirectoryPage> answer) const {
    std::vector<std::string> names;
    for (const auto& one : integrations_->searchables()->all)
        names.push_back(one.name);
    auto sources = DirectorySources::read(query.sources, names);
    if (!sources) return answer(std::unexpected(sources.error()));
    const bool searched = sources->any_integration();
    query.words = in_one_form(query.words);
    with_integrations(searched, [this, query = std::move(query), sources = std::move(*sources),
                                 answer = std::move(answer)](const Integrations& integrations) {
        auto found = page(query, sources, *integrations);
        const bool nobody = found && query.cursor.empty() && found->items.empty();
        if (!nobody || !query.live || !query.words.starts_with('+')) return answer(std::move(found));
        ask_live(std::move(*found), query, sources, *integrations, answer);
    });
}

/// Systems that are searched by number, of those that are searched at all.
void DirectoryDesk::ask_live(status::DirectoryPage page, const status::DirectoryQuery& query,
                             const DirectorySources& sources, const recognition::Searchables& integrations,
                             Answer<status::DirectoryPage> answer) const {
    std::set<std::string> names;
    for (const auto& one : integrations.all)
        if (one.words && sources.wants_integration(one.name)) names.insert(one.name);
    if (names.empty()) return answer(std::move(page));
    auto wanted = [names = std::move(names)](const calls::Match& one) {
        return names.contains(one.integration) && one.cls != "ddi_company" && one.cls != "suffix";
    };
    integrations_->recognise(query.words, true,
                             [this, wanted = std::move(wanted), page = std::move(page), limit = query.limit,
                              answer = std::move(answer)](const Result<std::vector<calls::Match>>& matches) mutable {
                                 if (matches)
                                     for (const auto& one : *matches)
                                         if (page.items.size() < limit && wanted(one))
                                             page.items.push_back(json_of(contact_of(one)));
                                 answer(std::move(page));
                             });
}

contacts::Contact DirectoryDesk::contact_of(const calls::Match& match) const {
    recognition::Record record{.id = match.id, .name = match.name, .fields = match.fields};
    record.numbers.push_back({.kind = {}, .written = match.number});
    const auto normal = plan_->normal({}, match.number);
    return recognition::contact_of(record, {normal ? *normal : match.number}, match.integration);
}

/// "+44 (0)20 7946 0123" as it is kept; what is no whole number stays, and may be part of one.
std::string DirectoryDesk::in_one_form(const std::string& words) const {
    const auto number = text::trim(words);
    const bool whole = (number.starts_with('+') || number.starts_with('0')) &&
                       number.find_first_not_of("+0123456789 -./()") == std::string_view::npos;
    auto normal = whole ? plan_->normal({}, number) : Result<std::string>();
    return normal && normal->starts_with('+') ? *normal : words;
}

Result<status::DirectoryPage> DirectoryDesk::page(const status::DirectoryQuery& query, const DirectorySources& sources,
                                                  const recognition::Searchables& integrations) const {
    auto snapshot = directory_->snapshot();
    auto roll = roll_.load();
    if (!snapshot) return not_read();
    DirectoryWalk walk({*snapshot, *roll, integrations}, query, sources, network_->calling_code());
    if (auto begun = walk.begin(); !begun) return std::unexpected(begun.error());
    status::DirectoryPage page;
    while (auto place = walk.next()) {
        if (page.items.size() == query.limit) {
            page.next = walk.cursor(*place);
            break;
        }
        page.items.push_back(json_of(walk.item(*place)));
    }
    for (const auto& one : integrations.all)
        if (!one.words && sources.wants_integration(one.name)) page.left_out.push_back({one.name, one.why});
    return page;
}

/// By the look of it: there may be nobody.
bool DirectoryDesk::of_integration(std::string_view key) const {
    const auto colon = key.rfind(':');
    if (colon == std::string_view::npos) return false;
    const auto now = integrations_->searchables();
    return std::ranges::find(now->all, key.substr(0, colon), &recognition::Searchable::name) != now->all.end();
}

bool DirectoryDesk::named_elsewhere(const std::string& key) const {
    auto snapshot = directory_->snapshot();
    return snapshot && !snapshot->find(key) && (roll_.load()->find(key) || of_integration(key));
}

Result<std::string> DirectoryDesk::find(const std::string& key, const recognition::Searchables& integrations) const {
    auto snapshot = directory_->snapshot();
    if (!snapshot) return not_read();
    if (const auto* contact = snapshot->find(key)) return json_of(*contact);
    auto roll = roll_.load();
    if (auto place = roll->find(key)) return json_of(roll->contact(*place));
    for (const auto& one : integrations.all)
        if (auto place = one.words ? one.words->find(key) : std::nullopt) return json_of(one.words->contact(*place));
    return fail(Category::not_found, "There is nobody with this key in the directory.");
}

Result<std::vector<status::FolderView>> DirectoryDesk::folders() const {
    auto snapshot = directory_->snapshot();
    if (!snapshot) return not_read();
    std::map<std::string_view, std::size_t> counts;
    for (const auto& one : snapshot->contacts)
        for (std::string_view path = one.folder; !path.empty();) {
            ++counts[path];
            path = path.substr(0, path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/'));
        }
    std::vector<status::FolderView> views;
    for (const auto& path : snapshot->folders)
        views.push_back({path, counts[path]});
    return views;
}

void DirectoryDesk::favourites(std::vector<std::string> keys, Answer<status::FavouritesView> answer) const {
    const bool searched = std::ranges::any_of(keys, [this](const auto& key) { return of_integration(key); });
    with_integrations(searched, [this, keys = std::move(keys), answer = std::move(answer)](const Integrations& now) {
        status::FavouritesView view{.keys = keys, .items = {}};
        for (const auto& key : keys)
            if (auto item = find(key, *now)) view.items.push_back(std::move(*item));
        answer(std::move(view));
    });
}

Result<std::string> DirectoryDesk::written(const status::ExportOrder& order) const {
    auto snapshot = directory_->snapshot();
    if (!snapshot) return not_read();
    if (order.format == status::ExportOrder::Format::csv)
        return contacts::contacts_text(snapshot->contacts, order.separator, order.byte_order_mark);
    std::string text;
    JsonWriter json(text);
    json.array([&] {
        for (const auto& one : snapshot->contacts)
            if (one.source == contacts::own_source) contacts::write_contact(json, one);
    });
    return text;
}

Result<std::vector<status::FindingView>> DirectoryDesk::checked() {
    auto snapshot = directory_->snapshot();
    auto roll = roll_.load();
    if (!snapshot) return not_read();
    if (last_check_.snapshot == snapshot && last_check_.roll == roll) return last_check_.findings;
    auto dialable = [this](const std::string& number) {
        if (!number.starts_with('+')) return true; // an extension, a feature code
        auto found = network_->find(number);
        return found && found->valid;
    };
    last_check_ = {snapshot, roll, {}};
    for (auto& one : directory::check(snapshot->contacts, *roll, dialable))
        last_check_.findings.push_back(
            {std::move(one.kind), std::move(one.key), std::move(one.name), std::move(one.what), std::move(one.text)});
    return last_check_.findings;
}

directory::PeopleSource* DirectoryDesk::source(std::string_view name) const {
    auto found = std::ranges::find(sources_, name, [](const auto& one) -> std::string_view { return one->name(); });
    return found == sources_.end() ? nullptr : found->get();
}

Result<std::string> DirectoryDesk::whose(const std::string& named) const {
    auto snapshot = directory_->snapshot();
    std::vector<std::string_view> there;
    for (auto name : contacts::people_sources)
        if (source(name) || (snapshot && std::ranges::find(snapshot->contacts, name, &contacts::Contact::source) !=
                                             snapshot->contacts.end()))
            there.push_back(name);
    if (!named.empty()) {
        if (std::ranges::find(there, named) != there.end()) return named;
        return fail(Category::not_found,
                    fmt::format("There is nothing to synchronise with: no [{}] is configured.", named));
    }
    if (there.size() == 1) return std::string(there.front());
    if (there.empty())
        return fail(Category::not_found,
                    "There is nothing to synchronise with: no [ldap] is configured, and no [entra].");
    return fail(Category::invalid, fmt::format("There are people of {}: say whose, with --source or ?source=.",
                                               fmt::join(there, " and ")));
}

// --- what may be asked

status::DirectoryPorts DirectoryDesk::ports() {
    status::DirectoryPorts ports;
    ports.search = [this](status::DirectoryQuery query, Answer<status::DirectoryPage> answer) {
        search(std::move(query), std::move(answer));
    };
    ports.find = [this](const std::string& key, Answer<std::string> answer) {
        with_integrations(of_integration(key), [this, key, answer = std::move(answer)](const Integrations& now) {
            answer(find(key, *now));
        });
    };
    add_contact_ports(ports);
    add_folder_ports(ports);
    add_favourite_ports(ports);
    add_file_ports(ports);
    return ports;
}

void DirectoryDesk::add_contact_ports(status::DirectoryPorts& ports) {
    using status::ChangedContact;
    auto whole = [this](const contacts::Contact& one) { return Result<ChangedContact>({one.key, json_of(one), {}}); };
    auto planned = [this](const contacts::Change& change) {
        const auto& shown = change.kind == contacts::Change::Kind::remove ? change.before : change.after;
        return Result<ChangedContact>({shown.key, json_of(shown), change.fields});
    };
    ports.create = [this](status::ContactOrder order, Answer<status::MadeContact> answer) {
        new_contacts_->create(std::move(order), std::move(answer));
    };
    ports.modify = [this, whole, planned, normal = normal()](std::string key, boost::json::object change, bool dry_run,
                                                             std::string by, Answer<ChangedContact> answer) {
        if (named_elsewhere(key)) return answer(not_ours());
        auto changed = [change = std::move(change), normal](contacts::Contact contact) {
            return contacts::read_contact(change, std::move(contact), normal);
        };
        if (dry_run)
            return directory_->would_modify(std::move(key), std::move(changed),
                                            mapped<contacts::Change>(std::move(answer), planned));
        directory_->modify(std::move(key), std::move(changed), std::move(by),
                           mapped<contacts::Contact>(std::move(answer), whole));
    };
    ports.remove = [this, whole, planned](std::string key, bool dry_run, std::string by,
                                          Answer<ChangedContact> answer) {
        if (named_elsewhere(key)) return answer(not_ours());
        if (dry_run)
            return directory_->would_remove(std::move(key), mapped<contacts::Change>(std::move(answer), planned));
        directory_->remove(std::move(key), std::move(by), mapped<contacts::Contact>(std::move(answer), whole));
    };
}

void DirectoryDesk::add_folder_ports(status::DirectoryPorts& ports) {
    ports.folders = [this](Answer<std::vector<status::FolderView>> answer) {
        loop_.post([this, answer = std::move(answer)] { answer(folders()); });
    };
    ports.make_folder = [this](std::string path, std::string by, Answer<std::string> answer) {
        directory_->make_folder(std::move(path), std::move(by), std::move(answer));
    };
    ports.rename_folder = [this](std::string path, std::string to, std::string by, Answer<std::string> answer) {
        directory_->rename_folder(std::move(path), std::move(to), std::move(by), std::move(answer));
    };
    ports.remove_folder = [this](std::string path, std::string by, Answer<std::string> answer) {
        directory_->remove_folder(std::move(path), std::move(by), std::move(answer));
    };
    auto with_items = [this](Answer<status::FavouritesView> answer) {
        return [this, answer = std::move(answer)](Result<std::vector<std::string>> keys) {
            if (!keys) return answer(std::unexpected(keys.error()));
            favourites(std::move(*keys), answer);
        };
    };
    ports.favourites = [this, with_items](std::string owner, Answer<status::FavouritesView> answer) {
        directory_->favourites(std::move(owner), with_items(std::move(answer)));
    };
    ports.set_favourites = [this, with_items](std::string owner, std::vector<std::string> keys, std::string by,
                                              Answer<status::FavouritesView> answer) {
        directory_->set_favourites(std::move(owner), std::move(keys), std::move(by), with_items(std::move(answer)));
    };
}

/// Empty: nobody has this key, or an integration's contacts are not searched yet.
std::string DirectoryDesk::name_of(std::string_view key) const {
    auto snapshot = directory_->snapshot();
    if (const auto* contact = snapshot ? snapshot->find(key) : nullptr) return contacts::full_name(*contact);
    auto roll = roll_.load();
    if (auto place = roll->find(key)) return contacts::full_name(roll->contact(*place));
    for (const auto& one : integrations_->searchables()->all)
        if (auto place = one.words ? one.words->find(key) : std::nullopt)
            return contacts::full_name(one.words->contact(*place));
    return {};
}

/// Who has just that name, when it is one.
Result<std::string> DirectoryDesk::key_of(std::string_view name) const {
    constexpr std::size_t looked_at = 1'000;
    std::vector<std::string> keys;
    auto take = [&](const contacts::Contact& one) {
        if (contacts::full_name(one) == name) keys.push_back(one.key);
    };
    if (auto snapshot = directory_->snapshot())
        for (auto place : snapshot->index.find(name, looked_at))
            take(snapshot->contacts[place]);
    auto roll = roll_.load();
    for (auto place : roll->search(name, looked_at, {}, 0))
        take(roll->contact(place));
    if (keys.size() == 1) return keys.front();
    return fail(Category::not_found, keys.empty()
                                         ? fmt::format("nobody in the directory is called \"{}\"", name.substr(0, 80))
                                         : fmt::format("{} in the directory are called \"{}\": give the key",
                                                       keys.size(), name.substr(0, 80)));
}

void DirectoryDesk::add_favourite_ports(status::DirectoryPorts& ports) {
    ports.all_favourites = [this](Answer<std::vector<status::FavouriteView>> answer) {
        directory_->all_favourites(
            mapped<contacts::FavouriteLists>(std::move(answer), [this](const contacts::FavouriteLists& lists) {
                std::vector<status::FavouriteView> views;
                for (const auto& [owner, keys] : lists)
                    for (std::size_t i = 0; i < keys.size(); ++i)
                        views.push_back({owner, keys[i], name_of(keys[i]), i + 1});
                return Result<std::vector<status::FavouriteView>>(std::move(views));
            }));
    };
    contacts::FavouriteRules rules;
    rules.is_owner = [this](std::string_view owner) {
        return status::is_team(owner) || roll_.load()->is_person(owner);
    };
    rules.is_key = [this](std::string_view key) {
        auto snapshot = directory_->snapshot();
        return (snapshot && snapshot->find(key)) || roll_.load()->find(key) || of_integration(key);
    };
    rules.key_of = [this](std::string_view name) { return key_of(name); };
    ports.import_favourites = [this, rules](status::FavouritesOrder order, Answer<contacts::FavouritesPlan> answer) {
        directory_->import_favourites(std::move(order.text), order.dry_run, rules, std::move(order.by),
                                      std::move(answer));
    };
}

void DirectoryDesk::add_file_ports(status::DirectoryPorts& ports) {
    ports.write = [this](status::ExportOrder order, Answer<std::string> answer) {
        loop_.post([this, order, answer = std::move(answer)] { answer(written(order)); });
    };
    ports.import = [this](status::ImportOrder order, Answer<status::ImportView> answer) {
        directory::ImportOptions options{.limits = order.limits, .dry_run = order.dry_run};
        directory_->import(std::move(order.text), options, std::move(order.by),
                           mapped<ImportReport>(std::move(answer), import_view));
    };
    ports.backups = [this](Answer<std::vector<status::BackupView>> answer) {
        directory_->backups(
            mapped<std::vector<directory::Backup>>(std::move(answer), [](const std::vector<directory::Backup>& all) {
                std::vector<status::BackupView> views;
                for (const auto& one : all)
                    views.push_back({one.name, one.bytes});
                return Result<std::vector<status::BackupView>>(std::move(views));
            }));
    };
    ports.restore = [this](std::string name, bool dry_run, std::string by, Answer<status::ImportView> answer) {
        directory_->restore(std::move(name), dry_run, std::move(by),
                            mapped<ImportReport>(std::move(answer), import_view));
    };
    ports.synchronise = [this](status::SyncOrder order, Answer<status::ImportView> answer) {
        directory::ImportOptions options{.limits = order.limits, .dry_run = order.dry_run};
        auto reply = mapped<ImportReport>(std::move(answer), import_view);
        auto name = whose(order.source);
        if (!name) return reply(std::unexpected(name.error()));
        if (auto* there = source(*name))
            return there->sync({.options = options, .by = std::move(order.by), .reply = std::move(reply)});
        directory_->synchronise({.source = std::move(*name)}, options, std::move(order.by),
                                std::move(reply)); // its section was taken out: nobody names them any more
    };
    ports.check = [this](Answer<std::vector<status::FindingView>> answer) {
        loop_.post([this, answer = std::move(answer)] { answer(checked()); });
    };
}

} // namespace lamp
