#include "proto/google/channel.hpp"

#include <boost/json/serialize.hpp>

#include "proto/google/json.hpp"

namespace lamp::google {

std::string write_watch(const ChannelWish& wish) {
    return boost::json::serialize(boost::json::object{{"id", wish.id},
                                                      {"type", "web_hook"},
                                                      {"address", wish.address},
                                                      {"token", wish.token},
                                                      {"expiration", wish.expires.time_since_epoch().count()}});
}

std::string write_stop(std::string_view id, std::string_view resource_id) {
    return boost::json::serialize(boost::json::object{{"id", id}, {"resourceId", resource_id}});
}

Result<Channel> read_channel(std::string_view body) {
    auto told = read_object(body);
    if (!told) return std::unexpected(told.error());
    Channel channel;
    channel.id = text_of(*told, "id");
    channel.resource_id = text_of(*told, "resourceId");
    if (auto expires = number_of(*told, "expiration")) channel.expires = Wall(milliseconds(*expires));
    if (channel.id.empty() || channel.resource_id.empty())
        return fail(Category::protocol, "The answer to a watch names no channel.");
    return channel;
}

Result<std::string> read_calendar_id(std::string_view body) {
    auto told = read_object(body);
    if (!told) return std::unexpected(told.error());
    auto id = text_of(*told, "id");
    if (id.empty()) return fail(Category::protocol, "The answer about a calendar has no id.");
    return std::string(id);
}

} // namespace lamp::google
