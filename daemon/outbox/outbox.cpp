#include "outbox/outbox.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/schedule.hpp"
#include "base/zones.hpp"
#include "outbox/bodies.hpp"
#include "outbox/digest_time.hpp"
#include "outbox/intake.hpp"
#include "outbox/mail_message.hpp"
#include "outbox/selector.hpp"
#include "outbox/shelf.hpp"
#include "outbox/signature.hpp"
#include "outbox/target.hpp"

namespace lamp::outbox {
namespace {

constexpr milliseconds digest_again{60'000}; // after a disk that did not take it

bool same_way(const OutboxOptions& left, const OutboxOptions& right) {
    return left.mail == right.mail && left.ca_file == right.ca_file && left.proxy == right.proxy &&
           left.timezone == right.timezone && left.language == right.language && left.country == right.country;
}

} // namespace

struct Outbox::State : std::enable_shared_from_this<Outbox::State> {
    State(Loop& loop_, store::Store& store_, OutboxOptions options_)
        : loop(loop_), store(store_), options(std::move(options_)), digest_bell(loop_.context()) {}

    void make_targets(const OutboxOptions* before);
    [[nodiscard]] std::shared_ptr<Target> make(const std::string& name, const WebhookOptions& webhook);
    [[nodiscard]] std::shared_ptr<Target> find(const std::string& name) const;
    [[nodiscard]] Manner manner(const WebhookOptions& webhook) const;
    [[nodiscard]] std::string called(const calls::CallRecord& call) const;
    [[nodiscard]] std::string called(const std::string& person) const;

    void take(const calls::CallEvent& event);
    void take(const Notice& notice, std::string_view only);
    [[nodiscard]] bool wanted(const Target& target, std::string_view event, std::string_view type,
                              std::string_view person) const;
    void enqueue(Target& target, Letter letter);
    [[nodiscard]] Result<std::string> body(const Target& target, const Letter& letter, const calls::CallEvent& event);
    [[nodiscard]] std::string body(const Target& target, const Letter& letter, const Notice& notice) const;
    [[nodiscard]] std::string in_format(const WebhookOptions& webhook, const Letter& letter,
                                        const Summary& summary) const;

    static Task<> digests(std::shared_ptr<State> self);
    [[nodiscard]] Task<bool> digest(std::string name, WebhookOptions webhook, Wall until);
    static Task<> test(std::shared_ptr<State> self, std::shared_ptr<Target> target,
                       std::function<void(Result<calls::WebhookDone>)> reply);
    void change(std::shared_ptr<Target> target, const calls::WebhookOrder& order,
                std::function<void(Result<calls::WebhookDone>)> reply);

    Loop& loop;
    store::Store& store;
    OutboxOptions options;
    Zone zone;
    std::optional<numbers::PublicNetwork> home; // while a webhook wants its numbers
    Render render;
    std::shared_ptr<const presence::People> people;
    std::shared_ptr<Intake> intake;
    std::vector<std::shared_ptr<Target>> targets;
    std::vector<std::string> unusable; // whole sentences
    std::set<std::string> names_ever;  // metrics point into it
    Bell digest_bell;
    bool started = false;
    bool stopping = false;
};

// ---------------------------------------------------------------- targets

std::shared_ptr<Target> Outbox::State::make(const std::string& name, const WebhookOptions& webhook) {
    auto settled = webhook;
    if (settled.ca_file.empty()) settled.ca_file = options.ca_file;
    if (settled.proxy.empty()) settled.proxy = options.proxy;
    auto transport = Result<std::unique_ptr<Transport>>();
    if (webhook.format != Format::mail) {
        transport = http_transport(loop, settled, "lamplighter/" + options.version);
    } else if (!options.mail) {
        transport = fail(Category::invalid, "There is no mail server: [mail] is missing.");
    } else {
        auto mail = *options.mail;
        if (mail.ca_file.empty()) mail.ca_file = options.ca_file;
        transport = mail_transport(mail, webhook.to);
    }
    if (transport) return std::make_shared<Target>(loop, store, name, webhook, std::move(*transport));
    unusable.push_back(fmt::format("Webhook {} cannot be used: {}", name, transport.error().text));
    log::error("outbox", "a webhook cannot be used", {{"webhook", name}, {"why", transport.error().text}});
    return nullptr;
}

/// What has not changed since `before` stays.
void Outbox::State::make_targets(const OutboxOptions* before) {
    if (auto found = Zones().find(options.timezone)) zone = *found;
    home.reset();
    if (std::ranges::any_of(options.webhooks, [](const auto& one) { return one.numbers == "national"; }))
        home.emplace(options.country);
    auto old = std::exchange(targets, {});
    unusable.clear();
    auto names = names_of(options.webhooks);
    names_ever.insert(names.begin(), names.end());
    for (std::size_t i = 0; i < names.size(); ++i) {
        auto same = [&](const auto& one) { return one->name() == names[i] && one->options() == options.webhooks[i]; };
        auto found = before != nullptr && same_way(*before, options) ? std::ranges::find_if(old, same) : old.end();
        if (found != old.end()) {
            targets.push_back(std::move(*found));
            old.erase(found);
        } else if (auto made = make(names[i], options.webhooks[i])) {
            targets.push_back(made);
            if (started) made->start();
        }
    }
    for (auto& gone : old)
        gone->stop();
    digest_bell.ring();
}

std::shared_ptr<Target> Outbox::State::find(const std::string& name) const {
    auto found = std::ranges::find_if(targets, [&](const auto& one) { return one->name() == name; });
    return found == targets.end() ? nullptr : *found;
}

Manner Outbox::State::manner(const WebhookOptions& webhook) const {
    auto language = language_named(webhook.language.empty() ? options.language : webhook.language);
    return {zone, language.value_or(Language::en), webhook.numbers == "national" && home ? &*home : nullptr};
}

std::string Outbox::State::called(const std::string& person) const {
    auto slot = people ? people->find(person) : std::nullopt;
    if (!slot) return person;
    auto name = people->person(*slot).name;
    return name.empty() ? person : std::string(name);
}

std::string Outbox::State::called(const calls::CallRecord& call) const {
    return call.person.empty() ? call.line : called(call.person);
}

// ---------------------------------------------------------------- events

bool Outbox::State::wanted(const Target& target, std::string_view event, std::string_view type,
                           std::string_view person) const {
    return !target.disabled() && wants(target.options(), event, type, person, people.get());
}

void Outbox::State::take(const calls::CallEvent& event) {
    for (const auto& target : targets) {
        if (!wanted(*target, calls::name(event.what), type_of(event.what), event.call.person)) continue;
        Letter letter{.webhook = target->name(),
                      .key = key_of(target->name(), event),
                      .event = std::string(calls::name(event.what)),
                      .made = wall_now(),
                      .body = {}};
        if (!target->options().digest.empty()) letter.state = LetterState::gathered;
        auto text = body(*target, letter, event);
        if (!text) {
            target->refuse(text.error().text);
            continue;
        }
        letter.body = std::move(*text);
        enqueue(*target, std::move(letter));
    }
}

void Outbox::State::take(const Notice& notice, std::string_view only) {
    for (const auto& target : targets) {
        if (!only.empty() && target->name() != only) continue;
        if (!wanted(*target, notice.type, notice.type, notice.person)) continue;
        Letter letter{.webhook = target->name(),
                      .key = key_of(target->name(), notice),
                      .event = notice.type,
                      .made = wall_now(),
                      .body = {}};
        if (!target->options().digest.empty()) letter.state = LetterState::gathered;
        letter.body = body(*target, letter, notice);
        enqueue(*target, std::move(letter));
    }
}

void Outbox::State::enqueue(Target& target, Letter letter) {
    if (letter.body.size() > limits::body_bytes)
        target.refuse(
            fmt::format("It would be {} bytes long; the limit is {}.", letter.body.size(), limits::body_bytes));
    else if (!target.has_room(intake->staged(target.name())))
        target.refuse(fmt::format("{} events wait for this receiver already.", limits::letters));
    else if (!intake->put(std::move(letter)))
        target.refuse("Too many events wait for the disk.");
}

std::string Outbox::State::in_format(const WebhookOptions& webhook, const Letter& letter,
                                     const Summary& summary) const {
    if (webhook.format == Format::teams) return teams_body(summary);
    if (webhook.format == Format::slack) return slack_body(summary);
    return written(Mail{.from = options.mail ? options.mail->from : std::string(),
                        .to = webhook.to,
                        .subject = webhook.subject.empty() ? summary.title : webhook.subject,
                        .text = mail_text(summary),
                        .key = letter.key,
                        .at = letter.made});
}

Result<std::string> Outbox::State::body(const Target& target, const Letter& letter, const calls::CallEvent& event) {
    const auto& webhook = target.options();
    if (letter.state == LetterState::gathered) return digest_line(event, called(event.call), manner(webhook));
    if (webhook.format == Format::json) return json_body(letter.key, event);
    if (webhook.format != Format::body)
        return in_format(webhook, letter, summary_of(event, called(event.call), manner(webhook)));
    if (!render) return fail(Category::invalid, "Templates cannot be rendered.");
    return render(webhook.body, event);
}

std::string Outbox::State::body(const Target& target, const Letter& letter, const Notice& notice) const {
    auto spoken = manner(target.options());
    auto summary = summary_of(notice, called(notice.person), spoken);
    if (letter.state == LetterState::gathered)
        return local_time(notice.at, spoken) + "  " + summary.title + (notice.words.empty() ? "" : ": " + notice.words);
    return target.options().format == Format::json ? json_body(letter.key, notice)
                                                   : in_format(target.options(), letter, summary);
}

// ---------------------------------------------------------------- digests

Task<> Outbox::State::digests(std::shared_ptr<State> self) {
    while (!self->stopping) {
        auto now = wall_now();
        auto next = now + std::chrono::hours(24);
        for (const auto& target : std::vector(self->targets)) {
            auto time = minutes_of(target->options().digest);
            if (!time) continue;
            auto times = digest_times(*time, now, self->zone);
            bool done = co_await self->digest(target->name(), target->options(), times.last);
            next = std::min(next, done ? times.next : now + digest_again);
        }
        co_await self->digest_bell.wait(std::max(milliseconds(1), next - wall_now()));
    }
}

/// What was gathered before `until` becomes mails. False: the disk did not take it.
Task<bool> Outbox::State::digest(std::string name, WebhookOptions webhook, Wall until) {
    auto from = options.mail ? options.mail->from : std::string();
    auto language = manner(webhook).language;
    auto write = [name, webhook, from, until, language, now = wall_now()](const std::vector<std::string>& lines) {
        Letter letter{.webhook = name, .key = {}, .event = "digest", .made = now, .body = {}};
        letter.key = key_of({name, "digest", rfc3339(until), lines.front(), std::to_string(lines.size())});
        Mail mail{.from = from, .to = webhook.to, .subject = webhook.subject, .text = {}, .key = letter.key, .at = now};
        if (mail.subject.empty()) mail.subject = phrase(language, Phrase::calls, std::to_string(lines.size()));
        for (const auto& line : lines)
            mail.text += line + "\n";
        letter.body = written(mail);
        return letter;
    };
    while (!stopping) {
        auto made = co_await store.read<bool>(
            [name, until, write](store::Database& disk) { return make_digest(disk, name, until, write); });
        if (!made) co_return false;
        if (!*made) co_return true;
        if (auto target = find(name)) target->came(1);
    }
    co_return true;
}

// ---------------------------------------------------------------- orders

Task<> Outbox::State::test(std::shared_ptr<State> self, std::shared_ptr<Target> target,
                           std::function<void(Result<calls::WebhookDone>)> reply) {
    auto now = wall_now();
    Letter letter{.webhook = target->name(),
                  .key = key_of({target->name(), "test", rfc3339(now)}),
                  .event = "test",
                  .made = now,
                  .body = {}};
    auto spoken = self->manner(target->options());
    Summary summary{.title = std::string(phrase(spoken.language, Phrase::test)),
                    .facts = {{std::string(phrase(spoken.language, Phrase::time)), local_time(now, spoken)}},
                    .links = {}};
    auto format = target->options().format;
    letter.body = format == Format::json || format == Format::body
                      ? test_body(letter.key, now)
                      : self->in_format(target->options(), letter, summary);
    auto verdict = co_await target->test(std::move(letter));
    if (verdict.kind == Verdict::Kind::delivered)
        co_return reply(calls::WebhookDone{1, fmt::format("Webhook {} has taken it.", target->name())});
    reply(fail(Category::unavailable, fmt::format("Webhook {} has not taken it. {}", target->name(), verdict.reason)));
}

void Outbox::State::change(std::shared_ptr<Target> target, const calls::WebhookOrder& order,
                           std::function<void(Result<calls::WebhookDone>)> reply) {
    auto count = std::make_shared<std::uint64_t>(0);
    bool again = order.verb == calls::WebhookVerb::replay;
    auto work = [count, again, name = target->name(), letter = order.letter](store::Database& disk) -> Result<void> {
        auto done = again ? replay(disk, name, letter) : drop(disk, name, letter);
        if (!done) return std::unexpected(done.error());
        *count = *done;
        return again ? enable(disk, name) : Result<void>();
    };
    log::info("outbox", "dead letters: an order",
              {{"webhook", target->name()}, {"what", calls::name(order.verb)}, {"by", order.by}});
    store.submit(loop, std::move(work),
                 [target, count, again, letter = order.letter, reply = std::move(reply)](const Result<void>& done) {
                     target->read_anew(again);
                     if (!done) return reply(std::unexpected(done.error()));
                     if (letter && *count == 0)
                         return reply(fail(Category::not_found,
                                           fmt::format("Webhook {} has no dead letter {}.", target->name(), *letter)));
                     reply(calls::WebhookDone{*count, fmt::format("{} events of webhook {} {}.", *count, target->name(),
                                                                  again ? "wait to be sent again" : "were deleted")});
                 });
}

// ---------------------------------------------------------------- the facade

Outbox::Outbox(Loop& loop, store::Store& store, OutboxOptions options)
    : state_(std::make_shared<State>(loop, store, std::move(options))) {
    state_->intake = std::make_shared<Intake>(loop, store, [state = state_.get()](const std::string& name, auto count) {
        if (auto target = state->find(name)) target->came(count);
    });
    state_->make_targets(nullptr);
}

Outbox::~Outbox() {
    state_->stopping = true;
    state_->intake->stop();
    for (const auto& target : state_->targets)
        target->stop();
    state_->digest_bell.ring();
}

void Outbox::use_renderer(Render render) {
    state_->render = std::move(render);
}

void Outbox::take(const calls::CallEvent& event) {
    state_->take(event);
}

void Outbox::take(const Notice& notice) {
    state_->take(notice, {});
}

void Outbox::take(const Notice& notice, std::string_view webhook) {
    state_->take(notice, webhook);
}

std::vector<std::string> Outbox::wanting(std::string_view type, std::string_view person) const {
    std::vector<std::string> names;
    for (const auto& target : state_->targets)
        if (state_->wanted(*target, type, type, person)) names.push_back(target->name());
    return names;
}

std::optional<std::size_t> Outbox::waiting(std::string_view webhook) const {
    auto target = state_->find(std::string(webhook));
    if (!target || target->disabled()) return std::nullopt;
    return target->letters() + state_->intake->staged(target->name());
}

void Outbox::reload(OutboxOptions options) {
    auto before = std::exchange(state_->options, std::move(options));
    state_->make_targets(&before);
}

const OutboxOptions& Outbox::options() const {
    return state_->options;
}

void Outbox::start() {
    state_->started = true;
    for (const auto& target : state_->targets)
        target->start();
    state_->loop.spawn(State::digests(state_));
    state_->store.submit(
        state_->loop,
        [names = names_of(state_->options.webhooks), before = wall_now() - limits::dead_letter_life](
            store::Database& disk) { return forget_others(disk, names, before); },
        [](const Result<void>&) {}); // at the next start, then
}

void Outbox::shut_down(milliseconds limit, std::function<void()> done) {
    state_->stopping = true;
    state_->digest_bell.ring();
    for (const auto& target : state_->targets)
        target->stop();
    state_->intake->finish(limit, std::move(done));
}

void Outbox::use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>&) {
    state_->people = std::move(people);
}

fanout::Health Outbox::health() const {
    const auto& state = *state_;
    fanout::Health health{.state = "up"};
    health.configured = !state.options.webhooks.empty();
    health.queue = state.intake->size();
    health.problems = state.unusable;
    for (const auto& target : state.targets) {
        auto view = target->view(wall_now(), steady_now());
        health.queue += view.waiting;
        health.last_success = std::max(health.last_success, view.last_success);
        if (health.last_error.empty()) health.last_error = view.last_error;
        auto problems = target->problems();
        if (view.state != "up" || !problems.empty()) health.state = "degraded";
        std::ranges::move(problems, std::back_inserter(health.problems));
    }
    if (!state.intake->trouble().empty())
        health.problems.push_back(fmt::format("{} events of webhooks wait in memory, since the disk does not take "
                                              "them. {}",
                                              state.intake->size(), state.intake->trouble()));
    if (!health.problems.empty()) health.state = "degraded";
    return health;
}

std::vector<fanout::Metric> Outbox::metrics() const {
    using enum fanout::Metric::Kind;
    struct Row {
        fanout::Metric::Kind kind;
        std::string_view name;
        std::string_view help;
        std::uint64_t calls::WebhookView::* value;
    };
    constexpr Row rows[] = {
        {gauge, "lamplighter_webhook_waiting", "Events that wait to be delivered.", &calls::WebhookView::waiting},
        {gauge, "lamplighter_webhook_dead_letters", "Events that were given up.", &calls::WebhookView::dead},
        {counter, "lamplighter_webhook_delivered_total", "Events that were delivered.", &calls::WebhookView::delivered},
        {counter, "lamplighter_webhook_failed_attempts_total", "Attempts that failed.", &calls::WebhookView::failed},
        {counter, "lamplighter_webhook_refused_total", "Events that found no room.", &calls::WebhookView::refused},
    };
    std::vector<fanout::Metric> metrics;
    for (const auto& row : rows)
        for (const auto& target : state_->targets) {
            auto view = target->view(wall_now(), steady_now());
            metrics.push_back({row.kind, row.name, row.help, "webhook", *state_->names_ever.find(target->name()),
                               static_cast<double>(view.*row.value)});
        }
    return metrics;
}

std::vector<calls::WebhookView> Outbox::views() const {
    std::vector<calls::WebhookView> views;
    for (const auto& target : state_->targets)
        views.push_back(target->view(wall_now(), steady_now()));
    return views;
}

void Outbox::dead_letters(std::string webhook, std::size_t most,
                          std::function<void(Result<std::vector<calls::DeadLetter>>)> reply) {
    if (!webhook.empty() && !state_->find(webhook))
        return reply(fail(Category::not_found, fmt::format("There is no webhook {}.", webhook)));
    state_->store.ask<std::vector<calls::DeadLetter>>(
        state_->loop, [webhook = std::move(webhook), most](store::Database& disk) { return dead(disk, webhook, most); },
        std::move(reply));
}

void Outbox::order(calls::WebhookOrder order, std::function<void(Result<calls::WebhookDone>)> reply) {
    auto target = state_->find(order.webhook);
    if (!target) return reply(fail(Category::not_found, fmt::format("There is no webhook {}.", order.webhook)));
    if (order.verb == calls::WebhookVerb::test)
        return state_->loop.spawn(State::test(state_, std::move(target), std::move(reply)));
    state_->change(std::move(target), order, std::move(reply));
}

void Outbox::when_on_disk(std::function<void()> done) {
    state_->intake->when_empty(std::move(done));
}

void Outbox::look_again() {
    for (const auto& target : state_->targets)
        target->read_anew(false);
}

} // namespace lamp::outbox
