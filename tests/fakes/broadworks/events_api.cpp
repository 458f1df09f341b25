// Xsi-Events: channels, heartbeats, acknowledgements, subscriptions (xsi.md 4-6). Bodies are checked against the
// schema's order; what the schema refuses is answered with 400 and ErrorInfo.
#include "platform.hpp"

#include <charconv>
#include <optional>

namespace sim::bw {

namespace {

std::optional<std::int64_t> number_of(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return value;
}

const std::vector<xml::Rule> channel_rules = {{"channelId"}, {"channelSetId"}, {"priority"},
                                              {"weight"},    {"expires"},      {"applicationId"}};
const std::vector<xml::Rule> subscription_rules = {
    {"subscriptionId"}, {"sharedSubscriptionId"}, {"subscriberId"}, {"clientId"},
    {"targetIdType"},   {"targetGrpParentId"},    {"targetId"},     {"targetSubId"},
    {"event"},          {"eventPackageList"},     {"expires"},      {"httpContact"},
    {"channelSetId"},   {"applicationId"}};
const std::vector<xml::Rule> response_rules = {{"eventID", true}, {"statusCode", true}, {"reason", true}};

// A body with the root wanted and children in order, or the reason why not.
std::expected<xml::Document, std::string> strict_body(std::string_view body, std::string_view root,
                                                      const std::vector<xml::Rule>& rules) {
    auto parsed = xml::Document::parse(body);
    if (!parsed) return parsed;
    const xml::Node top = parsed->root();
    if (top.name() != root || !top.in_xsi())
        return std::unexpected("the root element must be " + std::string(root) + " in namespace " +
                               std::string(xml::xsi_namespace));
    if (auto wrong = xml::sequence_error(top, rules)) return std::unexpected(*wrong);
    return parsed;
}

std::string text_of(const xml::Node& node, std::string_view name) {
    const auto child = node.child(name);
    return child ? child->text() : std::string();
}

// Positive number of an optional element; nothing when it is there and is not one.
std::optional<std::int64_t> positive(const xml::Node& node, std::string_view name, std::int64_t absent) {
    const auto child = node.child(name);
    if (!child) return absent;
    const auto value = number_of(child->text());
    return value && *value > 0 && *value <= 2147483647 ? value : std::nullopt;
}

struct QuickAck {
    std::string_view event;
    int status = 0;
};

// The one shape that nearly every client sends, read without a DOM; anything else takes the long way.
std::optional<QuickAck> quick_ack(std::string_view body) {
    const auto take = [&](std::string_view text) {
        if (!body.starts_with(text)) return false;
        body.remove_prefix(text.size());
        return true;
    };
    take(R"(<?xml version="1.0" encoding="UTF-8"?>)");
    take("\n");
    if (!take(R"(<EventResponse xmlns="http://schema.broadsoft.com/xsi"><eventID>)")) return std::nullopt;
    QuickAck ack;
    ack.event = body.substr(0, 36);
    if (body.size() < 36 || ack.event.find_first_not_of("0123456789abcdef-") != std::string_view::npos)
        return std::nullopt;
    body.remove_prefix(36);
    if (!take("</eventID><statusCode>200</statusCode><reason>OK</reason></EventResponse>") || !body.empty())
        return std::nullopt;
    ack.status = 200;
    return ack;
}

} // namespace

void Platform::events(Exchange& exchange) {
    if (exchange.is(0, "channel")) return channel_request(exchange);
    if (exchange.is(0, "channelset") && exchange.parts.size() == 2) {
        if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
        const SetIndex index = channels.find_set(accounts.index_of(*exchange.login), exchange.parts[1]);
        const ChannelSet* set = channels.set(index);
        if (!set) return error(exchange, 404, 5200, "Unknown channel set: " + exchange.parts[1]);
        std::string inner;
        xml::Writer writer(inner, "");
        writer.text("channelSetId", set->id);
        for (const std::uint64_t number : set->channels) {
            const Channel& channel = *channels.all().at(number);
            writer.open("channel");
            writer.text("channelId", channel.id);
            writer.number("priority", channel.priority);
            writer.number("weight", channel.weight);
            writer.number("expires", channel.expires);
            writer.close("channel");
        }
        return document(exchange, "ChannelSet", inner);
    }
    if (exchange.is(0, "subscription")) return subscription_request(exchange);
    auto parts = exchange.parts;
    if (parts.size() > 2 && http::same_word(parts.back(), "subscription")) parts.pop_back();
    if (!exchange.method("POST")) return error(exchange, parts.empty() ? 404 : 405, 5100, "Method not allowed");
    if (parts.size() == 2 && exchange.is(0, "user")) {
        const UserIndex user = roster.find(parts[1]);
        if (user == nobody) return error(exchange, 404, 4008, "User not found: " + parts[1]);
        return subscribe(exchange, Target{TargetKind::user, user});
    }
    const bool enterprise = parts.size() >= 2 && exchange.is(0, "serviceprovider");
    if (enterprise && parts[1] != roster.enterprise)
        return error(exchange, 404, 4009, "Service provider not found: " + parts[1]);
    if (enterprise && parts.size() == 2) return subscribe(exchange, Target{TargetKind::enterprise, 0});
    if (enterprise && parts.size() == 4 && exchange.is(2, "group")) {
        for (std::uint32_t i = 0; i < roster.groups.size(); ++i)
            if (roster.groups[i].id == parts[3]) return subscribe(exchange, Target{TargetKind::group, i});
        return error(exchange, 404, 4010, "Group not found: " + parts[3]);
    }
    error(exchange, 404, 5100, "No such resource");
}

void Platform::open_channel(Exchange& exchange) {
    if (exchange.parts.size() != 1 || !exchange.is(0, "channel")) return error(exchange, 404, 5100, "No such resource");
    if (!exchange.method("POST")) return error(exchange, 405, 5100, "Method not allowed");
    const auto body = strict_body(exchange.request.body, "Channel", channel_rules);
    if (!body) return error(exchange, 400, 5100, body.error());
    const xml::Node root = body->root();
    const auto priority = positive(root, "priority", 1);
    const auto weight = positive(root, "weight", 50);
    const auto expires = positive(root, "expires", 3600);
    ChannelRequest wanted;
    wanted.set = text_of(root, "channelSetId");
    wanted.application = text_of(root, "applicationId");
    if (!priority || !weight || !expires)
        return error(exchange, 400, 5100, "priority, weight and expires are positive integers");
    if (wanted.set.size() > 256 || wanted.application.size() > 256)
        return error(exchange, 400, 5100, "an id has at most 256 characters");
    wanted.login = accounts.index_of(*exchange.login);
    if (wanted.set.empty()) // a channel without a set is a set of its own
        wanted.set = "set-" + std::to_string(channels.counters.channels_opened + 1);
    wanted.listener = exchange.request.listener;
    wanted.priority = *priority;
    wanted.weight = *weight;
    wanted.expires = *expires;
    Channel* channel = channels.open(wanted);
    if (!channel) return error(exchange, 403, 5201, "Too many channels in this channel set");
    note(exchange, 200);
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("channelId", channel->id);
    writer.number("expires", channel->expires);
    http::Response head(200, "text/xml;charset=UTF-8", xml::document("Channel", inner));
    head.headers.emplace_back("Set-Cookie",
                              "JSESSIONID=" + channel->cookie + "; Path=" + settings.events_root + "; HttpOnly");
    head.headers.emplace_back("Cache-Control", "no-cache");
    channels.attach(*channel, exchange.reply.stream(head, [this, number = channel->number] { channels.gone(number); }));
}

// A channel lives on one XSP: through another one it is only found with its cookie (xsi.md 12.4).
bool Platform::own_channel(Exchange& exchange, const Channel& channel) {
    if (channels.set(channel.set)->login != accounts.index_of(*exchange.login)) {
        error(exchange, 403, 5010, "Not your channel");
        return false;
    }
    if (settings.require_cookie && channel.listener != exchange.request.listener &&
        cookie_of(exchange.request) != channel.cookie) {
        error(exchange, 404, 5200, "Channel not found on this server: " + channel.id);
        return false;
    }
    return true;
}

void Platform::channel_request(Exchange& exchange) {
    if (exchange.is(1, "eventresponse") && exchange.parts.size() == 2) return event_response(exchange);
    if (exchange.parts.size() < 2 || exchange.parts.size() > 3) return error(exchange, 404, 5200, "No such resource");
    Channel* channel = channels.find(exchange.parts[1]);
    if (!channel) return error(exchange, 404, 5200, "Unknown channel: " + exchange.parts[1]);
    if (!own_channel(exchange, *channel)) return;
    if (exchange.parts.size() == 3) {
        if (!exchange.is(2, "heartbeat")) return error(exchange, 404, 5200, "No such resource");
        if (!exchange.method("PUT")) return error(exchange, 405, 5100, "Method not allowed");
        channels.heartbeat(*channel, exchange.echo);
        return ok(exchange);
    }
    if (exchange.method("DELETE")) {
        const std::string id = channel->id;
        ok(exchange);
        if (Channel* still = channels.find(id)) channels.terminate(*still, "ExplicitDelete");
        return;
    }
    if (!exchange.method("PUT")) return error(exchange, 405, 5100, "Method not allowed");
    const auto body = strict_body(exchange.request.body, "Channel", channel_rules);
    if (!body) return error(exchange, 400, 5100, body.error());
    const xml::Node root = body->root();
    for (const std::string_view fixed : {"channelSetId", "priority", "weight", "applicationId"})
        if (root.child(fixed)) return error(exchange, 400, 5100, "only expires may change");
    const auto expires = positive(root, "expires", 3600);
    if (!expires) return error(exchange, 400, 5100, "expires is a positive integer");
    channels.refresh(*channel, *expires);
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("channelId", channel->id);
    writer.number("expires", channel->expires);
    document(exchange, "Channel", inner);
}

void Platform::event_response(Exchange& exchange) {
    if (!exchange.method("POST")) return error(exchange, 405, 5100, "Method not allowed");
    std::string event;
    int status = 0;
    if (const auto quick = quick_ack(exchange.request.body)) {
        event = quick->event;
        status = quick->status;
    } else {
        const auto body = strict_body(exchange.request.body, "EventResponse", response_rules);
        const auto refuse = [&](std::string_view why) {
            ++channels.counters.refused_acks;
            error(exchange, 400, 5100, why);
        };
        if (!body) return refuse(body.error());
        event = text_of(body->root(), "eventID");
        const auto code = number_of(text_of(body->root(), "statusCode"));
        if (!code || (*code != 200 && *code != 400 && *code != 404 && *code != 481 && *code != 500))
            return refuse("statusCode must be 200, 400, 404, 481 or 500");
        if (text_of(body->root(), "reason").empty()) return refuse("reason must not be empty");
        if (event.empty()) return refuse("eventID must not be empty");
        status = static_cast<int>(*code);
    }
    switch (channels.acknowledge(event, status, exchange.request.listener, cookie_of(exchange.request))) {
    case Channels::Ack::ok: return ok(exchange);
    case Channels::Ack::wrong_host: return error(exchange, 404, 5200, "The event's channel is not on this server");
    case Channels::Ack::unknown:
        if (settings.unknown_ack_status == 200) return ok(exchange);
        return error(exchange, static_cast<int>(settings.unknown_ack_status), 5202, "Unknown event: " + event);
    }
}

void Platform::subscribe(Exchange& exchange, const Target& target) {
    if (!accounts.may(*exchange.login, target)) return error(exchange, 403, 5010, "Not allowed to watch this target");
    const auto body = strict_body(exchange.request.body, "Subscription", subscription_rules);
    if (!body) return error(exchange, 400, 5100, body.error());
    const xml::Node root = body->root();
    Subscriptions::Wanted wanted;
    std::vector<std::string> names;
    if (const auto one = root.child("event")) names.push_back(one->text());
    if (const auto list = root.child("eventPackageList")) {
        if (!names.empty()) return error(exchange, 400, 5100, "either event or eventPackageList");
        for (const xml::Node& event : list->children())
            names.push_back(event.name() == "event" ? event.text() : std::string());
    }
    if (names.empty()) return error(exchange, 400, 5100, "event is missing");
    for (const std::string& name : names) {
        const PackageName* package = find_package(name);
        if (!package) return error(exchange, 400, 5203, "Unknown event package: " + name);
        wanted.packages |= mask_of(package->package);
    }
    if ((wanted.packages & mask_of(Package::voice_mail_summary)) && target.kind == TargetKind::user &&
        !roster[target.index].voice_mail.assigned)
        return error(exchange, 403, 5010, "Service not assigned: Voice Mail");
    if (wanted.packages & mask_of(Package::queue)) {
        if (!settings.supervisor) return error(exchange, 403, 5010, "Not a supervisor of this call center");
        if (target.kind == TargetKind::user && roster[target.index].kind != UserKind::call_center)
            return error(exchange, 403, 5010, "Service not assigned: Call Center");
    }
    const auto expires = positive(root, "expires", 3600);
    if (!expires) return error(exchange, 400, 5100, "expires is a positive integer");
    const std::string set = text_of(root, "channelSetId");
    if (set.empty())
        return error(exchange, 400, 5100,
                     root.child("httpContact") ? "httpContact is not enabled here" : "channelSetId is missing");
    wanted.login = accounts.index_of(*exchange.login);
    wanted.set = channels.find_set(wanted.login, set);
    if (wanted.set == no_set) return error(exchange, 404, 5204, "Unknown channel set: " + set);
    wanted.target = target;
    wanted.expires = *expires;
    wanted.application = text_of(root, "applicationId");
    const SubIndex index = subscriptions.create(wanted);
    const std::uint32_t serial = subscriptions.at(index).serial;
    if (settings.initial_early) subscriptions.send_initial(index, serial);
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("subscriptionId", subscriptions.id_of(index));
    writer.number("expires", subscriptions.at(index).expires);
    document(exchange, "Subscription", inner);
    if (!settings.initial_early) loop.post([this, index, serial] { subscriptions.send_initial(index, serial); });
}

void Platform::subscription_request(Exchange& exchange) {
    if (exchange.parts.size() != 2) return error(exchange, 404, 5100, "No such resource");
    const SubIndex index = subscriptions.find(exchange.parts[1]);
    if (index == no_sub) return error(exchange, 404, 5205, "Unknown subscription: " + exchange.parts[1]);
    if (subscriptions.at(index).login != accounts.index_of(*exchange.login))
        return error(exchange, 403, 5010, "Not your subscription");
    if (exchange.method("DELETE")) {
        ok(exchange);
        subscriptions.terminate(index);
        return;
    }
    if (exchange.method("PUT")) {
        const auto body = strict_body(exchange.request.body, "Subscription", subscription_rules);
        if (!body) return error(exchange, 400, 5100, body.error());
        for (const std::string_view fixed :
             {"event", "eventPackageList", "channelSetId", "applicationId", "httpContact"})
            if (body->root().child(fixed)) return error(exchange, 400, 5100, "only expires may change");
        const auto expires = positive(body->root(), "expires", 3600);
        if (!expires) return error(exchange, 400, 5100, "expires is a positive integer");
        subscriptions.refresh(index, *expires);
        loop.post(
            [this, index, serial = subscriptions.at(index).serial] { subscriptions.send_initial(index, serial); });
    } else if (!exchange.method("GET")) {
        return error(exchange, 405, 5100, "Method not allowed");
    }
    std::string inner;
    xml::Writer writer(inner, "");
    writer.text("subscriptionId", subscriptions.id_of(index));
    writer.number("expires", subscriptions.at(index).expires);
    document(exchange, "Subscription", inner);
}

} // namespace sim::bw
