#include "app/google_command.hpp"

#include <cstdio>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <iostream>
#include <string>
#include <vector>

#include "adapters/calendars/google_login.hpp"
#include "app/options.hpp"
#include "app/state_folder.hpp"
#include "cli/commands.hpp"

namespace lamp {
namespace {

using calendars::CalendarOptions;

constexpr milliseconds patience{600'000};
constexpr int pasted_max = 5;
constexpr std::string_view nowhere = "http://127.0.0.1:47110"; // where nobody listens: the browser shows its address

/// The calendar that is meant, with what [net] says where it says nothing. Errors are sentences for a person.
Result<CalendarOptions> calendar_of(const cli::Arguments& arguments, const config::Configuration& configuration) {
    auto wanted = arguments.value("calendar");
    std::vector<std::string> names;
    std::vector<CalendarOptions> found;
    for (const auto& calendar : configuration.all<CalendarOptions>()) {
        bool asks = calendar.provider == calendars::ProviderKind::google && !calendar.client_id.empty();
        if (wanted && calendar.name == *wanted && !asks)
            return fail(Category::invalid,
                        fmt::format("the calendar {} needs no login: it is not Google's, or has a service account",
                                    calendar.name));
        if (!asks) continue;
        names.push_back(calendar.name);
        if (!wanted || calendar.name == *wanted) found.push_back(calendar);
    }
    if (names.empty())
        return fail(Category::not_found, "no [[calendar]] with provider = \"google\" has a client_id; see README.md");
    if (found.empty())
        return fail(Category::not_found,
                    fmt::format("there is no such calendar; --calendar may be {}", fmt::join(names, ", ")));
    if (found.size() > 1)
        return fail(Category::invalid, fmt::format("which one? --calendar may be {}", fmt::join(names, ", ")));
    auto options = std::move(found.front());
    const auto& net = configuration.get<NetOptions>();
    if (options.ca_file.empty()) options.ca_file = net.ca_file;
    if (options.proxy.empty()) options.proxy = net.proxy;
    return options;
}

void ask(const CalendarOptions& options, const calendars::GoogleConsent& consent, bool paste) {
    auto whose = options.subject.empty() ? std::string("the account that owns it") : options.subject;
    fmt::print("To let Lamplighter read the calendar {}, log in as {} and accept, in a browser{}:\n\n  {}\n\n{}",
               options.name, whose, paste ? "" : " on this machine", consent.url(options),
               paste ? "The browser ends at a page that cannot be opened. Paste that page's address here:\n"
                     : "Waiting ten minutes … (a browser elsewhere: google login --paste)\n");
    std::fflush(stdout);
}

/// Nothing else runs on this loop, so that reading a line may block it.
Result<Secret> pasted_code(const calendars::GoogleConsent& consent) {
    std::string line;
    for (int i = 0; i < pasted_max && std::getline(std::cin, line); ++i) {
        auto code = consent.code_of(line);
        if (code || code.error().category != Category::invalid) return code;
        fmt::print("{} Paste the whole address:\n", code.error().text);
        std::fflush(stdout);
    }
    return fail(Category::invalid, "No address was pasted.");
}

Task<Result<Secret>> code_by_browser(Loop& loop, const CalendarOptions& options, calendars::GoogleConsent& consent) {
    auto redirect = calendars::GoogleRedirect::listen(loop);
    if (!redirect) co_return std::unexpected(redirect.error());
    consent.redirect = redirect->address();
    ask(options, consent, false);
    auto target = co_await redirect->wait(patience);
    if (!target) co_return std::unexpected(target.error());
    co_return consent.code_of(*target);
}

Task<Result<void>> log_in(Loop& loop, store::Store& store, CalendarOptions options, bool paste) {
    auto consent = calendars::GoogleConsent::begin(std::string(nowhere));
    if (paste) ask(options, consent, true);
    auto code = paste ? pasted_code(consent) : co_await code_by_browser(loop, options, consent);
    if (!code) co_return std::unexpected(code.error());
    auto login = co_await calendars::finish_google_login(loop, options, consent, *std::move(code));
    if (!login) co_return std::unexpected(login.error());
    auto kept = co_await calendars::keep_google_login(store, options.name, std::move(login->refresh_token));
    if (!kept) co_return std::unexpected(kept.error());
    fmt::print("{} has consented. A running daemon reads the calendar {} within half a minute.\n", login->account,
               options.name);
    co_return Result<void>();
}

Task<Result<void>> log_out(Loop& loop, store::Store& store, CalendarOptions options) {
    auto token = co_await calendars::read_google_login(store, options.name);
    if (!token) co_return std::unexpected(token.error());
    if (token->empty()) {
        fmt::print("Nobody is logged in for the calendar {}.\n", options.name);
        co_return Result<void>();
    }
    auto revoked = co_await calendars::revoke_google_login(loop, options, *std::move(token));
    auto forgotten = co_await calendars::forget_google_login(store, options.name);
    if (!forgotten) co_return forgotten;
    if (!revoked)
        co_return fail(revoked.error().category,
                       fmt::format("The login is forgotten here, but Google could not be told ({}): take the access "
                                   "away at https://myaccount.google.com/permissions",
                                   revoked.error().text));
    fmt::print("Logged out. What the calendar {} diverted comes back within half a minute.\n", options.name);
    co_return Result<void>();
}

} // namespace

int google_command(const cli::Arguments& arguments, const config::Configuration& configuration) {
    auto word = arguments.words().empty() ? std::string() : arguments.words().front();
    bool paste = arguments.has("paste");
    if ((word != "login" && word != "logout") || (word == "logout" && paste)) {
        fmt::print(stderr, "usage: lamplighter google login [--calendar NAME] [--paste] --config FILE\n"
                           "       lamplighter google logout [--calendar NAME] --config FILE\n");
        return cli::wrong_usage;
    }
    auto options = calendar_of(arguments, configuration);
    if (!options) {
        fmt::print(stderr, "lamplighter google: {}\n", options.error().text);
        return cli::failed;
    }
    auto ended = StateFolder(configuration).run([&](Loop& loop, store::Store& store) {
        return word == "login" ? log_in(loop, store, *options, paste) : log_out(loop, store, *options);
    });
    if (ended) return cli::done;
    fmt::print(stderr, "lamplighter google: {}\n", ended.error().text);
    return cli::failed;
}

} // namespace lamp
