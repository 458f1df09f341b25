// Who is which organiser.
#include "adapters/goto_meeting/organisers.hpp"

#include <doctest/doctest.h>

namespace {

using namespace lamp;
using namespace lamp::goto_meeting;

std::shared_ptr<const presence::People> people(std::vector<std::pair<std::string, std::string>> rows) {
    std::vector<presence::PersonRow> made;
    for (auto& [id, go_to] : rows) {
        presence::PersonRow row;
        row.id = id;
        row.name = id;
        row.email = id + "@example.net";
        row.go_to = go_to;
        made.push_back(std::move(row));
    }
    auto built = presence::People::build(made);
    REQUIRE(built.has_value());
    return *built;
}

std::string seats(const Matching& matching, const presence::People& all) {
    std::string out;
    for (const Seat& seat : matching.seats)
        out += (out.empty() ? "" : " ") + std::string(all.person(seat.slot).id) + "=" + seat.name +
               (seat.owner ? "!" : "");
    return out;
}

} // namespace

TEST_CASE("who is followed, and as whom") {
    struct Row {
        const char* what;
        std::vector<std::pair<std::string, std::string>> rows;
        const char* owner;
        bool by_email;
        const char* seats;
        std::vector<std::string> doubts;
    };
    // clang-format off
    const Row rows[] = {
        {"nobody names one",             {{"anna", ""}, {"bob", ""}}, "", true, "", {}},
        {"by address and by key",        {{"anna", "A@Other.nl"}, {"bob", "300000000000400137"}}, "", true, "anna=a@other.nl bob=300000000000400137", {}},
        {"the owner by the column",      {{"anna", ""}, {"bob", "Admin@x.nl"}}, "admin@x.nl", true, "bob=admin@x.nl!", {}},
        {"the owner by e-mail",          {{"anna", "7"}, {"bob", ""}}, "Bob@example.net", true, "bob=bob@example.net! anna=7", {}},
        {"not where e-mail does not count", {{"anna", "7"}, {"bob", ""}}, "bob@example.net", false, "anna=7", {}},
        {"who has another one is not the owner", {{"bob", "7"}}, "bob@example.net", true, "bob=7", {}},
        {"two name the same",            {{"anna", "7"}, {"bob", "7"}, {"carl", "8"}}, "", true, "carl=8", {"doubled", "doubled"}},
        {"neither key nor address",      {{"anna", "Anna Jansen"}, {"bob", "@x"}, {"carl", "x@"}}, "", true, "", {"unmatched", "unmatched", "unmatched"}},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.what);
        auto all = people(row.rows);
        auto matching = match(*all, row.owner, row.by_email);
        CHECK(seats(matching, *all) == row.seats);
        REQUIRE(matching.doubts.size() == row.doubts.size());
        for (std::size_t i = 0; i < row.doubts.size(); ++i)
            CHECK(matching.doubts[i].kind == row.doubts[i]);
        CHECK(matching.doubled + matching.unmatched == row.doubts.size());
    }
}
