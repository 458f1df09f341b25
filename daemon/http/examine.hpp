// For `lamplighter doctor`: one step of an examination, and the steps that every HTTP service begins with.
#pragma once
#include <functional>
#include <string>

#include "http/client.hpp"
#include "http/url.hpp"
#include "loop/loop.hpp"

namespace lamp::http {

struct Step {
    std::string what; // "xsp1.example.net:443 TLS"
    bool passed = false;
    std::string detail; // what was found, or what is wrong
    std::string remedy; // when it failed
};
using Tell = std::function<void(const Step&)>;

/// Looks the name up, connects, shakes hands; a step that fails is the last one. True if all passed.
[[nodiscard]] Task<bool> reach(Client client, Url url, Tell tell);

/// What to do about a failure to reach a place.
[[nodiscard]] std::string remedy_for(const Error& error);

} // namespace lamp::http
