#include "proto/graph/error.hpp"

#include <array>

#include "proto/graph/walk.hpp"

namespace lamp::graph {
namespace {

enum Key : std::uint8_t { error = 1, code, message, inner, inner_lower, request_id, description, trace_id };
constexpr std::array<std::string_view, 8> vocabulary{"error",      "code",       "message",           "innerError",
                                                     "innererror", "request-id", "error_description", "trace_id"};

class Reader final : public Listener {
public:
    ErrorBody body;
    bool found = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(error) && bracket == Bracket::object) found = true;
    }
    void on_text(Path path, std::string_view text) override {
        switch (path) {
        case at(error): found = true; [[fallthrough]];
        case at(error, code): body.code = text; break;
        case at(description):
        case at(error, message): body.message = text; break;
        case at(trace_id):
        case at(error, inner, request_id):
        case at(error, inner_lower, request_id): body.request_id = text; break;
        default: break;
        }
    }
};

} // namespace

std::optional<ErrorBody> read_error(std::string_view body) {
    Reader reader;
    if (!walk(body, vocabulary, reader) || !reader.found) return std::nullopt;
    return std::move(reader.body);
}

} // namespace lamp::graph
