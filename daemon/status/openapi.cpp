// The OpenAPI description, written from the route table; the shapes are those of interface 5 and 7.9.
#include <map>

#include "status/api.hpp"
#include "status/json.hpp"
#include "status/schemas.hpp"

namespace lamp::status {
namespace {

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(c | 0x20);
    return out;
}

/// "/v1/presence/{id}/why" of GET -> "get_v1_presence_id_why"
std::string operation_id(const Route& route) {
    auto id = lower(name(route.method));
    for (char c : route.pattern) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (letter)
            id += c;
        else if (id.back() != '_' && c != '{' && c != '}')
            id += '_';
    }
    return id;
}

void write_content(JsonWriter& json, std::string_view schema) {
    bool component = schema.find('/') == std::string_view::npos;
    json.key("content");
    json.object([&] {
        json.key(component ? std::string_view("application/json") : schema);
        json.object([&] {
            if (!component) return;
            json.key("schema");
            json.object([&] { json.member("$ref", "#/components/schemas/" + std::string(schema)); });
        });
    });
}

void write_answer(JsonWriter& json, int status, std::string_view schema, bool as_problem) {
    json.key(std::to_string(status));
    json.object([&] {
        json.member("description", reason_of(status));
        if (as_problem) {
            json.key("content");
            json.raw(R"({"application/problem+json":{"schema":{"$ref":"#/components/schemas/Problem"}}})");
        } else if (!schema.empty()) {
            write_content(json, schema);
        }
    });
}

void write_parameters(JsonWriter& json, const Route& route) {
    auto brace = route.pattern.find('{');
    if (brace == std::string_view::npos && route.parameters.empty()) return;
    json.key("parameters");
    json.array([&] {
        if (brace != std::string_view::npos)
            json.object([&] {
                json.member("name", route.pattern.substr(brace + 1, route.pattern.find('}') - brace - 1));
                json.member("in", "path");
                json.member("required", true);
                json.key("schema");
                json.raw(R"({"type":"string"})");
            });
        for (const Parameter& one : route.parameters)
            json.object([&] {
                json.member("name", one.name);
                json.member("in", "query");
                json.member("description", one.help);
                json.key("schema");
                json.raw(one.schema);
            });
    });
}

void write_operation(JsonWriter& json, const Route& route) {
    json.object([&] {
        json.member("operationId", operation_id(route));
        json.member("summary", route.summary);
        if (route.gate == Gate::open) {
            json.key("security");
            json.raw("[]");
        }
        if (route.gate == Gate::permission) json.member("x-permission", name(route.permission));
        write_parameters(json, route);
        if (!route.body_schema.empty()) {
            json.key("requestBody");
            json.object([&] {
                json.member("required", true);
                write_content(json, route.body_schema);
            });
        }
        json.key("responses");
        json.object([&] {
            write_answer(json, route.status, route.schema, false);
            if (route.pattern == "/readyz") write_answer(json, 503, route.schema, false);
            if (route.gate != Gate::open) write_answer(json, 401, {}, true);
            if (route.gate == Gate::permission) write_answer(json, 403, {}, true);
            if (!route.parameters.empty() || !route.body_schema.empty()) write_answer(json, 400, {}, true);
            if (route.pattern.find('{') != std::string_view::npos) write_answer(json, 404, {}, true);
            if (route.large_body) write_answer(json, 413, {}, true);
            if (route.pattern == "/v1/reload" || route.schema == "DirectoryImport") write_answer(json, 422, {}, true);
        });
    });
}

} // namespace

std::string openapi(std::string_view version, std::string_view server_url) {
    std::map<std::string_view, std::vector<const Route*>> by_path;
    for (const Route& route : routes())
        by_path[route.pattern].push_back(&route);
    std::string out;
    JsonWriter json(out);
    json.object([&] {
        json.member("openapi", "3.1.0");
        json.key("info");
        json.object([&] {
            json.member("title", "Lamplighter");
            json.member("description", "Call state and presence of hosted telephony.");
            json.member("version", version);
        });
        if (!server_url.empty()) {
            json.key("servers");
            json.array([&] { json.object([&] { json.member("url", server_url); }); });
        }
        json.key("security");
        json.raw(R"([{"token":[]}])");
        json.key("paths");
        json.object([&] {
            for (const auto& [path, operations] : by_path) {
                json.key(path);
                json.object([&] {
                    for (const Route* route : operations) {
                        json.key(lower(name(route->method)));
                        write_operation(json, *route);
                    }
                });
            }
        });
        json.key("components");
        json.object([&] {
            json.key("securitySchemes");
            json.raw(R"({"token":{"type":"http","scheme":"bearer"}})");
            json.key("schemas");
            json.raw(component_schemas);
        });
    });
    return out;
}

} // namespace lamp::status
