#include "adapters/adapters.hpp"

#include <algorithm>
#include <array>

#include "adapters/calendars/calendars.hpp"
#include "adapters/goto_meeting/goto.hpp"
#include "adapters/teams/graph_client.hpp"
#include "adapters/teams/teams.hpp"
#include "adapters/zoho/zoho.hpp"
#include "adapters/zoom/zoom.hpp"
#include "base/check.hpp"
#include "forwarding/options.hpp"
#include "outbox/outbox.hpp"

namespace lamp {
namespace {

using Made = Result<std::unique_ptr<fanout::Adapter>>; // null: its section is absent

/// A section's own word on the outgoing connections goes before that of [net].
template <class Options>
Options settled(const Options& section, const AdapterParts& parts) {
    Options options = section;
    if (options.ca_file.empty()) options.ca_file = parts.ca_file;
    if (options.proxy.empty()) options.proxy = parts.proxy;
    return options;
}

template <class T>
Made as_adapter(Result<std::unique_ptr<T>> made) {
    if (!made) return std::unexpected(made.error());
    return std::unique_ptr<fanout::Adapter>(std::move(*made));
}

Made make_teams(const AdapterParts& parts) {
    const auto* section = parts.configuration.find<teams::TeamsOptions>();
    if (!section) return nullptr;
    auto options = settled(*section, parts);
    options.public_url = parts.public_url;
    return as_adapter(teams::Teams::make(parts.loop, std::move(options), parts.match, parts.teams_stale_after,
                                         parts.table, parts.fanout, parts.store, parts.meetings));
}

void reload_teams(fanout::Adapter& adapter, const config::Configuration& configuration) {
    if (const auto* section = configuration.find<teams::TeamsOptions>())
        static_cast<teams::Teams&>(adapter).use_switches(*section);
}

calendars::Wanted wanted_calendars(const config::Configuration& configuration) {
    return {configuration.all<calendars::CalendarOptions>(),
            configuration.get<forwarding::ForwardingOptions>().precedence};
}

// Also without calendars: a reload may bring some.
Made make_calendars(const AdapterParts& parts) {
    auto wanted = wanted_calendars(parts.configuration);
    if (wanted.calendars.empty() && !parts.desk.replace) return nullptr;
    calendars::Surroundings around{.zone = parts.timezone.empty() ? "UTC" : parts.timezone,
                                   .ca_file = parts.ca_file,
                                   .proxy = parts.proxy,
                                   .meetings = parts.meetings,
                                   .public_url = parts.public_url};
    if (const auto* teams = parts.configuration.find<teams::TeamsOptions>()) {
        auto login = teams::application_login(*teams);
        if (!login) return std::unexpected(login.error());
        around.graph_url = teams->graph_url.text;
        around.graph_token = *std::move(login);
    }
    return std::make_unique<calendars::Calendars>(parts.loop, std::move(wanted), std::move(around), calendars::makers(),
                                                  parts.desk, parts.store);
}

void reload_calendars(fanout::Adapter& adapter, const config::Configuration& configuration) {
    static_cast<calendars::Calendars&>(adapter).use(wanted_calendars(configuration));
}

Made make_zoom(const AdapterParts& parts) {
    const auto* section = parts.configuration.find<zoom::ZoomOptions>();
    return section ? as_adapter(zoom::Zoom::make(parts.loop, settled(*section, parts), parts.meetings)) : nullptr;
}

Made make_goto(const AdapterParts& parts) {
    const auto* section = parts.configuration.find<goto_meeting::GoToOptions>();
    return section ? as_adapter(goto_meeting::GoTo::make(parts.loop, settled(*section, parts), parts.match, parts.store,
                                                         parts.meetings))
                   : nullptr;
}

outbox::OutboxOptions wanted_webhooks(const config::Configuration& configuration, outbox::OutboxOptions around) {
    around.webhooks = configuration.all<outbox::WebhookOptions>();
    const auto* mail = configuration.find<outbox::MailOptions>();
    around.mail = mail ? std::optional(*mail) : std::nullopt;
    return around;
}

// Also without webhooks: a reload may bring some.
Made make_outbox(const AdapterParts& parts) {
    outbox::OutboxOptions around;
    around.ca_file = parts.ca_file;
    around.proxy = parts.proxy;
    around.timezone = parts.timezone.empty() ? "UTC" : parts.timezone;
    around.language = parts.language;
    around.country = parts.country;
    around.version = parts.version;
    return std::make_unique<outbox::Outbox>(parts.loop, parts.store,
                                            wanted_webhooks(parts.configuration, std::move(around)));
}

void reload_outbox(fanout::Adapter& adapter, const config::Configuration& configuration) {
    auto& outbox = static_cast<outbox::Outbox&>(adapter);
    outbox.reload(wanted_webhooks(configuration, outbox.options()));
}

Made make_zoho(const AdapterParts& parts) {
    const auto* section = parts.configuration.find<zoho::ZohoOptions>();
    if (!section) return nullptr;
    auto options = settled(*section, parts);
    options.public_url = parts.public_url;
    return as_adapter(zoho::Zoho::make(parts.loop, std::move(options), parts.match, parts.store));
}

void reload_nothing(fanout::Adapter&, const config::Configuration&) {}

// The one list: how an adapter is made, and what of a new configuration it takes while it runs.
struct Row {
    Made (*make)(const AdapterParts&);
    void (*reload)(fanout::Adapter&, const config::Configuration&);
};
constexpr std::array rows{Row{&make_teams, &reload_teams},         Row{&make_zoom, &reload_nothing},
                          Row{&make_goto, &reload_nothing},        Row{&make_zoho, &reload_nothing},
                          Row{&make_calendars, &reload_calendars}, Row{&make_outbox, &reload_outbox}};

} // namespace

void Adapters::note(fanout::Adapter& adapter) {
    if (auto* calendars = dynamic_cast<calendars::Calendars*>(&adapter)) calendars_ = calendars;
    if (auto* outbox = dynamic_cast<outbox::Outbox*>(&adapter)) outbox_ = outbox;
    if (auto* teams = dynamic_cast<const teams::Teams*>(&adapter)) teams_ = teams;
    if (auto* zoho = dynamic_cast<zoho::Zoho*>(&adapter)) zoho_ = zoho;
}

Result<void> Adapters::make(const AdapterParts& parts) {
    for (const Row& row : rows) {
        auto made = row.make(parts);
        if (!made) return std::unexpected(made.error());
        if (!*made) continue;
        note(**made);
        all_.push_back(std::move(*made));
        reloads_.push_back(row.reload);
    }
    return {};
}

void Adapters::reload(const config::Configuration& configuration) {
    for (std::size_t i = 0; i < all_.size(); ++i)
        reloads_[i](*all_[i], configuration);
}

void Adapters::start() {
    for (auto& adapter : all_)
        adapter->start();
}

void Adapters::shut_down(milliseconds limit, std::function<void()> done) {
    if (all_.empty()) return done();
    auto left = std::make_shared<std::size_t>(all_.size());
    for (auto& adapter : all_)
        adapter->shut_down(limit, [left, done] {
            if (--*left == 0) done();
        });
}

void Adapters::use_people(const std::shared_ptr<const presence::People>& people,
                          const std::vector<fanout::LineName>& lines) {
    for (auto& adapter : all_)
        adapter->use_people(people, lines);
}

void Adapters::looked_at(presence::Slot slot) const {
    for (const auto& adapter : all_)
        adapter->looked_at(slot);
}

std::optional<fanout::HookAnswer> Adapters::deliver(const fanout::HookCall& call) const {
    for (const auto& adapter : all_)
        if (auto answer = adapter->deliver(call)) return answer;
    return std::nullopt;
}

bool Adapters::expects_test(std::string_view hook) const {
    return std::ranges::any_of(all_, [hook](const auto& adapter) { return adapter->expects_test(hook); });
}

const calendars::Calendars* Adapters::calendars() const {
    return calendars_;
}

outbox::Outbox& Adapters::outbox() const {
    LAMP_CHECK(outbox_ != nullptr);
    return *outbox_;
}

const teams::Teams* Adapters::teams() const {
    return teams_;
}

zoho::Zoho* Adapters::zoho() const {
    return zoho_;
}

void Adapters::photo(presence::Slot slot, std::function<void(std::shared_ptr<const fanout::Photo>)> reply) const {
    photo_from(0, slot, std::move(reply));
}

void Adapters::photo_from(std::size_t first, presence::Slot slot,
                          std::function<void(std::shared_ptr<const fanout::Photo>)> reply) const {
    if (first == all_.size()) return reply(nullptr);
    all_[first]->photo(slot, [this, first, slot, reply = std::move(reply)](std::shared_ptr<const fanout::Photo> photo) {
        photo ? reply(std::move(photo)) : photo_from(first + 1, slot, reply);
    });
}

} // namespace lamp
