#include "adapters/goto_meeting/doctor.hpp"

#include <fmt/format.h>

#include "http/pool.hpp"

namespace lamp::goto_meeting {

Task<bool> examine(Loop& loop, GoToOptions options, http::Tell tell) {
    auto login = http::Url::parse(options.login_url.text);
    auto api = http::Url::parse(options.api_url.text);
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!login || !api || !client) {
        tell({"options", false,
              !login ? login.error().text
              : !api ? api.error().text
                     : client.error().text,
              "correct [goto]"});
        co_return false;
    }
    if (!co_await http::reach(*client, *login, tell)) co_return false;
    if (api->origin() != login->origin() && !co_await http::reach(*client, *api, tell)) co_return false;
    http::Pool pool(*client, *api);
    http::Request request;
    request.target = (api->path == "/" ? std::string() : api->path) + "/upcomingMeetings";
    request.headers.add("Accept", "application/json");
    auto answer = co_await pool.exchange(std::move(request));
    if (!answer) {
        tell({"meetings", false, answer.error().text, http::remedy_for(answer.error())});
        co_return false;
    }
    // Without a token it must say 401, and nothing else: then it is the service.
    if (answer->status != 401 || answer->looks_like_html()) {
        tell({"meetings", false, fmt::format("status {} where a request without a token must give 401", answer->status),
              "check api_url in [goto]"});
        co_return false;
    }
    tell({"meetings", true,
          "the service is there; the login is not tried, since that may replace the refresh token: "
          "lamplighter status says whether it works",
          ""});
    co_return true;
}

} // namespace lamp::goto_meeting
