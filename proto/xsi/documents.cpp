#include "proto/xsi/documents.hpp"

#include <fmt/format.h>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::xsi {
namespace {

constexpr std::string_view space = "http://schema.broadsoft.com/xsi";

/// The document's root when it bears the expected name; else an error that says what came instead.
Result<xml::Element> rooted(std::string_view body, std::string_view root) {
    auto tree = xml::parse_tree(body);
    if (!tree) return tree;
    if (tree->name != root)
        return fail(Category::protocol, fmt::format("The answer is a {} where a {} should be.", tree->name, root));
    return tree;
}

OwnedParty party(const xml::Element* element) {
    if (!element) return {};
    return {std::string(element->text_of("name")), std::string(element->text_of("address")),
            std::string(element->text_of("userId")), element->has("privacy")};
}

} // namespace

std::string write_channel(const ChannelRequest& request) {
    return xml::Writer("Channel", space)
        .element("channelSetId", request.channel_set_id)
        .element("priority", request.priority)
        .element("weight", request.weight)
        .element("expires", request.expires_s)
        .element("applicationId", request.application_id)
        .done();
}

std::string write_channel_refresh(long expires_s) {
    return xml::Writer("Channel", space).element("expires", expires_s).done();
}

std::string write_subscription(const SubscriptionRequest& request) {
    return xml::Writer("Subscription", space)
        .element("event", request.package)
        .element("expires", request.expires_s)
        .element("channelSetId", request.channel_set_id)
        .element("applicationId", request.application_id)
        .done();
}

std::string write_subscription_refresh(long expires_s) {
    return xml::Writer("Subscription", space).element("expires", expires_s).done();
}

std::string write_event_response(std::string_view event_id) {
    return xml::Writer("EventResponse", space)
        .element("eventID", event_id)
        .element("statusCode", 200)
        .element("reason", "OK")
        .done();
}

std::optional<long> read_channel_expiry(std::string_view body) {
    auto root = rooted(body, "Channel");
    return root ? text::number<long>(root->text_of("expires")) : std::nullopt;
}

Result<SubscriptionAnswer> read_subscription(std::string_view body) {
    auto root = rooted(body, "Subscription");
    if (!root) return std::unexpected(root.error());
    auto id = root->text_of("subscriptionId");
    if (id.empty()) return fail(Category::protocol, "The Subscription answer has no subscriptionId.");
    return SubscriptionAnswer{std::string(id), text::number<long>(root->text_of("expires")).value_or(3600)};
}

std::optional<ErrorInfo> read_error(std::string_view body) {
    auto root = rooted(body, "ErrorInfo");
    if (!root) return std::nullopt;
    auto english = root->text_of("summaryEnglish");
    return ErrorInfo{std::string(english.empty() ? root->text_of("summary") : english),
                     text::number<int>(root->text_of("errorCode")).value_or(0)};
}

Result<CallDetails> read_call(std::string_view body) {
    auto root = rooted(body, "Call");
    if (!root) return std::unexpected(root.error());
    if (root->text_of("callId").empty()) return fail(Category::protocol, "The Call answer has no callId.");
    return CallDetails{std::string(root->text_of("callId")),      std::string(root->text_of("extTrackingId")),
                       personality(root->text_of("personality")), call_state(root->text_of("state")),
                       party(root->child("remoteParty")),         epoch_ms(root->text_of("startTime")),
                       epoch_ms(root->text_of("answerTime"))};
}

Result<std::vector<std::string>> read_calls(std::string_view body) {
    auto root = rooted(body, "Calls");
    if (!root) return std::unexpected(root.error());
    std::vector<std::string> ids;
    for (const auto& call : root->children)
        if (call.name == "call" && !call.text_of("callId").empty()) ids.emplace_back(call.text_of("callId"));
    return ids;
}

Result<HookStatus> read_hook_status(std::string_view body) {
    auto root = rooted(body, "HookStatus");
    if (!root) return std::unexpected(root.error());
    return hook_status(root->text_of("hookStatus"));
}

Result<MessageCounts> read_messages(std::string_view body) {
    auto root = rooted(body, "VoiceMailMessageSummary");
    if (!root) return std::unexpected(root.error());
    auto count = [&](std::string_view name) {
        const auto* found = root->descendant(name);
        return found ? text::number<std::uint32_t>(found->text).value_or(0) : 0;
    };
    return MessageCounts{count("newMessages"), count("oldMessages"), count("newUrgentMessages"),
                         count("oldUrgentMessages")};
}

Result<CallStart> read_call_start(std::string_view body) {
    auto root = rooted(body, "CallStartInfo");
    if (!root) return std::unexpected(root.error());
    auto tracking = root->text_of("externalTrackingId");
    return CallStart{std::string(root->text_of("callId")),
                     std::string(tracking.empty() ? root->text_of("extTrackingId") : tracking)};
}

} // namespace lamp::xsi
