#include "app/ldap_doctor.hpp"

#include <fmt/format.h>

#include "app/options.hpp"
#include "directory/ldap_contacts.hpp"
#include "ldap/client.hpp"
#include "numbers/dial_plan.hpp"

namespace lamp {
namespace {

struct Found {
    std::size_t people = 0;
    std::size_t numbers = 0;
    std::size_t unreadable = 0;
};

std::function<Result<Found>(ldap::Session&)> counting(const directory::LdapOptions& options,
                                                      const std::string& country) {
    auto parts = directory::attributes_of(options.attributes);
    return [parts, question = directory::question_of(options, parts),
            plan = numbers::DialPlan::build({}, country)](ldap::Session& session) -> Result<Found> {
        Found found;
        auto normal = [&](std::string_view written) { return plan->normal({}, written); };
        auto take = [&](std::string id, const ldap::Entry& entry) -> Result<bool> {
            auto contact = directory::contact_of(std::move(id), entry, parts, normal, found.unreadable);
            if (!contact) return false;
            ++found.people;
            found.numbers += contact->numbers.size();
            return true;
        };
        if (auto read = ldap::read_changes(session, question, {}, {}, take); !read)
            return std::unexpected(read.error());
        return found;
    };
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
    const auto* section = configuration.find<directory::LdapOptions>();
    if (!section) co_return true;
    auto options = *section;
    if (options.ca_file.empty()) options.ca_file = configuration.get<NetOptions>().ca_file;
    auto way = ldap::options_of(options.login(), options.ca_file);
    if (!way) {
        tell({"server", false, way.error().text, "correct [ldap]"});
        co_return false;
    }
    ldap::Client client(loop.context(), std::move(*way));
    auto found = co_await client.run<Found>(counting(options, configuration.get<DaemonOptions>().country));
    if (!found) {
        tell({options.url, false, found.error().text, remedy_for_ldap(found.error())});
        co_return false;
    }
    tell({options.url, found->people > 0,
          fmt::format("{} people with {} numbers; {} numbers cannot be read", found->people, found->numbers,
                      found->unreadable),
          std::string(nobody_there)});
    co_return found->people > 0;
}

} // namespace lamp
