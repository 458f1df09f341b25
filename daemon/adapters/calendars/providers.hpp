// The four kinds of providers, one file each. A further one is one function here and one row in calendars.cpp.
#pragma once
#include "adapters/calendars/options.hpp"
#include "adapters/calendars/provider.hpp"
#include "http/oauth.hpp"
#include "store/store.hpp"

namespace lamp::calendars {

class GooglePush;
class GraphPush;

/// What providers are made from; `options.ca_file` and `proxy` are filled in from [net].
struct ProviderParts {
    Loop& loop; // egress
    const CalendarOptions& options;
    store::Store* store; // outlives them; google with consent needs it
    std::string zone;    // IANA, of the line: all-day and floating appointments belong there
    // graph: the application of [teams]
    std::string graph_url{};
    http::TokenOptions graph_token{};
    // google: shared by all calendars, outlives them; null where Google cannot reach us
    GooglePush* google_push = nullptr;
    GraphPush* graph_push = nullptr; // likewise
};
using Made = Result<std::unique_ptr<Provider>>;

[[nodiscard]] Made make_google(const ProviderParts& parts);
[[nodiscard]] Made make_graph(const ProviderParts& parts);
[[nodiscard]] Made make_caldav(const ProviderParts& parts);
[[nodiscard]] Made make_ics(const ProviderParts& parts);

} // namespace lamp::calendars
