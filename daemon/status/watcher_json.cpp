#include "status/watcher_json.hpp"

#include <algorithm>
#include <tuple>

namespace lamp::status {

void put_in_order(std::vector<WatcherView>& watchers) {
    std::ranges::sort(watchers, {}, [](const WatcherView& one) {
        return std::tie(one.since, one.resource, one.watcher, one.package, one.from);
    });
}

void write_watcher(JsonWriter& json, const WatcherView& one, std::string_view person) {
    json.object([&] {
        json.member("watcher", one.watcher);
        json.member("resource", one.resource);
        json.member_or_null("person", person);
        json.member("package", one.package);
        json.member("from", one.from);
        json.member("state", one.state);
        json.member("since", one.since);
        json.member("expires", one.expires);
        json.member("last_notify", one.last_notify);
        json.member_or_null("last_answer", one.last_answer);
        json.member_or_null("why_ended", one.why_ended);
    });
}

} // namespace lamp::status
