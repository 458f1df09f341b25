#include "adapters/calendars/doctor.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "adapters/calendars/agenda.hpp"
#include "adapters/calendars/api_client.hpp"
#include "adapters/calendars/calendars.hpp"

namespace lamp::calendars {
namespace {

/// Where the first request goes.
std::string place_of(const ProviderParts& parts) {
    switch (parts.options.provider) {
    case ProviderKind::google: return parts.options.login_url.text;
    case ProviderKind::graph: return parts.graph_url;
    case ProviderKind::caldav:
    case ProviderKind::ics: {
        const std::string& text = parts.options.url.text;
        constexpr std::string_view webcal = "webcal://"; // means https
        return text.starts_with(webcal) ? "https://" + text.substr(webcal.size()) : text;
    }
    }
    return {};
}

// The providers' own sentences say what an administrator of theirs has to do.
std::string remedy_of(const Error& error, const CalendarOptions& options) {
    bool dav = options.provider == ProviderKind::caldav || options.provider == ProviderKind::ics;
    switch (error.category) {
    case Category::unauthorised:
    case Category::forbidden:
        return dav ? "check username and password, and whether that user may read the calendar" : "see the text";
    case Category::not_found: return dav ? "check url" : "see the text";
    case Category::invalid: return "correct [[calendar]] " + options.name;
    default: return http::remedy_for(error);
    }
}

std::string found(const std::vector<Occurrence>& all, const CalendarOptions& options) {
    TextRule rule{.tags = options.tags, .fields = options.fields};
    // Whether a name behind a tag is somebody's, only the running daemon knows.
    auto diverts = std::ranges::count_if(all, [&](const Occurrence& one) {
        return judge(one, rule, [](std::string_view) { return std::optional<std::string>("0"); }).what ==
               Said::What::divert;
    });
    return fmt::format("{} appointments within two weeks, {} of them divert calls", all.size(), diverts);
}

} // namespace

Task<bool> examine(ProviderParts parts, http::Tell tell) {
    const CalendarOptions& options = parts.options;
    auto wire = wire_of(parts.loop, options);
    auto provider = makers().at(static_cast<std::size_t>(options.provider))(parts);
    if (!wire || !provider) {
        const Error& error = wire ? provider.error() : wire.error();
        tell({"options", false, error.text, remedy_of(error, options)});
        co_return false;
    }
    auto url = http::Url::parse(place_of(parts));
    if (!url) {
        tell({"address", false, url.error().text, "correct [[calendar]] " + options.name});
        co_return false;
    }
    if (!co_await http::reach(*wire, *url, tell)) co_return false;
    auto read = co_await (*provider)->read(window_at(wall_now()));
    if (read)
        tell({"reading", true, found(read->value_or(std::vector<Occurrence>()), options), ""});
    else
        tell({"reading", false, read.error().text, remedy_of(read.error(), options)});
    (*provider)->close();
    co_return read.has_value();
}

} // namespace lamp::calendars
