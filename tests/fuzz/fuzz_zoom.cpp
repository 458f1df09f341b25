// Any bytes as a delivery or an answer of Zoom; the first one says as which. No crash, an error has words, what is told
// lies in bounded memory, and nothing unsigned is genuine.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/zoom/event.hpp"
#include "proto/zoom/rest.hpp"
#include "proto/zoom/signature.hpp"

using namespace lamp;
using namespace lamp::zoom;

namespace {

constexpr std::size_t text_longest = 512;

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
const T* good(const Result<T>& result) {
    if (result) return &*result;
    require(result.error().category == Category::protocol && !result.error().text.empty());
    return nullptr;
}

void event(std::string_view body) {
    auto read = read_event(body);
    const auto* event = good(read);
    if (!event) return;
    require(!event->name.empty());
    for (const auto& text : {event->name, event->account, event->plain_token, event->user, event->email, event->word,
                             event->meeting, event->participant})
        require(text.size() <= text_longest);
    require(state_named(text(event->state)) == event->state);
    if (event->kind == EventKind::presence) require(!event->user.empty() || !event->email.empty());
    if (event->kind == EventKind::url_validation) require(!event->plain_token.empty());
}

void users(std::string_view body) {
    auto read = read_users(body);
    const auto* page = good(read);
    if (!page) return;
    require(page->users.size() <= body.size() / 8);
    for (const auto& user : page->users)
        require(!user.id.empty() && user.id.size() <= text_longest && user.email.size() <= text_longest);
}

void delivery(std::string_view body) {
    auto cut = body.find('\n');
    if (cut == std::string_view::npos) return;
    auto stamp = body.substr(0, cut);
    auto rest = body.substr(cut + 1);
    const Wall now{milliseconds(1'767'225'600'000)};
    require(prove("secret", stamp, rest, rest, now, seconds(60)) != Proof::genuine);
    auto signature_of = signature("secret", stamp, rest);
    auto proof = prove("secret", stamp, signature_of, rest, now, seconds(60));
    require(proof != Proof::missing);
    if (is_plain_token(rest)) require(encrypted_token("secret", rest) != signature("secret", "", rest).substr(3));
    signature_of.back() = signature_of.back() == '0' ? '1' : '0';
    require(prove("secret", stamp, signature_of, rest, now, seconds(60)) == Proof::wrong);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    const Wall now{milliseconds(1'767'225'600'000)};
    switch (data[0]) {
    case 'e': event(body); break;
    case 'u': users(body); break;
    case 'p': {
        auto read = read_presence(body);
        if (const auto* presence = good(read)) require(!presence->word.empty());
        break;
    }
    case 'x':
        if (auto error = read_error(body)) require(!error->code.empty());
        break;
    case 'r':
        if (auto until = read_retry_after(body, now)) require(*until >= now);
        break;
    case 's': delivery(body); break;
    default: break;
    }
    return 0;
}
