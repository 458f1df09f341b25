#include "outbox/summary.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>

#include "numbers/country.hpp"
#include "proto/text/text.hpp"

namespace lamp::outbox {
namespace {

constexpr std::size_t matches_shown = 5;
constexpr std::size_t actions_shown = 3;
constexpr std::size_t links_shown = 6;   // more actions than that Teams does not show
constexpr std::size_t value_bytes = 400; // a card may be 28 kB
constexpr std::size_t url_bytes = 2'000;

std::string title(calls::Happening what, bool incoming, const std::string& person, Language language) {
    using enum calls::Happening;
    auto is = [what, incoming] {
        switch (what) {
        case ringing: return Phrase::ringing;
        case dialling: return Phrase::dialling;
        case answered: return incoming ? Phrase::answered : Phrase::connected;
        case held: return Phrase::held;
        case resumed: return Phrase::resumed;
        case changed: return Phrase::changed;
        case ended: return Phrase::ended;
        case missed: break;
        }
        return Phrase::missed;
    };
    return phrase(language, is(), person);
}

/// A number of the receiver's country as people there write it, every other one as it is.
std::string written(const std::string& number, const Manner& manner) {
    if (!manner.home || std::to_string(numbers::calling_code(number)) != manner.home->calling_code()) return number;
    auto pretty = numbers::PublicNetwork::pretty_national(number);
    return pretty.empty() ? number : pretty;
}

std::string remote(const calls::CallRecord& call, const Manner& manner) {
    if (call.withheld) return std::string(phrase(manner.language, Phrase::withheld));
    if (call.remote_number.empty())
        return call.remote_name.empty() ? std::string(phrase(manner.language, Phrase::unknown)) : call.remote_name;
    auto number = written(call.remote_number, manner);
    return call.remote_name.empty() ? number : call.remote_name + ", " + number;
}

std::string with_name(const std::string& number, const std::string& name) {
    return name.empty() ? number : number + " (" + name + ")";
}

std::string duration(milliseconds time) {
    auto whole = std::chrono::round<seconds>(time).count();
    return whole < 60 ? fmt::format("{} s", whole) : fmt::format("{} min {:02} s", whole / 60, whole % 60);
}

bool is_web(std::string_view url) {
    return url.starts_with("https://") || url.starts_with("http://");
}

/// At most so many bytes, and no half character.
std::string shortened(std::string text) {
    if (text.size() <= value_bytes) return text;
    return std::string(text::beginning(text, value_bytes)) + "…";
}

void add(Summary& out, std::string_view what, std::string value) {
    if (!value.empty()) out.facts.emplace_back(what, shortened(std::move(value)));
}

void link(Summary& out, const std::string& label, const std::string& url, std::size_t most) {
    if (is_web(url) && url.size() <= url_bytes && !label.empty() && out.links.size() < most)
        out.links.emplace_back(shortened(label), url);
}

void add_matches(Summary& out, const calls::CallEvent& event, Language language) {
    auto most = std::min(event.matches.size(), matches_shown);
    for (std::size_t i = 0; i < most; ++i) {
        const auto& match = event.matches[i];
        add(out, phrase(language, Phrase::contact),
            match.integration.empty() ? match.name : match.name + " (" + match.integration + ")");
    }
    if (event.matches.size() > most)
        add(out, phrase(language, Phrase::contacts),
            phrase(language, Phrase::more, std::to_string(event.matches.size() - most)));
    for (const auto& action : event.actions)
        link(out, action.name, action.url, actions_shown);
    for (std::size_t i = 0; i < most; ++i)
        link(out, event.matches[i].name, event.matches[i].url, links_shown);
}

} // namespace

std::string_view type_of(calls::Happening what) {
    return what == calls::Happening::missed ? "missed" : "call";
}

std::string local_time(Wall at, const Manner& manner) {
    auto local = std::chrono::sys_seconds(manner.zone.local(at).time_since_epoch());
    return fmt::format(fmt::runtime(phrase(manner.language, Phrase::date)), local);
}

Summary summary_of(const calls::CallEvent& event, const std::string& person, const Manner& manner) {
    const auto& call = event.call;
    auto language = manner.language;
    Summary out{.title = title(event.what, call.incoming, person, language), .facts = {}, .links = {}};
    auto fact = [&](Phrase what, std::string value) { add(out, phrase(language, what), std::move(value)); };
    fact(call.incoming ? Phrase::caller : Phrase::called, remote(call, manner));
    add_matches(out, event, language);
    fact(Phrase::number_called, with_name(written(call.ddi, manner), call.ddi_name));
    fact(Phrase::queue, call.queue);
    fact(Phrase::time, local_time(call.started, manner));
    if (call.ended && call.result) fact(Phrase::result, std::string(phrase(language, *call.result)));
    if (call.ended && call.answered) fact(Phrase::duration, duration(call.talked(event.at)));
    return out;
}

Summary summary_of(const Notice& notice, const std::string& person, const Manner& manner) {
    auto what = notice.type == "presence" ? Phrase::presence : Phrase::forwarding;
    Summary out{
        .title = person.empty() ? notice.type : phrase(manner.language, what, person), .facts = {}, .links = {}};
    add(out, phrase(manner.language, Phrase::now), notice.words);
    add(out, phrase(manner.language, Phrase::time), local_time(notice.at, manner));
    return out;
}

std::string digest_line(const calls::CallEvent& event, const std::string& person, const Manner& manner) {
    auto time = std::chrono::sys_seconds(manner.zone.local(event.call.started).time_since_epoch());
    auto line = fmt::format("{:%H:%M}  {}: {}", time, person, remote(event.call, manner));
    if (!event.matches.empty()) line += " (" + event.matches.front().name + ")";
    if (event.what != calls::Happening::missed)
        line += " - " + title(event.what, event.call.incoming, person, manner.language);
    return line;
}

} // namespace lamp::outbox
