// Finding people by what one remembers of them.
#include "contacts/search.hpp"
#include <algorithm>
#include <fmt/ranges.h>
#include <random>

#include "here.hpp"

using namespace testing;

TEST_CASE("accents and case do not count") {
    struct Row {
        std::string_view text, folded;
    };
    const Row rows[] = {
        {"Jörg Müller", "jorg muller"},
        {"ÉLODIE Çelik", "elodie celik"},
        {"Straße", "strasse"},
        {"Łukasz Ž", "lukasz z"},
        {"IJsbrand Ĳ", "ijsbrand ij"},
        {"Œuvre Ørsted Æ", "oeuvre orsted ae"},
        {"Þór ð ÿ", "thor d y"},
        {"Αθήνα 東京", "Αθήνα 東京"},
        {"a÷b×", "a÷b×"},
        {"\xc3", "\xc3"}, // cut in the middle of a letter
    };
    for (const Row& row : rows)
        CHECK(folded(row.text) == row.folded);
}

TEST_CASE("every word must occur; numbers in any form") {
    std::vector<Contact> all{person("1", "Müller", "Jörg"), person("2", "Jansen", "Alice"),
                             person("3", "Jansen", "Bob")};
    all[0].numbers = {{"mobile", "+31612345678"}};
    all[1].company = "Müller & Co";
    all[1].numbers = {{"work", "+31201230002"}, {"mobile", "+31698765432"}};
    all[2].extension = "2002";
    all[2].email = "bob@example.net";
    SearchIndex index(all);
    struct Row {
        std::string_view query;
        std::vector<std::uint32_t> found;
    };
    const Row rows[] = {
        {"muller", {0, 1}},       {"jansen muller", {1}},    {"JANSEN  bob", {2}}, {"bob@exam", {2}},
        {"nobody", {}},           {"", {0, 1, 2}},           {"2002", {2}},        {"06 123 456 78", {0}},
        {"0031 6 12345678", {0}}, {"+31-20-123.00.02", {1}}, {"345678", {0}},      {"alice 06-98765432", {1}},
        {"jansen 9", {1}},        {"bob alice", {}}, // two people
    };
    for (const Row& row : rows) {
        CAPTURE(row.query);
        CHECK(index.find(row.query, 10, "31") == row.found);
    }
    CHECK(index.find("jansen", 1, "31").size() == 1);
    CHECK(SearchIndex().find("x", 5).empty());
}

TEST_CASE("a search finds what looking at each of them finds, from any place on") {
    std::mt19937 random(7);
    auto word = [&] {
        std::string text;
        for (auto length = 1 + random() % 5; text.size() < length;)
            text += static_cast<char>('a' + random() % 3);
        return text;
    };
    std::vector<Contact> all;
    for (int i = 0; i < 400; ++i)
        all.push_back(person("c", word() + word(), word()));
    SearchIndex index(all);
    for (int round = 0; round < 2'000; ++round) {
        std::vector<std::string> words;
        for (auto count = 1 + random() % 3; words.size() < count;)
            words.push_back(word());
        const std::size_t from = random() % 420, most = 1 + random() % 50;
        std::vector<std::uint32_t> expected;
        for (auto place = from; place < all.size() && expected.size() < most; ++place) {
            auto text = all[place].first_name + "\n" + all[place].last_name;
            if (std::ranges::all_of(words, [&](const std::string& one) { return text.contains(one); }))
                expected.push_back(static_cast<std::uint32_t>(place));
        }
        CAPTURE(fmt::format("{}", fmt::join(words, " ")));
        CHECK(index.find(fmt::format("{}", fmt::join(words, " ")), most, {}, from) == expected);
    }
}
