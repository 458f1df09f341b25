// The keys of `[[webhook]]` and `[mail]`.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>
#include <set>

#include "base/schedule.hpp"
#include "http/url.hpp"
#include "outbox/mail_message.hpp"
#include "outbox/options.hpp"
#include "outbox/selector.hpp"
#include "outbox/signature.hpp"
#include "proto/text/text.hpp"

namespace lamp::outbox {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

/// Headers that are ours to write.
constexpr std::array<std::string_view, 11> own_headers{
    "host",       "content-length",    "content-type",    "authorization",         "cookie", "user-agent",
    "connection", "transfer-encoding", "idempotency-key", "lamplighter-signature", "expect"};

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, [](char c) {
        return c > ' ' && c < 127 && std::string_view("\"(),/:;<=>?@[\\]{}").find(c) == std::string_view::npos;
    });
}

void check_headers(const WebhookOptions& options, config::Scope& at) {
    for (const auto& [key, value] : options.headers) {
        auto small = text::lower(key);
        if (!is_token(key))
            at.error("headers", fmt::format("\"{}\" is no name of a header", key));
        else if (std::ranges::find(own_headers, small) != own_headers.end())
            at.error("headers", small == "authorization" ? "has its own key for that: authorization"
                                                         : fmt::format("cannot hold {}: it is written anyway", key));
        else if (std::ranges::any_of(value, [](char c) { return static_cast<unsigned char>(c) < ' '; }))
            at.error("headers", fmt::format("{} holds a line break or another control character", key));
    }
}

void check_events(const WebhookOptions& options, config::Scope& at) {
    for (const auto& word : options.events) {
        if (!is_selector(word))
            at.error("events", fmt::format("\"{}\" is none of them (call, missed, presence, forwarding, call.ringing, "
                                           "call.dialling, call.answered, call.held, call.resumed, call.changed, "
                                           "call.ended, call.missed)",
                                           word));
        else if (options.format == Format::body && (word == "presence" || word == "forwarding"))
            at.error("events", fmt::format("\"{}\" cannot be told by a template: they are of calls", word));
    }
    if (options.events.empty()) at.error("events", "is empty: nothing would ever be sent");
}

void check_mail(const WebhookOptions& options, config::Scope& at) {
    if (options.to.empty()) at.error("to", "is required: who gets the mail");
    for (const auto& one : options.to)
        if (auto address = address_of(one); !address)
            at.error("to", fmt::format("\"{}\" {}", one, address.error().text));
    if (!options.digest.empty() && !minutes_of(options.digest))
        at.error("digest", "is no time of day, such as \"18:00\"");
    if (!options.url.empty()) at.error("url", "belongs to the other formats; of a mail [mail] server says where to");
}

void check_http(const WebhookOptions& options, config::Scope& at) {
    if (options.url.empty()) return at.error("url", "is required");
    for (const auto* key : {"to", "subject", "digest"})
        if (at.given(key)) at.error(key, "belongs to format = \"mail\"");
    if (options.format == Format::body && options.body.empty()) at.error("body", "is required: the template");
    if (options.secret.empty() && (options.format == Format::json || options.format == Format::body))
        at.warning("secret", "is not set: the receiver cannot tell our requests from anybody's");
}

void check_webhook(const WebhookOptions& options, config::Scope& at) {
    check_events(options, at);
    check_headers(options, at);
    if (options.format == Format::mail)
        check_mail(options, at);
    else
        check_http(options, at);
    if (options.format == Format::json || options.format == Format::body)
        for (const auto* key : {"language", "numbers"})
            if (at.given(key)) at.error(key, "belongs to format = \"teams\", \"slack\" or \"mail\"");
    if (options.format != Format::body)
        for (const auto* key : {"body", "content_type"})
            if (at.given(key)) at.error(key, "belongs to format = \"template\"");
    if (options.proxy.empty()) return;
    if (auto url = http::Url::parse(options.proxy); !url || url->tls) at.error("proxy", "must be http://host:port");
}

void check_server(const MailOptions& options, config::Scope& at) {
    bool scheme = options.server.starts_with("smtp://") || options.server.starts_with("smtps://");
    auto host = options.server.substr(std::min(options.server.size(), options.server.find("://") + 3));
    if (!scheme || host.empty() || host.find_first_of("@/? \t\r\n") != std::string::npos)
        at.error("server", "must be smtp://host:587 (STARTTLS) or smtps://host:465");
    if (auto address = address_of(options.from); !address) at.error("from", address.error().text);
    if (options.username.empty() && !options.password.empty()) at.error("username", "is required with a password");
    if (!options.username.empty() && options.password.empty()) at.error("password", "is required with a username");
}

} // namespace

std::string_view name(Format format) {
    constexpr std::array<std::string_view, 5> words{"json", "teams", "slack", "mail", "template"};
    return words.at(static_cast<std::size_t>(format));
}

double pace_of(const WebhookOptions& webhook) {
    constexpr std::uint32_t teams_most = 4; // beyond that a Workflows webhook answers 429
    constexpr std::uint32_t slack_most = 1; // for each incoming webhook
    if (webhook.format == Format::teams) return std::min(webhook.rate, teams_most);
    return webhook.format == Format::slack ? std::min(webhook.rate, slack_most) : webhook.rate;
}

std::vector<std::string> names_of(const std::vector<WebhookOptions>& webhooks) {
    std::vector<std::string> names;
    std::map<std::string, unsigned> times;
    for (const auto& one : webhooks) {
        const auto& plain = one.format == Format::mail ? "mail" : one.url.host;
        ++times[names.emplace_back(one.name.empty() ? plain : one.name)];
    }
    std::set<std::string> taken;
    for (std::size_t i = 0; i < names.size(); ++i) {
        if (!webhooks[i].name.empty()) continue;
        if (times[names[i]] > 1) {
            auto to = fmt::format("{}", fmt::join(webhooks[i].to, ","));
            names[i] += "-" + key_of({webhooks[i].url.text, to}).substr(0, 6);
        }
        while (!taken.insert(names[i]).second)
            names[i] += "+";
    }
    return names;
}

config::Section<WebhookOptions> webhook_section() {
    using O = WebhookOptions;
    config::Section<O> s{
        "webhook", config::Shape::array_of_tables,
        "Who is told of events, and gets each of them at least once, in order. One table per receiver."};
    s.key("name", &O::name, live, "How listings and logs call it; the host of the URL when not set.")
        .example(R"("crm")");
    s.key("url", &O::url, config::whole_url(), live, "Where events are sent to by POST. Redirections are not followed.")
        .example(R"("https://crm.example.net/hooks/calls")");
    s.key("secret", &O::secret, live,
          "What requests are signed with: Lamplighter-Signature: t=UNIX,v1=HMAC-SHA256(secret, t \".\" body).")
        .example(R"("credential:webhook")");
    s.key("authorization", &O::authorization, live, "The header Authorization, whole: \"Bearer …\".");
    s.key("events", &O::events, live,
          "call, missed, presence, forwarding, or single ones: call.ringing, call.dialling, call.answered, call.held, "
          "call.resumed, call.changed, call.ended, call.missed.");
    s.key("persons", &O::persons, live, "Ids of the people whose events are sent; empty: everybody's.");
    s.key("folder", &O::folder, live, "Only people of this folder and those below it.").example(R"("Sales")");
    s.key(
        "format", &O::format,
        config::choices<Format>({{"json", Format::json},
                                 {"teams", Format::teams},
                                 {"slack", Format::slack},
                                 {"mail", Format::mail},
                                 {"template", Format::body}}),
        live,
        "json: the event. teams: a card for a Workflows webhook. slack: a message for Slack, Mattermost and the like. "
        "mail: a mail through [mail]. template: what `body` says.");
    s.key("headers", &O::headers, live, "Headers that are sent, too.").example(R"({ "X-Tenant" = "acme" })");
    s.key("body", &O::body, live, "Template: the text that is sent, with fields of the call as scripts have them.");
    s.key("content_type", &O::content_type, config::filled(), live, "Template: what it is.");
    s.key("to", &O::to, live, "Mail: who gets it.").example(R"(["reception@example.net"])");
    s.key("subject", &O::subject, live, "Mail: its subject; made from the event when not set.");
    s.key("digest", &O::digest, live,
          "Mail: events are gathered and sent in one mail a day, at this time of [daemon] timezone.")
        .example(R"("18:00")");
    s.key("language", &O::language, config::one_of({"", "en", "nl", "fr", "es", "de"}), live,
          "Teams, Slack, mail: the language they are written in; that of [daemon] when not set.")
        .example(R"("de")");
    s.key("numbers", &O::numbers, config::one_of({"international", "national"}), live,
          "Teams, Slack, mail: how numbers of [daemon] country are written, \"+31612345678\" or \"06 12345678\".");
    s.key("give_up", &O::give_up, config::range(1s, 720h), live,
          "An event that could not be delivered for so long goes to the dead letters, and the next one is sent.");
    s.key("timeout", &O::timeout, config::range(1s, 2min), live, "How long the receiver may take to answer.");
    s.key(
        "rate", &O::rate, config::range(std::int64_t{1}, std::int64_t{1000}), live,
        "Requests a second at most, also when there is much to catch up with. Of teams never more than 4, of slack 1.");
    s.key("allow_private", &O::allow_private, live,
          "A name may lead to addresses of this network. An address that is written in the URL always may.");
    s.key("ca_file", &O::ca_file, config::readable_file(), live,
          "Certificates to trust (PEM); those of [net] when not set.");
    s.key("proxy", &O::proxy, live, "An HTTP proxy, http://host:port; that of [net] when not set.")
        .example(R"("http://proxy.example.net:3128")");
    s.check(&check_webhook);
    return s;
}

config::Section<MailOptions> mail_section() {
    using O = MailOptions;
    config::Section<O> s{"mail", config::Shape::table, "Where webhooks with format = \"mail\" submit their mails."};
    s.off_when_absent();
    s.key("server", &O::server, config::filled(), live,
          "smtp://host:587 with STARTTLS, which is required but for this machine itself, or smtps://host:465.")
        .required()
        .example(R"("smtp://mail.example.net:587")");
    s.key("username", &O::username, live, "The login there.").example(R"("lamplighter")");
    s.key("password", &O::password, live, "Its password.").example(R"("credential:mail")");
    s.key("from", &O::from, config::filled(), live, "Who sends.")
        .required()
        .example(R"("Lamplighter <lamplighter@example.net>")");
    s.key("timeout", &O::timeout, config::range(1s, 5min), live, "How long one mail may take.");
    s.key("ca_file", &O::ca_file, config::readable_file(), live,
          "Certificates to trust (PEM); those of [net] when not set.");
    s.check(&check_server);
    return s;
}

void check_webhooks(const config::Configuration& configuration, config::Findings& findings) {
    const auto& webhooks = configuration.all<WebhookOptions>();
    const auto* mail = configuration.find<MailOptions>();
    for (std::size_t i = 0; i < webhooks.size(); ++i) {
        if (webhooks[i].format == Format::mail && mail == nullptr)
            findings.error<WebhookOptions>(i, "format", "\"mail\" needs the table [mail]");
    }
}

} // namespace lamp::outbox
