#include "sip/transaction_key.hpp"

#include <bit>
#include <cstring>
#include <string>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

struct State {
    std::uint64_t a, b, c, d;
    void round() {
        a += b;
        b = std::rotl(b, 13) ^ a;
        a = std::rotl(a, 32);
        c += d;
        d = std::rotl(d, 16) ^ c;
        a += d;
        d = std::rotl(d, 21) ^ a;
        c += b;
        b = std::rotl(b, 17) ^ c;
        c = std::rotl(c, 32);
    }
    void take(std::uint64_t word) {
        d ^= word;
        round();
        round();
        a ^= word;
    }
    std::uint64_t finish() {
        for (int i = 0; i < 4; ++i)
            round();
        return a ^ b ^ c ^ d;
    }
};

std::uint64_t word_at(const char* bytes, std::size_t count) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, count);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// Parts in one buffer that is used again, each with its length before it: "ab","c" is not "a","bc".
class Parts {
public:
    Parts() { buffer().clear(); }
    Parts& add(std::string_view part) {
        add(part.size());
        buffer() += part;
        return *this;
    }
    Parts& add(std::uint64_t number) {
        char bytes[sizeof number];
        std::memcpy(bytes, &number, sizeof number);
        buffer().append(bytes, sizeof bytes);
        return *this;
    }
    [[nodiscard]] static std::string& buffer() {
        thread_local std::string bytes;
        return bytes;
    }
};

} // namespace

Key sip_hash(const std::array<std::uint64_t, 2>& secret, std::string_view bytes) {
    State state{secret[0] ^ 0x736f6d6570736575U, secret[1] ^ 0x646f72616e646f6dU ^ 0xeeU,
                secret[0] ^ 0x6c7967656e657261U, secret[1] ^ 0x7465646279746573U};
    std::size_t at = 0;
    for (; at + 8 <= bytes.size(); at += 8)
        state.take(word_at(bytes.data() + at, 8));
    state.take(word_at(bytes.data() + at, bytes.size() - at) | static_cast<std::uint64_t>(bytes.size()) << 56U);
    state.c ^= 0xee;
    Key out;
    out.low = state.finish();
    state.b ^= 0xdd;
    out.high = state.finish();
    return out;
}

Key KeyMaker::server(const Message& request, std::string_view method) const {
    const Via& via = request.via();
    Parts parts;
    parts.add(method);
    if (via.magic()) {
        parts.add(via.branch()).add(text::lower(via.sent_by.host)).add(via.sent_by.port.value_or(0));
    } else {
        const bool invite = method == name(Method::invite);
        parts.add(request.uri().text).add(request.from().tag()).add(request.call_id()).add(request.cseq().number);
        parts.add(via.sent_by.host).add(via.sent_by.port.value_or(0)).add(via.parameters.text());
        parts.add(invite ? std::string_view() : request.to().tag());
    }
    return sip_hash(secret_, Parts::buffer());
}

Key KeyMaker::server(const Message& request) const {
    return request.method() == Method::ack ? server_invite(request) : server(request, request.method_text());
}

Key KeyMaker::server_invite(const Message& request) const {
    return server(request, name(Method::invite));
}

Key KeyMaker::client(std::string_view branch, std::string_view method) const {
    Parts parts;
    parts.add(branch).add(method);
    return sip_hash(secret_, Parts::buffer());
}

Key KeyMaker::merged(const Message& request) const {
    Parts parts;
    parts.add(request.from().tag()).add(request.call_id()).add(request.cseq().number).add(request.method_text());
    return sip_hash(secret_, Parts::buffer());
}

} // namespace lamp::sip
