// Which pages of other sites may read answers under /v1: the Fetch standard's CORS protocol, without credentials of the
// browser (a page sends a token). Pure.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "status/answer.hpp"
#include "status/request.hpp"

namespace lamp::status {

class Cors {
public:
    Cors() = default;
    explicit Cors(std::vector<std::string> origins) : origins_(std::move(origins)) {}

    /// What is wrong with an origin of the list; empty: nothing.
    [[nodiscard]] static std::string mistake(std::string_view origin);

    /// Fields of whatever this request is answered with: none where no origin is allowed at all or the path is not
    /// under /v1; `Vary: Origin` else; who may read it where its origin is one of the list, in the very letters.
    [[nodiscard]] std::string fields(const Request& request) const;
    /// Whether this is a browser's question before a request.
    [[nodiscard]] bool asks_first(const Request& request) const;
    /// What is said to it; `methods`: those that the path takes.
    [[nodiscard]] static Answer may_come(std::string_view methods);

private:
    [[nodiscard]] bool allows(std::string_view origin) const;
    std::vector<std::string> origins_;
};

} // namespace lamp::status
