// Reading a message and writing one into a buffer that is used again costs no heap allocation. Every operator new of
// this program is counted; sanitizers bring their own and are left alone.
#include <cstdlib>
#include <new>

#include "here.hpp"
#include "proto/sip/writer.hpp"

#if !__has_feature(address_sanitizer) && !__has_feature(thread_sanitizer) && !__has_feature(memory_sanitizer)
namespace {
std::size_t allocations = 0;
}
void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace testing;

TEST_CASE("no allocation from bytes to values and back") {
    const auto bytes = wire(R"(
SUBSCRIBE sip:2101@pbx.example SIP/2.0
Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;rport, SIP/2.0/TCP [2001:db8::1];branch=x
Max-Forwards: 70
From: "Bob \"the long display name\" Jansen" <sip:2150@pbx.example>;tag=f1
To: <sip:2101@pbx.example;user=phone?Subject=a%20b>
Call-ID: 7f3-a-call-id-that-fits-into-no-small-string@10.4.0.17
CSeq: 1 SUBSCRIBE
Contact: <sip:2150@10.4.0.17:5060>;+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"
Route: <sip:p1.pbx.example;lr>, <sip:p2.pbx.example;lr>
Event: dialog;id=4
Accept: application/dialog-info+xml, application/rlmi+xml, multipart/related
Supported: eventlist
Expires: 1800
Content-Length: 0

)");
    sip::Message message;
    std::string out;
    out.reserve(4096);
    const auto before = allocations;
    const bool read = message.parse(bytes, sip::Carrier::datagram).has_value();
    const bool accepts =
        message.accepts("multipart/related", false) && message.lists(sip::Header::supported, "eventlist");
    const bool tagged = message.from().tag() == "f1" && message.via().branch() == "z9hG4bK-b1";
    const bool broken =
        sip::Message().parse(std::string_view(bytes).substr(0, 300), sip::Carrier::datagram).has_value();
    sip::Writer writer(out);
    writer.request("NOTIFY", message.contact()->uri.text)
        .via({sip::Transport::udp, "198.51.100.4", 5060, "z9hG4bK-a-branch-that-fits-into-no-small-string"})
        .number(sip::Header::max_forwards, 70)
        .address(sip::Header::from, "", message.to().uri.text, "t9")
        .copy(message, sip::Header::call_id)
        .cseq(41, "NOTIFY")
        .field(sip::Header::subscription_state, "active;expires=1788");
    const bool written = writer.done("body").has_value();
    const auto after = allocations;
    CHECK(read);
    CHECK(accepts);
    CHECK(tagged);
    CHECK_FALSE(broken);
    CHECK(written);
    CHECK(after == before);
}
#endif
