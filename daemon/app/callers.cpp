#include "app/callers.hpp"

#include "app/options.hpp"
#include "base/log.hpp"

namespace lamp {

Result<void> Callers::prepare(const config::Configuration& configuration, store::Store& store) {
    const auto& daemon = configuration.get<DaemonOptions>();
    country_ = daemon.country;
    timezone_ = daemon.timezone;
    integrations_.emplace(loop_, store, configuration.all<recognition::IntegrationOptions>(), country_);
    return build(configuration);
}

Result<void> Callers::build(const config::Configuration& configuration) {
    auto options = configuration.all<scripts::ScriptOptions>();
    scripts::Setting setting;
    setting.country = country_;
    setting.time_zone = timezone_;
    setting.phonebook = phonebook_;
    for (const auto& one : integrations_->views())
        if (!one.fields.empty()) setting.fields[one.name] = one.fields;
    std::vector<std::string> warnings;
    auto built = scripts::Scripts::build(options, std::move(setting), &warnings);
    if (!built) return std::unexpected(built.error());
    for (const auto& warning : warnings)
        log::warning("scripts", warning);
    options_ = std::move(options);
    scripts_ = std::move(*built);
    return {};
}

void Callers::start() {
    loop_.start();
    integrations_->start();
}

void Callers::reload(const config::Configuration& configuration) {
    integrations_->reload(configuration.all<recognition::IntegrationOptions>(), country_);
    if (auto built = build(configuration); !built)
        log::error("scripts", "scripts stay as they were", {{"why", built.error().text}});
}

void Callers::use_phonebook(std::shared_ptr<const scripts::Phonebook> phonebook) {
    phonebook_ = std::move(phonebook);
    scripts::Setting setting;
    setting.country = country_;
    setting.time_zone = timezone_;
    setting.phonebook = phonebook_;
    if (auto built = scripts::Scripts::build(options_, std::move(setting))) scripts_ = std::move(*built);
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
