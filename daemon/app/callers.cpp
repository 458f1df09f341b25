#include "app/callers.hpp"

#include "app/options.hpp"
#include "base/log.hpp"

namespace lamp {
std::vector<recognition::IntegrationOptions> integrations_of(const config::Configuration& configuration) {
    auto all = configuration.all<recognition::IntegrationOptions>();
    const auto& net = configuration.get<NetOptions>();
    for (auto& one : all) {
        if (one.rest.ca_file.empty()) one.rest.ca_file = net.ca_file;
        if (one.rest.proxy.empty()) one.rest.proxy = net.proxy;
    }
    return all;
}

Result<void> Callers::prepare(const config::Configuration& configuration, store::Store& store) {
    const auto& daemon = configuration.get<DaemonOptions>();
    country_ = daemon.country;
    timezone_ = daemon.timezone;
    integrations_.emplace(loop_, store, integrations_of(configuration), country_);
    return take(configuration);
}

Result<void> Callers::build(std::vector<scripts::ScriptOptions> options, std::vector<std::string>* warnings) {
    scripts::Setting setting;
    setting.country = country_;
    setting.time_zone = timezone_;
    setting.phonebook = phonebook_;
    for (const auto& one : integrations_->views())
        if (!one.fields.empty()) setting.fields[one.name] = one.fields;
    auto built = scripts::Scripts::build(options, std::move(setting), warnings);
    if (!built) return std::unexpected(built.error());
    options_ = std::move(options);
    scripts_ = std::move(*built);
    return {};
}

Result<void> Callers::take(const config::Configuration& configuration) {
    std::vector<std::string> warnings;
    auto built = build(configuration.all<scripts::ScriptOptions>(), &warnings);
    for (const auto& warning : warnings)
        log::warning("scripts", warning);
    return built;
}

void Callers::start() {
    loop_.start();
    integrations_->start();
}

void Callers::reload(const config::Configuration& configuration) {
    integrations_->reload(integrations_of(configuration), country_);
    if (auto built = take(configuration); !built)
        log::error("scripts", "scripts stay as they were", {{"why", built.error().text}});
}

void Callers::use_phonebook(std::shared_ptr<const scripts::Phonebook> phonebook) {
    phonebook_ = std::move(phonebook);
    // The same scripts as before: what they were warned of has been said.
    if (auto built = build(options_, nullptr); !built)
        log::error("scripts", "scripts stay as they were", {{"why", built.error().text}});
}

void Callers::end() {
    loop_.stop();
    loop_.join();
}

void Callers::enrich(calls::CallEvent& event) const {
    if (!event.call.withheld && !event.call.remote_number.empty())
        if (auto matches = integrations_->recognise(event.call.remote_number)) event.matches = std::move(*matches);
    if (auto scripts = scripts_.load()) event.actions = scripts->actions(event);
}

Result<std::string> Callers::body(const std::string& text, const calls::CallEvent& event) const {
    auto scripts = scripts_.load();
    if (!scripts) return fail(Category::unavailable, "The scripts are not there yet.");
    return scripts->body(text, event);
}

} // namespace lamp
