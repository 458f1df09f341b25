#include "app/zoho_command.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <string>

#include "adapters/zoho/doctor.hpp"
#include "adapters/zoho/login.hpp"
#include "app/options.hpp"
#include "app/state_folder.hpp"
#include "cli/commands.hpp"
#include "status/options.hpp"

namespace lamp {
namespace {

constexpr int pasted_max = 5;
// Nobody listens there: the browser shows its address. Zoho's console must have it among the redirect addresses.
constexpr std::string_view nowhere = "http://127.0.0.1:47111/zoho";

zoho::ZohoOptions options_of(const zoho::ZohoOptions& section, const config::Configuration& configuration) {
    auto options = section;
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    options.public_url = configuration.get<status::HttpOptions>().public_url.text;
    return options;
}

/// Nothing else runs on this loop, so that reading a line may block it.
Result<zoho::Consent::Answer> pasted_answer(const zoho::Consent& consent, const zoho::ZohoOptions& options) {
    std::string line;
    for (int i = 0; i < pasted_max && std::getline(std::cin, line); ++i) {
        auto answer = consent.answer_of(line, options);
        if (answer || answer.error().category != Category::invalid) return answer;
        fmt::print("{} Paste the whole address:\n", answer.error().text);
        std::fflush(stdout);
    }
    return fail(Category::invalid, "No address was pasted.");
}

Task<Result<void>> log_in(Loop& loop, store::Store& store, zoho::ZohoOptions options, std::string redirect) {
    auto consent = zoho::Consent::begin(std::move(redirect));
    fmt::print("To let Lamplighter log calls in Zoho, log in as {} and accept, in a browser:\n\n  {}\n\n"
               "{} must stand among the client's redirect addresses in Zoho's API console. The browser ends at a page\n"
               "that cannot be opened. Paste that page's address here, within a minute:\n",
               options.account.empty() ? std::string("an administrator") : options.account, consent.url(options),
               consent.redirect);
    std::fflush(stdout);
    auto answer = pasted_answer(consent, options);
    if (!answer) co_return std::unexpected(answer.error());
    auto login = co_await zoho::finish_login(loop, options, consent, *std::move(answer));
    if (!login) co_return std::unexpected(login.error());
    auto kept = co_await store.write([client = options.client_id, login = *login](store::Database& disk) {
        return zoho::keep_login(disk, client, login);
    });
    if (!kept) co_return kept;
    fmt::print("{} has consented, at {}. A daemon that waited for it goes on within ten seconds.\n",
               login->account.empty() ? std::string("The account") : login->account, login->login_url);
    co_return Result<void>();
}

Task<Result<void>> log_out(store::Store& store, zoho::ZohoOptions options) {
    auto gone = co_await store.write(
        [client = options.client_id](store::Database& disk) { return zoho::forget_login(disk, client); });
    if (!gone) co_return gone;
    fmt::print("The login is forgotten here. Take the access away in Zoho, too: Settings, Connected Apps.\n");
    co_return Result<void>();
}

/// Of a login and of the daemon, where there is a database: a doctor makes none.
Task<Result<zoho::Memory>> kept_of(const StateFolder& folder, std::string client_id) {
    if (!folder.has_database()) co_return zoho::Memory{};
    auto store = folder.open();
    if (!store) co_return std::unexpected(store.error());
    auto kept = co_await (*store)->read<zoho::Memory>(
        [client_id](store::Database& disk) { return zoho::read_memory(disk, client_id); });
    folder.close(**store);
    co_return kept;
}

} // namespace

Task<bool> examine_zoho(Loop& loop, const config::Configuration& configuration, http::Tell tell) {
    const auto* section = configuration.find<zoho::ZohoOptions>();
    if (!section) co_return true;
    auto options = options_of(*section, configuration);
    StateFolder folder(configuration);
    auto kept = co_await kept_of(folder, options.client_id);
    if (!kept) {
        tell({"state_dir", false, kept.error().text, "run this as the daemon's user"});
        co_return false;
    }
    co_return co_await zoho::examine(loop, std::move(options), *std::move(kept), std::move(tell));
}

int zoho_command(const cli::Arguments& arguments, const config::Configuration& configuration) {
    auto word = arguments.words().empty() ? std::string() : arguments.words().front();
    const auto* section = configuration.find<zoho::ZohoOptions>();
    if (!section) {
        fmt::print(stderr, "lamplighter zoho: the configuration has no [zoho]\n");
        return cli::failed;
    }
    auto options = options_of(*section, configuration);
    auto redirect = arguments.value("redirect").value_or(std::string(nowhere));
    auto ended = StateFolder(configuration).run([&](Loop& loop, store::Store& store) {
        return word == "login" ? log_in(loop, store, options, redirect) : log_out(store, options);
    });
    if (ended) return cli::done;
    fmt::print(stderr, "lamplighter zoho: {}\n", ended.error().text);
    return cli::failed;
}

} // namespace lamp
