// Any bytes as a CSTA stream and as a CSTA message. No crash; a refusal has words; a stream gives the same however it
// is cut; what is framed again is the same stream; what is written of what was read is read again, and stands still.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proto/csta/answers.hpp"
#include "proto/csta/errors.hpp"
#include "proto/csta/events.hpp"
#include "proto/csta/framing.hpp"
#include "proto/csta/requests.hpp"

using namespace lamp;
using namespace lamp::csta;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
const T& body_of(const std::expected<Message, Refused>& message) {
    require(message && message->as<T>());
    return *message->as<T>();
}

/// The writer drops control characters, so it is the second round that must stand still.
template <class T, class Write>
void stands_still(const T& value, Write write) {
    const auto again = read(write(value));
    if (!again) return; // what was dropped was all of a value that must be there
    const T& once = body_of<T>(again);
    require(body_of<T>(read(write(once))) == once);
}

void check_writers(const Message& message, Edition edition) {
    if (const auto* stop = message.as<MonitorStop>())
        stands_still(*stop, [&](const MonitorStop& value) { return write_monitor_stop(value.cross_ref, edition); });
    if (const auto* status = message.as<SystemStatusTold>())
        require(body_of<SystemStatusTold>(read(write_system_status(status->state, "r", edition))) == *status);
    if (const auto* error = message.as<CstaError>()) {
        CstaError value = *error;
        if (!value.private_code.empty()) value.failure = Failure::generic;
        stands_still(value, [&](const CstaError& each) { return write(each, edition); });
    }
    if (const auto* start = message.as<MonitorStart>(); start && start->device) {
        CallEvent event{EventKind::delivered, {start->device->raw, *start->device}};
        event.subject = {Party::Kind::known, *start->device};
        event.private_call_id = start->device->raw;
        const auto written = read(write(event, start->device->raw, edition));
        require(written && written->root == "DeliveredEvent" && written->edition == edition);
        require(!write(MonitorStarted{"m", start->filter, true}, edition).empty());
    }
    if (const auto* set = message.as<SetForwarding>()) {
        const auto written =
            read(write_feature(ForwardingEvent{set->device, set->type, set->active, set->to, set->ring_count}));
        require(written && written->edition == Edition::ed3);
    }
}

void check_message(std::string_view xml) {
    const auto message = read(xml);
    if (!message) {
        require(!message.error().text.empty());
        const auto answer = read(write(CstaError{message.error().failure}, edition_default));
        require(body_of<CstaError>(answer).failure == message.error().failure);
        return;
    }
    check_writers(*message, message->edition.value_or(edition_default));
    if (message->as<Unknown>()) return; // answered with an error: its name stands in nothing that we write
    const auto done = read(write_done(message->root, edition_default));
    require(done && done->root.starts_with(message->root));
}

struct Seen {
    std::string told;   // kinds and contents
    std::string framed; // what is whole, framed again
};

Seen frames(std::string_view bytes, std::size_t step) {
    FrameCutter cutter;
    Seen out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        cutter.feed(bytes.substr(at, step));
        while (true) {
            const auto frame = cutter.next();
            if (frame.what == FrameCutter::What::more) break;
            if (frame.what == FrameCutter::What::broken) {
                require(!frame.why.empty());
                out.told += "broken";
                return out;
            }
            out.told += std::to_string(frame.invoke_id) + ":" + std::string(frame.xml) + "\n";
            require(append_frame(out.framed, frame.invoke_id, frame.xml, frame_bytes_max).has_value());
        }
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    if (size == 0) return 0;
    const auto whole = frames(bytes, size);
    require(bytes.starts_with(whole.framed));
    require(frames(bytes, 1 + size % 7).told == whole.told);
    check_message(bytes);
    if (size > frame_head_bytes && bytes.front() == '\0') check_message(bytes.substr(frame_head_bytes));
    const auto number = dialable(bytes);
    require(number.size() <= size && address(bytes).size() <= size);
    return 0;
}
