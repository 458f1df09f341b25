// Google People and Microsoft Graph, who give tokens for what has changed. See service.hpp.
#include "service.hpp"

namespace sim::crm {

namespace json = boost::json;

namespace {

// "EPOCH.VERSION.AFTER": what a token holds.
struct Mark {
    std::int64_t epoch = 0, since = 0, after = 0;
    std::string text() const {
        return std::to_string(epoch) + "." + std::to_string(since) + "." + std::to_string(after);
    }
    static Mark of(const std::string& text) {
        Mark mark;
        char* at = nullptr;
        mark.epoch = std::strtoll(text.c_str(), &at, 10);
        if (*at == '.') mark.since = std::strtoll(at + 1, &at, 10);
        if (*at == '.') mark.after = std::strtoll(at + 1, &at, 10);
        return mark;
    }
};

json::object person(const Contact& contact) {
    json::object told{{"resourceName", "people/c" + std::to_string(contact.id)}};
    told["metadata"] = {{"sources", json::array{{{"type", "CONTACT"}, {"updateTime", iso(contact.updated_ms)}}}}};
    if (contact.deleted) {
        told["metadata"].as_object()["deleted"] = true;
        return told;
    }
    told["names"] = json::array{{{"displayName", contact.name()}}};
    json::array numbers;
    for (const auto* phone : {&contact.phone, &contact.mobile}) {
        if (phone->empty()) continue;
        json::object one{{"value", *phone}, {"type", phone == &contact.phone ? "work" : "mobile"}};
        if (phone->starts_with('+')) one["canonicalForm"] = "+" + digits_of(*phone);
        numbers.push_back(std::move(one));
    }
    if (!numbers.empty()) told["phoneNumbers"] = std::move(numbers);
    return told;
}

json::object user(const Contact& contact) {
    json::object told{{"id", "u" + std::to_string(contact.id)}};
    told["displayName"] = contact.name();
    told["businessPhones"] = contact.phone.empty() ? json::array{} : json::array{contact.phone};
    told["mobilePhone"] = contact.mobile.empty() ? json::value(nullptr) : json::value(contact.mobile);
    told["mail"] = contact.email;
    return told;
}

} // namespace

http::Response Service::google(const http::Request& request, const Query& query) {
    if (request.path != "/v1/people/me/connections" || request.method != "GET") return refusal(404, "Not found.");
    if (const auto odd = stranger(query, {"personFields", "pageSize", "pageToken", "requestSyncToken", "syncToken"});
        !odd.empty())
        return refusal(400, "Unknown name \"" + odd + "\": Cannot bind query parameter.");
    if (!query.contains("personFields")) return refusal(400, "personFields mask is required.");
    const auto asked = query.contains("pageSize") ? std::atoll(query.at("pageSize").c_str()) : 100;
    if (asked < 1 || asked > 1000) return refusal(400, "pageSize must be 1 to 1000.");
    const std::size_t size = page_size(query, "pageSize", 100);
    Mark from;
    if (query.contains("syncToken")) {
        from = Mark::of(query.at("syncToken"));
        if (from.epoch != epoch_)
            return json_of(400, json::object{{"error",
                                              {{"code", 400},
                                               {"message", "Sync token is expired."},
                                               {"status", "FAILED_PRECONDITION"},
                                               {"details", json::array{{{"reason", "EXPIRED_SYNC_TOKEN"}}}}}}});
    }
    if (query.contains("pageToken")) from.after = Mark::of(query.at("pageToken")).after;
    json::object body;
    json::array list;
    for (const auto& contact : book.contacts) {
        if (contact.id <= from.after || contact.version <= from.since || (contact.deleted && from.since == 0)) continue;
        if (list.size() == size) {
            const auto last = std::string(list.back().at("resourceName").as_string());
            body["nextPageToken"] = Mark{epoch_, from.since, std::atoll(last.c_str() + 8)}.text();
            break;
        }
        list.push_back(person(contact));
    }
    if (!body.contains("nextPageToken") && query.contains("requestSyncToken"))
        body["nextSyncToken"] = Mark{epoch_, book.version, 0}.text();
    if (!list.empty()) body["connections"] = std::move(list); // an empty list is left out
    return json_of(200, body);
}

http::Response Service::graph(const http::Request& request, const Query& query) {
    if (request.method != "GET") return refusal(405, "Method not allowed.");
    if (request.path != "/v1.0/users/delta") {
        constexpr std::string_view users = "/v1.0/users/u";
        if (!request.path.starts_with(users)) return refusal(404, "Resource not found.");
        auto* contact = book.find(std::atoll(std::string(request.path.substr(users.size())).c_str()));
        return contact && !contact->deleted ? json_of(200, user(*contact)) : refusal(404, "Resource not found.");
    }
    if (const auto odd = stranger(query, {"$select", "$skiptoken", "$deltatoken"}); !odd.empty())
        return refusal(400, "Unknown option " + odd + ".");
    const bool goes_on = query.contains("$skiptoken") || query.contains("$deltatoken");
    if (goes_on && query.contains("$select")) return refusal(400, "The query is in the token.");
    const Mark from =
        !goes_on ? Mark{} : Mark::of(query.contains("$skiptoken") ? query.at("$skiptoken") : query.at("$deltatoken"));
    if (goes_on && from.epoch != epoch_)
        return json_of(410, json::object{{"error", {{"code", "syncStateNotFound"}, {"message", "Resync required."}}}});
    const std::string prefer(request.header("Prefer"));
    const auto told = prefer.find("maxpagesize=");
    std::size_t size =
        told == std::string::npos ? 100 : static_cast<std::size_t>(std::atoll(prefer.c_str() + told + 12));
    if (settings.page_max > 0) size = std::min(size, static_cast<std::size_t>(settings.page_max));
    json::object body{{"value", json::array{}}};
    auto& list = body["value"].as_array();
    std::int64_t last = 0;
    bool more = false;
    for (const auto& contact : book.contacts) {
        if (contact.id <= from.after || contact.version <= from.since || (contact.deleted && from.since == 0)) continue;
        if ((more = list.size() == size)) break;
        last = contact.id;
        if (contact.deleted)
            list.push_back({{"id", "u" + std::to_string(contact.id)}, {"@removed", {{"reason", "changed"}}}});
        else if (from.since > 0) // what has changed, and no more
            list.push_back({{"id", "u" + std::to_string(contact.id)}, {"displayName", contact.name()}});
        else
            list.push_back(user(contact));
    }
    const auto base = url + "/v1.0/users/delta?";
    if (more)
        body["@odata.nextLink"] = base + "$skiptoken=" + Mark{epoch_, from.since, last}.text();
    else
        body["@odata.deltaLink"] = base + "$deltatoken=" + Mark{epoch_, book.version, 0}.text();
    return json_of(200, body);
}

} // namespace sim::crm
