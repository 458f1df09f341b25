// Waiting for another room's answer, with a limit, and the answers that several endpoints give. For the files of Api
// only.
#pragma once
#include <algorithm>
#include <fmt/format.h>
#include <span>

#include "status/api.hpp"
#include "status/json.hpp"

namespace lamp::status {

/// Nothing when no answer came in time; at once when the port is empty.
template <class T>
Task<std::optional<T>> Api::ask(std::function<void(Reply<T>)> port, Steady until) {
    struct Waiting {
        explicit Waiting(asio::io_context& context) : bell(context) {}
        Bell bell;
        std::optional<T> answer;
    };
    if (!port) co_return T();
    auto waiting = std::make_shared<Waiting>(loop_.context());
    Reply<T> reply = [waiting, &loop = loop_](T answer) {
        loop.post([waiting, answer = std::move(answer)]() mutable {
            if (waiting->answer) return;
            waiting->answer = std::move(answer);
            waiting->bell.ring();
        });
    };
    port(std::move(reply));
    while (!waiting->answer) {
        auto left = std::chrono::duration_cast<milliseconds>(until - steady_now());
        if (left.count() <= 0) break;
        co_await waiting->bell.wait(left);
    }
    co_return std::move(waiting->answer);
}

/// Asks one port of the directory.
template <class T, class Port, class... Arguments>
Task<std::optional<Result<T>>> Api::ask_directory(Steady until, const Port& port, Arguments... arguments) {
    std::function<void(Reply<Result<T>>)> bound =
        [&port, ... arguments = std::move(arguments)](Reply<Result<T>> reply) { port(arguments..., std::move(reply)); };
    co_return co_await ask<Result<T>>(std::move(bound), until);
}

/// A page of items of which all are here, each by `write`.
template <class T, class Write>
Answer Api::listed(const std::vector<T>& items, Page page, Write write) {
    Answer answer;
    JsonWriter json(answer.body);
    auto from = std::min(page.from, items.size());
    auto end = from + std::min(page.limit, items.size() - from);
    json.object([&] {
        json.key("items");
        json.array([&] {
            for (const T& one : std::span(items).subspan(from, end - from))
                write(json, one);
        });
        json.member_or_null("next", end < items.size() ? std::to_string(end) : std::string());
    });
    return answer;
}

[[nodiscard]] inline Answer no_answer() {
    return problem(504, "Another part of the daemon did not answer in time.");
}

/// The disk has not been read yet, or takes nothing: it is no gateway that failed.
[[nodiscard]] inline Answer refused(const Error& error) {
    if (error.category != Category::unavailable) return problem(error);
    auto answer = problem(503, error.text);
    answer.fields += "Retry-After: 2\r\n";
    return answer;
}

/// What a port answers, as JSON by `make`.
template <class T, class Make>
[[nodiscard]] Answer told(const std::optional<Result<T>>& answer, Make make) {
    if (!answer) return no_answer();
    if (!*answer) return refused(answer->error());
    return make(**answer);
}

[[nodiscard]] inline Answer no_directory() {
    return problem(501, "This daemon has no directory.");
}

[[nodiscard]] inline Answer nothing_left() {
    return {.status = 204, .content = Content::json, .fields = {}, .body = {}};
}

[[nodiscard]] inline Answer unknown_person() {
    return problem(404, "There is no person with this id.");
}

[[nodiscard]] inline Answer not_permitted(const Identity& who, Permission missing) {
    return problem(403, fmt::format("The role {} does not hold the permission {}.", who.role, name(missing)),
                   fmt::format(R"("missing":"{}")", name(missing)));
}

} // namespace lamp::status
