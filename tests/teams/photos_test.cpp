// The shelf of photos: what is kept, what goes first, what is current.
#include "adapters/teams/photos.hpp"

#include "here.hpp"

namespace {

using namespace lamp::teams;
using namespace std::chrono_literals;
using lamp::Steady;

const Steady start = Steady() + 1h;

PhotoShelf::Entry entry(std::size_t size, Steady checked = start) {
    PhotoShelf::Entry made;
    if (size > 0) made.photo = std::make_shared<const Photo>(Photo{"image/jpeg", std::string(size, 'x'), "\"1\""});
    made.checked = checked;
    return made;
}

} // namespace

TEST_CASE("a photo, no photo, and never asked are three things") {
    PhotoShelf shelf;
    shelf.put(guid(1), entry(100));
    shelf.put(guid(2), entry(0));
    REQUIRE(shelf.find(guid(1)));
    CHECK(shelf.find(guid(1))->photo);
    REQUIRE(shelf.find(guid(2)));
    CHECK(!shelf.find(guid(2))->photo);
    CHECK(!shelf.find(guid(3)));
    CHECK(shelf.bytes() == 100);
}

TEST_CASE("current for an hour") {
    PhotoShelf shelf;
    auto kept = entry(100);
    CHECK(shelf.current(kept, start + 59min));
    CHECK(!shelf.current(kept, start + 60min));
}

TEST_CASE("what was looked at longest ago goes first, and the limit holds") {
    PhotoShelf shelf;
    constexpr std::size_t each = 512 * 1024;
    constexpr unsigned fit = PhotoShelf::bytes_max / each;
    for (unsigned i = 0; i < fit; ++i)
        shelf.put(guid(i), entry(each));
    CHECK(shelf.size() == fit);
    REQUIRE(shelf.find(guid(0))); // looked at again
    shelf.put(guid(1000), entry(each));
    CHECK(shelf.bytes() <= PhotoShelf::bytes_max);
    CHECK(shelf.find(guid(0)));
    CHECK(!shelf.find(guid(1)));
}

TEST_CASE("a new version takes the place of the old one") {
    PhotoShelf shelf;
    shelf.put(guid(1), entry(100));
    shelf.put(guid(1), entry(40));
    CHECK(shelf.bytes() == 40);
    CHECK(shelf.size() == 1);
    shelf.put(guid(1), entry(0));
    CHECK(shelf.bytes() == 0);
}
