// Users: list with paging, one user, delta with its tokens, photos (cloud-apis.md A10).
#include "cursor.hpp"
#include "service.hpp"
#include "times.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace sim::graph {

namespace json = boost::json;

namespace {

constexpr std::array<std::string_view, 17> properties = {"id",
                                                         "displayName",
                                                         "userPrincipalName",
                                                         "mail",
                                                         "businessPhones",
                                                         "mobilePhone",
                                                         "givenName",
                                                         "surname",
                                                         "jobTitle",
                                                         "officeLocation",
                                                         "preferredLanguage",
                                                         "accountEnabled",
                                                         "proxyAddresses",
                                                         "userType",
                                                         "department",
                                                         "companyName",
                                                         "faxNumber"};
constexpr std::size_t default_properties = 11; // the others only when asked for

std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const auto end = text.find('\n');
        lines.emplace_back(text.substr(0, end));
        text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    }
    return lines;
}

json::array texts(const std::vector<std::string>& lines) {
    return json::array(lines.begin(), lines.end());
}

json::value or_null(std::string_view text) {
    return text.empty() ? json::value() : json::value(text);
}

json::value property(const User& user, std::string_view name) {
    const auto space = user.name.find(' ');
    if (name == "id") return json::value(user.id.text());
    if (name == "displayName") return json::value(user.name);
    if (name == "userPrincipalName") return json::value(user.upn);
    if (name == "mail") return or_null(user.mail);
    if (name == "businessPhones") return texts(lines_of(user.phones));
    if (name == "mobilePhone") return or_null(user.mobile);
    if (name == "givenName") return json::value(user.name.substr(0, space));
    if (name == "surname") return or_null(space == std::string::npos ? "" : user.name.substr(space + 1));
    if (name == "accountEnabled") return json::value(user.enabled);
    if (name == "department") return or_null(user.department);
    if (name == "jobTitle") return or_null(user.job);
    if (name == "userType") return json::value("Member");
    if (name == "proxyAddresses") {
        auto lines = lines_of(user.proxies);
        if (!user.mail.empty()) lines.insert(lines.begin(), "SMTP:" + user.mail);
        return texts(lines);
    }
    return {}; // officeLocation and the like: nobody filled them in
}

json::object shown(const User& user, const std::vector<std::string>& select) {
    json::object out;
    for (const std::string& name : select)
        out[name] = property(user, name);
    return out;
}

std::optional<std::vector<std::string>> selected(std::string_view list) {
    std::vector<std::string> names;
    if (list.empty()) return std::vector<std::string>(properties.begin(), properties.begin() + default_properties);
    while (!list.empty()) {
        const auto comma = list.find(',');
        std::string_view name = list.substr(0, comma);
        while (name.starts_with(' '))
            name.remove_prefix(1);
        list = comma == std::string_view::npos ? std::string_view() : list.substr(comma + 1);
        const auto known = std::find_if(properties.begin(), properties.end(),
                                        [&](std::string_view p) { return http::same_word(p, name); });
        if (known == properties.end()) return std::nullopt;
        if (std::find(names.begin(), names.end(), *known) == names.end()) names.emplace_back(*known);
    }
    return names;
}

// `mail eq 'x'` of userPrincipalName, id and department, too; `accountEnabled eq true`; "ne", which is an advanced
// query.
struct Clause {
    std::string property;
    std::string value;
    bool differs = false;

    static std::optional<Clause> parse(std::string_view text) {
        const bool differs = text.find(" ne ") != std::string_view::npos;
        const auto middle = text.find(differs ? " ne " : " eq ");
        if (middle == std::string_view::npos) return std::nullopt;
        Clause clause{std::string(text.substr(0, middle)), std::string(text.substr(middle + 4)), differs};
        if (clause.property == "accountEnabled")
            return clause.value == "true" || clause.value == "false" ? std::optional(clause) : std::nullopt;
        if (clause.property != "mail" && clause.property != "userPrincipalName" && clause.property != "id" &&
            clause.property != "department")
            return std::nullopt;
        const auto size = clause.value.size();
        if (size < 2 || clause.value.front() != '\'' || clause.value.back() != '\'') return std::nullopt;
        clause.value = clause.value.substr(1, size - 2);
        for (auto at = clause.value.find("''"); at != std::string::npos; at = clause.value.find("''", at + 1))
            clause.value.erase(at, 1);
        return clause;
    }
    bool fits(const User& user) const {
        if (property == "accountEnabled") return (user.enabled == (value == "true")) != differs;
        const std::string is = property == "mail"         ? user.mail
                               : property == "id"         ? user.id.text()
                               : property == "department" ? user.department
                                                          : user.upn;
        return http::same_word(is, value) != differs;
    }
};

struct Filter {
    std::vector<Clause> clauses; // all of them

    static std::optional<Filter> parse(std::string_view text) {
        Filter filter;
        while (!text.empty()) {
            const auto end = text.find(" and ");
            const auto clause = Clause::parse(text.substr(0, end));
            if (!clause) return std::nullopt;
            filter.clauses.push_back(*clause);
            text = end == std::string_view::npos ? std::string_view() : text.substr(end + 5);
        }
        return filter;
    }
    bool fits(const User& user) const {
        return std::all_of(clauses.begin(), clauses.end(), [&](const Clause& one) { return one.fits(user); });
    }
    bool advanced() const {
        return std::any_of(clauses.begin(), clauses.end(), [](const Clause& one) { return one.differs; });
    }
};

std::optional<std::int64_t> top_of(const Query& query, std::int64_t absent) {
    const std::string* text = find(query, "$top");
    if (!text) return absent;
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
    if (error != std::errc() || end != text->data() + text->size() || value < 1 || value > 999) return std::nullopt;
    return value;
}

json::object removed(const User& user) {
    return {{"id", user.id.text()},
            {"@removed", json::object{{"reason", user.life == Life::deleted ? "deleted" : "changed"}}}};
}

} // namespace

http::Response Service::list_users(Exchange& exchange) {
    const auto bad = [&](std::string_view code, const std::string& text) {
        return error(400, code, text, &exchange.request);
    };
    const Query query = query_of(exchange.request);
    if (const auto wrong = unknown_option(query, {"$select", "$top", "$filter", "$count", "$skiptoken"}))
        return bad("Request_UnsupportedQuery", "Unsupported query option " + *wrong);
    Cursor cursor;
    if (const std::string* token = find(query, "$skiptoken")) {
        const auto parsed = Cursor::parse(*token);
        if (!parsed || parsed->kind != "users")
            return bad("Directory_ExpiredPageToken", "The page token is not valid.");
        cursor = *parsed;
    } else {
        const auto top = top_of(query, settings.page_size);
        if (!top) return bad("Request_UnsupportedQuery", "Invalid page size specified. It must be from 1 to 999.");
        cursor.kind = "users";
        cursor.top = *top;
        if (const std::string* select = find(query, "$select")) cursor.select = *select;
        if (const std::string* text = find(query, "$filter")) cursor.filter = *text;
    }
    const auto select = selected(cursor.select);
    if (!select) return bad("Request_BadRequest", "Could not find a property named in $select.");
    const auto filter = Filter::parse(cursor.filter);
    if (!filter) return bad("Request_BadRequest", "Invalid filter clause: " + cursor.filter);
    const bool eventual = exchange.request.header("ConsistencyLevel") == "eventual"; // an advanced query, on each page
    const std::string* count = find(query, "$count");
    if (count && (*count != "true" || !eventual))
        return bad("Request_BadRequest", "$count is true, and only supported with ConsistencyLevel: eventual.");
    if (filter->advanced() && (!eventual || (!count && cursor.at == 0)))
        return bad("Request_UnsupportedQuery", "Unsupported Query.");

    json::array value;
    ++pages_;
    const bool empty = settings.empty_page_every > 0 && cursor.at > 0 &&
                       pages_ % static_cast<std::uint64_t>(settings.empty_page_every) == 0;
    auto at = static_cast<std::size_t>(cursor.at);
    if (!empty)
        for (; at < directory.size() && value.size() < static_cast<std::size_t>(cursor.top); ++at) {
            const User& user = directory[static_cast<UserIndex>(at)];
            if (user.life == Life::present && filter->fits(user)) value.emplace_back(shown(user, *select));
        }
    json::object body{{"@odata.context", exchange.own_url + "/v1.0/$metadata#users"}};
    if (at < directory.size()) {
        cursor.at = static_cast<std::int64_t>(at);
        body["@odata.nextLink"] = exchange.own_url + "/v1.0/users?$skiptoken=" + cursor.text();
    }
    if (count) {
        std::int64_t all = 0;
        for (std::size_t i = 0; i < directory.size(); ++i) {
            const User& user = directory[static_cast<UserIndex>(i)];
            all += user.life == Life::present && filter->fits(user) ? 1 : 0;
        }
        body["@odata.count"] = all;
    }
    body["value"] = std::move(value);
    return json_text(200, json::serialize(body));
}

http::Response Service::read_user(Exchange& exchange) {
    const Query query = query_of(exchange.request);
    if (const auto wrong = unknown_option(query, {"$select"}))
        return error(400, "Request_UnsupportedQuery", "Unsupported query option " + *wrong, &exchange.request);
    const std::string& name = exchange.parts[1];
    const auto id = Guid::parse(name);
    const UserIndex user = id ? directory.find(*id) : directory.find_upn(name);
    if (user == nobody)
        return error(404, "Request_ResourceNotFound",
                     "Resource '" + name +
                         "' does not exist or one of its queried reference-property objects are not "
                         "present.",
                     &exchange.request);
    const std::string* list = find(query, "$select");
    const auto select = selected(list ? *list : std::string());
    if (!select)
        return error(400, "Request_BadRequest", "Could not find a property named in $select.", &exchange.request);
    json::object body = shown(directory[user], *select);
    body["@odata.context"] = exchange.own_url + "/v1.0/$metadata#users/$entity";
    return json_text(200, json::serialize(body));
}

// A round goes over everybody (kind round), later ones over the log (kind delta). A user who changes while a round
// runs, or twice before it, is told more than once.
http::Response Service::delta(Exchange& exchange) {
    const auto bad = [&](std::string_view code, const std::string& text) {
        return error(400, code, text, &exchange.request);
    };
    const Query query = query_of(exchange.request);
    if (const auto wrong = unknown_option(query, {"$select", "$top", "$deltatoken", "$deltaToken", "$skiptoken"}))
        return bad("Request_UnsupportedQuery", "Unsupported query option " + *wrong);
    const std::string* token = find(query, "$deltatoken");
    if (!token) token = find(query, "$deltaToken");
    const std::string* skip = find(query, "$skiptoken");
    const bool latest = token && *token == "latest";
    Cursor cursor;
    if (skip || (token && !latest && !token->empty())) {
        const auto parsed = Cursor::parse(skip ? *skip : *token);
        if (!parsed || parsed->kind == "users") return bad("Directory_ExpiredPageToken", "The token is not valid.");
        cursor = *parsed;
        if (now() - cursor.issued > settings.delta_life_s * 1000)
            return bad("syncStateNotFound", "The sync state generation is not found; start again.");
        if (token && !skip) cursor.at = cursor.log;
    } else {
        const auto top = top_of(query, settings.page_size);
        if (!top) return bad("Request_UnsupportedQuery", "Invalid page size specified. It must be from 1 to 999.");
        cursor.kind = latest ? "delta" : "round";
        cursor.top = *top;
        if (const std::string* select = find(query, "$select")) cursor.select = *select;
        cursor.log = static_cast<std::int64_t>(directory.log_end());
        cursor.at = latest ? cursor.log : 0;
    }
    const auto select = selected(cursor.select);
    if (!select) return bad("Request_BadRequest", "Could not find a property named in $select.");
    const bool round = cursor.kind == "round";
    const std::size_t end = round ? directory.size() : directory.log_end();
    json::array value;
    ++pages_;
    auto at = static_cast<std::size_t>(cursor.at);
    const bool empty = settings.empty_page_every > 0 && at < end &&
                       pages_ % static_cast<std::uint64_t>(settings.empty_page_every) == 0;
    for (; !empty && at < end && value.size() < static_cast<std::size_t>(cursor.top); ++at) {
        const User& user = directory[round ? static_cast<UserIndex>(at) : directory.logged(at)];
        if (user.life == Life::present && settings.delta_partial && !round)
            value.emplace_back(json::object{{"id", user.id.text()}, {"displayName", user.name}});
        else if (user.life == Life::present)
            value.emplace_back(shown(user, *select));
        else if (!round)
            value.emplace_back(removed(user));
    }
    json::object body{{"@odata.context", exchange.own_url + "/v1.0/$metadata#users"}};
    cursor.at = static_cast<std::int64_t>(at);
    cursor.issued = now();
    if (at < end) {
        body["@odata.nextLink"] = exchange.own_url + "/v1.0/users/delta?$skiptoken=" + cursor.text();
    } else {
        if (!round) cursor.log = cursor.at;
        cursor.kind = "delta";
        body["@odata.deltaLink"] = exchange.own_url + "/v1.0/users/delta?$deltatoken=" + cursor.text();
    }
    body["value"] = std::move(value);
    return json_text(200, json::serialize(body));
}

http::Response Service::photo(Exchange& exchange) {
    static constexpr std::array<std::string_view, 9> sizes = {"48x48",   "64x64",   "96x96",   "120x120", "240x240",
                                                              "360x360", "432x432", "504x504", "648x648"};
    static constexpr std::string_view picture =
        "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAP//////////////////////////////////////////////////////////////////////////"
        "////////////wgALCAABAAEBAREA/8QAFBABAAAAAAAAAAAAAAAAAAAAAP/aAAgBAQABPxA=";
    const auto& parts = exchange.parts;
    const auto id = Guid::parse(parts[1]);
    const UserIndex user = id ? directory.find(*id) : directory.find_upn(parts[1]);
    if (user == nobody) return error(404, "Request_ResourceNotFound", "The user does not exist.", &exchange.request);
    const bool sized = parts.size() == 5 && parts[2] == "photos" && parts[4] == "$value" &&
                       std::find(sizes.begin(), sizes.end(), parts[3]) != sizes.end();
    const bool bytes = sized || (parts.size() == 4 && parts[2] == "photo" && parts[3] == "$value");
    if (!bytes && !(parts.size() == 3 && parts[2] == "photo"))
        return error(400, "BadRequest", "Resource not found for the segment.", &exchange.request);
    if (settings.photo_every <= 0 || user % static_cast<std::uint64_t>(settings.photo_every) != 0)
        return error(404, "ImageNotFound", "The photo wasn't found.", &exchange.request);
    if (bytes) return {200, "image/jpeg", crypto::from_base64(picture).value_or(std::string())};
    return json_text(200,
                     R"({"@odata.mediaContentType":"image/jpeg","@odata.mediaEtag":"\"A1\"","id":"1x1","height":1,)"
                     R"("width":1})");
}

} // namespace sim::graph
