// The keys of `[[recognition]]`.
#include <array>
#include <fmt/format.h>

#include "base/schedule.hpp"
#include "recognition/index.hpp"
#include "recognition/options.hpp"

namespace lamp::recognition {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

void check(const IntegrationOptions& o, config::Scope& at) {
    if (o.name == directory_name) at.error("name", "is taken: it is the daemon's own directory of contacts");
    if (!minutes_of(o.sync)) at.error("sync", "is no time of day, such as \"02:00\"");
    const bool is_file = o.type == Type::csv || o.type == Type::sqlite;
    if (is_file && o.file.empty()) at.error("file", "is required");
    if (o.suffix > 0 && o.suffix < suffix_min) at.error("suffix", "is 0, or at least 8");
    if (o.type == Type::sqlite && o.query.empty()) at.error("query", "is required: what to read");
    if (o.type == Type::ldap) check_ldap(o.ldap, o.url, o.password, at);
    if (o.type == Type::rest) rest::check_rest(o.whole_rest(), at);
    if (o.type != Type::sqlite && !o.query.empty()) at.error("query", "belongs to type = \"sqlite\"");
    for (std::string_view key : {"base", "bind_dn", "filter", "start_tls", "name_attributes", "number_attributes",
                                 "attributes", "create_base", "create_class"})
        if (o.type != Type::ldap && at.given(key)) at.error(key, "belongs to type = \"ldap\"");
}

} // namespace

std::string_view name(Type type) {
    constexpr std::array<std::string_view, 5> words{"csv", "sqlite", "ldap", "rest", "directory"};
    return words.at(static_cast<std::size_t>(type));
}

config::Section<IntegrationOptions> recognition_section() {
    using O = IntegrationOptions;
    config::Section<O> s{"recognition", config::Shape::array_of_tables,
                         "Who is calling: where contacts and their numbers come from. One table per source."};
    s.key("name", &O::name, config::filled(), live, "How listings, matches and logs call it.")
        .required()
        .example(R"("members")");
    s.key("type", &O::type,
          config::choices<Type>(
              {{"csv", Type::csv}, {"sqlite", Type::sqlite}, {"ldap", Type::ldap}, {"rest", Type::rest}}),
          live, "csv: a file with a header row. sqlite: a database. ldap: a directory. rest: a CRM.");
    s.key("file", &O::file, live, "csv, sqlite: the file.").example(R"("/srv/crm/contacts.csv")");
    s.key("query", &O::query, live, "sqlite: what to read; its columns are taken as those of a file are.")
        .example(R"("SELECT id, name, phone FROM contact")");
    s.key("key", &O::key, live, "csv, sqlite: the column that names a record; \"id\" or \"key\" where there is one.")
        .example(R"("customer_no")");
    s.key("record_url", &O::record_url, live, "The address of a record for people, with {id}.")
        .example(R"("https://crm.example.net/contact/{id}")");
    s.key("country", &O::country, live, "Where numbers belong that are written without a country; the tenant's.")
        .example(R"("NL")");
    s.key("country_field", &O::country_field, live,
          "The field that says where a contact is (\"DE\", \"Germany\"): numbers that it writes nationally belong "
          "there; else "
          "a field called country, land or pays.")
        .example(R"("Billing Country")");
    s.key("suffix", &O::suffix, config::range(std::int64_t{0}, std::int64_t{15}), live,
          "Where nothing better is found, contacts whose numbers end in so many of the caller's digits (8 to 15), and "
          "in "
          "four fifths of the shorter number, in the same country. They may be strangers; 0: none of that.")
        .example("9");
    s.key("priority", &O::priority, config::range(std::int64_t{0}, std::int64_t{1000}), live,
          "Of two sources that know a number equally well the one with less comes first.");
    s.key("ties", &O::ties, config::choices<Ties>({{"all", Ties::all}, {"newest", Ties::newest}}), live,
          "Of several records with the number: all, or the one that was changed last.");
    s.key("search", &O::search, live,
          "Whether whoever may read the directory finds these contacts by name, too; false: callers are recognised, no "
          "more.");
    s.key("sync", &O::sync, live, "When everything is read, UTC; it begins within the hour behind it.");
    s.key("delta", &O::delta, config::range(0s, 24h), live,
          "How often is looked for changes; \"0s\": everything at night only.");
    s.key("url", &O::url, live,
          "rest: the CRM's address, where it is another than the preset's; without a preset, that of a list of "
          "contacts. ldap: the server, ldap://host or ldaps://host.")
        .example(R"("https://crm.example.net/contacts")");
    s.key("password", &O::password, live, "rest, ldap: the login's password.").example(R"("credential:crm")");
    s.embed(&O::ldap, ldap_section());
    s.embed(&O::rest, rest::rest_section());
    s.check(&check);
    return s;
}

} // namespace lamp::recognition
