// Outlook: the provider of `provider = "graph"` (cloud-apis.md A11). The default calendar of one mailbox, read with the
// application of [teams]. Egress loop.
#pragma once
#include <memory>

#include "adapters/calendars/providers.hpp"

namespace lamp::calendars {

/// One reading at a time: a second one meanwhile is refused as conflict.
class Graph final : public Provider {
public:
    /// Category::invalid without [teams], and for an address or ca_file that cannot be used.
    [[nodiscard]] static Result<std::unique_ptr<Graph>> make(const ProviderParts& parts);
    ~Graph() override;

    [[nodiscard]] Task<Result<std::optional<std::vector<Occurrence>>>> read(Window window) override;
    void close() override;

private:
    struct State;
    explicit Graph(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace lamp::calendars
