// A CRM as a source of contacts: the machines of this folder with a login and connections. Lives on one loop, from
// which every call comes; it may be destroyed while calls are under way, which then end as cancelled. It tries once:
// when, and when again, is the caller's decision.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/pool.hpp"
#include "recognition/rest/options.hpp"
#include "recognition/rest/search.hpp"
#include "recognition/rest/sync.hpp"

namespace lamp::recognition::rest {

struct SampleNumber {
    std::string kind, written;
    std::string normal; // how it is compared; empty: it is no number, and `why`
    std::string why;
};
/// One record, for `integration test`.
struct Sample {
    Item item;
    std::vector<SampleNumber> numbers;
    std::size_t records = 0; // of the first page
    std::size_t without_numbers = 0;
    milliseconds took{0};
};
/// A table for people.
[[nodiscard]] std::string to_text(const Sample& sample);

class RestSource {
public:
    /// Keeps a refresh token that replaces the configured one.
    using Keeper = std::function<Task<>(Secret refresh_token)>;

    /// `country` (ISO 3166): of numbers that are written nationally. Category::invalid: the preset's or the login's
    /// mistakes, in sentences.
    [[nodiscard]] static Result<std::unique_ptr<RestSource>> make(asio::io_context& context, RestOptions options,
                                                                  std::string country, Keeper keeper = {});
    ~RestSource();
    RestSource(const RestSource&) = delete;
    RestSource& operator=(const RestSource&) = delete;

    /// Everything, or what has changed since `cursor` (sync.hpp). Category::conflict while another one is under way.
    [[nodiscard]] Task<Result<Synced>> sync(std::string cursor);
    /// Who has this number ("+31…") now. Category::limit and throttled: not asked, for the budget's sake.
    [[nodiscard]] Task<Result<std::vector<Item>>> look_up(std::string e164);
    /// The first record that has a number, and how each is read.
    [[nodiscard]] Task<Result<Sample>> sample();
    /// Category::invalid where the preset cannot, or not this contact.
    [[nodiscard]] Result<Outgoing> preview(const recognition::NewContact& contact) const;
    /// Category::invalid where the preset cannot.
    [[nodiscard]] Task<Result<Created>> create(NewContact contact);
    void close();

    [[nodiscard]] const Preset& preset() const;
    /// Names that `$(Field)` may use.
    [[nodiscard]] std::vector<std::string> fields() const;
    [[nodiscard]] std::uint64_t requests_today() const;

private:
    struct State;
    explicit RestSource(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace lamp::recognition::rest
