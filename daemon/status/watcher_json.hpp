// Watchers as the HTTP interface shows them: an item of /v1/watchers and of `why`. Pure.
#pragma once
#include <string_view>
#include <vector>

#include "status/json.hpp"
#include "status/ports.hpp"

namespace lamp::status {

/// Who began first comes first; ties in an order that stays.
void put_in_order(std::vector<WatcherView>& watchers);
/// `person`: the id of whom it watches; empty: nobody's.
void write_watcher(JsonWriter& json, const WatcherView& one, std::string_view person);

} // namespace lamp::status
