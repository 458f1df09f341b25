// The keys of `[forwarding]` and `[smartbusy]`.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "forwarding/options.hpp"

namespace lamp::forwarding {
namespace {

using namespace std::chrono_literals;
using enum config::Reload;

constexpr std::array<std::string_view, 7> days{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

std::optional<std::size_t> day(std::string_view word) {
    const auto* found = std::ranges::find(days, word);
    return found == days.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - days.begin()));
}

/// "mon", "mon-fri"; zero: it is neither.
std::uint8_t day_span(std::string_view text) {
    auto dash = text.find('-');
    auto first = day(text.substr(0, dash));
    auto last = dash == std::string_view::npos ? first : day(text.substr(dash + 1));
    if (!first || !last) return 0;
    std::uint8_t bits = 0;
    for (auto one = *first;; one = (one + 1) % days.size()) {
        bits = static_cast<std::uint8_t>(bits | 1U << one);
        if (one == *last) return bits;
    }
}

/// "08:30" in minutes; 24:00 is the end of a day.
std::optional<int> minutes(std::string_view text) {
    auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9'; };
    if (text.size() != 5 || text[2] != ':' || !digit(0) || !digit(1) || !digit(3) || !digit(4)) return std::nullopt;
    auto two = [&](std::size_t at) { return (text[at] - '0') * 10 + (text[at + 1] - '0'); };
    int total = two(0) * 60 + two(3);
    return two(3) < 60 && total <= 24 * 60 ? std::optional(total) : std::nullopt;
}

} // namespace

Result<QuietHours> parse_quiet(std::string_view text) {
    auto wrong = [] {
        return fail(Category::invalid,
                    R"(is no time of the week (such as "mon-fri 18:00-08:00" or "sat,sun 00:00-24:00"))");
    };
    QuietHours hours;
    if (auto blank = text.find(' '); blank != std::string_view::npos) {
        hours.days = 0;
        for (auto words = text.substr(0, blank); !words.empty();) {
            auto word = words.substr(0, words.find(','));
            auto span = day_span(word);
            if (span == 0) return wrong();
            hours.days |= span;
            words.remove_prefix(std::min(words.size(), word.size() + 1));
        }
        text.remove_prefix(blank + 1);
    }
    auto dash = text.find('-');
    if (dash == std::string_view::npos || hours.days == 0) return wrong();
    auto from = minutes(text.substr(0, dash));
    auto until = minutes(text.substr(dash + 1));
    if (!from || !until || *from == 24 * 60) return wrong();
    hours.from = *from;
    hours.until = *until % (24 * 60);
    if (*from == *until) return wrong(); // a whole day is 00:00-24:00
    return hours;
}

config::Section<ForwardingOptions> forwarding_section() {
    using O = ForwardingOptions;
    config::Section<O> s{"forwarding", config::Shape::table,
                         "Who may forward a line's calls, and what several targets at once come to. What users had is "
                         "put back when the last claim ends."};
    s.key(
        "several", &O::several,
        config::choices<Several>(
            {{"simultaneous", Several::simultaneous}, {"sequential", Several::sequential}, {"first", Several::first}}),
        live,
        "More than one target at once: simultaneous rings them together with the line's own telephone, sequential "
        "one after the other (the user needs a Sequential Ring criterion), first forwards to the one that began "
        "first.");
    s.key("precedence", &O::precedence,
          config::choices<Source>(
              {{"operator", Source::operator_}, {"calendar", Source::calendar}, {"smartbusy", Source::smartbusy}}) &
              config::count(1, 3),
          live, "Whose claim wins, highest first. Claims of a source that is left out are refused.");
    s.check([](const O& options, config::Scope& at) {
        auto sorted = options.precedence;
        std::ranges::sort(sorted);
        if (std::ranges::adjacent_find(sorted) != sorted.end()) at.error("precedence", "names a source twice");
    });
    return s;
}

config::Section<SmartBusyOptions> smartbusy_section() {
    using O = SmartBusyOptions;
    config::Section<O> s{
        "smartbusy", config::Shape::table,
        "Calls go elsewhere while somebody is in a meeting. Calls of queues to their agents, and calls "
        "that are active, are not touched. Without this table it is off."};
    s.off_when_absent();
    s.key("sources", &O::sources,
          config::choices<MeetingSource>({{"teams", MeetingSource::teams},
                                          {"zoom", MeetingSource::zoom},
                                          {"goto", MeetingSource::go_to},
                                          {"other", MeetingSource::other}}),
          live, "Whose meetings count. \"other\" is what POST /hooks/meeting tells. Empty: nobody's.");
    s.key("forward_to", &O::forward_to, live,
          "Where calls go: a colleague, the reception, the voice mailbox. Needed while sources is not empty.")
        .example(R"("1233")");
    s.key("folders", &O::folders, live, "Numbers of their own, by folder of the people file.")
        .example(R"({ Sales = "2010" })");
    s.key("people", &O::people, live, "Numbers of their own, by a person's id.")
        .example(R"({ "alice@example.net" = "2020" })");
    s.key("except", &O::except, live, "Ids of people whose calls are never diverted.")
        .example(R"(["alice@example.net"])");
    s.key("calendar_meetings", &O::calendar_meetings, live,
          "Whether a meeting counts that only stands in the calendar, whoever has joined it.");
    s.key("hold_on_stale", &O::hold_on_stale, config::range(0s, 24h), live,
          "How long a diversion outlives its source's silence. What is stale never begins one.");
    s.key(
        "settle", &O::settle, config::range(0s, 5min), live,
        "A meeting that follows another within this is the same one. Diversions begin at once and end so much later.");
    s.key("quiet", &O::quiet, live, "When nobody's calls are diverted, in the time zone of [daemon].")
        .example(R"(["mon-fri 18:00-08:00", "sat,sun 00:00-24:00"])");
    s.check([](const O& options, config::Scope& at) {
        if (!options.sources.empty() && options.forward_to.empty())
            at.error("forward_to",
                     "is missing: calls of people in a meeting must go somewhere (a number, an extension, "
                     "the voice mailbox; or sources = [])");
        for (const std::string& text : options.quiet)
            if (auto hours = parse_quiet(text); !hours)
                at.error("quiet", fmt::format("\"{}\" {}", text, hours.error().text));
        for (const auto& [name, number] : options.folders)
            if (number.empty()) at.error("folders", fmt::format("{} has no number", name));
        for (const auto& [name, number] : options.people)
            if (number.empty()) at.error("people", fmt::format("{} has no number; see except", name));
    });
    return s;
}

SmartBusySettings SmartBusyOptions::settings() const {
    SmartBusySettings settings;
    settings.sources = {sources.begin(), sources.end()};
    settings.forward_to = forward_to;
    settings.folders = {folders.begin(), folders.end()};
    settings.people = {people.begin(), people.end()};
    settings.except = {except.begin(), except.end()};
    settings.calendar_meetings = calendar_meetings;
    settings.hold_on_stale = hold_on_stale;
    settings.settle = settle;
    for (const std::string& text : quiet)
        if (auto hours = parse_quiet(text)) settings.quiet.push_back(*hours);
    return settings;
}

} // namespace lamp::forwarding
