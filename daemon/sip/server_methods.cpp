// What the server does with each method, once a transaction of its own is open (RFC 3261 8.2; RFC 6665 4.2; RFC 3903
// 6).
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "proto/csta/events.hpp"
#include "proto/sip/examine.hpp"
#include "proto/text/text.hpp"
#include "sip/server.hpp"
#include "sip/ways.hpp"

namespace lamp::sip {
namespace {

constexpr std::array methods{Method::subscribe, Method::publish, Method::options, Method::ack,   Method::cancel,
                             Method::invite,    Method::info,    Method::bye,     Method::update};
constexpr std::size_t without_csta = 5; // of `methods`
constexpr std::array<std::string_view, 2> extensions{"eventlist", "timer"};
constexpr Served everything{methods, extensions};
constexpr Served presence_only{std::span(methods).first(without_csta), std::span(extensions).first(1)};

std::string allowed(const Served& served) {
    std::string text;
    for (const Method method : served.methods) {
        if (!text.empty()) text += ", ";
        text += name(method);
    }
    return text;
}

std::string accepted_types() {
    std::string types;
    for (const auto& package : event_packages()) {
        if (types.find(package.media_type) != std::string::npos) continue;
        if (!types.empty()) types += ", ";
        types += package.media_type;
    }
    return types;
}

bool same_host(std::string_view left, std::string_view right) {
    return std::ranges::equal(left, right, [](char a, char b) {
        const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; };
        return lower(a) == lower(b);
    });
}

} // namespace

void Server::dispatch(TransactionMachine::Id id, Steady now) {
    const Served& served = csta_ ? everything : presence_only;
    if (const int status = objection(message_, served); status != 0) {
        ++counters_.refused;
        return answer(
            id, status, {}, [&](Writer& writer) { add_objection_fields(writer, message_, status, served); }, now);
    }
    switch (message_.method()) {
    case Method::options: return serve_options(id, now);
    case Method::subscribe:
        if (const auto watcher = let_in(id, now)) serve_subscribe(id, *watcher, now);
        return;
    case Method::publish:
        if (const auto publisher = let_in(id, now)) serve_publish(id, *publisher, now);
        return;
    case Method::invite:
    case Method::info:
    case Method::update:
    case Method::bye:
        if (const auto user = let_in(id, now)) serve_csta(id, *user, now);
        return;
    default: return; // ACK and CANCEL are the transaction layer's
    }
}

/// RFC 3261 11.2. Whoever asks may know what we can do: proxies probe with it.
void Server::serve_options(TransactionMachine::Id id, Steady now) {
    answer(
        id, 200, {},
        [this](Writer& writer) {
            writer.field(Header::allow, allowed(csta_ ? everything : presence_only));
            writer.field(Header::accept, accepted_types());
            writer.field(Header::supported, "eventlist");
            writer.field(Header::allow_events, allow_events());
        },
        now);
}

std::optional<Watcher> Server::let_in(TransactionMachine::Id id, Steady now) {
    auto judgement = door_.judge(message_, from_.address, now);
    switch (judgement.what) {
    case Door::What::let_in: return std::move(judgement.watcher);
    case Door::What::challenge:
        answer(
            id, 401, {},
            [&](Writer& writer) {
                for (const auto& challenge : judgement.challenges)
                    writer.field(Header::www_authenticate, challenge);
            },
            now);
        return std::nullopt;
    case Door::What::malformed: answer(id, 400, now, "Bad Request: Authorization"); return std::nullopt;
    }
    return std::nullopt;
}

bool Server::ours(const Uri& uri, const Flow& flow) const {
    if (uri.scheme == Scheme::tel || same_host(uri.host, options_.domain)) return true;
    // Telephones that were given our address instead of the domain.
    auto host = transports_.local(flow).host;
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    return same_host(uri.host, host);
}

std::optional<ResourceIndex> Server::resource_of(const Uri& uri) const {
    if (!ours(uri, from_)) return std::nullopt;
    const auto user = uri.user_text();
    if (user.empty()) return std::nullopt;
    if (const auto found = names_->find(user)) return found;
    // "ada@example.net" as a user part would need escaping; an id with our domain is meant by its first part.
    return names_->find(fmt::format("{}@{}", user, options_.domain));
}

void Server::serve_subscribe(TransactionMachine::Id id, const Watcher& watcher, Steady now) {
    const bool in_dialog = !message_.to().tag().empty();
    const auto local = transports_.local(from_);
    const auto order = feature_order();
    if (!order)
        return answer(
            id, order.error(), {},
            [&](Writer& writer) {
                if (order.error() == 415) writer.field(Header::accept, csta::feature_media_type);
            },
            now);
    const auto accepted = notifier_.on_subscribe({.request = message_,
                                                  .transaction = id,
                                                  .flow = notify_flow(from_, message_),
                                                  .local = local,
                                                  .origin = origin(),
                                                  .watcher = watcher,
                                                  .resource = in_dialog ? std::nullopt : resource_of(message_.uri()),
                                                  .order = order->has_value()},
                                                 now);
    const bool features = accepted && message_.event()->word == feature_event_package;
    pump(now);
    if (features) serve_features(*accepted, *order);
}

/// The order in the body of a SUBSCRIBE of as-feature-event; of all others bodies mean nothing. Or the status that
/// refuses it.
std::expected<std::optional<FeatureOrder>, int> Server::feature_order() const {
    const auto& event = message_.event();
    if (!event || event->word != feature_event_package || message_.body().empty()) return std::nullopt;
    const auto type = message_.content_type();
    if (!type || !text::same_letters(type->word, csta::feature_media_type) || message_.find(Header::content_encoding))
        return std::unexpected(415);
    auto order = read_feature_order(message_.body());
    if (!order) return std::unexpected(400);
    return std::move(*order);
}

/// The telephone of a person with several lines orders for all of them.
void Server::serve_features(const Notifier::Accepted& accepted, const std::optional<FeatureOrder>& order) {
    std::vector<std::string> lines;
    for (const ResourceIndex line : names_->lines(accepted.resource))
        lines.emplace_back(names_->key(line));
    if (!lines.empty()) features_.watch(lines.front());
    if (!order) return;
    features_.order(lines, *order, [this, id = accepted.subscription](bool taken) {
        if (taken) return; // the platform's event tells
        const auto now = steady_now();
        notifier_.tell_again(id, now);
        settle(now);
    });
}

bool Server::features_watched(std::string_view line) const {
    const auto known = names_->of_line(line);
    if (!known) return false;
    bool watched = false;
    const auto look = [&](const Notifier::Seen& seen) { watched = watched || seen.package == feature_event_package; };
    notifier_.visit(*known, look);
    for (const ResourceIndex relative : states_.relatives(*known))
        notifier_.visit(relative, look);
    return watched;
}

void Server::serve_csta(TransactionMachine::Id id, const Watcher& user, Steady now) {
    csta_->on_request({.request = message_,
                       .bytes = bytes_,
                       .transaction = id,
                       .flow = notify_flow(from_, message_),
                       .local = transports_.local(from_),
                       .origin = origin(),
                       .user = user},
                      now);
    pump(now);
}

void Server::serve_publish(TransactionMachine::Id id, const Watcher& publisher, Steady now) {
    const auto resource = resource_of(message_.uri());
    if (!resource || names_->kind(*resource) == Kind::list) return answer(id, 404, now);
    const auto decided = compositor_.on_publish(message_, *resource, publisher, now);
    Writer writer(buffer_);
    write_answer(writer, message_, decided, allow_events(), tag(), origin());
    if (writer.done()) perform(transactions_.answer(id, decided.status, buffer_, now), now);
    if (decided.status != 200) return;
    report_publications(*resource, now);
    if (decided.changed) resource_changed(*resource, now);
}

} // namespace lamp::sip
