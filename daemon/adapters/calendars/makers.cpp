// Which provider is made by whom. A further one is one function in providers.hpp and one entry here.
#include "adapters/calendars/calendars.hpp"

namespace lamp::calendars {

const Makers& makers() {
    // By ProviderKind: google, graph, caldav, ics.
    static constexpr Makers all{make_google, make_graph, make_caldav, make_ics};
    return all;
}

} // namespace lamp::calendars
