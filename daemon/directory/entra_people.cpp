#include "directory/entra_people.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "contacts/folder.hpp"
#include "directory/said_contact.hpp"
#include "http/url.hpp"
#include "proto/graph/scope.hpp"
#include "recognition/rest/source.hpp"

namespace lamp::directory {
namespace {

namespace rest = recognition::rest;
using contacts::Contact;

// Fields of a user that the presets do not name, since no script asks for them.
constexpr std::string_view given_name = "given", surname = "surname", enabled = "enabled";

std::string_view field(const rest::Item& user, std::string_view name) {
    auto found = std::ranges::find(user.fields, name, [](const auto& one) { return std::string_view(one.first); });
    return found == user.fields.end() ? std::string_view() : shown(found->second);
}

Result<rest::RestOptions> as_rest(const EntraOptions& options) {
    auto graph = http::Url::parse(options.graph_url.text);
    if (!graph) return std::unexpected(graph.error());
    rest::RestOptions out;
    out.preset = options.filter.empty() ? "graph-users" : "graph-users-filtered";
    out.presets.clear(); // an operator's own are for callers
    out.parameters = {{"tenant", options.tenant}, {"graph", graph::resource_of(graph->origin(), graph->host)}};
    if (!options.filter.empty()) out.parameters["filter"] = options.filter;
    out.url = options.graph_url.text;
    out.login_url.text =
        fmt::format("{}/{}/oauth2/v2.0/token", options.login_url.text, http::encode_segment(options.tenant));
    out.mapping = {{std::string(given_name), "/givenName"},
                   {std::string(surname), "/surname"},
                   {std::string(enabled), "/accountEnabled"}};
    out.client_id = options.client_id;
    out.client_secret = options.client_secret;
    out.certificate = options.certificate;
    out.private_key = options.private_key;
    out.ca_file = options.ca_file;
    out.proxy = options.proxy;
    return out;
}

/// The engine calls everybody a CRM, and knows no permission by its name.
Error said_of_graph(Error error) {
    constexpr std::string_view crm = "he CRM"; // in the middle of a sentence, too
    if (error.category == Category::forbidden)
        error.text = "Microsoft Graph does not let the application list users: it needs the application permission "
                     "User.Read.All and an administrator's consent.";
    for (auto at = error.text.find(crm); at != std::string::npos && at > 0; at = error.text.find(crm))
        error.text.replace(at - 1, crm.size() + 1, "Microsoft Graph");
    return error;
}

class EntraPeople final : public PeopleReader {
public:
    EntraPeople(EntraOptions options, contacts::Normal normal, std::unique_ptr<rest::RestSource> graph)
        : options_(std::move(options)), normal_(std::move(normal)), graph_(std::move(graph)) {}

    Task<Result<PeopleReading>> read(bool whole) override {
        auto synced = co_await graph_->sync(whole ? std::string() : cursor_);
        if (!synced) co_return std::unexpected(said_of_graph(synced.error()));
        PeopleReading out;
        auto& said = out.said;
        said.source = entra_source;
        said.whole = synced->whole;
        said.gone = std::move(synced->gone);
        for (auto& user : synced->items) {
            auto contact = contact_of(user, options_, normal_, out.unreadable);
            if (!contact) {
                if (!said.whole) said.gone.push_back(std::move(user.id));
                continue;
            }
            if (auto room = room_for_more(said); !room) co_return std::unexpected(room.error());
            said.contacts.push_back(std::move(*contact));
        }
        last_ = std::move(synced->cursor);
        co_return out;
    }

    void taken() override { cursor_ = std::move(last_); }
    void close() override { graph_->close(); }

private:
    EntraOptions options_;
    contacts::Normal normal_;
    std::unique_ptr<rest::RestSource> graph_;
    std::string last_;
    std::string cursor_; // of the last reading that the directory took; empty: everything is read
};

} // namespace

Result<std::unique_ptr<PeopleReader>> entra_people(Loop& loop, const EntraOptions& options, std::string country,
                                                   contacts::Normal normal) {
    auto way = as_rest(options);
    if (!way) return std::unexpected(way.error());
    auto graph = rest::RestSource::make(loop.context(), std::move(*way), std::move(country));
    if (!graph) return std::unexpected(said_of_graph(graph.error()));
    return std::make_unique<EntraPeople>(options, std::move(normal), std::move(*graph));
}

std::optional<Contact> contact_of(const rest::Item& user, const EntraOptions& options, const contacts::Normal& normal,
                                  std::size_t& unreadable) {
    if (options.filter.empty() && (user.numbers.empty() || field(user, enabled) == "false")) return std::nullopt;
    Contact contact;
    contact.source = entra_source;
    contact.external_id = user.id;
    contact.first_name = field(user, given_name);
    contact.last_name = field(user, surname);
    contact.company = field(user, "Company");
    contact.department = field(user, "Department");
    contact.title = field(user, "Title");
    contact.email = field(user, "Email");
    for (const auto& one : user.numbers)
        add_number(contact, one.kind, one.written, normal, unreadable);
    complete_names(contact, shown(user.name));
    if (contact.last_name.empty() || shown(user.id) != user.id) return std::nullopt;
    const auto& filed_by = options.folder == "company"      ? contact.company
                           : options.folder == "department" ? contact.department
                           : options.folder == "title"      ? contact.title
                                                            : options.folder;
    if (auto folder = contacts::folder_path(filed_by)) contact.folder = std::move(*folder);
    return contact;
}

} // namespace lamp::directory
