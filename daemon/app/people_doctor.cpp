#include "app/people_doctor.hpp"

#include <fmt/format.h>

#include "app/options.hpp"
#include "app/people_sources.hpp"
#include "directory/entra_people.hpp"
#include "directory/ldap_people.hpp"

namespace lamp {
namespace {

struct Place {
    std::string address;
    std::string_view nobody; // the remedy where nobody counts
    std::string (*remedy)(const Error&);
};

std::string remedy_for_entra(const Error& error) {
    switch (error.category) {
    case Category::unauthorised:
        return "check tenant, client_id and client_secret: it is the secret's value (not its id), and it may have "
               "expired";
    case Category::forbidden: return "grant User.Read.All in the Entra admin centre, under API permissions";
    case Category::invalid: return "check filter";
    case Category::throttled: return "wait; Graph asks for fewer requests";
    default: return http::remedy_for(error);
    }
}

std::string country_of(const config::Configuration& configuration) {
    return configuration.get<DaemonOptions>().country;
}

contacts::Normal normal_of(const config::Configuration& configuration) {
    return normal_by(numbers::DialPlan::build({}, country_of(configuration)));
}

Task<bool> count(directory::PeopleReader& reader, Place place, http::Tell tell) {
    auto read = co_await reader.read(true);
    if (!read) {
        tell({place.address, false, read.error().text, place.remedy(read.error())});
        co_return false;
    }
    const auto& people = read->said.contacts;
    std::size_t numbers = 0;
    for (const auto& one : people)
        numbers += one.numbers.size();
    tell({place.address, !people.empty(),
          fmt::format("{} people with {} numbers; {} numbers cannot be read", people.size(), numbers, read->unreadable),
          std::string(place.nobody)});
    co_return !people.empty();
}

} // namespace

std::string remedy_for_ldap(const Error& error) {
    switch (error.category) {
    case Category::unauthorised: return "check bind_dn and password";
    case Category::not_found: return "check base";
    case Category::limit: return "let the login read without a size limit";
    default: return http::remedy_for(error);
    }
}

Task<bool> examine_ldap(Loop& loop, const config::Configuration& configuration, http::Tell tell) {
    auto options = ldap_options(configuration);
    if (!options) co_return true;
    auto reader = directory::ldap_people(loop, *options, normal_of(configuration));
    if (!reader) {
        tell({"server", false, reader.error().text, "correct [ldap]"});
        co_return false;
    }
    Place place{options->url, nobody_there, &remedy_for_ldap};
    co_return co_await count(**reader, std::move(place), tell);
}

Task<bool> examine_entra(Loop& loop, const config::Configuration& configuration, http::Tell tell) {
    auto options = entra_options(configuration);
    if (!options) co_return true;
    http::ClientOptions wire;
    wire.ca_file = options->ca_file.string();
    wire.proxy = options->proxy;
    auto client = http::Client::make(loop.context(), std::move(wire));
    auto reader = directory::entra_people(loop, *options, country_of(configuration), normal_of(configuration));
    if (!client || !reader) {
        tell({"Graph", false, client ? reader.error().text : client.error().text, "correct [entra]"});
        co_return false;
    }
    for (const auto& address : {options->login_url.text, options->graph_url.text}) {
        auto url = http::Url::parse(address);
        if (!url || !co_await http::reach(*client, *url, tell)) co_return false;
    }
    Place place{options->graph_url.text,
                "nobody counts there: people without a number and disabled accounts do not, or see filter",
                &remedy_for_entra};
    co_return co_await count(**reader, std::move(place), tell);
}

} // namespace lamp
