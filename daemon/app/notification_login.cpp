#include "app/notification_login.hpp"

#include <cstdio>
#include <fmt/format.h>

#include "adapters/teams/delegated_login.hpp"
#include "adapters/teams/doctor.hpp"
#include "app/state_folder.hpp"
#include "cli/commands.hpp"
#include "store/store.hpp"

namespace lamp {
namespace {

void show(const teams::DevicePrompt& prompt) {
    fmt::print("Log in with the account that shall subscribe (a service account, no administrator):\n\n"
               "  address  {}\n  code     {}\n\nThe code lasts {} minutes. Waiting …\n",
               prompt.address, prompt.code, std::chrono::floor<std::chrono::minutes>(prompt.lasts).count());
    std::fflush(stdout);
}

Task<Result<void>> log_in(Loop& loop, store::Store& store, teams::TeamsOptions options) {
    auto token = co_await teams::log_in_elsewhere(loop, options, &show);
    if (!token) co_return std::unexpected(token.error());
    auto keep = [&](Secret fresh) {
        return teams::keep_login(store, options.tenant, options.client_id, std::move(fresh));
    };
    if (auto kept = co_await keep(*token); !kept) co_return kept;
    auto replaced = [&](Secret fresh) -> Task<> {
        auto kept = co_await keep(std::move(fresh));
        if (!kept) fmt::print(stderr, "{}\n", kept.error().text);
    };
    auto missing = co_await teams::examine_login(loop, options, *std::move(token), replaced);
    if (!missing.empty()) co_return fail(Category::unauthorised, "The login is kept, but " + missing);
    co_return Result<void>();
}

} // namespace

int log_in_for_notifications(const config::Configuration& configuration, const teams::TeamsOptions& options) {
    auto ended =
        StateFolder(configuration).run([&](Loop& loop, store::Store& store) { return log_in(loop, store, options); });
    if (!ended) {
        fmt::print(stderr, "lamplighter teams: {}\n", ended.error().text);
        return cli::failed;
    }
    fmt::print("Logged in. {}\n", options.notifications
                                      ? "A running daemon subscribes within half a minute."
                                      : "Set notifications = true in [teams] and restart the daemon.");
    return cli::done;
}

Task<bool> examine_notifications(Loop& loop, const config::Configuration& configuration, teams::TeamsOptions options,
                                 http::Tell tell) {
    if (!options.notifications) co_return true;
    bool reached = false;
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    auto url = http::Url::parse(options.public_url);
    if (client && url)
        reached = co_await http::reach(*client, *url, tell);
    else
        tell({"notifications: public_url", false, client ? url.error().text : client.error().text, "correct [http]"});
    constexpr std::string_view log_in_first = "lamplighter teams login --notifications";
    auto failed = [&](std::string why, std::string remedy) {
        tell({"notifications: account", false, std::move(why), std::move(remedy)});
        return false;
    };
    StateFolder folder(configuration);
    if (!folder.has_database()) co_return failed("nobody has logged in", std::string(log_in_first));
    auto store = folder.open();
    if (!store) co_return failed(store.error().text, "run this as the daemon's user");
    auto login = co_await teams::read_login(**store, options.tenant, options.client_id);
    if (!login) co_return failed(login.error().text, "run this as the daemon's user");
    if (login->empty()) co_return failed("nobody has logged in", std::string(log_in_first));
    auto replaced = [&](Secret fresh) -> Task<> {
        auto kept = co_await teams::keep_login(**store, options.tenant, options.client_id, std::move(fresh));
        if (!kept) fmt::print("      {}\n", kept.error().text);
    };
    auto missing = co_await teams::examine_login(loop, options, *login, replaced);
    folder.close(**store);
    if (!missing.empty())
        co_return failed(missing, fmt::format("{}, or {}", log_in_first, teams::consent_url(options)));
    tell({"notifications: account", true, "may subscribe", ""});
    co_return reached;
}

} // namespace lamp
