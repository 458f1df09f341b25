// What must be told to others and must not be lost: each event is on disk before it is sent, is sent until its receiver
// has it, in the order of each receiver, with a key that never changes. One object for all `[[webhook]]` tables; what
// is decided is decided by the machines beside this file (queue_machine, verdict, selector). Egress loop; construction
// happens before the loops start.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "calls/call_record.hpp"
#include "calls/webhooks.hpp"
#include "fanout/adapter.hpp"
#include "loop/loop.hpp"
#include "outbox/notice.hpp"
#include "outbox/options.hpp"
#include "store/store.hpp"

namespace lamp::outbox {

/// The body of a template for an event, rendered by the room of scripts; runs on the egress loop.
using Render = std::function<Result<std::string>(const std::string& body, const calls::CallEvent& event)>;

struct OutboxOptions {
    std::vector<WebhookOptions> webhooks{};
    std::optional<MailOptions> mail{};
    std::filesystem::path ca_file{}; // of [net]; a webhook's own goes before it
    std::string proxy{};
    std::string timezone = "UTC"; // of digests
    std::string language = "en";  // of webhooks that name none
    std::string country = "NL";   // whose numbers `numbers = "national"` means
    std::string version = "0";    // for User-Agent
};

class Outbox final : public fanout::Adapter {
public:
    Outbox(Loop& loop, store::Store& store, OutboxOptions options);
    ~Outbox() override;

    /// Before `start`; without it, templates are refused.
    void use_renderer(Render render);

    /// Sent to whoever wants it; on disk within milliseconds. The same event twice has the same key.
    void take(const calls::CallEvent& event);
    /// Presence, forwardings.
    void take(const Notice& notice);
    /// The same to one of `wanting` alone.
    void take(const Notice& notice, std::string_view webhook);
    /// The webhooks that want notices of this type about this person.
    [[nodiscard]] std::vector<std::string> wanting(std::string_view type, std::string_view person) const;
    /// How many letters are on this webhook's way; nothing: there is no such webhook, or it takes none.
    [[nodiscard]] std::optional<std::size_t> waiting(std::string_view webhook) const;
    /// Webhooks that stay keep their queues; those that are gone keep theirs on disk, and go on if they come back.
    void reload(OutboxOptions options);
    [[nodiscard]] const OutboxOptions& options() const;

    [[nodiscard]] std::string_view name() const override { return "webhooks"; }
    void start() override;
    /// What is not on disk yet is written; attempts under way are broken off, they will be made again.
    void shut_down(milliseconds limit, std::function<void()> done) override;
    void use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>&) override;
    [[nodiscard]] fanout::Health health() const override;
    [[nodiscard]] std::vector<fanout::Metric> metrics() const override;

    // For the API and the command line.
    [[nodiscard]] std::vector<calls::WebhookView> views() const;
    /// The oldest first; of one webhook, or of all when it is empty.
    void dead_letters(std::string webhook, std::size_t most,
                      std::function<void(Result<std::vector<calls::DeadLetter>>)> reply);
    /// not_found: no such webhook or letter. A test that fails is an error of the receiver's kind.
    void order(calls::WebhookOrder order, std::function<void(Result<calls::WebhookDone>)> reply);

    /// Calls back once what was taken before is on disk, or the disk takes nothing.
    void when_on_disk(std::function<void()> done);
    /// Letters on disk were changed or deleted behind our back.
    void look_again();

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::outbox
