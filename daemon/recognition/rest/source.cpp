#include "recognition/rest/source.hpp"

#include <fmt/format.h>
#include <random>

#include "http/certificate_file.hpp"
#include "numbers/dial_plan.hpp"
#include "numbers/public_network.hpp"
#include "proto/google/key_file.hpp"
#include "recognition/rest/loading.hpp"

namespace lamp::recognition::rest {
namespace {

constexpr milliseconds sync_answer_wait{60'000};
constexpr milliseconds lookup_answer_wait{3'000};
constexpr milliseconds lookup_turn_wait{300}; // a caller rings; what comes later is of no use

Result<http::Grant> grant_of(const Preset& preset, const RestOptions& options) {
    if (preset.auth.kind == AuthKind::client_credentials) return http::ClientCredentials{preset.auth.scope};
    if (preset.auth.kind == AuthKind::refresh_token)
        return http::RefreshGrant{options.refresh_token, preset.auth.scope};
    auto file = google::read_key_file(options.service_account.reveal());
    if (!file) return std::unexpected(file.error());
    auto key = http::SigningKey::parse(file->private_key);
    if (!key) return std::unexpected(key.error());
    return http::JwtBearer{.issuer = file->client_email,
                           .subject = options.subject,
                           .scope = preset.auth.scope,
                           .key = *std::move(key),
                           .key_id = file->private_key_id};
}

Result<std::optional<http::TokenSource>> tokens_of(const http::Client& client, const Preset& preset,
                                                   const RestOptions& options, RestSource::Keeper keeper) {
    std::optional<http::TokenSource> none;
    auto kind = preset.auth.kind;
    if (kind == AuthKind::none || kind == AuthKind::bearer || kind == AuthKind::basic || kind == AuthKind::api_key)
        return none;
    auto grant = grant_of(preset, options);
    if (!grant) return std::unexpected(grant.error());
    http::TokenOptions login{
        .token_url = preset.auth.token_url, .client_id = options.client_id, .grant = *std::move(grant)};
    using Where = http::ClientSecret::Place;
    if (!options.client_secret.empty()) {
        login.login = http::ClientSecret{options.client_secret, preset.auth.basic_login ? Where::basic : Where::form};
    } else if (!options.certificate.empty()) {
        auto certificate = http::read_certificate(options.certificate, options.private_key);
        if (!certificate) return std::unexpected(certificate.error());
        login.login = *std::move(certificate);
    }
    login.on_refresh_token = std::move(keeper);
    auto made = http::TokenSource::make(client, std::move(login));
    if (!made) return std::unexpected(made.error());
    return std::optional(*std::move(made));
}

} // namespace

struct RestSource::State {
    Preset preset;
    RestOptions options;
    http::Url base;
    http::Pool pool;
    std::optional<http::TokenSource> tokens;
    Quota quota;
    std::shared_ptr<const numbers::DialPlan> plan;
    numbers::PublicNetwork network;
    Bell stop;
    bool closed = false;
    bool syncing = false;
    Secret last_token{};

    /// The login, in the header where the CRM wants it.
    Task<Result<void>> log_in(http::Request& request, bool fresh_token) {
        switch (preset.auth.kind) {
        case AuthKind::none: co_return Result<void>();
        case AuthKind::bearer:
            request.authorization = Secret(preset.auth.scheme + " " + options.token.reveal());
            co_return Result<void>();
        case AuthKind::basic:
            request.authorization = http::basic(options.username, options.password);
            co_return Result<void>();
        case AuthKind::api_key:
            request.headers.add(preset.auth.header, options.token.reveal());
            co_return Result<void>();
        case AuthKind::client_credentials:
        case AuthKind::refresh_token:
        case AuthKind::google_service_account: break;
        }
        if (fresh_token) tokens->reject(last_token);
        auto token = co_await tokens->token();
        if (!token) co_return std::unexpected(token.error());
        last_token = *token;
        request.authorization = Secret(preset.auth.scheme + " " + token->reveal());
        co_return Result<void>();
    }

    Task<Result<http::Answer>> send(Ask ask, milliseconds limit, bool safe_to_repeat) {
        auto target = http::local_target(base, ask.target);
        if (!target) co_return std::unexpected(target.error());
        http::Request request{.method = ask.method,
                              .target = *std::move(target),
                              .headers = std::move(ask.headers),
                              .body = std::move(ask.body),
                              .content_type = std::move(ask.content_type),
                              .limit = limit,
                              .safe_to_repeat = safe_to_repeat};
        auto ready = co_await log_in(request, ask.fresh_token);
        if (!ready) co_return std::unexpected(ready.error());
        co_return co_await pool.exchange(std::move(request));
    }

    Task<Result<Synced>> run(Sync& machine) {
        for (;;) {
            if (closed) co_return fail(Category::cancelled, "The synchronisation was stopped.");
            auto step = machine.next(steady_now(), wall_now());
            if (auto* error = std::get_if<Error>(&step)) co_return std::unexpected(std::move(*error));
            if (auto* done = std::get_if<Synced>(&step)) co_return std::move(*done);
            if (auto* pause = std::get_if<Pause>(&step)) {
                auto wait = std::chrono::ceil<milliseconds>(pause->until - steady_now());
                if (wait > milliseconds(0)) co_await stop.wait(wait);
                continue;
            }
            auto answer = co_await send(std::get<Ask>(std::move(step)), sync_answer_wait, true);
            machine.answer(answer, steady_now(), wall_now());
        }
    }

    /// A place in the budget for a person who waits.
    Task<Result<void>> turn() {
        if (!quota.allows(Purpose::lookup, wall_now()))
            co_return fail(Category::limit, "The day's requests are used up.");
        auto wait = quota.take(steady_now(), wall_now());
        if (wait == milliseconds(0)) co_return Result<void>();
        if (wait > lookup_turn_wait) co_return fail(Category::throttled, "The CRM may not be asked more often now.");
        co_await stop.wait(wait);
        if (closed) co_return fail(Category::cancelled, "The look-up was stopped.");
        if (quota.take(steady_now(), wall_now()) > milliseconds(0))
            co_return fail(Category::throttled, "The CRM may not be asked more often now.");
        co_return Result<void>();
    }
};

Result<std::unique_ptr<RestSource>> RestSource::make(asio::io_context& context, RestOptions options,
                                                     std::string country, Keeper keeper) {
    auto preset = load(options);
    if (!preset) return fail(Category::invalid, config::to_string(preset.error().front()));
    auto base = http::Url::parse(preset->base_url);
    if (!base) return std::unexpected(base.error());
    while (base->path.size() > 1 && base->path.ends_with('/'))
        base->path.pop_back();
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(context, std::move(wire));
    if (!client) return std::unexpected(client.error());
    auto tokens = tokens_of(*client, *preset, options, std::move(keeper));
    if (!tokens) return std::unexpected(tokens.error());
    http::Pool pool(*client, *base, {.parallel = 3, .waiting = 32});
    auto rates = preset->rates;
    auto plan = numbers::DialPlan::build({}, country);
    return std::unique_ptr<RestSource>(
        new RestSource(std::shared_ptr<State>(new State{.preset = *std::move(preset),
                                                        .options = std::move(options),
                                                        .base = *std::move(base),
                                                        .pool = std::move(pool),
                                                        .tokens = *std::move(tokens),
                                                        .quota = Quota(rates),
                                                        .plan = std::move(plan),
                                                        .network = numbers::PublicNetwork(country),
                                                        .stop = Bell(context)})));
}

RestSource::RestSource(std::shared_ptr<State> state) : state_(std::move(state)) {}

RestSource::~RestSource() {
    close();
}

void RestSource::close() {
    state_->closed = true;
    state_->stop.ring();
    if (state_->tokens) state_->tokens->close();
    state_->pool.close();
}

const Preset& RestSource::preset() const {
    return state_->preset;
}

std::vector<std::string> RestSource::fields() const {
    std::vector<std::string> names;
    for (const auto& listing : state_->preset.list)
        for (const auto& [name, pointers] : listing.map.fields)
            if (std::ranges::find(names, name) == names.end()) names.push_back(name);
    return names;
}

std::uint64_t RestSource::requests_today() const {
    return state_->quota.used();
}

Task<Result<Synced>> RestSource::sync(std::string cursor) {
    auto state = state_;
    if (state->syncing) co_return fail(Category::conflict, "A synchronisation is under way.");
    state->syncing = true;
    Sync machine(state->preset, state->quota, cursor, wall_now(), std::random_device()());
    auto result = co_await state->run(machine);
    state->syncing = false;
    if (!result && result.error().category == Category::forbidden && state->tokens)
        state->tokens->reject(state->last_token); // its rights stand in it: who is granted more needs another
    co_return result;
}

Task<Result<std::vector<Item>>> RestSource::look_up(std::string e164) {
    auto state = state_;
    auto forms = forms_of(e164, state->network.national(e164).value_or(""));
    Lookup lookup(state->preset, forms, [&](const std::string& written) {
        auto normal = state->plan->normal({}, written);
        return normal && *normal == e164;
    });
    while (auto ask = lookup.next()) {
        auto turn = co_await state->turn();
        if (!turn) co_return std::unexpected(turn.error());
        auto answer = co_await state->send(*std::move(ask), lookup_answer_wait, true);
        if (answer && answer->status == 429)
            state->quota.close_until(steady_now() + answer->retry_after(wall_now()).value_or(seconds(10)));
        auto taken = lookup.answer(answer, wall_now());
        if (!taken) co_return std::unexpected(taken.error());
    }
    co_return lookup.found();
}

Task<Result<Sample>> RestSource::sample() {
    auto state = state_;
    const auto& listing = state->preset.list.front();
    Pager pager(listing, Values());
    Sample sample;
    auto started = steady_now();
    std::vector<Item> items;
    for (bool again = false;; again = true) {
        auto ask = pager.ask();
        ask.fresh_token = again;
        auto turn = co_await state->turn();
        if (!turn) co_return std::unexpected(turn.error());
        auto answer = co_await state->send(std::move(ask), sync_answer_wait, true);
        auto verdict = judge(state->preset, answer, wall_now());
        if (verdict.meaning == Meaning::unauthorised && state->tokens && !again) continue;
        if (verdict.error) co_return std::unexpected(*verdict.error);
        if (verdict.meaning == Meaning::nothing) break;
        auto body = read_json(*answer);
        if (!body) co_return std::unexpected(body.error());
        auto page = read_page(listing, *body);
        if (!page) co_return std::unexpected(page.error());
        items = std::move(page->items);
        break;
    }
    sample.took = std::chrono::duration_cast<milliseconds>(steady_now() - started);
    std::erase_if(items, [](const Item& item) { return item.deleted; });
    sample.records = items.size();
    for (auto& item : items)
        if (item.numbers.empty())
            ++sample.without_numbers;
        else if (sample.item.numbers.empty())
            sample.item = std::move(item);
    if (sample.item.id.empty() && !items.empty()) sample.item = std::move(items.front());
    for (const auto& number : sample.item.numbers) {
        auto normal = state->plan->normal({}, number.written);
        sample.numbers.push_back(
            {number.kind, number.written, normal ? *normal : "", normal ? "" : normal.error().text});
    }
    co_return sample;
}

Result<Outgoing> RestSource::preview(const recognition::NewContact& contact) const {
    auto taken = as_preset_takes(state_->preset, contact);
    if (!taken) return std::unexpected(taken.error());
    auto ask = ask_to_create(state_->preset, *taken);
    if (!ask) return std::unexpected(ask.error());
    auto target = http::local_target(state_->base, ask->target);
    if (!target) return std::unexpected(target.error());
    return Outgoing{state_->base.origin(), fmt::format("{} {}", http::name(ask->method), *target), ask->body};
}

Task<Result<Created>> RestSource::create(NewContact contact) {
    auto state = state_;
    auto ask = ask_to_create(state->preset, contact);
    if (!ask) co_return std::unexpected(ask.error());
    for (bool again = false;; again = true) {
        ask->fresh_token = again;
        auto turn = co_await state->turn();
        if (!turn) co_return std::unexpected(turn.error());
        auto answer = co_await state->send(*ask, sync_answer_wait, false);
        auto verdict = judge(state->preset, answer, wall_now());
        if (verdict.meaning == Meaning::unauthorised && state->tokens && !again) continue;
        if (verdict.error) co_return std::unexpected(*verdict.error);
        co_return read_created(state->preset, *answer);
    }
}

std::string to_text(const Sample& sample) {
    if (sample.item.id.empty()) return fmt::format("The list is empty ({} ms).\n", sample.took.count());
    auto made = fmt::format("{} records on the first page, {} of them without a number ({} ms). One of them:\n\n",
                            sample.records, sample.without_numbers, sample.took.count());
    auto row = [&](std::string_view key, std::string_view value, std::string_view more = {}) {
        made += fmt::format("  {:<14} {}{}{}\n", key, value, more.empty() ? "" : "  ", more);
    };
    row("id", sample.item.id);
    row("name", sample.item.name);
    for (const auto& number : sample.numbers)
        row(number.kind.empty() ? "number" : number.kind, number.written,
            number.normal.empty() ? "not used: " + number.why : "read as " + number.normal);
    for (const auto& [field, text] : sample.item.fields)
        row(field, text);
    if (!sample.item.url.empty()) row("page", sample.item.url);
    return made;
}

} // namespace lamp::recognition::rest
