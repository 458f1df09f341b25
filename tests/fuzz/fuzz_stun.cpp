// Any bytes as a STUN request on the SIP port. No crash; an answer is one: of that transaction, of the length that it
// says, in whole words, and never long enough to be worth a forged sender.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "sip/stun.hpp"

using namespace lamp::sip;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void check(std::string_view request, const Place& from) {
    const StunAnswer answer(request, from);
    const auto bytes = answer.bytes();
    if (bytes.empty()) return;
    require(bytes.size() >= 28 && bytes.size() % 4 == 0 && bytes.size() <= 128);
    require(bytes[0] == 1 && (bytes[1] == 1 || bytes[1] == 0x11));
    require(bytes[2] == 0 && static_cast<unsigned char>(bytes[3]) == bytes.size() - 20);
    require(bytes.substr(4, 16) == request.substr(4, 16));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view request(reinterpret_cast<const char*>(data), size);
    check(request, {*address_of("192.0.2.1"), 5060});
    check(request, {*address_of("2001:db8::1"), 5060});
    return 0;
}
