// Any bytes as a CalDAV multistatus and as hrefs. No crash; a refusal has words; what was read names its resources; an
// href means the same as itself.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "proto/caldav/href.hpp"
#include "proto/caldav/multistatus.hpp"

using namespace lamp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto read = caldav::parse_multistatus(text);
    if (!read) require(!read.error().text.empty());
    if (read)
        for (const auto& resource : read->resources) {
            require(!resource.href.empty());
            require(resource.status == 0 || (resource.status >= 100 && resource.status <= 599));
            if (caldav::path_of(resource.href)) require(caldav::same_collection(resource.href, resource.href));
        }
    static_cast<void>(caldav::path_of(text));
    return 0;
}
