// Directories and call logs (xsi.md 9.5): 1-based paging with a cap (or refused), wildcards, /i, virtual users.
#include "platform.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <optional>

namespace sim::bw {

namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// `pattern` with * anywhere; a trailing /i makes it case-insensitive (ASCII).
bool matches(std::string_view text, std::string_view pattern) {
    const bool fold = pattern.ends_with("/i");
    if (fold) pattern.remove_suffix(2);
    std::size_t t = 0;
    std::size_t p = 0;
    std::size_t star = std::string_view::npos;
    std::size_t mark = 0;
    const auto same = [&](char a, char b) { return fold ? lower(a) == lower(b) : a == b; };
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && same(text[t], pattern[p])) {
            ++t;
            ++p;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

std::optional<std::int64_t> positive(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && value > 0 ? std::optional(value) : std::nullopt;
}

std::string iso_time(std::int64_t ms) {
    const std::time_t seconds = ms / 1000 + 3600; // the platform writes its own zone
    std::tm parts{};
    gmtime_r(&seconds, &parts);
    char text[40];
    const std::size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    std::string fraction = std::to_string(ms % 1000);
    return std::string(text, length) + "." + std::string(3 - fraction.size(), '0') + fraction + "+01:00";
}

} // namespace

void Platform::directory(Exchange& exchange, UserIndex user) {
    if (exchange.parts.size() < 4) return error(exchange, 404, 5100, "No such resource");
    const bool logs = exchange.is(3, "CallLogs") || exchange.is(3, "EnhancedCallLogs");
    if (logs) return call_logs(exchange, user);
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    if (exchange.is(3, "Enterprise")) return people_directory(exchange, user, true);
    if (exchange.is(3, "Group")) return people_directory(exchange, user, false);
    if (exchange.is(3, "GroupCommon"))
        return common_directory(exchange, "GroupCommon", "groupCommonDirectory", "commonPhoneEntry");
    if (exchange.is(3, "EnterpriseCommon"))
        return common_directory(exchange, "EnterpriseCommon", "enterpriseCommonDirectory", "commonPhoneEntry");
    if (exchange.is(3, "Personal")) return common_directory(exchange, "Personal", "", "entry");
    error(exchange, 404, 5100, "No such directory: " + exchange.parts[3]);
}

bool Platform::paging(Exchange& exchange, std::int64_t& start, std::int64_t& results) {
    const auto from = exchange.parameter("start");
    const auto count = exchange.parameter("results");
    start = 1;
    results = settings.page_cap;
    if (from.empty() && count.empty()) return true;
    if (settings.refuse_paging) {
        error(exchange, 400, 5103, "Unsupported parameter");
        return false;
    }
    const auto first = from.empty() ? std::optional<std::int64_t>(1) : positive(from);
    const auto wanted = count.empty() ? std::optional<std::int64_t>(settings.page_cap) : positive(count);
    if (!first || !wanted) {
        error(exchange, 400, 5103, "start and results are positive integers");
        return false;
    }
    start = *first;
    results = std::min(*wanted, settings.page_cap);
    return true;
}

void Platform::people_directory(Exchange& exchange, UserIndex user, bool whole_enterprise) {
    std::int64_t start = 1;
    std::int64_t results = 0;
    if (!paging(exchange, start, results)) return;
    const bool unpaged = settings.refuse_paging;
    const bool any_criterion = exchange.parameter("searchCriteriaModeOr") == "true";
    for (const auto& [key, value] : exchange.query) {
        static constexpr std::string_view known[] = {
            "start",    "results",    "sortColumn",   "firstName", "lastName",
            "name",     "userId",     "groupId",      "number",    "extension",
            "mobileNo", "department", "emailAddress", "impId",     "searchCriteriaModeOr",
            "format"};
        if (std::none_of(std::begin(known), std::end(known),
                         [&](std::string_view k) { return http::same_word(k, key); }))
            return error(exchange, 400, 5103, "Unsupported parameter: " + key);
    }
    const auto fits = [&](const User& candidate) {
        int wanted = 0;
        int matched = 0;
        const auto check = [&](std::string_view parameter, std::string_view text) {
            const auto pattern = exchange.parameter(parameter);
            if (pattern.empty()) return;
            ++wanted;
            matched += matches(text, pattern) ? 1 : 0;
        };
        check("firstName", candidate.first);
        check("lastName", candidate.last);
        check("name", candidate.name());
        check("userId", candidate.id);
        check("groupId", roster.groups[candidate.group].id);
        check("number", "+" + std::to_string(candidate.number));
        check("extension", std::to_string(candidate.extension));
        check("department", roster.departments[candidate.department]);
        check("emailAddress", candidate.id);
        check("mobileNo", "");
        check("impId", "");
        return any_criterion && wanted ? matched > 0 : matched == wanted;
    };
    const bool filtered = std::any_of(exchange.query.begin(), exchange.query.end(), [](const auto& item) {
        return !http::same_word(item.first, "start") && !http::same_word(item.first, "results");
    });
    std::string list;
    xml::Writer writer(list, "");
    std::int64_t total = 0;
    std::int64_t given = 0;
    for (UserIndex i = 0; i < roster.size(); ++i) {
        const User& candidate = roster[i];
        if (candidate.removed || (!whole_enterprise && candidate.group != roster[user].group) ||
            (filtered && !fits(candidate)))
            continue;
        ++total;
        if (!unpaged && (total < start || given >= results)) continue;
        ++given;
        writer.open("directoryDetails");
        writer.text("userId", candidate.id);
        writer.text("lastName", candidate.last);
        writer.text("firstName", candidate.first);
        writer.text("groupId", roster.groups[candidate.group].id);
        writer.text("number", "+" + std::to_string(candidate.number));
        writer.number("extension", candidate.extension);
        if (candidate.kind == UserKind::person) {
            writer.open("additionalDetails");
            writer.text("emailAddress", candidate.id);
            writer.text("department", roster.departments[candidate.department]);
            writer.close("additionalDetails");
        }
        writer.close("directoryDetails");
    }
    std::string inner;
    xml::Writer head(inner, "");
    head.number("startIndex", start);
    head.number("numberOfRecords", given);
    head.number("totalAvailableRecords", total);
    const std::string_view element = whole_enterprise ? "enterpriseDirectory" : "groupDirectory";
    head.open(element);
    inner += list;
    head.close(element);
    document(exchange, whole_enterprise ? "Enterprise" : "Group", inner);
}

void Platform::common_directory(Exchange& exchange, std::string_view root, std::string_view list,
                                std::string_view entry) {
    std::int64_t start = 1;
    std::int64_t results = 0;
    if (!paging(exchange, start, results)) return;
    static constexpr std::pair<std::string_view, std::string_view> entries[] = {
        {"Taxi Démo", "+31201239901"},
        {"Koerier Vóórbeeld", "+31201239902"},
        {"Beispiel & Söhne GmbH", "+4930901820001"},
        {"Fiction <Quotes> \"Ltd\"", "+442079460001"}};
    std::string body;
    xml::Writer writer(body, "");
    std::int64_t total = 0;
    std::int64_t given = 0;
    for (const auto& [name, number] : entries) {
        const auto name_pattern = exchange.parameter("name");
        const auto number_pattern = exchange.parameter("number");
        if ((!name_pattern.empty() && !matches(name, name_pattern)) ||
            (!number_pattern.empty() && !matches(number, number_pattern)))
            continue;
        ++total;
        if (total < start || given >= results) continue;
        ++given;
        writer.open(entry);
        writer.text("name", name);
        writer.text("number", number);
        writer.close(entry);
    }
    std::string inner;
    xml::Writer head(inner, "");
    head.number("startIndex", start);
    head.number("numberOfRecords", given);
    head.number("totalAvailableRecords", total);
    if (!list.empty()) head.open(list);
    inner += body;
    if (!list.empty()) head.close(list);
    document(exchange, root, inner);
}

void Platform::call_logs(Exchange& exchange, UserIndex index) {
    User& user = roster[index];
    const bool enhanced = exchange.is(3, "EnhancedCallLogs");
    if (enhanced && !settings.enhanced_call_logs)
        return error(exchange, 404, 5101, "Service not assigned: Enhanced Call Logs");
    static constexpr std::pair<LogEntry::Kind, std::string_view> kinds[] = {
        {LogEntry::Kind::placed, "placed"}, {LogEntry::Kind::received, "received"}, {LogEntry::Kind::missed, "missed"}};
    if (exchange.method("DELETE")) {
        if (user.log) user.log->clear();
        return ok(exchange);
    }
    if (!exchange.method("GET")) return error(exchange, 405, 5100, "Method not allowed");
    const auto entries = [&](LogEntry::Kind kind) {
        std::string out;
        xml::Writer writer(out, "");
        int given = 0;
        if (!user.log) return out;
        for (const LogEntry& entry : *user.log) {
            if (entry.kind != kind || given >= 20) continue;
            ++given;
            const std::string_view element = enhanced ? "enhancedCallLogsEntry" : "callLogsEntry";
            writer.open(element);
            if (entry.number.starts_with("+31")) writer.text("countryCode", "31");
            writer.text("phoneNumber", entry.number);
            writer.text("name", entry.name);
            writer.text("time", iso_time(entry.time));
            writer.text("callLogId", std::to_string(entry.id) + ":0");
            writer.close(element);
        }
        return out;
    };
    if (exchange.parts.size() >= 5) {
        for (const auto& [kind, name] : kinds)
            if (exchange.is(4, name)) return document(exchange, name, entries(kind));
        return error(exchange, 404, 5100, "No such call log");
    }
    std::string inner;
    xml::Writer writer(inner, "");
    for (const auto& [kind, name] : kinds) {
        const std::string some = entries(kind);
        if (some.empty()) continue;
        writer.open(name);
        inner += some;
        writer.close(name);
    }
    document(exchange, enhanced ? "EnhancedCallLogs" : "CallLogs", inner);
}

} // namespace sim::bw
