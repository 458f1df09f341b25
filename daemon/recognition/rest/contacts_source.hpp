// RestSource as a source of contacts like any other. Same loop as `Integrations`.
#pragma once
#include <memory>
#include <string>

#include "recognition/rest/source.hpp"
#include "recognition/source.hpp"

namespace lamp::recognition::rest {

class ContactsSource final : public Source {
public:
    explicit ContactsSource(std::unique_ptr<RestSource> crm);

    [[nodiscard]] Task<Result<recognition::Synced>> sync(std::string cursor) override;
    [[nodiscard]] Task<Result<std::vector<Record>>> look_up(std::string e164) override;
    [[nodiscard]] bool live() const override;
    [[nodiscard]] bool creates() const override;
    [[nodiscard]] Result<Outgoing> preview(const recognition::NewContact& contact) const override;
    [[nodiscard]] Task<Result<Record>> create(recognition::NewContact contact) override;
    [[nodiscard]] bool delta() const override;
    [[nodiscard]] std::string_view preset() const override;
    void close() override;

    /// For a sample of its records, and new ones.
    [[nodiscard]] RestSource& crm() { return *crm_; }

private:
    std::unique_ptr<RestSource> crm_;
};

/// As RestSource::make.
[[nodiscard]] Result<std::unique_ptr<ContactsSource>>
contacts_source(asio::io_context& context, RestOptions options, std::string country, RestSource::Keeper keeper = {});

} // namespace lamp::recognition::rest
