// $batch: every item is a request of its own, with its own limits and refusals (cloud-apis.md A9).
#include "service.hpp"

#include <algorithm>
#include <map>

namespace sim::graph {

namespace json = boost::json;

namespace {

struct Item {
    std::string id;
    std::string method;
    std::string target;
    std::string body;
    std::vector<std::pair<std::string, std::string>> headers;
    std::vector<std::string> depends;
    int status = 0; // 0: not answered yet
};

std::optional<std::string> text_of(const json::object& object, std::string_view name) {
    const json::value* value = object.if_contains(name);
    if (!value || !value->is_string()) return std::nullopt;
    return std::string(value->as_string());
}

// What is wrong with it, else empty.
std::string read_item(const json::value& value, Item& item) {
    if (!value.is_object()) return "A request is not an object.";
    const json::object& object = value.as_object();
    const auto id = text_of(object, "id");
    const auto method = text_of(object, "method");
    const auto target = text_of(object, "url");
    if (!id || id->empty() || !method || !target || target->empty()) return "id, method and url are required.";
    if (target->find("://") != std::string::npos) return "The url of a request must be relative.";
    item.id = *id;
    item.method = *method;
    for (char& c : item.method)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 32);
    item.target = "/v1.0" + (target->starts_with('/') ? *target : "/" + *target);
    if (const json::value* headers = object.if_contains("headers")) {
        if (!headers->is_object()) return "headers must be an object.";
        for (const auto& [name, text] : headers->as_object()) {
            if (!text.is_string()) return "A header must be a text.";
            item.headers.emplace_back(std::string(name), std::string(text.as_string()));
        }
    }
    if (const json::value* body = object.if_contains("body")) item.body = json::serialize(*body);
    if (const json::value* depends = object.if_contains("dependsOn")) {
        if (!depends->is_array()) return "dependsOn must be a list.";
        for (const json::value& one : depends->as_array()) {
            if (!one.is_string()) return "dependsOn must be a list of ids.";
            item.depends.emplace_back(one.as_string());
        }
    }
    return {};
}

// Shorter than `items` when some depend on each other in a circle.
std::vector<std::size_t> parents_first(const std::vector<Item>& items,
                                       const std::map<std::string, std::size_t>& by_id) {
    std::vector<std::size_t> order;
    std::vector<bool> placed(items.size());
    for (bool moved = true; moved;) {
        moved = false;
        for (std::size_t i = 0; i < items.size(); ++i) {
            const auto& parents = items[i].depends;
            if (placed[i] || !std::all_of(parents.begin(), parents.end(),
                                          [&](const std::string& parent) { return placed[by_id.at(lower(parent))]; }))
                continue;
            placed[i] = moved = true;
            order.push_back(i);
        }
    }
    return order;
}

} // namespace

http::Response Service::batch(Exchange& exchange) {
    const auto bad = [&](const std::string& text) { return error(400, "BadRequest", text, &exchange.request); };
    if (exchange.in_batch) return bad("A batch inside a batch.");
    json::object body;
    if (auto wrong = json_body(*this, exchange, body)) return *wrong;
    const json::value* list = body.if_contains("requests");
    if (!list || !list->is_array() || list->as_array().empty()) return bad("requests is missing.");
    if (list->as_array().size() > static_cast<std::size_t>(settings.batch_max))
        return bad("The number of batch requests exceeds the limit of " + std::to_string(settings.batch_max) + ".");
    std::vector<Item> items;
    std::map<std::string, std::size_t> by_id; // ids differ in more than case
    for (const json::value& value : list->as_array()) {
        Item item;
        if (const std::string wrong = read_item(value, item); !wrong.empty()) return bad(wrong);
        if (!by_id.emplace(lower(item.id), items.size()).second)
            return bad("Request id " + item.id + " is not unique.");
        items.push_back(std::move(item));
    }
    for (const Item& item : items)
        for (const std::string& parent : item.depends)
            if (!by_id.contains(lower(parent)) || lower(parent) == lower(item.id))
                return bad("dependsOn of " + item.id + " names no other request.");

    const auto order = parents_first(items, by_id);
    if (order.size() != items.size()) return bad("The requests depend on each other in a circle.");

    json::array responses;
    const auto run = [&](Item& item) {
        const auto query = item.target.find('?');
        http::Request inner;
        inner.method = item.method;
        inner.target = item.target;
        inner.path = std::string_view(item.target).substr(0, query);
        if (query != std::string::npos) inner.query = std::string_view(item.target).substr(query + 1);
        inner.body = item.body;
        inner.headers.emplace_back("Authorization", exchange.request.header("Authorization"));
        for (const auto& [name, value] : item.headers)
            inner.headers.emplace_back(name, value);
        http::Response answer = answer_item(inner, exchange);
        item.status = answer.status;
        json::object headers;
        for (const auto& [name, value] : answer.headers)
            headers[name] = value;
        if (!answer.content_type.empty()) headers["Content-Type"] = answer.content_type;
        json::object out{{"id", item.id}, {"status", answer.status}, {"headers", std::move(headers)}};
        boost::system::error_code failed;
        json::value parsed = answer.body.empty() ? json::value() : json::parse(answer.body, failed);
        if (!answer.body.empty()) out["body"] = failed ? json::value(crypto::base64(answer.body)) : std::move(parsed);
        responses.emplace_back(std::move(out));
    };
    for (const std::size_t number : order) {
        Item& item = items[number];
        ++batch_items;
        const bool failed = std::any_of(item.depends.begin(), item.depends.end(), [&](const std::string& parent) {
            return items[by_id.at(lower(parent))].status >= 400;
        });
        if (!failed) {
            run(item);
            continue;
        }
        item.status = 424;
        responses.emplace_back(json::object{
            {"id", item.id},
            {"status", 424},
            {"body", json::object{{"error", json::object{{"code", "FailedDependency"},
                                                         {"message", "A request it depends on failed."}}}}}});
    }
    if (settings.batch_reversed) std::reverse(responses.begin(), responses.end());
    return json_text(200, json::serialize(json::object{{"responses", std::move(responses)}}));
}

http::Response Service::answer_item(const http::Request& inner, const Exchange& outer) {
    Exchange exchange{inner, Kind::other, segments(inner.path), nullptr, outer.own_url, true};
    exchange.parts.erase(exchange.parts.begin());
    exchange.kind = classify(inner, exchange.parts);
    std::optional<http::Response> response;
    if (const Fault* fault = faults.hit(exchange.kind, inner.path, inner.body, false, true))
        response = fault_answer(*fault, exchange);
    if (!response) response = answer(exchange);
    note(exchange, response->status);
    return *response;
}

} // namespace sim::graph
