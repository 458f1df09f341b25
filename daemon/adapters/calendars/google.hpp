// Google Calendar: the provider of `provider = "google"` (cloud-apis.md F). One calendar, read with the token of a
// service account or of a user who has consented. Egress loop.
#pragma once
#include <memory>

#include "adapters/calendars/google_mirror.hpp"
#include "adapters/calendars/providers.hpp"

namespace lamp::calendars {

/// After a failure it tries again when it is asked again; that a consent was given (`google login`) or taken back it
/// finds in the store at the next reading. With a user's consent, unauthorised means that it is gone and nothing else.
/// One reading at a time: a second one meanwhile is refused as conflict.
class Google final : public Provider {
public:
    /// Category::invalid for an unreadable key of a service account, address, or ca_file.
    [[nodiscard]] static Result<std::unique_ptr<Google>> make(const ProviderParts& parts);
    ~Google() override;

    [[nodiscard]] Task<Result<std::optional<std::vector<Occurrence>>>> read(Window window) override;
    [[nodiscard]] Task<bool> login_changed() override;
    void close() override;

private:
    struct State;
    explicit Google(std::shared_ptr<State> state);
    std::shared_ptr<State> state_;
};

} // namespace lamp::calendars
