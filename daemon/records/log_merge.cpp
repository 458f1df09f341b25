#include "records/log_merge.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>

#include "calls/call_id.hpp"
#include "numbers/plain_number.hpp"

namespace lamp::records {
namespace {

using calls::CallRecord;
using calls::CallResult;

constexpr auto apart_max = std::chrono::seconds(90);
constexpr std::size_t compared_digits = 9; // of numbers that are not written alike
constexpr std::size_t shortest_compared = 7;

/// "+31…" where the log tells a country, else as it is.
std::string whole_number(const LogEntry& entry) {
    auto number = numbers::plain_number(entry.number);
    if (number.empty() || number.front() == '+' || entry.country_code.empty()) return number;
    if (number.size() < shortest_compared) return number; // an extension
    auto first = number.find_first_not_of('0');
    return first == std::string::npos ? number : '+' + entry.country_code + number.substr(first);
}

bool same_number(std::string_view one, std::string_view other) {
    if (one == other) return true;
    auto digits = [](std::string_view text) { return text.starts_with('+') ? text.substr(1) : text; };
    one = digits(one);
    other = digits(other);
    auto shorter = std::min(one.size(), other.size());
    if (shorter < shortest_compared) return false;
    auto compared = std::min(shorter, compared_digits);
    return one.substr(one.size() - compared) == other.substr(other.size() - compared);
}

milliseconds apart(Wall one, Wall other) {
    return one > other ? one - other : other - one;
}

std::optional<CallResult> result_of(LogKind kind) {
    switch (kind) {
    case LogKind::received: return CallResult::answered;
    case LogKind::missed: return CallResult::missed;
    case LogKind::placed: break; // the log does not tell whether anybody answered
    }
    return std::nullopt;
}

CallRecord record_of(const LogEntry& entry, const std::string& number, const std::string& line,
                     const std::string& person) {
    CallRecord record;
    record.id = calls::public_id(line, fmt::format("log {} {}", entry.id, entry.time.time_since_epoch().count()));
    record.person = person;
    record.line = line;
    record.incoming = entry.kind != LogKind::placed;
    record.withheld = record.incoming && number.empty();
    record.remote_number = number;
    record.remote_name = entry.name;
    record.started = entry.time;
    record.ended = entry.time;
    record.result = result_of(entry.kind);
    record.source = calls::RecordSource::call_log;
    record.uncertain = true;
    return record;
}

} // namespace

Merged merge(const LineLogs& logs, const std::vector<CallRecord>& known, LogSpan span, const std::string& line,
             const std::vector<std::string>& persons, Numbers kept_as) {
    Merged merged;
    std::vector<bool> used(known.size());
    // The nearest pairs first would be better; entries in order of time are as good as long as calls do not overlap.
    LineLogs entries = logs;
    std::ranges::sort(entries, {}, &LogEntry::time);
    for (const LogEntry& entry : entries) {
        auto number = whole_number(entry);
        auto kept = kept_number(number, kept_as);
        bool incoming = entry.kind != LogKind::placed;
        auto fits = [&](std::size_t i) {
            return !used[i] && known[i].incoming == incoming && apart(known[i].started, entry.time) <= apart_max &&
                   same_number(numbers::plain_number(known[i].remote_number), kept);
        };
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < known.size(); ++i)
            if (fits(i) && (!best || apart(known[i].started, entry.time) < apart(known[*best].started, entry.time)))
                best = i;
        if (best) {
            // A shared line has a record for each of its people: all are this call.
            for (std::size_t i = 0; i < known.size(); ++i) {
                if (!fits(i) || known[i].id != known[*best].id || known[i].started != known[*best].started) continue;
                used[i] = true;
                auto result = result_of(entry.kind);
                bool guessed = known[i].source == calls::RecordSource::event && known[i].uncertain &&
                               known[i].why == calls::End::unknown && known[i].ended && !known[i].answered && result;
                if (!guessed) continue;
                CallRecord settled = known[i];
                settled.result = result;
                settled.source = calls::RecordSource::call_log;
                merged.settled.push_back(std::move(settled));
            }
            continue;
        }
        if (entry.time < span.from || entry.time > span.until) continue;
        if (persons.empty()) merged.added.push_back(record_of(entry, number, line, {}));
        for (const std::string& person : persons)
            merged.added.push_back(record_of(entry, number, line, person));
    }
    return merged;
}

} // namespace lamp::records
