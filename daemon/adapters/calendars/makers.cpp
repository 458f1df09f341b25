// Which provider is made by whom. A further one is one function in providers.hpp and one entry here.
#include "adapters/calendars/calendars.hpp"

namespace lamp::calendars {

const Makers& makers() {
    // By ProviderKind: google, graph, caldav, ics. What is null is not in this build, and says so.
    static constexpr Makers all{make_google, nullptr, make_caldav, make_ics};
    return all;
}

} // namespace lamp::calendars
