#include "http/examine.hpp"

#include <fmt/format.h>

#include "http/connection.hpp"
#include "http/resolver.hpp"

namespace lamp::http {
namespace {

constexpr milliseconds look_up_limit{10'000};

} // namespace

std::string remedy_for(const Error& error) {
    switch (error.category) {
    case Category::timeout:
    case Category::network: return "check the host name, the firewall and the proxy";
    case Category::protocol: return "something between here and there answers in its place: a proxy, a captive portal";
    case Category::unavailable: return "the server has a problem of its own; try later or ask whoever runs it";
    default: return "see the text";
    }
}

Task<bool> reach(Client client, Url url, Tell tell) {
    // Behind a proxy names are the proxy's to look up; ours is the proxy's own.
    auto first = url;
    if (const auto& proxy = client.options().proxy; !proxy.empty())
        if (auto parsed = Url::parse(proxy)) first = *parsed;
    auto endpoints = co_await resolve(first.host, first.port, look_up_limit);
    Step name{(first.place() == url.place() ? "" : "proxy ") + first.place() + " name", endpoints.has_value(), "",
              "check the host name and this machine's DNS"};
    name.detail = endpoints ? fmt::format("{} addresses, first {}", endpoints->size(), text(endpoints->front()))
                            : endpoints.error().text;
    tell(name);
    if (!endpoints) co_return false;
    Connection connection(client);
    auto connected = co_await connection.connect(url);
    Step reached{url.place() + (url.tls ? " connection and TLS" : " connection"), connected.has_value(), "", ""};
    if (connected) {
        reached.detail = fmt::format("to {}", connection.endpoint() ? text(*connection.endpoint()) : "?");
    } else {
        reached.detail = connected.error().text;
        reached.remedy = remedy_for(connected.error());
    }
    tell(reached);
    co_return connected.has_value();
}

} // namespace lamp::http
