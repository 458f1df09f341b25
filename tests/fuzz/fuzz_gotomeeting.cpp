// Any bytes as an answer of GoToMeeting. No crash, an error has words, what is told lies in bounded memory.
#include <cstdint>
#include <cstdlib>

#include "proto/gotomeeting/answers.hpp"
#include "proto/text/text.hpp"

using namespace lamp;
using namespace lamp::gotomeeting;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

template <class T>
const T* good(const Result<T>& result) {
    if (result) return &*result;
    require(result.error().category == Category::protocol && !result.error().text.empty());
    return nullptr;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view body(reinterpret_cast<const char*>(data), size);
    auto meetings = read_meetings(body);
    if (const auto* read = good(meetings)) {
        require(read->active <= read->told && read->told <= size);
        require(read->unheard.size() <= 64 && text::is_utf8(read->unheard));
    }
    auto organisers = read_organisers(body);
    if (const auto* read = good(organisers)) {
        require(read->size() <= size);
        for (const auto& one : *read)
            require(is_key(one.key) && one.email.size() <= 254 && text::is_utf8(one.email));
    }
    if (auto error = read_error(body)) {
        require(!error->code.empty() || !error->text.empty());
        require(error->code.size() <= 64 && error->text.size() <= 200);
        require(text::is_utf8(error->code) && text::is_utf8(error->text));
        require((error->code + error->text).find('\n') == std::string::npos);
    }
    return 0;
}
