#include "adapters/teams/doctor.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "adapters/teams/graph_client.hpp"
#include "proto/graph/presence.hpp"
#include "proto/graph/users.hpp"

namespace lamp::teams {
namespace {

struct Permission {
    std::string_view name;
    std::string_view id; // of the application role at Microsoft Graph
};
constexpr std::array permissions{
    Permission{"Presence.Read.All", "a70e0c2d-e793-494c-94c4-118fa0a67f42"},
    Permission{"Presence.ReadWrite.All", "83cded22-8297-4ff6-a7fa-e97e9545a259"},
    Permission{"User.Read.All", "df021288-bdef-4463-88db-98f22de89214"},
    Permission{"Calendars.Read", "798ee544-9d2d-430c-a058-570e29e34338"},
};
constexpr std::string_view delegated_presence = "9c7a330d-35b3-4aa1-963d-cb2b9f927841"; // Presence.Read.All
constexpr std::string_view microsoft_graph = "00000003-0000-0000-c000-000000000000";

std::string login_remedy(const Error& error) {
    auto says = [&](std::string_view word) { return error.text.find(word) != std::string::npos; };
    if (says("invalid_client"))
        return "check client_id and client_secret: it is the secret's value (not its id), and it may have expired";
    if (says("unauthorized_client"))
        return "the tenant does not know this app registration: check tenant and client_id";
    if (says("invalid_scope")) return "check graph_url: its cloud must be that of login_url";
    return http::remedy_for(error);
}

class Examination {
public:
    Examination(TeamsOptions options, GraphClient& graph, http::Tell tell)
        : options_(std::move(options)), graph_(graph), tell_(std::move(tell)) {}

    Task<bool> run() {
        auto users = co_await graph_.send(http::Method::get, graph::users_target(1));
        if (users.status == 0 && !graph_.last_success())
            co_return failed("login", *users.error, login_remedy(*users.error));
        passed("login", "a token was given");
        bool granted = look_at_roles();
        bool listed = look_at_users(users);
        bool read = co_await look_at_presence(users);
        co_return granted&& listed&& read;
    }

private:
    bool passed(std::string_view what, std::string detail) {
        tell_({fmt::format("Teams {}", what), true, std::move(detail), ""});
        return true;
    }
    bool failed(std::string_view what, const Error& error, std::string remedy = {}) {
        tell_(
            {fmt::format("Teams {}", what), false, error.text, remedy.empty() ? remedy_for(error) : std::move(remedy)});
        return false;
    }
    [[nodiscard]] std::string consent() const {
        return fmt::format("let an administrator of the tenant open {}", consent_url(options_));
    }
    [[nodiscard]] std::string remedy_for(const Error& error) const {
        return error.category == Category::forbidden ? consent() : http::remedy_for(error);
    }

    bool look_at_roles() {
        const auto& roles = graph_.roles();
        if (roles.empty()) {
            if (graph_.roles_readable())
                return failed("permissions", {Category::forbidden, "the token holds no application permission"},
                              consent());
            return passed("permissions", "the token does not tell them; they are tried out below");
        }
        bool all = true;
        for (const auto& needed : needed_permissions(options_)) {
            bool has = std::ranges::find(roles, needed) != roles.end() ||
                       (needed == "Presence.Read.All" &&
                        std::ranges::find(roles, std::string("Presence.ReadWrite.All")) != roles.end());
            all = has ? passed("permission " + needed, "granted") && all
                      : failed("permission " + needed, {Category::forbidden, "is missing"}, consent());
        }
        return all;
    }

    bool look_at_users(const GraphReply& users) {
        if (users.ok()) return passed("accounts", "can be listed");
        return failed("accounts", *users.error);
    }

    Task<bool> look_at_presence(const GraphReply& users) {
        if (!options_.read) co_return true;
        auto page = users.ok() ? graph::read_users(users.body) : std::unexpected(*users.error);
        graph::Guid whom;
        if (page && !page->users.empty()) whom = page->users.front().id;
        std::string body;
        graph::append_presence_query(body, std::span(&whom, 1));
        auto reply = co_await graph_.send(http::Method::post, std::string(graph::presences_target), std::move(body));
        // Nobody has the id of zeros: whether that is an error or an empty answer, reading is permitted.
        if (reply.ok() || reply.status == 404 || reply.status == 400) co_return passed("presence", "can be read");
        co_return failed("presence", *reply.error);
    }

    TeamsOptions options_;
    GraphClient& graph_;
    http::Tell tell_;
};

} // namespace

std::vector<std::string> needed_permissions(const TeamsOptions& options) {
    std::vector<std::string> needed{options.write ? "Presence.ReadWrite.All" : "Presence.Read.All", "User.Read.All"};
    if (options.reads_calendars) needed.emplace_back("Calendars.Read");
    return needed;
}

std::string consent_url(const TeamsOptions& options) {
    return fmt::format("{}/{}/adminconsent?client_id={}", options.login_url.text, http::encode_segment(options.tenant),
                       http::encode_query(options.client_id));
}

std::string manifest(const TeamsOptions& options) {
    boost::json::array access;
    for (const auto& needed : needed_permissions(options))
        for (const auto& permission : permissions)
            if (permission.name == needed)
                access.push_back(boost::json::object{{"id", permission.id}, {"type", "Role"}});
    if (options.notifications) access.push_back(boost::json::object{{"id", delegated_presence}, {"type", "Scope"}});
    boost::json::object resource{{"resourceAppId", microsoft_graph}, {"resourceAccess", access}};
    return boost::json::serialize(boost::json::object{{"requiredResourceAccess", boost::json::array{resource}}});
}

Task<bool> examine(Loop& loop, TeamsOptions options, http::Tell tell) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    auto graph = GraphClient::make(loop, options);
    if (!client || !graph) {
        tell({"Teams", false, client ? graph.error().text : client.error().text, "correct [teams]"});
        co_return false;
    }
    for (const auto& address : {options.login_url.text, options.graph_url.text}) {
        auto url = http::Url::parse(address);
        if (!url || !co_await http::reach(*client, *url, tell)) co_return false;
    }
    Examination examination(options, **graph, tell);
    co_return co_await examination.run();
}

} // namespace lamp::teams
