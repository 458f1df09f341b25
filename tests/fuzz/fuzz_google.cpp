// Any bytes as an answer of Google; the first one says as which. No crash, an error has words, what is told lies in
// bounded memory.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/google/channel.hpp"
#include "proto/google/error.hpp"
#include "proto/google/events.hpp"
#include "proto/google/key_file.hpp"
#include "proto/text/text.hpp"

using namespace lamp;
using namespace lamp::google;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// A body tells less than it weighs; an escape of six bytes is at most three.
struct Scale {
    std::size_t weight = 0;
    void put(std::string_view text) {
        require(text::is_utf8(text));
        weight += text.size();
    }
};

template <class T>
const T* good(const Result<T>& result) {
    if (result) return &*result;
    require(!result.error().text.empty());
    return nullptr;
}

void events(std::string_view body) {
    auto read = read_events(body);
    const auto* page = good(read);
    if (page == nullptr) return;
    Scale scale;
    require(page->next_page.empty() || page->next_sync.empty());
    for (const auto& text : {page->zone, page->next_page, page->next_sync})
        scale.put(text);
    require(page->events.size() + page->unreadable <= page_events_max);
    for (const auto& event : page->events) {
        require(!event.id.empty());
        require(event.cancelled || event.start.kind != Moment::Kind::none);
        for (const auto& text :
             {event.id, event.summary, event.description, event.location, event.start.zone, event.end.zone})
            scale.put(text);
    }
    require(scale.weight <= body.size());
    require(read_events(body)->events == page->events);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'v': events(body); break;
    case 'k': good(read_key_file(body)); break;
    case 'c': {
        auto channel = read_channel(body);
        if (const auto* one = good(channel)) require(!one->id.empty() && !one->resource_id.empty());
        good(read_calendar_id(body));
        break;
    }
    case 'e':
        if (auto error = read_error(body)) require(error->reason.size() + error->message.size() <= body.size());
        break;
    default: break;
    }
    return 0;
}
