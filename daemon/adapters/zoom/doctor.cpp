#include "adapters/zoom/doctor.hpp"

#include <fmt/format.h>

#include "adapters/zoom/zoom_client.hpp"
#include "proto/zoom/rest.hpp"

namespace lamp::zoom {
namespace {

bool passed(const http::Tell& tell, std::string_view what, std::string detail) {
    tell({fmt::format("Zoom {}", what), true, std::move(detail), ""});
    return true;
}

bool failed(const http::Tell& tell, std::string_view what, const Error& error, std::string_view scope) {
    auto remedy = http::remedy_for(error);
    if (error.category == Category::forbidden || error.category == Category::invalid)
        remedy = fmt::format("give the server-to-server app the scope {} and activate it again", scope);
    if (error.category == Category::unauthorised)
        remedy = "check account_id, client_id and client_secret, and that the app is activated";
    tell({fmt::format("Zoom {}", what), false, error.text, std::move(remedy)});
    return false;
}

Task<bool> examine_rest(ZoomClient& client, const http::Tell& tell) {
    auto users = co_await client.get("/users?page_size=1&status=active");
    if (users.status == 0 && !client.last_success())
        co_return failed(tell, "login", *users.error, "user:read:list_users:admin");
    passed(tell, "login", "a token was given");
    auto page = users.ok() ? read_users(users.body) : std::unexpected(*users.error);
    if (!page) co_return failed(tell, "users", page.error(), "user:read:list_users:admin");
    passed(tell, "users", "can be listed");
    if (page->users.empty()) co_return true;
    auto reply =
        co_await client.get(fmt::format("/users/{}/presence_status", http::encode_segment(page->users.front().id)));
    auto presence = reply.ok() ? read_presence(reply.body) : std::unexpected(*reply.error);
    if (!presence) co_return failed(tell, "presence", presence.error(), "user:read:presence_status:admin");
    co_return passed(tell, "presence", "can be read");
}

} // namespace

Task<bool> examine(Loop& loop, ZoomOptions options, http::Tell tell) {
    passed(tell, "web hooks",
           options.hooks() ? "are taken at /hooks/zoom; Zoom tests the address when it is saved in the app"
                           : "are off: no webhook_secret");
    if (!options.rest()) co_return passed(tell, "REST", "is off: no client_id");
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto wired = http::Client::make(loop.context(), wire);
    auto client = ZoomClient::make(loop, options);
    if (!wired || !client) {
        tell({"Zoom", false, wired ? client.error().text : wired.error().text, "correct [zoom]"});
        co_return false;
    }
    for (const auto& address : {options.login_url.text, options.api_url.text}) {
        auto url = http::Url::parse(address);
        if (!url || !co_await http::reach(*wired, *url, tell)) co_return false;
    }
    co_return co_await examine_rest(**client, tell);
}

} // namespace lamp::zoom
