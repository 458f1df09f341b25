#include "adapters/calendars/google.hpp"

#include <fmt/format.h>
#include <utility>

#include "adapters/calendars/google_client.hpp"
#include "adapters/calendars/google_login.hpp"
#include "adapters/calendars/google_push.hpp"
#include "base/log.hpp"
#include "proto/google/key_file.hpp"

namespace lamp::calendars {
namespace {

using Readings = Result<std::optional<std::vector<Occurrence>>>;

Result<http::TokenOptions> service_login(const CalendarOptions& options) {
    auto file = google::read_key_file(options.service_account.reveal());
    if (!file) return std::unexpected(file.error());
    auto key = http::SigningKey::parse(file->private_key);
    if (!key) return std::unexpected(key.error());
    http::TokenOptions login;
    login.grant = http::JwtBearer{.issuer = file->client_email,
                                  .subject = options.subject,
                                  .scope = std::string(google_scope),
                                  .key = *std::move(key),
                                  .key_id = file->private_key_id};
    return login;
}

Error cancelled() {
    return {Category::cancelled, "The calendar is not read any more: we are stopping."};
}

} // namespace

struct Google::State {
    State(const ProviderParts& parts, Zone zone)
        : loop(parts.loop),
          options(parts.options),
          store(parts.store),
          push(parts.google_push),
          mirror(options.calendar_id, std::move(zone)) {}

    static Task<Readings> read(std::shared_ptr<State> self, Window window);
    static Task<bool> login_changed(std::shared_ptr<State> self);
    static Task<Result<void>> sign_in(std::shared_ptr<State> self);
    Task<> keep(Secret fresh);
    static Result<void> use_consent(const std::shared_ptr<State>& self, Secret refresh_token);
    Task<Readings> read_pages(Window window);
    Task<> keep_watch();
    Error explained(Error error) const;
    std::string log_in() const { return fmt::format("lamplighter google login --calendar {}", options.name); }
    bool of_service() const { return !options.service_account.empty(); }

    Loop& loop;
    const CalendarOptions options;
    store::Store* store; // null only with a service account
    GooglePush* push;
    GoogleMirror mirror;
    std::shared_ptr<ApiClient> client; // null: nobody has logged in
    Secret consent;                    // the refresh token that it was made with
    bool reading = false;
    bool closed = false;
    log::OncePerMinute complaint;
    std::uint64_t complained_of = 0; // unreadable items
};

/// What a person has to do, where the service's word alone would not tell.
Error Google::State::explained(Error error) const {
    auto says = [&](std::string_view word) { return error.text.find(word) != std::string::npos; };
    auto who = options.subject.empty() ? std::string("the service account") : options.subject;
    if (error.category == Category::not_found)
        error.text += fmt::format(" There is no calendar {}, or {} may not see it: share it.", options.calendar_id,
                                  of_service() ? who : "the account that logged in");
    else if (says("insufficientPermissions") || says("ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
        error.text += of_service() ? fmt::format(" Delegate {} to the service account.", google_scope)
                                   : fmt::format(" The scope {} was not consented to: {}", google_scope, log_in());
    else if (says("unauthorized_client") && of_service())
        error.text += fmt::format(" In Google's admin console, under domain-wide delegation, give the service "
                                  "account's client id the scope {}.",
                                  google_scope);
    else if (says("invalid_grant"))
        error.text += of_service() ? fmt::format(" Is there a user {}, and is this machine's clock right?", who)
                                   : fmt::format(" The consent has ended: {}", log_in());
    // Whose consent is gone, his calendar counts no more. A secret that was changed or a service that is confused about
    // its own tokens is no such thing.
    if (!of_service() && error.category == Category::unauthorised && !says("invalid_grant"))
        error.category = Category::forbidden;
    return error;
}

Task<> Google::State::keep(Secret fresh) {
    auto old = std::exchange(consent, fresh);
    auto kept = co_await replace_google_login(*store, options.name, std::move(old), std::move(fresh));
    if (!kept)
        log::error("calendars", "a new refresh token could not be kept",
                   {{"calendar", options.name}, {"why", kept.error().text}});
}

Result<void> Google::State::use_consent(const std::shared_ptr<State>& self, Secret refresh_token) {
    http::TokenOptions login;
    login.client_id = self->options.client_id;
    if (!self->options.client_secret.empty()) login.login = http::ClientSecret{self->options.client_secret};
    login.grant = http::RefreshGrant{refresh_token};
    login.on_refresh_token = [weak = std::weak_ptr(self)](Secret fresh) -> Task<> {
        if (auto still = weak.lock()) co_await still->keep(std::move(fresh));
    };
    auto made = make_google_client(self->loop, self->options, std::move(login));
    if (!made) return std::unexpected(made.error());
    if (self->client) self->client->close();
    self->client = *std::move(made);
    self->consent = std::move(refresh_token);
    self->mirror.forget();
    return {};
}

Task<Result<void>> Google::State::sign_in(std::shared_ptr<State> self) {
    if (self->of_service()) co_return Result<void>();
    auto kept = co_await read_google_login(*self->store, self->options.name);
    if (self->closed) co_return std::unexpected(cancelled());
    if (!kept) co_return std::unexpected(kept.error());
    if (kept->empty()) {
        if (self->client) self->client->close();
        self->client.reset();
        self->mirror.forget();
        if (self->push) self->push->forget(self->options.name);
        co_return fail(Category::unauthorised,
                       fmt::format("Nobody has logged in for this calendar: {}", self->log_in()));
    }
    if (self->client && *kept == self->consent) co_return Result<void>();
    co_return use_consent(self, *std::move(kept));
}

Task<bool> Google::State::login_changed(std::shared_ptr<State> self) {
    if (self->of_service() || self->closed || self->reading) co_return false;
    auto kept = co_await read_google_login(*self->store, self->options.name);
    co_return kept && *kept != (self->client ? self->consent : Secret());
}

Task<Readings> Google::State::read_pages(Window window) {
    auto through = client;
    mirror.begin(window, wall_now());
    while (true) {
        auto reply = co_await through->get(mirror.target());
        if (closed) co_return std::unexpected(cancelled());
        bool refused = reply.status == 410 || reply.status == 400;
        if (refused && mirror.token_lost()) {
            log::info("calendars", "Google has forgotten how far we had read; everything is listed again",
                      {{"calendar", options.name}, {"why", reply.error->text}});
            continue;
        }
        if (reply.error) co_return std::unexpected(explained(*std::move(reply.error)));
        auto page = google::read_events(reply.body);
        if (!page) co_return std::unexpected(page.error());
        auto whole = mirror.take(*std::move(page));
        if (!whole) co_return std::unexpected(whole.error());
        if (*whole) co_return mirror.tell(window);
    }
}

Task<> Google::State::keep_watch() {
    if (push == nullptr) co_return;
    auto through = client;
    auto due = push->due(options.name, wall_now());
    if (due.open) {
        auto reply =
            co_await through->post(fmt::format("/calendars/{}/events/watch", http::encode_segment(options.calendar_id)),
                                   google::write_watch(*due.open));
        if (closed) co_return;
        auto channel = reply.error ? std::unexpected(*reply.error) : google::read_channel(reply.body);
        if (channel) {
            push->opened(options.name, *channel, wall_now());
        } else {
            push->refused(options.name, wall_now());
            log::warning("calendars", "Google opens no watch channel; the calendar is polled",
                         {{"calendar", options.name}, {"why", channel.error().text}});
        }
    }
    if (due.stop) {
        // A channel that cannot be stopped ends by itself, and what it says is taken for nothing.
        auto reply = co_await through->post("/channels/stop", google::write_stop(due.stop->id, due.stop->resource_id));
        if (reply.error && !closed)
            log::debug("calendars", "an old watch channel was not stopped",
                       {{"calendar", options.name}, {"why", reply.error->text}});
    }
}

Task<Readings> Google::State::read(std::shared_ptr<State> self, Window window) {
    if (self->closed) co_return std::unexpected(cancelled());
    if (std::exchange(self->reading, true)) co_return fail(Category::conflict, "The calendar is being read already.");
    auto ready = co_await sign_in(self);
    Readings found = ready ? co_await self->read_pages(window) : Readings(std::unexpected(ready.error()));
    if (!found) self->mirror.tell_anew();
    if (found && !self->closed) co_await self->keep_watch();
    self->reading = false;
    auto unreadable = self->mirror.unreadable();
    if (unreadable > self->complained_of && self->complaint.allow(steady_now())) {
        log::warning("calendars", "events that cannot be read were passed over",
                     {{"calendar", self->options.name}, {"count", unreadable - self->complained_of}});
        self->complained_of = unreadable;
    }
    co_return found;
}

Google::Google(std::shared_ptr<State> state) : state_(std::move(state)) {}

Google::~Google() {
    close();
}

Result<std::unique_ptr<Google>> Google::make(const ProviderParts& parts) {
    auto zone = Zones().find(parts.zone);
    if (!zone) return fail(Category::invalid, fmt::format("There is no time zone {}.", parts.zone));
    auto state = std::make_shared<State>(parts, *std::move(zone));
    if (!state->of_service() && !parts.store)
        return fail(Category::invalid, "There is no state folder that could hold a consent.");
    if (state->of_service()) {
        auto login = service_login(parts.options);
        if (!login) return std::unexpected(login.error());
        auto client = make_google_client(parts.loop, parts.options, *std::move(login));
        if (!client) return std::unexpected(client.error());
        state->client = *std::move(client);
    }
    return std::unique_ptr<Google>(new Google(std::move(state)));
}

Task<Readings> Google::read(Window window) {
    return State::read(state_, window);
}

Task<bool> Google::login_changed() {
    return State::login_changed(state_);
}

void Google::close() {
    if (std::exchange(state_->closed, true)) return;
    if (state_->client) state_->client->close();
}

Made make_google(const ProviderParts& parts) {
    auto made = Google::make(parts);
    if (!made) return std::unexpected(made.error());
    return std::unique_ptr<Provider>(std::move(*made));
}

} // namespace lamp::calendars
