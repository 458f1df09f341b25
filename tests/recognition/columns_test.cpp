// Files as people have them.
#include <doctest/doctest.h>

#include "recognition/columns.hpp"

using namespace lamp::recognition;

TEST_CASE("columns with numbers are found by their content") {
    auto all = read_contacts("id;Contact;Werk;Postcode;Since;Hoofdnummer main phone;Notes\r\n"
                             "7;Alice;+31 20 123 0002;1012 AB;2024-01-02;0201230000;0611111111 she said\r\n"
                             "8;Bob;020-1230003;1012 AC;2024-01-03;;\r\n"
                             "8;Bob again;020-1230004;;;;\r\n",
                             "");
    REQUIRE(all);
    REQUIRE(all->size() == 2);
    const auto& alice = all->front();
    CHECK(alice.id == "7");
    CHECK(alice.name == "Alice");
    REQUIRE(alice.numbers.size() == 2);
    CHECK(alice.numbers[0] == Number{"Werk", "+31 20 123 0002", false});
    CHECK(alice.numbers[1] == Number{"Hoofdnummer main phone", "0201230000", true});
    CHECK(alice.fields.size() == 7);
}

TEST_CASE("names of two columns, a key of one's own, another alphabet") {
    auto all = read_contacts("first_name,last_name,customer,mobile\nJos\xe9,Peeters,c1,0470123456\n", "Customer");
    REQUIRE(all);
    CHECK(all->front().name == "José Peeters");
    CHECK(all->front().id == "c1");
}

TEST_CASE("what cannot be read is said") {
    CHECK(read_contacts("", "").error().text == "The file is empty.");
    CHECK(read_contacts("name,city\nAlice,Ghent\n", "").error().text == "No column holds telephone numbers.");
    CHECK(read_contacts("name,phone\nAlice,+31201230002\n", "no").error().text == "There is no column \"no\".");
}
