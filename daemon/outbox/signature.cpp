#include "outbox/signature.hpp"

#include <array>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "base/check.hpp"
#include "proto/text/text.hpp"

namespace lamp::outbox {
namespace {

/// These happen more than once to a call.
bool repeats(calls::Happening what) {
    using enum calls::Happening;
    return what == held || what == resumed || what == changed;
}

} // namespace

std::string signature(const Secret& secret, Wall at, std::string_view body) {
    auto time = std::to_string(std::chrono::floor<seconds>(at).time_since_epoch().count());
    auto signed_text = time + ".";
    signed_text += body;
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    const auto& key = secret.reveal();
    const auto* done =
        ::HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(signed_text.data()), signed_text.size(), sum.data(), &size);
    LAMP_CHECK(done != nullptr);
    return "t=" + time + ",v1=" + text::hex({sum.data(), size});
}

std::string key_of(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (auto part : parts)
        text.append(part).push_back('\0');
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    LAMP_CHECK(::EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_sha256(), nullptr) == 1);
    return text::hex({sum.data(), 16});
}

std::string key_of(std::string_view webhook, const calls::CallEvent& event) {
    const auto& call = event.call;
    auto started = rfc3339(call.started);
    auto at = repeats(event.what) ? rfc3339(event.at) : std::string();
    return key_of({webhook, name(event.what), call.id, call.person, call.line, started, at});
}

std::string key_of(std::string_view webhook, const Notice& notice) {
    auto distinction = notice.distinction.empty() ? rfc3339(notice.at) : notice.distinction;
    return key_of({webhook, notice.type, notice.person, distinction});
}

} // namespace lamp::outbox
