#include "adapters/teams/credentials.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>
#include <optional>

#include "base/secret.hpp"

namespace lamp::teams {
namespace {

constexpr std::chrono::days certificate_life{30}; // a subscription is replaced after one day

Result<Credential> make_credential() {
    auto mark = random_text();
    auto state = random_text();
    auto id = random_text();
    if (!mark || !state || !id) return fail(Category::unavailable, "The system has no randomness to give.");
    auto pair = graph::make_key_pair("lamplighter", wall_now(), certificate_life);
    if (!pair) return std::unexpected(pair.error());
    constexpr std::size_t short_enough = 16;
    return Credential{
        mark->substr(0, short_enough), *std::move(state), id->substr(0, short_enough), *std::move(pair), {}, {}};
}

} // namespace

Result<std::string> random_text() {
    std::array<unsigned char, 32> bytes{};
    if (RAND_bytes(bytes.data(), bytes.size()) != 1)
        return fail(Category::unavailable, "The system has no randomness to give.");
    std::string text;
    for (auto byte : bytes)
        fmt::format_to(std::back_inserter(text), "{:02x}", byte);
    return text;
}

Task<Result<void>> Credentials::renew(Loop& loop) {
    struct Box {
        explicit Box(asio::io_context& context) : bell(context) {}
        std::optional<Result<Credential>> made;
        Bell bell;
        bool ready = false;
    };
    auto box = std::make_shared<Box>(loop.context());
    maker_ = std::jthread([box, &loop] {
        box->made = make_credential();
        loop.post([box] {
            box->ready = true;
            box->bell.ring();
        });
    });
    while (!box->ready)
        co_await box->bell.wait(milliseconds(1000));
    if (!*box->made) co_return std::unexpected(box->made->error());
    use(std::move(**box->made));
    co_return Result<void>();
}

void Credentials::use(Credential fresh) {
    auto now = steady_now();
    for (auto& one : kept_)
        if (one->retired == Steady()) one->retired = now;
    kept_.push_back(std::make_unique<Credential>(std::move(fresh)));
    if (kept_.size() > kept_max) kept_.pop_front();
}

Credential* Credentials::find(std::string_view client_state) {
    Credential* found = nullptr;
    for (auto& one : kept_)
        if (same_secret(client_state, one->client_state)) found = one.get();
    return found;
}

bool Credentials::knows_mark(std::string_view mark) const {
    return !kept_.empty() && kept_.back()->mark == mark;
}

void Credentials::tidy(Steady now) {
    std::erase_if(kept_,
                  [now](const auto& one) { return one->retired != Steady() && now - one->retired >= retired_for; });
}

} // namespace lamp::teams
