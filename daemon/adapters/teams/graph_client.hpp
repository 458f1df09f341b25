// One tenant's Microsoft Graph: the token, the budget of presence requests, and what throttling and outages ask of
// everybody who speaks to it. It tries once; whoever calls owns the repetition. Lives on the egress loop.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/teams/options.hpp"
#include "adapters/teams/tenant_budget.hpp"
#include "base/backoff.hpp"
#include "base/log.hpp"
#include "fanout/outcome.hpp"
#include "http/oauth.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::teams {

/// What came of one request. `error` is a whole sentence for everything but a 2xx with JSON (or without a body).
struct GraphReply {
    int status = 0; // 0: no answer
    std::string body{};
    std::optional<Error> error{};
    milliseconds after{0};  // 429 and 503: not earlier than this
    bool uncertain = false; // it may have been carried out all the same

    [[nodiscard]] bool ok() const { return !error; }
    /// For a write: 404 means that there is nothing to write to.
    [[nodiscard]] fanout::Outcome outcome() const;
};

/// The scope to log in with on behalf of a person: what subscriptions need, and a refresh token.
[[nodiscard]] Result<std::string> delegated_scope(const TeamsOptions& options);
/// Where this tenant's tokens are given ("token") and codes for a login elsewhere ("devicecode").
[[nodiscard]] std::string login_endpoint(const TeamsOptions& options, std::string_view what);

/// How the application of [teams] logs in to Graph. Category::invalid: a certificate, key or URL that cannot be used.
[[nodiscard]] Result<http::TokenOptions> application_login(const TeamsOptions& options);

struct GraphCounters {
    std::uint64_t requests = 0;
    std::uint64_t throttled = 0;
    std::uint64_t failed = 0; // no answer, 5xx, HTML
    std::uint64_t tokens = 0;
};

class GraphClient {
public:
    /// Category::invalid: a certificate, key, URL or proxy that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<GraphClient>> make(Loop& loop, const TeamsOptions& options);
    /// The same on behalf of the person whose refresh token this is, as a public client.
    [[nodiscard]] static Result<std::unique_ptr<GraphClient>>
    make_delegated(Loop& loop, const TeamsOptions& options, Secret refresh_token,
                   std::function<Task<>(Secret refresh_token)> on_refresh_token);

    /// Waits until presence requests may be made; gives how many of the `wanted` ones. 0: we are stopping.
    [[nodiscard]] Task<unsigned> acquire(Priority priority, unsigned wanted);
    void give_back(unsigned count) { budget_.give_back(count); }
    /// Asks once, with a fresh token after a 401. The caller holds permits if it is about presence. `target` is
    /// "/v1.0/…", or a link of Graph's own, whose host is not looked at: the token goes to `graph_url` alone.
    [[nodiscard]] Task<GraphReply> send(http::Method method, std::string target, std::string body = {});
    /// GET of what is said of a photo, and of the photo. Mailboxes have a service and limits of their own: their errors
    /// hold no presence back.
    [[nodiscard]] Task<GraphReply> send_for_photo_data(std::string target);
    [[nodiscard]] Task<GraphReply> send_for_photo(std::string target);
    /// An item of a batch was throttled: everybody is silent for so long.
    void throttled(milliseconds after);
    /// The next request gets a token that is not the present one.
    void want_fresh_token();
    /// An item of a batch was not permitted.
    void forbidden() { tokens_.renew(); }
    /// Ends all waiting; later calls are refused.
    void stop();

    /// The roles of the token in use ("Presence.Read.All"), if it tells them; empty before the first one.
    [[nodiscard]] const std::vector<std::string>& roles() const { return roles_; }
    /// The token could be looked into; with no roles it then holds none.
    [[nodiscard]] bool roles_readable() const { return roles_readable_; }
    /// The delegated permissions of a person's token ("Presence.Read.All"), and the tenant that it is of.
    [[nodiscard]] const std::vector<std::string>& scopes() const { return scopes_; }
    [[nodiscard]] const std::string& tenant_id() const { return tenant_id_; }
    [[nodiscard]] const GraphCounters& counters() const { return counters_; }
    /// The service answers; false after no answer, 5xx or HTML until the next good one.
    [[nodiscard]] bool answering() const { return !failing_; }
    /// Our login was refused, and has not been accepted since.
    [[nodiscard]] bool login_refused() const { return login_refused_; }
    [[nodiscard]] std::optional<Wall> last_success() const { return last_success_; }
    [[nodiscard]] const std::string& last_error() const { return last_error_; }
    [[nodiscard]] double requests_per_second() const { return budget_.per_second(); }

private:
    GraphClient(Loop& loop, http::Client client, http::Url graph, http::TokenSource tokens, double per_30s);
    [[nodiscard]] static Result<std::unique_ptr<GraphClient>>
    make_with(Loop& loop, const TeamsOptions& options, const http::Url& graph, http::TokenOptions login);

    enum class Wanted : std::uint8_t { presence, accounts, photo_data, photo };
    [[nodiscard]] static bool aside(Wanted wanted) { return wanted >= Wanted::photo_data; }
    [[nodiscard]] Task<GraphReply> ask(http::Method method, std::string target, std::string body, Wanted wanted);
    [[nodiscard]] GraphReply digest(Result<http::Answer> answer, Wanted wanted);
    void digest_error(GraphReply& reply, const http::Answer& answer, Wanted wanted);
    GraphReply fail_login(const Error& error);
    void note_outage(Steady now, milliseconds at_least);
    void note_success();
    void read_roles(const Secret& token);

    Loop& loop_;
    http::Url graph_;
    http::Pool pool_;
    http::TokenSource tokens_;
    TenantBudget budget_;
    Bell bell_;
    Backoff outage_{milliseconds(1000), milliseconds(10'000)};
    Backoff throttle_{milliseconds(1000), milliseconds(60'000)};
    Steady last_outage_{};
    unsigned writers_waiting_ = 0;
    unsigned under_way_ = 0;
    bool failing_ = false;
    bool login_refused_ = false;
    bool stopped_ = false;
    std::optional<Wall> last_success_;
    std::string last_error_;
    std::string who_ = "application";
    Secret token_in_use_;
    std::vector<std::string> roles_;
    std::vector<std::string> scopes_;
    std::string tenant_id_;
    bool roles_readable_ = false;
    GraphCounters counters_;
    log::OncePerMinute complaint_;
};

} // namespace lamp::teams
