// What one `[[calendar]]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/section.hpp"

namespace lamp::calendars {

enum class ProviderKind : std::uint8_t { google, graph, caldav, ics };

struct CalendarOptions {
    std::string name;
    ProviderKind provider = ProviderKind::google;
    std::string line;   // BroadWorks user id, number or extension
    std::string person; // or a person's id: all the person's lines
    milliseconds poll{60'000};
    milliseconds hold_on_refusal{24 * 3'600'000}; // what is known counts so long once the calendar is refused
    bool presence = false;                        // the person is shown as in a meeting while an appointment lasts
    std::vector<std::string> tags; // "fwd:": a title that begins so names a number or somebody of the directory
    std::vector<std::string> fields{"title"}; // where the number or the tag is looked for: title, location, description

    // google
    std::string calendar_id = "primary";
    Secret service_account; // the JSON key as Google gives it, whole; in the file: "file:PATH"
    std::string subject;    // whom the service account acts for; without one, the account that must have consented
    std::string client_id;  // instead: the application whose user has consented (`google login`)
    Secret client_secret;
    config::Url api_url{"https://www.googleapis.com/calendar/v3"};
    config::Url login_url{"https://oauth2.googleapis.com"}; // tokens
    config::Url consent_url{"https://accounts.google.com/o/oauth2/v2/auth"};
    // graph: the application of [teams]
    std::string mailbox;
    // caldav, ics
    config::Url url;
    std::string username;
    Secret password;
    std::filesystem::path ca_file;
    std::string proxy;

    bool operator==(const CalendarOptions&) const = default; // a reload makes anew what differs
};

[[nodiscard]] std::string_view name(ProviderKind kind); // as `provider` says it
/// `[[calendar]]`, with what each provider needs.
[[nodiscard]] config::Section<CalendarOptions> calendar_section();

} // namespace lamp::calendars
