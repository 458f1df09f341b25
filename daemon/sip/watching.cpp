#include "sip/watching.hpp"

#include <algorithm>

namespace lamp::sip {
namespace {

std::uint32_t whole_seconds(Steady::duration time) {
    return static_cast<std::uint32_t>(std::max<seconds::rep>(0, std::chrono::floor<seconds>(time).count()));
}

} // namespace

watcherinfo::Document watchers_of(std::string_view resource_uri, std::string_view package,
                                  std::span<const Watching> watchers, Steady now) {
    watcherinfo::List list{std::string(resource_uri), std::string(package), {}};
    for (const Watching& one : watchers) {
        watcherinfo::Watcher watcher;
        watcher.uri = one.uri;
        watcher.id = 'w' + std::to_string(one.id);
        watcher.status = one.status;
        watcher.event = one.event;
        watcher.display = one.display;
        if (one.status != watcherinfo::Status::terminated) watcher.expires_s = whole_seconds(one.expires - now);
        watcher.duration_s = whole_seconds(now - one.began);
        list.watchers.push_back(std::move(watcher));
    }
    watcherinfo::Document document;
    document.lists.push_back(std::move(list));
    return document;
}

} // namespace lamp::sip
