// What `[[webhook]]` and `[mail]` say (interface 3). Defaults live here and nowhere else.
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/reader.hpp"
#include "config/section.hpp"

namespace lamp::outbox {

enum class Format : std::uint8_t { json, teams, slack, mail, body }; // body: "template"
[[nodiscard]] std::string_view name(Format format);

struct WebhookOptions {
    std::string name{}; // empty: the host of `url`, or "mail"
    config::Url url{};
    Secret secret{};
    Secret authorization{}; // the whole header: "Bearer …"
    std::vector<std::string> events{"call", "missed"};
    std::vector<std::string> persons{}; // ids; empty: everybody
    std::string folder{};               // with those below it: "Sales" and "Sales/North"; empty: all
    Format format = Format::json;
    std::map<std::string, std::string> headers{};
    std::string body{};                            // template
    std::string content_type = "application/json"; // template
    std::vector<std::string> to{};                 // mail
    std::string subject{};                         // mail; empty: made from the event
    std::string language{};                        // teams, slack, mail; empty: that of [daemon]
    std::string numbers = "international";         // teams, slack, mail: or "national"
    std::string digest{};                          // mail: "18:00"; empty: each event by itself
    milliseconds give_up{24 * 3'600'000};
    milliseconds timeout{10'000};
    std::uint32_t rate = 20; // requests a second at most
    bool allow_private = false;
    std::filesystem::path ca_file{};
    std::string proxy{};

    bool operator==(const WebhookOptions&) const = default; // a reload makes anew what differs
};

/// Requests a second: `rate`, and no more than what the service behind the format takes (Teams 4, Slack 1).
[[nodiscard]] double pace_of(const WebhookOptions& webhook);
/// How they are called, in their order: by `name`, or else by the host of `url` ("mail" for mails); where several would
/// be called alike, those without a name have a part of their address's digest behind it. The order means nothing.
[[nodiscard]] std::vector<std::string> names_of(const std::vector<WebhookOptions>& webhooks);

struct MailOptions {
    std::string server{}; // smtp://host:587, smtps://host:465
    std::string username{};
    Secret password{};
    std::string from{};
    milliseconds timeout{30'000};
    std::filesystem::path ca_file{};
    bool operator==(const MailOptions&) const = default;
};

/// `[[webhook]]`, live.
[[nodiscard]] config::Section<WebhookOptions> webhook_section();
/// `[mail]`, live; off when absent.
[[nodiscard]] config::Section<MailOptions> mail_section();
/// Of the sections "webhook" and "mail": mail without a server.
void check_webhooks(const config::Configuration& configuration, config::Findings& findings);

} // namespace lamp::outbox
