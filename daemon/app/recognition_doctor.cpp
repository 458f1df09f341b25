#include "app/recognition_doctor.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "app/callers.hpp"
#include "app/options.hpp"
#include "app/people_doctor.hpp"
#include "http/url.hpp"
#include "recognition/files.hpp"
#include "recognition/ldap_source.hpp"
#include "recognition/rest/presets.hpp"
#include "recognition/rest/source.hpp"

namespace lamp {
namespace {

using recognition::IntegrationOptions;
using recognition::Type;
using recognition::rest::AuthKind;
using recognition::rest::RestSource;

std::string remedy_of(const Error& error) {
    switch (error.category) {
    case Category::unauthorised: return "the login is not accepted: make a new token and put it into its secret";
    case Category::forbidden: return "let the login read contacts in the CRM";
    case Category::not_found: return "check url and preset";
    case Category::throttled: return "wait; the CRM asks for fewer requests";
    case Category::limit: return "wait for tomorrow, or raise daily_requests";
    default: return http::remedy_for(error);
    }
}

/// All of its contacts are read.
Task<bool> examine_whole(std::unique_ptr<recognition::Source> source, std::function<std::string(const Error&)> remedy,
                         std::string nobody, http::Tell tell) {
    auto read = co_await source->sync({});
    if (!read) {
        tell({"contacts", false, read.error().text, remedy(read.error())});
        co_return false;
    }
    std::size_t numbers = 0;
    for (const auto& record : read->records)
        numbers += record.numbers.size();
    tell(
        {"contacts", numbers > 0, fmt::format("{} with {} numbers", read->records.size(), numbers), std::move(nobody)});
    co_return numbers > 0;
}

Task<bool> examine_file(const IntegrationOptions& options, http::Tell tell) {
    auto source = options.type == Type::csv ? recognition::csv_source(options.file, options.key)
                                            : recognition::sqlite_source(options.file, options.query, options.key);
    auto remedy = [](const Error&) { return "correct the file, or file, key and query in [[recognition]]"; };
    co_return co_await examine_whole(std::move(source), remedy, "no column has telephone numbers", tell);
}

Task<bool> examine_server(Loop& loop, const IntegrationOptions& options, http::Tell tell) {
    auto source =
        recognition::ldap_source(loop.context(), options.ldap, options.url, options.password, options.rest.ca_file);
    if (!source) {
        tell({"options", false, source.error().text, "correct [[recognition]]"});
        co_return false;
    }
    co_return co_await examine_whole(std::move(*source), &remedy_for_ldap, std::string(nobody_there), tell);
}

Task<bool> examine_sample(RestSource& source, http::Tell tell) {
    auto sample = co_await source.sample();
    if (!sample) {
        tell({"contacts", false, sample.error().text, remedy_of(sample.error())});
        co_return false;
    }
    auto unread = std::ranges::count_if(sample->numbers, [](const auto& number) { return number.normal.empty(); });
    bool found = sample->records > sample->without_numbers;
    tell({"contacts", found,
          fmt::format("{} on the first page, {} without a number; {} of {} numbers of the first cannot be read",
                      sample->records, sample->without_numbers, unread, sample->numbers.size()),
          "where the numbers stand is wrong in the preset or mapping, or the login may not see them"});
    co_return found;
}

Task<bool> examine_crm(Loop& loop, const IntegrationOptions& options, std::string country, http::Tell tell) {
    auto source = RestSource::make(loop.context(), options.whole_rest(), std::move(country));
    http::ClientOptions wire;
    wire.ca_file = options.rest.ca_file.string();
    wire.proxy = options.rest.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!source || !client) {
        tell({"options", false, (!source ? source.error() : client.error()).text, "correct [[recognition]]"});
        co_return false;
    }
    auto base = http::Url::parse((*source)->preset().base_url);
    if (base && !co_await http::reach(*client, *base, tell)) co_return false;
    if ((*source)->preset().auth.kind == AuthKind::refresh_token) {
        tell({"contacts", true,
              fmt::format("not asked for, since that may replace the refresh token; ask the daemon: lamplighter "
                          "integration test {}",
                          options.name),
              ""});
        co_return true;
    }
    co_return co_await examine_sample(**source, tell);
}

} // namespace

Task<bool> examine_recognition(Loop& loop, const config::Configuration& configuration,
                               std::function<http::Tell(std::string source)> teller) {
    bool passed = true;
    const auto& tenant = configuration.get<DaemonOptions>().country;
    for (const auto& one : integrations_of(configuration)) {
        auto tell = teller(fmt::format("recognition {}", one.name));
        bool good = true;
        if (one.type == Type::rest)
            good = co_await examine_crm(loop, one, one.country.empty() ? tenant : one.country, tell);
        else if (one.type == Type::ldap)
            good = co_await examine_server(loop, one, tell);
        else if (one.type == Type::csv || one.type == Type::sqlite)
            good = co_await examine_file(one, tell);
        passed = passed && good;
    }
    co_return passed;
}

std::string presets_text(std::string_view word) {
    std::string text;
    for (const auto& one : recognition::rest::list_presets(recognition::rest::RestOptions{}.presets, word)) {
        if (!one.mistake.empty()) {
            text += fmt::format("{}: {}\n\n", one.name, one.mistake);
            continue;
        }
        text += fmt::format("preset = \"{}\": {}\n  login    {}\n", one.name, one.title, one.auth);
        if (!one.capabilities.empty()) text += fmt::format("  can      {}\n", fmt::join(one.capabilities, ", "));
        for (const auto& parameter : one.parameters)
            text += fmt::format("  {:<8} {}\n", parameter.name, parameter.help);
        text += fmt::format("  {}\n\n", one.help);
    }
    return text;
}

} // namespace lamp
