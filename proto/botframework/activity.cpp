#include "proto/botframework/activity.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::botframework {
namespace {

namespace json = boost::json;

constexpr std::size_t text_max = 1024; // of any member we keep; longer ones are as good as absent

std::unexpected<Error> lacks(std::string_view what) {
    return fail(Category::protocol, fmt::format("The activity has no {}.", what));
}

const json::object* object_in(const json::object* object, std::string_view name) {
    const auto* value = object ? object->if_contains(name) : nullptr;
    return value ? value->if_object() : nullptr;
}

std::string text_in(const json::object* object, std::string_view name) {
    const auto* value = object ? object->if_contains(name) : nullptr;
    if (!value || !value->is_string() || value->get_string().size() > text_max) return {};
    return {value->get_string().begin(), value->get_string().end()};
}

std::size_t count_in(const json::object* object, std::string_view name, std::size_t otherwise) {
    const auto* value = object ? object->if_contains(name) : nullptr;
    if (!value || !value->is_int64() || value->get_int64() < 0) return otherwise;
    return static_cast<std::size_t>(value->get_int64());
}

/// Teams writes it in one place or in both.
std::string tenant_of(const json::object& whole) {
    auto channel = text::lower(text_in(object_in(object_in(&whole, "channelData"), "tenant"), "id"));
    auto conversation = text::lower(text_in(object_in(&whole, "conversation"), "tenantId"));
    if (channel.empty()) return conversation;
    return conversation.empty() || conversation == channel ? channel : std::string();
}

/// What was typed; nothing of the parameter `initialRun`, which says that nothing was.
std::string words_of(const json::object& value) {
    const auto* parameters = value.if_contains("parameters");
    if (!parameters || !parameters->is_array()) return {};
    for (const auto& one : parameters->get_array())
        if (const auto* parameter = one.if_object(); parameter && text_in(parameter, "name") != "initialRun")
            return std::string(text::trim(text_in(parameter, "value")));
    return {};
}

Result<void> read_value(const json::object* value, Activity& activity) {
    if (!value) return lacks("value");
    if (activity.kind == Kind::query) {
        const auto* options = object_in(value, "queryOptions");
        activity.words = words_of(*value);
        activity.skip = count_in(options, "skip", 0);
        activity.count =
            std::clamp<std::size_t>(count_in(options, "count", Activity::count_max), 1, Activity::count_max);
        return {};
    }
    const auto* action = object_in(value, "action");
    activity.verb = text_in(action, "verb");
    activity.to = text_in(object_in(action, "data"), "to");
    if (activity.verb.empty()) return lacks("verb");
    return {};
}

} // namespace

Result<Activity> read_activity(std::string_view body) {
    boost::system::error_code broken;
    auto document = json::parse(body, broken);
    const auto* whole = broken ? nullptr : document.if_object();
    if (!whole) return fail(Category::protocol, "The activity is no JSON object.");
    auto type = text_in(whole, "type");
    if (type.empty()) return lacks("type");
    auto name = text_in(whole, "name");
    Activity activity;
    if (type == "invoke")
        activity.kind = name == "composeExtension/query" ? Kind::query
                        : name == "adaptiveCard/action"  ? Kind::card_action
                                                         : Kind::other_invoke;
    activity.id = text_in(whole, "id");
    activity.channel = text_in(whole, "channelId");
    activity.service_url = text_in(whole, "serviceUrl");
    activity.tenant = tenant_of(*whole);
    activity.account = text::lower(text_in(object_in(whole, "from"), "aadObjectId"));
    activity.locale = text_in(whole, "locale");
    if (activity.kind == Kind::query || activity.kind == Kind::card_action)
        if (auto read = read_value(object_in(whole, "value"), activity); !read) return std::unexpected(read.error());
    return activity;
}

} // namespace lamp::botframework
