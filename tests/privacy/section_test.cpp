// Ages of kinds of data.
#include <doctest/doctest.h>

#include "privacy/options.hpp"

using namespace lamp;
using namespace lamp::privacy;
using namespace std::chrono_literals;

TEST_CASE("an age is of the kind that it names") {
    PrivacyOptions options{.retention = {{"calls", "30d"}, {"audit", "12h"}}};
    CHECK(options.age(Kind::calls) == 30 * 24h);
    CHECK(options.age(Kind::audit) == 12h);
    CHECK(!options.age(Kind::missed));
    CHECK(!PrivacyOptions{}.age(Kind::backups));
}
