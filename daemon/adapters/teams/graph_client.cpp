#include "adapters/teams/graph_client.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>
#include <iterator>
#include <random>
#include <sstream>

#include "http/certificate_file.hpp"
#include "http/jwt.hpp"
#include "proto/graph/error.hpp"
#include "proto/graph/scope.hpp"

namespace lamp::teams {
namespace {

constexpr milliseconds request_limit{20'000};
constexpr std::size_t parallel = 16;
constexpr milliseconds silence_longest{600'000}; // a date of a clock that is wrong is no reason to be mute for a day

std::string request_id() {
    static thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}", random() & 0xffffffffU, random() & 0xffffU,
                       random() & 0xfffU, random() & 0xfffU, random() & 0xffffffffffffU);
}

/// Graph answers with JSON, or with nothing. Anything else under a 2xx comes from somebody in between.
bool is_json_or_nothing(const http::Answer& answer) {
    if (answer.body.empty()) return true;
    if (answer.looks_like_html()) return false;
    auto first = answer.body.find_first_not_of(" \t\r\n");
    return first == std::string::npos || answer.body[first] == '{' || answer.body[first] == '[';
}

std::string scope_of(const http::Url& graph, std::string_view what) {
    return fmt::format("{}/{}", graph::resource_of(graph.origin(), graph.host), what);
}

} // namespace

Result<std::string> delegated_scope(const TeamsOptions& options) {
    auto graph = http::Url::parse(options.graph_url.text);
    if (!graph) return std::unexpected(graph.error());
    return scope_of(*graph, "Presence.Read.All") + " offline_access";
}

std::string login_endpoint(const TeamsOptions& options, std::string_view what) {
    return fmt::format("{}/{}/oauth2/v2.0/{}", options.login_url.text, http::encode_segment(options.tenant), what);
}

fanout::Outcome GraphReply::outcome() const {
    using Kind = fanout::Outcome::Kind;
    if (ok()) return fanout::Outcome::delivered();
    if (status == 404) return fanout::Outcome::not_applicable(error->text);
    auto kind = Kind::retry;
    switch (error->category) {
    case Category::unauthorised: kind = Kind::unauthorised; break;
    case Category::forbidden:
    case Category::invalid: kind = Kind::refused; break;
    default: break;
    }
    return {kind, after, uncertain, error->text};
}

Result<http::TokenOptions> application_login(const TeamsOptions& options) {
    auto graph = http::Url::parse(options.graph_url.text);
    if (!graph) return std::unexpected(graph.error());
    http::TokenOptions login;
    login.token_url = login_endpoint(options, "token");
    login.client_id = options.client_id;
    login.grant = http::ClientCredentials{scope_of(*graph, ".default")};
    if (options.certificate.empty()) {
        login.login = http::ClientSecret{options.client_secret};
    } else {
        auto certificate = http::read_certificate(options.certificate, options.private_key);
        if (!certificate) return std::unexpected(certificate.error());
        login.login = *std::move(certificate);
    }
    return login;
}

Result<std::unique_ptr<GraphClient>> GraphClient::make(Loop& loop, const TeamsOptions& options) {
    auto graph = http::Url::parse(options.graph_url.text);
    if (!graph) return std::unexpected(graph.error());
    auto login = application_login(options);
    if (!login) return std::unexpected(login.error());
    return make_with(loop, options, *graph, *std::move(login));
}

Result<std::unique_ptr<GraphClient>>
GraphClient::make_delegated(Loop& loop, const TeamsOptions& options, Secret refresh_token,
                            std::function<Task<>(Secret refresh_token)> on_refresh_token) {
    auto graph = http::Url::parse(options.graph_url.text);
    if (!graph) return std::unexpected(graph.error());
    auto scope = delegated_scope(options);
    if (!scope) return std::unexpected(scope.error());
    http::TokenOptions login;
    login.token_url = login_endpoint(options, "token");
    login.client_id = options.client_id;
    login.grant = http::RefreshGrant{std::move(refresh_token), *std::move(scope)};
    login.on_refresh_token = std::move(on_refresh_token);
    auto made = make_with(loop, options, *graph, std::move(login));
    if (made) (*made)->who_ = "account for notifications";
    return made;
}

Result<std::unique_ptr<GraphClient>> GraphClient::make_with(Loop& loop, const TeamsOptions& options,
                                                            const http::Url& graph, http::TokenOptions login) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    auto tokens = http::TokenSource::make(*client, std::move(login));
    if (!tokens) return std::unexpected(tokens.error());
    return std::unique_ptr<GraphClient>(
        new GraphClient(loop, *client, graph, *std::move(tokens), static_cast<double>(options.requests_per_30s)));
}

GraphClient::GraphClient(Loop& loop, http::Client client, http::Url graph, http::TokenSource tokens, double per_30s)
    : loop_(loop),
      graph_(std::move(graph)),
      pool_(client, graph_, http::PoolOptions{.parallel = parallel, .waiting = 4096}),
      tokens_(std::move(tokens)),
      budget_(per_30s),
      bell_(loop.context()) {}

void GraphClient::want_fresh_token() {
    if (!token_in_use_.empty()) tokens_.reject(token_in_use_);
}

void GraphClient::stop() {
    stopped_ = true;
    tokens_.close();
    pool_.close();
    bell_.ring();
}

Task<unsigned> GraphClient::acquire(Priority priority, unsigned wanted) {
    bool writes = priority == Priority::write;
    writers_waiting_ += writes ? 1 : 0;
    unsigned given = 0;
    while (!stopped_) {
        auto now = steady_now();
        // While the service fails, one request at a time finds out whether it is back.
        bool probing = failing_ && under_way_ > 0;
        if (!probing) given = budget_.take(now, priority, failing_ ? 1 : wanted, writers_waiting_ > 0);
        if (given > 0) break;
        co_await bell_.wait(probing ? milliseconds(100) : std::min(budget_.wait(now, priority), milliseconds(1000)));
    }
    writers_waiting_ -= writes ? 1 : 0;
    co_return given;
}

Task<GraphReply> GraphClient::send(http::Method method, std::string target, std::string body) {
    auto wanted = method == http::Method::get ? Wanted::accounts : Wanted::presence;
    return ask(method, std::move(target), std::move(body), wanted);
}

Task<GraphReply> GraphClient::send_for_photo_data(std::string target) {
    return ask(http::Method::get, std::move(target), {}, Wanted::photo_data);
}

Task<GraphReply> GraphClient::send_for_photo(std::string target) {
    return ask(http::Method::get, std::move(target), {}, Wanted::photo);
}

Task<GraphReply> GraphClient::ask(http::Method method, std::string target, std::string body, Wanted wanted) {
    GraphReply refused;
    if (stopped_) {
        refused.error = Error(Category::cancelled, "we are stopping");
        co_return refused;
    }
    auto local = http::local_target(graph_, target);
    if (!local) {
        refused.error = local.error();
        co_return refused;
    }
    http::Request request;
    request.method = method;
    request.target = *std::move(local);
    request.body = std::move(body);
    request.content_type = request.body.empty() ? "" : "application/json";
    request.headers.add("Accept", wanted == Wanted::photo ? "image/*" : "application/json");
    request.headers.add("client-request-id", request_id());
    request.limit = request_limit;
    request.safe_to_repeat = true; // reads, and writes of a wanted state
    under_way_ += aside(wanted) ? 0 : 1;
    GraphReply reply;
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto token = co_await tokens_.token();
        if (!token) {
            reply = fail_login(token.error());
            break;
        }
        if (std::exchange(login_refused_, false)) log::info("teams", "Microsoft accepts the login again");
        read_roles(*token);
        request.authorization = http::bearer(*token);
        ++counters_.requests;
        auto answer = co_await pool_.exchange(request);
        bool expired = answer && answer->status == 401;
        if (expired) tokens_.reject(*token);
        if (expired && attempt == 0) continue;
        reply = digest(std::move(answer), wanted);
        break;
    }
    under_way_ -= aside(wanted) ? 0 : 1;
    bell_.ring();
    co_return reply;
}

GraphReply GraphClient::fail_login(const Error& error) {
    GraphReply reply;
    reply.error = error;
    if (error.category == Category::cancelled) return reply;
    last_error_ = error.text;
    bool refused = error.category == Category::unauthorised || error.category == Category::invalid;
    if (refused && !std::exchange(login_refused_, true))
        log::error("teams", "Microsoft refuses a login", {{"whose", who_}, {"why", error.text}});
    note_outage(steady_now(), milliseconds(0)); // how often the login is tried is the token's business
    return reply;
}

GraphReply GraphClient::digest(Result<http::Answer> answer, Wanted wanted) {
    GraphReply reply;
    if (!answer) {
        reply.error = answer.error();
        if (answer.error().category == Category::cancelled) return reply;
        reply.uncertain = true;
        if (aside(wanted)) return reply;
        last_error_ = answer.error().text;
        note_outage(steady_now(), milliseconds(0));
        return reply;
    }
    reply.status = answer->status;
    bool fits = wanted == Wanted::photo ? answer->media_type().starts_with("image/") : is_json_or_nothing(*answer);
    if (answer->success() && fits) {
        reply.body = std::move(answer->body);
        if (!aside(wanted)) note_success();
        return reply;
    }
    digest_error(reply, *answer, wanted);
    return reply;
}

void GraphClient::digest_error(GraphReply& reply, const http::Answer& answer, Wanted wanted) {
    auto now = steady_now();
    auto told = graph::read_error(answer.body);
    auto id = told ? told->request_id : std::string();
    if (auto header = answer.headers.find("request-id"); header && id.empty()) id = *header;
    bool foreign = answer.success() || (!told && answer.looks_like_html());
    auto category = foreign ? Category::protocol : http::category_of(answer.status);
    auto text = foreign ? fmt::format("Graph's place was taken by something that answered {} with no JSON "
                                      "(a proxy, a captive portal?)",
                                      answer.status)
                        : fmt::format("Graph answered {} {}{}{}", answer.status, told ? told->code : std::string(),
                                      told && !told->message.empty() ? ": " + told->message : std::string(),
                                      id.empty() ? std::string() : fmt::format(" (request-id {})", id));
    reply.error = Error(category, text);
    if (auto wait = answer.retry_after(wall_now())) reply.after = std::min<milliseconds>(*wait, silence_longest);
    if (answer.status == 429) {
        ++counters_.throttled;
        if (wanted == Wanted::presence) throttled(reply.after); // the directory has limits of its own
    } else if (aside(wanted)) {
        reply.uncertain = true;
    } else if (foreign || answer.status >= 500) {
        reply.uncertain = true;
        last_error_ = text;
        note_outage(now, reply.after);
    } else {
        failing_ = false; // it answers, if only to refuse
        if (category == Category::forbidden) forbidden();
        if (category == Category::unauthorised || category == Category::forbidden) last_error_ = text;
        if (category == Category::unauthorised) note_outage(now, milliseconds(30'000)); // with a fresh token, too
    }
    if (answer.status != 404 && complaint_.allow(now))
        log::warning("teams", "Graph refused a request",
                     {{"why", text}, {"request_id", id}, {"not_shown", complaint_.take_suppressed()}});
}

void GraphClient::throttled(milliseconds after) {
    auto now = steady_now();
    if (after <= milliseconds(0)) after = budget_.closed(now) ? milliseconds(0) : throttle_.next();
    budget_.close_until(now + std::min(after, silence_longest));
    bell_.ring();
}

// Requests that were on their way together fail together: that is one outage, not sixteen.
void GraphClient::note_outage(Steady now, milliseconds at_least) {
    ++counters_.failed;
    if (!std::exchange(failing_, true))
        log::warning("teams", "Graph does not answer as it should", {{"why", last_error_}});
    if (budget_.closed(now)) return budget_.close_until(now + at_least);
    budget_.close_until(now + std::max(at_least, outage_.next()));
}

void GraphClient::note_success() {
    last_success_ = wall_now();
    outage_.reset();
    throttle_.reset();
    if (std::exchange(failing_, false)) log::info("teams", "Graph answers again");
    last_error_.clear();
}

void GraphClient::read_roles(const Secret& token) {
    if (token == token_in_use_) return;
    token_in_use_ = token;
    ++counters_.tokens;
    roles_.clear();
    scopes_.clear();
    tenant_id_.clear();
    auto claims = http::claims(token.reveal());
    if (!claims) return; // not every login gives tokens that can be read
    boost::system::error_code broken;
    auto parsed = boost::json::parse(*claims, broken);
    const auto* object = broken ? nullptr : parsed.if_object();
    roles_readable_ = object != nullptr;
    if (object == nullptr) return;
    if (const auto* tenant = object->if_contains("tid"); tenant && tenant->is_string())
        tenant_id_ = std::string(tenant->get_string());
    if (const auto* scopes = object->if_contains("scp"); scopes && scopes->is_string()) {
        std::istringstream words{std::string(scopes->get_string())};
        scopes_.assign(std::istream_iterator<std::string>(words), {});
    }
    const auto* roles = object->if_contains("roles");
    if (!roles || !roles->is_array()) return;
    for (const auto& role : roles->get_array())
        if (role.is_string()) roles_.emplace_back(role.get_string());
}

} // namespace lamp::teams
