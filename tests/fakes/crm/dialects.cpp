// HubSpot, Pipedrive and Insightly. See service.hpp.
#include "service.hpp"

#include <algorithm>
#include <set>

namespace sim::crm {

namespace json = boost::json;

namespace {

// The last nine digits: what HubSpot's helper property holds of a national number.
std::string national(const std::string& text) {
    const auto digits = digits_of(text);
    return digits.size() <= 9 ? digits : digits.substr(digits.size() - 9);
}

json::object hubspot_told(const Contact& contact, const std::set<std::string>& properties) {
    json::object all{{"firstname", contact.first},
                     {"lastname", contact.last},
                     {"company", contact.company},
                     {"email", contact.email},
                     {"phone", contact.phone},
                     {"mobilephone", contact.mobile},
                     {"lastmodifieddate", iso(contact.updated_ms)}};
    json::object shown; // those that are asked for, and no others
    for (const auto& name : properties) {
        const auto* value = all.if_contains(name);
        shown[name] = value && !value->as_string().empty() ? *value : json::value(nullptr);
    }
    return {{"id", std::to_string(contact.id)},
            {"properties", shown},
            {"updatedAt", iso(contact.updated_ms)},
            {"archived", contact.deleted}};
}

std::set<std::string> words_of(const std::string& list) {
    std::set<std::string> words;
    for (std::size_t at = 0; at <= list.size();) {
        const auto end = std::min(list.find(',', at), list.size());
        words.insert(list.substr(at, end - at));
        at = end + 1;
    }
    return words;
}

// Of one filter: EQ and GTE are what is known here. Empty: refused.
bool passes(const Contact& contact, const std::string& property, const std::string& op, const std::string& value) {
    if (property == "lastmodifieddate") return op == "GTE" && contact.updated_ms >= std::atoll(value.c_str());
    if (op != "EQ") return false;
    if (property == "phone") return contact.phone == value;
    if (property == "mobilephone") return contact.mobile == value;
    if (property == "hs_searchable_calculated_phone_number")
        return !contact.phone.empty() && national(contact.phone) == value;
    if (property == "hs_searchable_calculated_mobile_number")
        return !contact.mobile.empty() && national(contact.mobile) == value;
    return false;
}

bool passes_all(const Contact& contact, const json::array& filters) {
    return std::ranges::all_of(filters, [&](const json::value& filter) {
        const auto& one = filter.as_object();
        return passes(contact, std::string(one.at("propertyName").as_string()),
                      std::string(one.at("operator").as_string()), std::string(one.at("value").as_string()));
    });
}

json::object pipedrive_told(const Contact& contact) {
    json::array phones;
    if (!contact.phone.empty()) phones.push_back({{"value", contact.phone}, {"label", "work"}, {"primary", true}});
    if (!contact.mobile.empty()) phones.push_back({{"value", contact.mobile}, {"label", "mobile"}, {"primary", false}});
    json::object told{{"id", contact.id},
                      {"name", contact.name()},
                      {"phones", phones},
                      {"update_time", iso(contact.updated_ms)},
                      {"is_deleted", contact.deleted}};
    told["emails"] = json::array{};
    if (!contact.email.empty())
        told["emails"].as_array().push_back({{"value", contact.email}, {"label", "work"}, {"primary", true}});
    return told;
}

json::object insightly_told(const Contact& contact) {
    return {{"CONTACT_ID", contact.id},
            {"FIRST_NAME", contact.first},
            {"LAST_NAME", contact.last},
            {"PHONE", contact.phone.empty() ? json::value(nullptr) : json::value(contact.phone)},
            {"PHONE_MOBILE", contact.mobile.empty() ? json::value(nullptr) : json::value(contact.mobile)},
            {"EMAIL_ADDRESS", contact.email},
            {"DATE_UPDATED_UTC", [&] {
                 auto text = iso(contact.updated_ms); // "2026-01-05 09:00:00"
                 text[10] = ' ';
                 text.pop_back();
                 return text;
             }()}};
}

} // namespace

http::Response Service::hubspot(const http::Request& request, const Query& query) {
    if (request.path == "/crm/v3/objects/contacts/search") return hubspot_search(request);
    if (request.path != "/crm/v3/objects/contacts") return refusal(404, "Unable to infer object type.");
    if (request.method == "POST") {
        boost::system::error_code error;
        const json::value body = json::parse(request.body, error);
        const auto* properties = !error && body.is_object() ? body.as_object().if_contains("properties") : nullptr;
        if (properties == nullptr || !properties->is_object()) return refusal(400, "Invalid input JSON.");
        Contact made;
        for (const auto& [name, value] : properties->as_object()) {
            const std::string text(value.as_string());
            if (name == "firstname")
                made.first = text;
            else if (name == "lastname")
                made.last = text;
            else if (name == "company")
                made.company = text;
            else if (name == "email")
                made.email = text;
            else if (name == "phone")
                made.phone = text;
            else if (name == "mobilephone")
                made.mobile = text;
            else
                return refusal(400, "Property \"" + std::string(name) + "\" does not exist.");
        }
        return json_of(201, hubspot_told(book.add(std::move(made), now_ms()), {"firstname", "lastname", "phone"}));
    }
    if (request.method != "GET") return refusal(405, "Method not allowed.");
    if (const auto odd = stranger(query, {"limit", "after", "properties", "archived"}); !odd.empty())
        return refusal(400, "Unknown parameter " + odd + ".");
    const auto asked = query.contains("limit") ? std::atoll(query.at("limit").c_str()) : 10;
    if (asked < 1 || asked > 100) return refusal(400, "limit must be 1 to 100.");
    const std::size_t size = page_size(query, "limit", 10);
    const bool archived = query.contains("archived") && query.at("archived") == "true";
    const std::int64_t after = query.contains("after") ? std::atoll(query.at("after").c_str()) : 0;
    const auto properties =
        words_of(query.contains("properties") ? query.at("properties") : "firstname,lastname,email");
    json::object body{{"results", json::array{}}};
    auto& results = body["results"].as_array();
    for (const auto& contact : book.contacts) {
        if (contact.id <= after || contact.deleted != archived) continue;
        if (results.size() == size) {
            const auto last = std::string(results.back().at("id").as_string());
            body["paging"] = {{"next", {{"after", last}, {"link", url + "/crm/v3/objects/contacts?after=" + last}}}};
            break;
        }
        results.push_back(hubspot_told(contact, properties));
    }
    return json_of(200, body);
}

http::Response Service::hubspot_search(const http::Request& request) {
    if (request.method != "POST") return refusal(405, "Method not allowed.");
    boost::system::error_code error;
    const json::value parsed = json::parse(request.body, error);
    if (error || !parsed.is_object()) return refusal(400, "Invalid input JSON.");
    const auto& body = parsed.as_object();
    for (const auto& member : body)
        if (member.key() != "filterGroups" && member.key() != "sorts" && member.key() != "properties" &&
            member.key() != "limit" && member.key() != "after")
            return refusal(400, "Unknown member " + std::string(member.key()) + ".");
    const auto* limit = body.if_contains("limit");
    if (limit && (!limit->is_int64() || limit->as_int64() < 1 || limit->as_int64() > 200))
        return refusal(400, "limit must be 1 to 200.");
    std::size_t size = limit ? static_cast<std::size_t>(limit->as_int64()) : 10;
    if (settings.page_max > 0) size = std::min(size, static_cast<std::size_t>(settings.page_max));
    const auto& groups = body.at("filterGroups").as_array();
    if (groups.size() > 5) return refusal(400, "At most five filter groups.");
    for (const auto& group : groups)
        for (const auto& filter : group.at("filters").as_array())
            if (!filter.as_object().contains("value") || !filter.at("value").is_string())
                return refusal(400, "A filter has no value.");
    std::vector<const Contact*> found;
    for (const auto& contact : book.contacts)
        if (!contact.deleted && std::ranges::any_of(groups, [&](const json::value& group) {
                return passes_all(contact, group.at("filters").as_array());
            }))
            found.push_back(&contact);
    if (body.contains("sorts"))
        std::ranges::sort(found, {}, [](const Contact* one) { return std::pair(one->updated_ms, one->id); });
    const auto* told = body.if_contains("after");
    const std::size_t after = told ? static_cast<std::size_t>(std::atoll(told->as_string().c_str())) : 0;
    if (after + size > static_cast<std::size_t>(settings.cap))
        return refusal(400, "The total number of results you may page through is limited.");
    std::set<std::string> properties;
    if (const auto* list = body.if_contains("properties"))
        for (const auto& name : list->as_array())
            properties.insert(std::string(name.as_string()));
    json::object answer{{"total", found.size()}, {"results", json::array{}}};
    auto& results = answer["results"].as_array();
    for (std::size_t i = after; i < found.size() && results.size() < size; ++i)
        results.push_back(hubspot_told(*found[i], properties));
    if (after + results.size() < found.size())
        answer["paging"] = {{"next", {{"after", std::to_string(after + results.size())}}}};
    return json_of(200, answer);
}

http::Response Service::pipedrive(const http::Request& request, const Query& query) {
    if (request.method != "GET") return refusal(405, "Method not allowed.");
    if (request.path == "/api/v2/persons/search") return pipedrive_search(query);
    if (request.path != "/api/v2/persons") return refusal(404, "No such resource.");
    if (const auto odd =
            stranger(query, {"limit", "cursor", "updated_since", "updated_until", "sort_by", "sort_direction"});
        !odd.empty())
        return refusal(400, "Unknown parameter " + odd + ".");
    const std::size_t size = page_size(query, "limit", 100);
    if (size > 500) return refusal(400, "limit must be at most 500.");
    const std::int64_t since = query.contains("updated_since") ? from_iso(query.at("updated_since")) : 0;
    if (since < 0) return refusal(400, "updated_since must be RFC 3339.");
    std::int64_t after = 0;
    if (query.contains("cursor")) {
        if (!query.at("cursor").starts_with("c")) return refusal(400, "Invalid cursor.");
        after = std::atoll(query.at("cursor").c_str() + 1);
    }
    json::object body{{"success", true}, {"data", json::array{}}, {"additional_data", {{"next_cursor", nullptr}}}};
    auto& data = body["data"].as_array();
    for (const auto& contact : book.contacts) {
        if (contact.id <= after || contact.updated_ms < since || (contact.deleted && since == 0)) continue;
        if (data.size() == size) {
            body["additional_data"] = {{"next_cursor", "c" + std::to_string(data.back().at("id").as_int64())}};
            break;
        }
        data.push_back(pipedrive_told(contact));
    }
    auto response = json_of(200, body);
    response.headers.emplace_back("x-ratelimit-limit", "80");
    response.headers.emplace_back("x-ratelimit-remaining", "79");
    response.headers.emplace_back("x-ratelimit-reset", "2");
    return response;
}

// Finds what holds the digits anywhere: more than was meant.
http::Response Service::pipedrive_search(const Query& query) {
    if (const auto odd = stranger(query, {"term", "fields", "exact_match", "limit"}); !odd.empty())
        return refusal(400, "Unknown parameter " + odd + ".");
    if (!query.contains("term") || query.at("term").size() < 2) return refusal(400, "term must have two characters.");
    json::array items;
    for (const auto& contact : book.contacts) {
        const auto& term = query.at("term");
        if (contact.deleted || (digits_of(contact.phone).find(term) == std::string::npos &&
                                digits_of(contact.mobile).find(term) == std::string::npos))
            continue;
        json::array phones;
        for (const auto* phone : {&contact.phone, &contact.mobile})
            if (!phone->empty()) phones.emplace_back(*phone);
        items.push_back(
            {{"result_score", 0.5}, {"item", {{"id", contact.id}, {"name", contact.name()}, {"phones", phones}}}});
    }
    return json_of(200, json::object{{"success", true}, {"data", {{"items", items}}}});
}

http::Response Service::insightly(const http::Request& request, const Query& query) {
    if (request.method != "GET") return refusal(405, "Method not allowed.");
    const bool leads = request.path.starts_with("/v3.1/Leads");
    const bool search = request.path.ends_with("/Search");
    if (request.path != (leads ? "/v3.1/Leads" : "/v3.1/Contacts") + std::string(search ? "/Search" : ""))
        return refusal(404, "No such resource.");
    const auto odd =
        search
            ? stranger(query, {"field_name", "field_value", "updated_after_utc", "brief", "skip", "top", "count_total"})
            : stranger(query, {"brief", "skip", "top", "count_total"});
    if (!odd.empty()) return refusal(400, "Unknown parameter " + odd + ".");
    if (query.contains("top") && std::atoll(query.at("top").c_str()) > 500)
        return refusal(400, "top must be at most 500.");
    const std::size_t size = page_size(query, "top", 100);
    std::size_t skip = query.contains("skip") ? static_cast<std::size_t>(std::atoll(query.at("skip").c_str())) : 0;
    const std::int64_t since = query.contains("updated_after_utc") ? from_iso(query.at("updated_after_utc")) : 0;
    if (since < 0) return refusal(400, "updated_after_utc is no date.");
    const std::string field = query.contains("field_name") ? query.at("field_name") : "";
    if (search && since == 0 && field != "PHONE" && field != "PHONE_MOBILE") return refusal(400, "No such field.");
    json::array list;
    for (const auto& contact : book.contacts) {
        if (leads || contact.deleted || contact.updated_ms < since) continue;
        // Strictly as it is written.
        if (!field.empty() && (field == "PHONE" ? contact.phone : contact.mobile) != query.at("field_value")) continue;
        if (skip > 0) {
            --skip;
            continue;
        }
        if (list.size() == size) break;
        list.push_back(insightly_told(contact));
    }
    return json_of(200, list);
}

} // namespace sim::crm
