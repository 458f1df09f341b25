#include "app/calendar_doctor.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/calendars/doctor.hpp"
#include "adapters/teams/graph_client.hpp"
#include "app/options.hpp"
#include "app/state_folder.hpp"

namespace lamp {
namespace {

using calendars::CalendarOptions;

bool by_consent(const CalendarOptions& options) {
    return options.provider == calendars::ProviderKind::google && !options.client_id.empty();
}

CalendarOptions settled(CalendarOptions options, const config::Configuration& configuration) {
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    return options;
}

/// Opened only where somebody may have consented: a doctor makes no database.
Result<std::unique_ptr<store::Store>> consents(const StateFolder& folder, const std::vector<CalendarOptions>& all) {
    if (std::ranges::none_of(all, by_consent) || !folder.has_database()) return nullptr;
    return folder.open();
}

} // namespace

Task<bool> examine_calendars(Loop& loop, const config::Configuration& configuration,
                             std::function<http::Tell(std::string calendar)> teller) {
    auto all = configuration.all<CalendarOptions>();
    StateFolder folder(configuration);
    auto store = consents(folder, all);
    bool passed = true;
    for (CalendarOptions& one : all) {
        auto options = settled(std::move(one), configuration);
        auto tell = teller(fmt::format("calendar {}", options.name));
        if (by_consent(options) && (!store || !*store)) {
            tell({"consent", false, store ? "nobody has logged in" : store.error().text,
                  store ? "lamplighter google login --calendar " + options.name : "run this as the daemon's user"});
            passed = false;
            continue;
        }
        calendars::ProviderParts parts{.loop = loop,
                                       .options = options,
                                       .store = store ? store->get() : nullptr,
                                       .zone = configuration.get<DaemonOptions>().timezone};
        if (const auto* teams = configuration.find<teams::TeamsOptions>()) {
            parts.graph_url = teams->graph_url.text;
            if (auto login = teams::application_login(*teams)) parts.graph_token = *std::move(login);
        }
        if (!co_await calendars::examine(parts, tell)) passed = false;
    }
    if (store && *store) folder.close(**store);
    co_return passed;
}

} // namespace lamp
