// Any bytes as dialog information, a presence document, watcher information, a message summary, a resource list or a
// multipart body; the first one says as which. No crash, an error has words, and what was read is read again of what is
// written of it.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/dialoginfo/document.hpp"
#include "proto/message_summary/summary.hpp"
#include "proto/pidf/document.hpp"
#include "proto/rlmi/list.hpp"
#include "proto/watcherinfo/document.hpp"

using namespace lamp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
bool good(const Result<T>& result) {
    require(result || !result.error().text.empty());
    return result.has_value();
}

// The writer drops control characters, so it is the second round that must stand still. `write` gives text.
template <class Read, class Write>
void round_trip(std::string_view text, Read read, Write write) {
    const auto first = read(text);
    if (!good(first)) return;
    const auto written = write(*first);
    const auto second = read(written);
    if (!second) return; // what was dropped was all of a value that must be there
    const auto again = write(*second);
    const auto third = read(again);
    require(third && write(*third) == again);
}

void multipart(std::string_view text) {
    const auto line = text.find('\n');
    if (line == std::string_view::npos) return;
    const auto parts = rlmi::read_multipart(text.substr(0, line), text.substr(line + 1));
    if (!good(parts) || parts->empty()) return;
    const auto written = rlmi::write_multipart(*parts, "b");
    if (!good(written)) return;
    const auto again = rlmi::read_multipart(written->content_type, written->body);
    require(again && again->size() == parts->size());
    for (std::size_t i = 0; i < parts->size(); ++i)
        require((*again)[i].body == (*parts)[i].body && (*again)[i].content_id == (*parts)[i].content_id);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'd':
        for (const auto& dialect : dialoginfo::dialects())
            round_trip(text, dialoginfo::read, [&](const auto& read) { return dialoginfo::write(read, dialect).text; });
        break;
    case 'p': round_trip(text, pidf::read, pidf::write); break;
    case 'w':
        round_trip(text, watcherinfo::read, [](const auto& read) { return watcherinfo::write(read).text; });
        break;
    case 's': round_trip(text, message_summary::read, message_summary::write); break;
    case 'l': round_trip(text, rlmi::read, rlmi::write); break;
    case 'm': multipart(text); break;
    default: break;
    }
    return 0;
}
