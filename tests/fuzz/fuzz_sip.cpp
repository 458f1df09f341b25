// Any bytes as a SIP message, in a datagram and in a stream. No crash; a refusal has words; a message that is written
// again is read as the same and written as the same; a stream gives the same however it is cut; every refusal that can
// be answered can be answered with something that is a message.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proto/sip/digest.hpp"
#include "proto/sip/framing.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/writer.hpp"

using namespace lamp;
using namespace lamp::sip;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

std::string rewritten(const Message& message) {
    std::string out;
    Writer writer(out);
    if (message.is_request()) {
        writer.request(message.method_text(), message.uri().text);
    } else {
        // A reason phrase may hold what we would not write.
        bool plain = true;
        for (char c : message.reason())
            plain = plain && (static_cast<unsigned char>(c) >= 0x20 || c == '\t') && c != 0x7f;
        writer.response(message.status(), plain ? message.reason() : "Odd");
    }
    for (const Field& field : message.fields())
        if (field.id != Header::content_length) writer.copy(field);
    require(writer.done(message.body()).has_value());
    return out;
}

bool same(const Uri& left, const Uri& right) {
    return left.text == right.text && same_uri(left, right);
}

bool same(const Address& left, const Address& right) {
    return left.display_text() == right.display_text() && same(left.uri, right.uri) && left.tag() == right.tag();
}

void compare(const Message& left, const Message& right) {
    require(left.is_request() == right.is_request() && left.method_text() == right.method_text());
    require(left.status() == right.status() && left.call_id() == right.call_id() && left.body() == right.body());
    require(left.cseq().number == right.cseq().number && left.vias() == right.vias());
    require(same(left.from(), right.from()) && same(left.to(), right.to()));
    require(!left.is_request() || same(left.uri(), right.uri()));
    require(left.via().branch() == right.via().branch() && left.via().sent_by.host == right.via().sent_by.host);
    require(left.via().sent_by.port == right.via().sent_by.port && left.via().received() == right.via().received());
    require(left.contacts() == right.contacts() && left.contact().has_value() == right.contact().has_value());
    if (left.contact()) require(same(*left.contact(), *right.contact()));
    require(left.expires() == right.expires() && left.max_forwards() == right.max_forwards());
    require(left.event().has_value() == right.event().has_value());
    if (left.event()) require(left.event()->word == right.event()->word);
}

void check_answer(const Message& request, int status, std::string_view why) {
    if (!request.answerable()) return;
    std::string out;
    Writer writer(out);
    begin_answer(writer, request, status, why, "t", {"2001:db8::1", 5060});
    require(writer.done().has_value());
    Message answer;
    // What was copied from a request that was refused may make the answer one that is refused, too; never a request.
    const auto parsed = answer.parse(out, Carrier::stream);
    require(!answer.is_request());
    if (parsed) require(answer.status() == status);
}

/// Every value as everything that a value can be.
void check_values(const Message& message) {
    for (const Field& field : message.fields()) {
        if (const auto login = parse_credentials(field.value); login && *login) {
            require((*login)->qop.empty() || (*login)->nc.size() == 8);
            require(digest_response(**login, "NOTIFY", "00").empty() || (*login)->algorithm != Algorithm::other);
        }
        if (const auto challenge = parse_challenge(field.value); challenge && *challenge) {
            const auto again = parse_challenge(write_challenge(**challenge));
            require(again && *again && (*again)->stale == (*challenge)->stale);
        }
        static_cast<void>(parse_retry_after(field.value));
        static_cast<void>(parse_media_type(field.value));
        if (const auto address = parse_address(field.value)) static_cast<void>(address->uri.user_text());
        if (const auto uri = parse_uri(field.value)) require(same_uri(*uri, *uri));
    }
}

void check_message(std::string_view bytes, Carrier carrier) {
    Message message;
    const auto parsed = message.parse(bytes, carrier);
    if (!parsed) {
        require(!parsed.error().what.empty() && parsed.error().at <= bytes.size());
        require(parsed.error().status == 0 || parsed.error().status >= 400);
        require(!text(parsed.error()).empty());
        check_answer(message, 400, reason(parsed.error()));
        return;
    }
    const auto first = rewritten(message);
    Message again;
    // A field that was folded may be a little longer on one line, and so the head; only limits may speak against it.
    if (const auto read = again.parse(first, Carrier::stream); !read) {
        require(bytes.size() > 8000);
        return;
    }
    compare(message, again);
    check_values(message);
    require(rewritten(again) == first);
    if (message.is_request()) check_answer(message, 200, "");
    static_cast<void>(message.accepts("application/pidf+xml", true));
    static_cast<void>(message.lists(Header::supported, "eventlist"));
    static_cast<void>(message.content_type());
    static_cast<void>(message.subscription_state());
}

std::vector<std::string> frames(std::string_view bytes, std::size_t step) {
    StreamFramer framer(Side::accepted);
    std::vector<std::string> out;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
        framer.feed(bytes.substr(at, step));
        while (true) {
            const auto frame = framer.next();
            if (frame.what == StreamFramer::What::more) break;
            out.push_back(std::to_string(static_cast<int>(frame.what)) + std::string(frame.bytes));
            if (frame.what == StreamFramer::What::message) check_message(frame.bytes, Carrier::stream);
            if (frame.what == StreamFramer::What::broken) return out;
        }
    }
    return out;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    static_cast<void>(kind_of(bytes));
    check_message(bytes, Carrier::datagram);
    if (size > 0) {
        const auto whole = frames(bytes, size);
        require(frames(bytes, 1 + size % 5) == whole);
    }
    return 0;
}
