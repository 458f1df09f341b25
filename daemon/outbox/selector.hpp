// Who wants what: whether an event is one of those that a webhook names. Pure.
#pragma once
#include <string_view>

#include "outbox/options.hpp"
#include "presence/people.hpp"

namespace lamp::outbox {

/// The words that `events` takes: types of the event stream and the single happenings of calls.
[[nodiscard]] bool is_selector(std::string_view word);

/// `event` is "call.ringing", `type` is "call". Of an event without a person only those who want everybody's hear.
/// `people` may be null: nobody is in a folder.
[[nodiscard]] bool wants(const WebhookOptions& webhook, std::string_view event, std::string_view type,
                         std::string_view person, const presence::People* people);

} // namespace lamp::outbox
