// Deliveries of subscription.hpp.
#include <array>
#include <utility>

#include "proto/graph/subscription.hpp"
#include "proto/graph/walk.hpp"
#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

enum Key : std::uint8_t {
    value = 1,
    validation_tokens,
    subscription_id,
    subscription_expires,
    client_state,
    change_type,
    tenant,
    resource,
    resource_data,
    id,
    availability,
    activity,
    encrypted,
    data,
    signature,
    data_key,
    certificate_id,
    certificate_thumbprint,
    lifecycle,
};
constexpr std::array<std::string_view, 19> vocabulary{"value",
                                                      "validationTokens",
                                                      "subscriptionId",
                                                      "subscriptionExpirationDateTime",
                                                      "clientState",
                                                      "changeType",
                                                      "tenantId",
                                                      "resource",
                                                      "resourceData",
                                                      "id",
                                                      "availability",
                                                      "activity",
                                                      "encryptedContent",
                                                      "data",
                                                      "dataSignature",
                                                      "dataKey",
                                                      "encryptionCertificateId",
                                                      "encryptionCertificateThumbprint",
                                                      "lifecycleEvent"};

Lifecycle lifecycle_named(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, Lifecycle>, 3> table{{
        {"reauthorizationRequired", Lifecycle::reauthorization_required},
        {"subscriptionRemoved", Lifecycle::subscription_removed},
        {"missed", Lifecycle::missed},
    }};
    for (const auto& [word, event] : table)
        if (text::same_letters(word, text)) return event;
    return text.empty() ? Lifecycle::none : Lifecycle::other;
}

// "communications/presences('1111…')", "users/1111…/presence": the first GUID between anything.
std::optional<Guid> id_in(std::string_view path) {
    constexpr std::size_t id_size = 36;
    for (std::size_t at = 0; at + id_size <= path.size(); ++at)
        if (auto found = parse_guid(path.substr(at, id_size))) return found;
    return std::nullopt;
}

class Reader final : public Listener {
public:
    Delivery delivery;
    bool plausible = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(value)) plausible = bracket == Bracket::array;
        if (path == at(value, item)) {
            now_ = {};
            of_resource_.reset();
        }
        if (path == at(value, item, encrypted)) now_.encrypted.emplace();
    }
    void on_end(Path path) override {
        if (path != at(value, item)) return;
        if (!now_.id) now_.id = of_resource_;
        delivery.notifications.push_back(std::move(now_));
    }
    void on_text(Path path, std::string_view text) override {
        if (path == at(validation_tokens, item)) delivery.validation_tokens.emplace_back(text);
        if ((path & 0xffff) != at(value, item)) return;
        switch (path >> 16) {
        case at(subscription_id): now_.subscription_id = text; break;
        case at(subscription_expires): now_.subscription_expires = time_of(text); break;
        case at(client_state): now_.client_state = text; break;
        case at(change_type): now_.change_type = text; break;
        case at(tenant): now_.tenant = text; break;
        case at(resource): of_resource_ = id_in(text); break;
        case at(resource_data, id): now_.id = parse_guid(text); break;
        case at(resource_data, availability): pair().availability = word_named(text); break;
        case at(resource_data, activity): pair().activity = word_named(text); break;
        case at(encrypted, data): now_.encrypted->data = text; break;
        case at(encrypted, signature): now_.encrypted->signature = text; break;
        case at(encrypted, data_key): now_.encrypted->key = text; break;
        case at(encrypted, certificate_id): now_.encrypted->certificate_id = text; break;
        case at(encrypted, certificate_thumbprint): now_.encrypted->certificate_thumbprint = text; break;
        case at(lifecycle): now_.lifecycle = lifecycle_named(text); break;
        default: break;
        }
    }

private:
    static std::optional<Wall> time_of(std::string_view text) {
        auto time = parse_rfc3339(text);
        return time ? std::optional(*time) : std::nullopt;
    }
    Pair& pair() { return now_.pair ? *now_.pair : now_.pair.emplace(); }

    Notification now_;
    std::optional<Guid> of_resource_;
};

} // namespace

Result<Delivery> read_delivery(std::string_view body) {
    Reader reader;
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible) return fail(Category::protocol, "The delivery has no list of notifications.");
    return std::move(reader.delivery);
}

} // namespace lamp::graph
