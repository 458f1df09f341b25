#include "adapters/zoho/doctor.hpp"

#include <fmt/format.h>

#include "adapters/zoho/client.hpp"
#include "http/url.hpp"

namespace lamp::zoho {
namespace {

constexpr int users_asked = 1000;

std::string remedy_of(const Reply& reply) {
    if (reply.login) return "check client_id and client_secret in [zoho], then: lamplighter zoho login";
    switch (reply.told.verdict) {
    case Verdict::not_registered:
        return "client_id must be that of a provider that Zoho has registered for PhoneBridge";
    case Verdict::other_provider: return "end the other provider's PhoneBridge in Zoho first";
    case Verdict::forbidden: return "log in with an administrator's account: lamplighter zoho login";
    case Verdict::throttled: return "wait; Zoho asks for fewer requests";
    default: return "see the text";
    }
}

Task<bool> reach_hosts(Loop& loop, const ZohoOptions& options, http::Tell tell) {
    auto login = http::Url::parse(options.login_url.text);
    auto api = http::Url::parse(options.api());
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!login || !api || !client) {
        tell({"options", false, (!login ? login.error() : !api ? api.error() : client.error()).text, "correct [zoho]"});
        co_return false;
    }
    if (!co_await http::reach(*client, *login, tell)) co_return false;
    co_return api->origin() == login->origin() || co_await http::reach(*client, *api, tell);
}

/// Of an account whose PhoneBridge is on.
bool tell_users(const Reply& reply, const http::Tell& tell) {
    auto read = read_users(reply.body);
    if (!read) return tell({"users", false, read.error().text, "see the text"}), false;
    if (read->users.empty())
        return tell({"users", false, "Zoho lists nobody",
                     "the account that consented must see its organisation's users"}),
               false;
    tell({"users", true, fmt::format("{}{} can be read", read->users.size(), read->more ? " and more" : ""), ""});
    return true;
}

bool tell_bridge(const Reply& reply, const Memory& kept, const http::Tell& tell) {
    if (reply.told.verdict == Verdict::not_integrated) {
        bool off = kept.words.contains("disabled");
        tell({"PhoneBridge", true,
              off ? "disabled by an operator; lamplighter zoho enable ends that"
                  : "not enabled yet: the daemon does that when it runs",
              ""});
        return true;
    }
    tell({"PhoneBridge", reply.ok(), reply.ok() ? "enabled" : reply.why, remedy_of(reply)});
    return reply.ok() && tell_users(reply, tell);
}

bool tell_clicks(const ZohoOptions& options, const http::Tell& tell) {
    bool there = !options.public_url.empty();
    tell({"clicks", there,
          there ? fmt::format("Zoho is told to come to {}/hooks/zoho/", options.public_url)
                : "nothing can be clicked in Zoho: it has no address of ours",
          "set [http] public_url to an address that Zoho can reach"});
    return there;
}

} // namespace

Task<bool> examine(Loop& loop, ZohoOptions options, Memory kept, http::Tell tell) {
    const auto& login = kept.login;
    if (!login.login_url.empty() && options.api_url.text.empty()) options.login_url.text = login.login_url;
    if (!co_await reach_hosts(loop, options, tell)) co_return false;
    auto token = login.refresh_token.empty() ? options.refresh_token : login.refresh_token;
    if (token.empty()) {
        tell({"consent", false, "nobody has consented yet", "lamplighter zoho login"});
        co_return false;
    }
    TokenGate gate;
    if (auto word = kept.words.find("tokens"); word != kept.words.end()) gate.load(word->second);
    auto client = Client::make(loop, options, token, std::move(gate), {});
    if (!client) {
        tell({"options", false, client.error().text, "correct [zoho]"});
        co_return false;
    }
    auto reply = co_await (*client)->ask(http::Method::get, fmt::format("users?page=1&perPage={}", users_asked));
    (*client)->stop();
    bool known = !reply.login && reply.told.verdict != Verdict::token;
    auto whose = login.account.empty() ? options.account : login.account;
    tell({"login", known, known ? fmt::format("accepted{}{}", whose.empty() ? "" : ", of ", whose) : reply.why,
          "check client_id and client_secret in [zoho], then: lamplighter zoho login"});
    if (!known) co_return false;
    bool bridge = tell_bridge(reply, kept, tell);
    bool clicks = tell_clicks(options, tell);
    co_return bridge&& clicks;
}

} // namespace lamp::zoho
