// What every adapter (Teams, SIP, CRM …) is to the rest of the daemon. The one list of them is adapters/adapters.cpp.
// An adapter belongs to the egress loop: everything but construction and `looked_at` is called there.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "fanout/hook.hpp"
#include "presence/people.hpp"

namespace lamp::fanout {

/// One written line of a person: a user id, a number or an extension.
struct LineName {
    presence::Slot slot;
    std::string text;
};

struct Health {
    std::string state; // up, opening, down, degraded, off
    std::uint64_t queue = 0;
    std::optional<Wall> last_success{};
    std::string last_error{};            // empty: none
    std::string not_ready{};             // what holds /readyz back, as a sentence; else empty
    bool configured = true;              // false: there is nothing to show (a reload may change that)
    std::vector<std::string> problems{}; // what a person must do something about, as whole sentences
};

/// One input of a person's status that the adapter knows more of than the table does.
struct PersonInput {
    std::string source;
    std::string value;
    std::optional<Wall> at{};
    std::optional<Wall> expires{}; // when it counts as unknown
};
/// What was last said of a person to the outside.
struct PersonOutput {
    std::string value;
    std::optional<Wall> at{};
    std::string result;
};
/// A person whose account over there is in doubt.
struct Doubt {
    presence::Slot slot;
    std::string kind; // unmatched, ambiguous, doubled
    std::string text; // what is the matter, as the rest of a sentence that begins with the person
};

struct Photo {
    std::string type; // image/jpeg or image/png
    std::string bytes;
    std::string etag; // in quotes
};

struct Metric {
    enum class Kind : std::uint8_t { counter, gauge } kind;
    std::string_view name; // static; samples of one name stand together
    std::string_view help;
    std::string_view label{}; // empty: none
    std::string_view label_value{};
    double value = 0;
};

class Adapter {
public:
    Adapter() = default;
    virtual ~Adapter() = default;
    Adapter(const Adapter&) = delete;
    Adapter& operator=(const Adapter&) = delete;

    [[nodiscard]] virtual std::string_view name() const = 0;
    virtual void start() = 0;
    /// Takes back what would lie once nobody looks after it, as far as `limit` allows, then calls `done`, once.
    virtual void shut_down(milliseconds limit, std::function<void()> done) = 0;
    /// At the start and whenever the roster changes.
    virtual void use_people(std::shared_ptr<const presence::People> people, const std::vector<LineName>& lines) = 0;
    /// Any loop, must not wait: somebody looks at this person.
    virtual void looked_at(presence::Slot) {}
    /// Serve loop, must not wait: what to answer this; nothing: that hook is not this adapter's. Whether it is genuine
    /// is found out here, from what never changes (secrets of the start) or in atomics; what it means is posted to
    /// egress through a queue that has a limit (`hook_full()`).
    [[nodiscard]] virtual std::optional<HookAnswer> deliver(const HookCall&) { return std::nullopt; }
    /// Any loop, must not wait: whether its vendor is expected to test that hook's address now.
    [[nodiscard]] virtual bool expects_test(std::string_view) const { return false; }

    [[nodiscard]] virtual Health health() const = 0;
    [[nodiscard]] virtual std::optional<PersonInput> input(presence::Slot) const { return std::nullopt; }
    [[nodiscard]] virtual std::optional<PersonOutput> output(presence::Slot) const { return std::nullopt; }
    [[nodiscard]] virtual std::vector<Doubt> doubts() const { return {}; }
    [[nodiscard]] virtual std::vector<Metric> metrics() const { return {}; }
    /// Calls `reply` once, then or later; null: there is none here.
    virtual void photo(presence::Slot, std::function<void(std::shared_ptr<const Photo>)> reply) { reply(nullptr); }
};

} // namespace lamp::fanout
