// Any bytes as a token of an identity provider, or as its keys; the first one says as which. No crash, a refusal has
// words, and nothing is ever let in: nobody here holds a key of the set.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "oidc/bearer.hpp"

using namespace lamp;
using namespace lamp::oidc;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const KeySet& keys() { // the example of RFC 7517 appendix A.1
    static const KeySet set =
        KeySet::parse(
            R"({"keys":[{"kty":"EC","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","kid":"1"}]})")
            .value();
    return set;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    if (data[0] == 'k') {
        auto set = KeySet::parse(text);
        require(set ? set->size() > 0 && set->size() <= KeySet::keys_max : !set.error().text.empty());
        return 0;
    }
    static const Expected expected{"https://login.example.net", "lamplighter", "a.b", {{"x", "viewer"}}, "email"};
    auto verdict = examine(text, keys(), expected, Wall(milliseconds(1'795'000'000'000)));
    require(verdict.what != Verdict::What::accepted && !verdict.why.empty());
    return 0;
}
