#include "proto/ical/event.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::ical {

using namespace std::chrono;
using text::same_letters;

namespace {

constexpr std::size_t uid_bytes_max = 1024;

std::string_view without_mailto(std::string_view address) {
    constexpr std::string_view scheme = "mailto:";
    address = text::trim(address);
    if (same_letters(address.substr(0, scheme.size()), scheme)) address.remove_prefix(scheme.size());
    return text::trim(address);
}

class Builder {
public:
    Builder(const Component& component, EventReading& reading) : component_(component), reading_(reading) {}

    std::optional<Event> build() {
        event_.line = component_.line;
        if (const auto* uid = component_.first(Name::uid))
            event_.told.uid = plain_text(text::trim(uid->value), uid_bytes_max);
        const auto* start = component_.first(Name::dtstart);
        if (!start) start = component_.first(Name::recurrence_id); // a cancellation may say no more
        auto at = start ? moment(*start, start->value) : std::nullopt;
        if (!at) {
            warn(start ? start->line : component_.line,
                 start ? "The event's DTSTART is no date or time; the event is left out."
                       : "The event has no DTSTART; it is left out.");
            return std::nullopt;
        }
        event_.start = *at;
        event_.told.all_day = at->date;
        for (const Property& property : component_.properties)
            take(property);
        set_length();
        if (event_.told.uid.empty()) name_it();
        if (reading_.cancels) event_.told.cancelled = true;
        return std::move(event_);
    }

private:
    void warn(std::size_t line, std::string text) { reading_.warnings.add(line, event_.told.uid, std::move(text)); }

    std::optional<Moment> moment(const Property& property, std::string_view value) {
        auto stamp = parse_stamp(value);
        if (!stamp) return std::nullopt;
        if (stamp->kind != Stamp::Kind::date && same_letters(property.value_type, "DATE")) {
            warn(property.line, "A time stands where a date is announced; its date is taken.");
            stamp = Stamp{Stamp::Kind::date, Local(floor<days>(stamp->time))};
        }
        Moment made{stamp->time, stamp->kind == Stamp::Kind::date, {}};
        if (made.date)
            made.zone = reading_.tzids.of_line();
        else if (stamp->kind == Stamp::Kind::local)
            made.zone = reading_.tzids.find(property.tzid, component_.calendar, property.line);
        return made;
    }

    void take(const Property& property) {
        auto& told = event_.told;
        const auto value = text::trim(property.value);
        switch (property.name) {
        case Name::summary: words(told.title, property.value); break;
        case Name::description: words(told.description, property.value); break;
        case Name::location: words(told.location, property.value); break;
        case Name::status:
            told.cancelled |= same_letters(value, "CANCELLED") || same_letters(value, "CANCELED");
            told.tentative |= same_letters(value, "TENTATIVE");
            break;
        case Name::transparency: told.free |= same_letters(value, "TRANSPARENT"); break;
        case Name::busy_status:
            told.free |= same_letters(value, "FREE");
            told.tentative |= same_letters(value, "TENTATIVE");
            break;
        case Name::classification:
            told.private_event = same_letters(value, "PRIVATE") || same_letters(value, "CONFIDENTIAL");
            break;
        case Name::attendee: attendee(property); break;
        case Name::sequence: event_.sequence = text::number<std::int64_t>(value).value_or(0); break;
        case Name::dtstamp:
            if (auto stamp = parse_stamp(value)) event_.stamp = Wall(stamp->time.time_since_epoch());
            break;
        case Name::rrule: rule(property, event_.rules); break;
        case Name::exrule: rule(property, event_.excluding); break;
        case Name::rdate: extra(property); break;
        case Name::exdate: except(property); break;
        case Name::recurrence_id:
            event_.instead_of = moment(property, property.value);
            event_.and_following = same_letters(property.range, "THISANDFUTURE");
            if (!event_.instead_of) warn(property.line, "The event's RECURRENCE-ID is no date or time.");
            break;
        default: break;
        }
    }
    /// Of several (in several languages) the first one that says something.
    void words(std::string& text, std::string_view value) const {
        if (text.empty()) text = plain_text(value, reading_.question.limits.text_bytes);
    }
    void attendee(const Property& property) {
        if (!same_letters(property.status, "DECLINED")) return;
        for (auto address : {without_mailto(property.value), without_mailto(property.email)})
            event_.told.declined |= !address.empty() && std::ranges::any_of(reading_.question.owners, [&](auto& owner) {
                return same_letters(owner, address);
            });
    }

    void rule(const Property& property, std::vector<Rule>& rules) {
        auto read = parse_rule(property.value);
        if (!read) return warn(property.line, fmt::format("The rule {}; it is left out.", read.error().text));
        if (event_.start.date && read->frequency < Frequency::daily)
            return warn(property.line, "The rule repeats a day within the day; it is left out.");
        rules.push_back(std::move(*read));
    }

    template <class Visit>
    void each_value(const Property& property, Visit visit) {
        bool good = true;
        for (auto list = property.value;;) {
            const auto comma = list.find(',');
            const auto value = text::trim(list.substr(0, comma));
            if (!value.empty()) good &= visit(value);
            if (comma == list.npos) break;
            list.remove_prefix(comma + 1);
        }
        if (!good) warn(property.line, "One of these dates cannot be used; it is left out.");
    }
    void extra(const Property& property) {
        bool mended = false;
        each_value(property, [&](std::string_view value) {
            const auto slash = value.find('/');
            auto at = moment(property, value.substr(0, slash));
            if (!at) return false;
            ExtraDate made{*at, {}};
            if (slash != value.npos) {
                made.length = period_length(*at, property, value.substr(slash + 1));
                if (!made.length) return false;
            }
            if (made.at.date != event_.start.date) {
                mended = true;
                const seconds of_day = event_.start.time - event_.start.day();
                if (event_.start.date)
                    made.at = {Local(made.at.day()), true, reading_.tzids.of_line()};
                else
                    made.at = {made.at.time + of_day, false, event_.start.zone};
            }
            event_.extra.push_back(std::move(made));
            return true;
        });
        if (mended) warn(property.line, "RDATE and DTSTART are not of the same kind; its date is taken.");
    }
    std::optional<Length> period_length(const Moment& from, const Property& property, std::string_view text) {
        if (auto length = parse_length(text)) return positive(*length);
        auto until = moment(property, text);
        if (!until) return std::nullopt;
        return positive({{}, floor<seconds>(until->instant() - from.instant())});
    }
    void except(const Property& property) {
        bool odd = false;
        each_value(property, [&](std::string_view value) {
            auto at = moment(property, value);
            if (!at) return false;
            odd |= at->date != event_.start.date;
            event_.except.push_back(std::move(*at));
            return true;
        });
        if (odd)
            warn(property.line, "EXDATE and DTSTART are not of the same kind; what begins on that day is left out.");
    }

    static Length positive(Length length) {
        if (length.days < days(0) || length.time < seconds(0)) return {};
        return length;
    }
    void set_length() {
        const auto* end = component_.first(Name::dtend);
        const auto* duration = component_.first(Name::duration);
        std::optional<Length> length;
        if (end) {
            if (auto until = moment(*end, end->value))
                length = length_until(*until, end->line);
            else
                warn(end->line, "The event's DTEND is no date or time.");
        } else if (duration) {
            length = parse_length(duration->value);
            if (!length) warn(duration->line, "The event's DURATION is none.");
        }
        event_.length = positive(length.value_or(Length{}));
        if (length && *length != event_.length)
            warn(component_.line, "The event ends before it begins; it is taken to have no length.");
        if (!event_.start.date) return;
        event_.length = {std::max(days(1), event_.length.days + ceil<days>(event_.length.time)), {}};
    }
    Length length_until(const Moment& until, std::size_t line) {
        if (until.date != event_.start.date) warn(line, "DTEND and DTSTART are not of the same kind.");
        if (event_.start.date) return {ceil<days>(until.time - event_.start.time), {}};
        return {{}, floor<seconds>(until.instant() - event_.start.instant())};
    }

    void name_it() {
        warn(component_.line, "The event has no UID; a move or a new title makes it another one.");
        auto hash = text::fnv1a(event_.told.title + '\n' + event_.told.location);
        event_.told.uid = fmt::format("no-uid-{}-{:016x}", rfc3339(event_.start.instant()), hash);
    }

    const Component& component_;
    EventReading& reading_;
    Event event_{};
};

} // namespace

Wall end_of(const Moment& start, const Length& length) {
    const Wall from = start.instant();
    const Wall days_on = length.days == days(0) ? from : start.zone.instant(start.time + length.days);
    return std::max(from, days_on + length.time); // a zone that jumps by days is no reason to end before the start
}

std::optional<Event> read_event(const Component& component, EventReading& reading) {
    return Builder(component, reading).build();
}

} // namespace lamp::ical
