#include "oidc/issuer.hpp"

#include <atomic>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/log.hpp"
#include "http/pool.hpp"

namespace lamp::oidc {
namespace json = boost::json;
using namespace std::chrono_literals;

namespace {

constexpr milliseconds refreshed_every = 15min;
constexpr milliseconds fetched_at_most_every = 10s;
constexpr milliseconds retry_first = 2s;
constexpr milliseconds retry_last = 5min;
constexpr milliseconds answer_wait = 10s;
constexpr std::size_t document_max = 256 * 1024;

} // namespace

Source source_of(const OidcOptions& options) {
    auto base = options.issuer.text;
    while (base.ends_with('/'))
        base.pop_back();
    return {{options.issuer.text, options.audience, options.role_claim, options.roles, options.person_claim},
            base + "/.well-known/openid-configuration",
            options.jwks_url.text,
            options.ca_file,
            options.proxy};
}

struct Issuer::State : std::enable_shared_from_this<Issuer::State> {
    State(Loop& loop_, Source source_, http::Client client_)
        : loop(loop_), source(std::move(source_)), client(std::move(client_)), wanted(loop.context()) {}

    Loop& loop;
    const Source source;
    http::Client client;
    Bell wanted;
    std::atomic<std::shared_ptr<const KeySet>> keys;
    std::atomic<Steady::rep> demanded{(steady_now() - fetched_at_most_every).time_since_epoch().count()};
    std::atomic<bool> asked{false}; // somebody wants new keys
    bool stopped = false;           // the loop's

    [[nodiscard]] Task<Result<std::string>> get(std::string url) {
        auto place = http::Url::parse(url);
        if (!place) co_return std::unexpected(place.error());
        http::Pool pool(client, *place, {.parallel = 1});
        http::Request request;
        request.target = place->path;
        request.limit = answer_wait;
        auto answer = co_await pool.exchange(std::move(request));
        if (!answer) co_return std::unexpected(answer.error());
        if (!answer->success())
            co_return fail(http::category_of(answer->status), fmt::format("{} answers {}.", url, answer->status));
        if (answer->body.size() > document_max)
            co_return fail(Category::limit, fmt::format("{} answers too much.", url));
        co_return std::move(answer->body);
    }

    /// Where the keys are.
    [[nodiscard]] Task<Result<std::string>> discover() {
        if (!source.jwks_url.empty()) co_return source.jwks_url;
        auto document = co_await get(source.discovery_url);
        if (!document) co_return std::unexpected(document.error());
        boost::system::error_code error;
        auto value = json::parse(*document, error);
        auto member = [&](std::string_view name) {
            const auto* found = !error && value.is_object() ? value.get_object().if_contains(name) : nullptr;
            return found && found->is_string() ? std::string(found->get_string()) : std::string();
        };
        if (member("issuer") != source.expected.issuer)
            co_return fail(Category::protocol, "The discovery document is of another issuer.");
        auto place = member("jwks_uri");
        if (place.empty()) co_return fail(Category::protocol, "The discovery document names no keys (jwks_uri).");
        co_return place;
    }

    [[nodiscard]] Task<Result<void>> fetch() {
        auto place = co_await discover();
        if (!place) co_return std::unexpected(place.error());
        auto document = co_await get(*place);
        if (!document) co_return std::unexpected(document.error());
        auto set = KeySet::parse(*document);
        if (!set) co_return std::unexpected(set.error());
        keys = std::make_shared<const KeySet>(std::move(*set));
        co_return Result<void>();
    }

    [[nodiscard]] static Task<> keep_fresh(std::shared_ptr<State> self) {
        auto retry = retry_first;
        bool failing = false;
        while (!self->stopped) {
            bool on_demand = self->asked.exchange(false);
            auto done = co_await self->fetch();
            if (on_demand) self->demanded = steady_now().time_since_epoch().count();
            if (self->stopped) co_return;
            if (!done && !std::exchange(failing, true))
                log::error("oidc", "the issuer's keys cannot be fetched",
                           {{"issuer", self->source.expected.issuer}, {"why", done.error().text}});
            if (done && std::exchange(failing, false))
                log::info("oidc", "the issuer's keys are in", {{"issuer", self->source.expected.issuer}});
            co_await self->wait(done ? refreshed_every : retry);
            retry = done ? retry_first : std::min(retry_last, retry * 2);
        }
    }

    /// Until somebody wants new keys, which is heard every ten seconds, or `longest`.
    [[nodiscard]] Task<> wait(milliseconds longest) {
        auto until = steady_now() + longest;
        auto soonest = last_demand() + fetched_at_most_every;
        while (!stopped) {
            auto now = steady_now();
            if (now >= until || (asked && now >= soonest)) co_return;
            auto next = asked ? std::min(soonest, until) : until;
            auto left = std::chrono::ceil<milliseconds>(next - now);
            if (asked)
                static_cast<void>(co_await sleep_for(left));
            else
                static_cast<void>(co_await wanted.wait(left));
        }
    }

    /// When a fetch ended that somebody had wanted.
    [[nodiscard]] Steady last_demand() const { return Steady(Steady::duration(demanded.load())); }

    /// From any thread. False: they have just been fetched because of somebody's wish.
    [[nodiscard]] bool want_keys() {
        if (keys.load() && steady_now() - last_demand() < fetched_at_most_every) return false;
        if (!asked.exchange(true)) loop.post([self = shared_from_this()] { self->wanted.ring(); });
        return true;
    }
};

Result<std::unique_ptr<Issuer>> Issuer::make(Loop& loop, Source source) {
    http::ClientOptions wire;
    wire.ca_file = source.ca_file.string();
    wire.proxy = source.proxy;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(client.error());
    return std::unique_ptr<Issuer>(new Issuer(std::make_shared<State>(loop, std::move(source), std::move(*client))));
}

Issuer::~Issuer() = default;

void Issuer::start() {
    state_->loop.spawn(State::keep_fresh(state_));
}

void Issuer::stop() {
    state_->stopped = true;
    state_->wanted.ring();
}

Verdict Issuer::examine(std::string_view token, Wall now) const {
    auto keys = state_->keys.load();
    if (!keys) {
        if (!may_be_bearer(token)) return {Verdict::What::refused, "This token is not known."};
        static_cast<void>(state_->want_keys());
        return {Verdict::What::unknown_key, "The issuer's keys are not in yet."};
    }
    auto verdict = oidc::examine(token, *keys, state_->source.expected, now);
    if (verdict.what == Verdict::What::unknown_key && !state_->want_keys()) verdict.what = Verdict::What::refused;
    return verdict;
}

std::string Issuer::problem() const {
    return state_->keys.load() ? "" : "The keys of the identity provider are not in.";
}

} // namespace lamp::oidc
