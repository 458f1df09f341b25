// Runs a coroutine of the room under test on a loop of its own, to its end or for ten seconds.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <optional>
#include <utility>

#include "http/client.hpp"
#include "http/connection.hpp"
#include "http/url.hpp"
#include "loop/loop.hpp"

namespace testing {

using namespace lamp;
using namespace std::chrono_literals;

/// The result, or a failed test.
template <class T>
T finish(asio::io_context& context, Task<T> task) {
    std::optional<T> result;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
        if (error) std::rethrow_exception(error);
        result.emplace(std::move(value));
    });
    context.restart();
    auto until = steady_now() + 10s;
    while (!result && steady_now() < until)
        context.run_one_until(until);
    REQUIRE_MESSAGE(result.has_value(), "the coroutine did not end within ten seconds");
    return std::move(*result);
}

inline http::Client client_of(asio::io_context& context, http::ClientOptions options = {}) {
    auto made = http::Client::make(context, std::move(options));
    REQUIRE_MESSAGE(made, made.error().text);
    return *made;
}

/// Lets the loop turn for a while.
inline void turn(asio::io_context& context, milliseconds time) {
    context.restart();
    context.run_for(time);
}

inline http::Url url_of(const std::string& text) {
    auto url = http::Url::parse(text);
    REQUIRE_MESSAGE(url, url.error().text);
    return *url;
}

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

} // namespace testing
