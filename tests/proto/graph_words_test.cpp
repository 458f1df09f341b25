// Ids and words of Microsoft Graph: one row per pair that the service is known to tell, and what it means to a
// telephone (cloud-apis.md B, interface 7.7).
#include "here.hpp"

#include <set>
#include <unordered_set>

#include "proto/graph/guid.hpp"
#include "proto/graph/words.hpp"

using namespace lamp;
using namespace lamp::graph;

TEST_CASE("an id is 8-4-4-4-12 hexadecimal digits in any case, and nothing else") {
    struct Row {
        std::string_view text;
        std::string_view back; // empty = refused
    };
    const Row rows[] = {
        {"11111111-2222-3333-4444-555555555555", "11111111-2222-3333-4444-555555555555"},
        {"0bf30f3b-4a52-48df-9a82-234910c4a086", "0bf30f3b-4a52-48df-9a82-234910c4a086"},
        {"0BF30F3B-4A52-48DF-9A82-234910C4A086", "0bf30f3b-4a52-48df-9a82-234910c4a086"},
        {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
        {"ffffffff-FFFF-ffff-FFFF-ffffffffffff", "ffffffff-ffff-ffff-ffff-ffffffffffff"},
        {"", ""},
        {"alice@example.net", ""},
        {"{1111111-2222-3333-4444-555555555555}", ""},
        {"{11111111-2222-3333-4444-555555555555}", ""},
        {"11111111222233334444555555555555", ""},
        {"11111111-2222-3333-4444-55555555555", ""},
        {"11111111-2222-3333-4444-5555555555555", ""},
        {" 1111111-2222-3333-4444-555555555555", ""},
        {"11111111-2222-3333-4444-55555555555g", ""},
        {"1111111-12222-3333-4444-555555555555", ""},
        {"11111111_2222-3333-4444-555555555555", ""},
        {"11111111-2222a3333-4444-555555555555", ""},
        {"11111111-2222-3333 4444-555555555555", ""},
        {"11111111-2222-3333-4444:555555555555", ""},
        {"11111111-2222-3333-44445-55555555555", ""},
        {"11111111-2222-3333-4444-5555555555\xc3\xa9", ""},
        {"------------------------------------", ""},
    };
    for (const Row& row : rows) {
        CAPTURE(row.text);
        auto guid = parse_guid(row.text);
        CHECK(guid.has_value() == !row.back.empty());
        if (guid) CHECK(to_string(*guid) == row.back);
    }
}

TEST_CASE("ids sort as their texts do, and ids that differ little have different hashes") {
    std::set<std::string> texts;
    std::set<Guid> guids;
    std::unordered_set<std::size_t> buckets;
    for (unsigned i = 0; i < 1024; ++i) {
        Guid guid;
        guid.bytes[15] = static_cast<std::uint8_t>(i);
        guid.bytes[14] = static_cast<std::uint8_t>(i >> 8);
        guids.insert(guid);
        texts.insert(to_string(guid));
        buckets.insert(std::hash<Guid>()(guid) % 4096);
    }
    auto text = texts.begin();
    for (const Guid& guid : guids)
        CHECK(to_string(guid) == *text++);
    CHECK(buckets.size() > 800); // 906 is what chance gives
}

TEST_CASE("words are read in any case and written as on the classic wire") {
    struct Row {
        Word word;
        std::string_view wire;
        std::string_view camel;
    };
    const Row rows[] = {
        {Word::presence_unknown, "PresenceUnknown", "presenceUnknown"},
        {Word::available, "Available", "available"},
        {Word::available_idle, "AvailableIdle", "availableIdle"},
        {Word::away, "Away", "away"},
        {Word::be_right_back, "BeRightBack", "beRightBack"},
        {Word::busy, "Busy", "busy"},
        {Word::busy_idle, "BusyIdle", "busyIdle"},
        {Word::do_not_disturb, "DoNotDisturb", "doNotDisturb"},
        {Word::offline, "Offline", "offline"},
        {Word::out_of_office, "OutOfOffice", "outOfOffice"},
        {Word::in_a_call, "InACall", "inACall"},
        {Word::in_a_conference_call, "InAConferenceCall", "inAConferenceCall"},
        {Word::inactive, "Inactive", "inactive"},
        {Word::available_inactive, "AvailableInactive", "availableInactive"},
        {Word::in_a_meeting, "InAMeeting", "inAMeeting"},
        {Word::off_work, "OffWork", "offWork"},
        {Word::presenting, "Presenting", "presenting"},
        {Word::urgent_interruptions_only, "UrgentInterruptionsOnly", "urgentInterruptionsOnly"},
        {Word::focusing, "Focusing", "focusing"},
    };
    CHECK(std::size(rows) + 1 == word_count);
    for (const Row& row : rows) {
        CAPTURE(row.wire);
        CHECK(word_named(row.wire) == row.word);
        CHECK(word_named(row.camel) == row.word);
        CHECK(text(row.word) == row.wire);
        std::string shouted;
        for (char c : row.wire)
            shouted += static_cast<char>(std::toupper(c));
        CHECK(word_named(shouted) == row.word);
    }
    for (std::string_view word : {"Sleeping", "In A Call", "Busy ", "unknownFutureValue", "InACal", "B\xc3\xbcsy"}) {
        CAPTURE(word);
        CHECK(word_named(word) == Word::unheard_of);
    }
    CHECK(word_named("") == Word::presence_unknown);
    CHECK(text(Word::unheard_of) == "PresenceUnknown");
}

TEST_CASE("a pair comes back from its ten bits") {
    for (unsigned first = 0; first < word_count; ++first)
        for (unsigned second = 0; second < word_count; ++second) {
            Pair pair{static_cast<Word>(first), static_cast<Word>(second)};
            CHECK(pair.pack() < 1024);
            CHECK(Pair::unpack(pair.pack()) == pair);
        }
    CHECK(Pair{Word::available, Word::away}.pack() == 1 * 32 + 3);
    CHECK(Pair::unpack(1023) == Pair{Word::unheard_of, Word::unheard_of});
    CHECK(Pair::unpack(31) == Pair{Word::presence_unknown, Word::unheard_of});
    CHECK(Pair::unpack(0xffffffff) == Pair{Word::unheard_of, Word::unheard_of});
}

TEST_CASE("what a pair means to a telephone") {
    using enum Meaning;
    constexpr bool call = true;
    constexpr bool hand = true;
    struct Row {
        std::string_view client_shows;
        std::string_view availability;
        std::string_view activity;
        Meaning meaning;
        bool call;
        bool by_hand;
    };
    // clang-format off
    const Row rows[] = {
        // the client shows               availability        activity                   means           call   by hand
        {"Available",                     "Available",        "Available",               available,      false, false},
        {"Available, out of office",      "Available",        "OutOfOffice",             available,      false, false},
        {"idle",                          "AvailableIdle",    "Available",               available,      false, false},
        {"idle, either word",             "AvailableIdle",    "AvailableIdle",           available,      false, false},
        {"session fading",                "Available",        "Inactive",                away,           false, false},
        {"app session fading",            "Available",        "AvailableInactive",       away,           false, false},
        {"Busy",                          "Busy",             "Busy",                    busy,           false, false},
        {"busy and idle",                 "BusyIdle",         "Busy",                    busy,           false, false},
        {"busy and idle, in a call",      "BusyIdle",         "InACall",                 in_meeting,     call,  false},
        {"busy, out of office",           "Busy",             "OutOfOffice",             busy,           false, false},
        {"In a meeting",                  "Busy",             "InAMeeting",              in_meeting,     false, false},
        {"In a call",                     "Busy",             "InACall",                 in_meeting,     call,  false},
        {"in a conference",               "Busy",             "InAConferenceCall",       in_meeting,     false, false},
        {"Presenting",                    "DoNotDisturb",     "Presenting",              presenting,     false, false},
        {"Do not disturb",                "DoNotDisturb",     "DoNotDisturb",            do_not_disturb, false, hand},
        {"Focusing",                      "DoNotDisturb",     "Focusing",                do_not_disturb, false, false},
        {"Focusing, newest words",        "Focusing",         "DoNotDisturb",            do_not_disturb, false, false},
        {"urgent only",                   "DoNotDisturb",     "UrgentInterruptionsOnly", do_not_disturb, false, false},
        {"do not disturb, in a call",     "DoNotDisturb",     "InACall",                 do_not_disturb, call,  false},
        {"Be right back",                 "BeRightBack",      "BeRightBack",             away,           false, hand},
        {"Away",                          "Away",             "Away",                    away,           false, false},
        {"away, out of office",           "Away",             "OutOfOffice",             away,           false, false},
        {"Appear offline",                "Offline",          "OffWork",                 offline,        false, hand},
        {"off work",                      "Away",             "OffWork",                 offline,        false, false},
        {"off work whatever else",        "Available",        "OffWork",                 offline,        false, false},
        {"off work whatever else",        "DoNotDisturb",     "OffWork",                 offline,        false, false},
        {"Out of office",                 "OutOfOffice",      "OutOfOffice",             offline,        false, false},
        {"out of office and offline",     "Offline",          "OutOfOffice",             offline,        false, false},
        {"out of office, nothing else",   "OutOfOffice",      "PresenceUnknown",         offline,        false, false},
        {"out of office, but here",       "OutOfOffice",      "Available",               available,      false, false},
        {"out of office, but in a call",  "OutOfOffice",      "InACall",                 in_meeting,     call,  false},
        {"out of office, nothing known",  "PresenceUnknown",  "OutOfOffice",             unknown,        false, false},
        {"Offline",                       "Offline",          "Offline",                 offline,        false, false},
        {"Status unknown",                "PresenceUnknown",  "PresenceUnknown",         unknown,        false, false},
        // the newest page's order: call and meeting words under availability
        {"in a call, swapped",            "InACall",          "Busy",                    in_meeting,     call,  false},
        {"in a call, swapped, camel",     "inACall",          "available",               in_meeting,     call,  false},
        {"in a meeting, swapped",         "inAMeeting",       "busy",                    in_meeting,     false, false},
        {"presenting, swapped",           "presenting",       "doNotDisturb",            presenting,     false, false},
        {"in a conference, swapped",      "inAConferenceCall","busy",                    in_meeting,     false, false},
        // one word missing or unheard of: the other one counts
        {"no activity",                   "Busy",             "",                        busy,           false, false},
        {"no availability",               "",                 "InACall",                 in_meeting,     call,  false},
        {"an activity of tomorrow",       "Busy",             "Sleeping",                busy,           false, false},
        {"an availability of tomorrow",   "Sleeping",         "Away",                    away,           false, false},
        {"both of tomorrow",              "Sleeping",         "Dreaming",                unknown,        false, false},
    };
    // clang-format on
    for (const Row& row : rows) {
        CAPTURE(row.client_shows);
        Pair pair{word_named(row.availability), word_named(row.activity)};
        CHECK(static_cast<int>(meaning(pair)) == static_cast<int>(row.meaning));
        CHECK(is_call(pair) == row.call);
        CHECK(chosen_by_hand(pair) == row.by_hand);
    }
}

TEST_CASE("each word alone in both fields, and with each other word the more urgent one") {
    using enum Meaning;
    // In the order of Word, both fields the same word.
    const Meaning alone[word_count] = {unknown,    available,  available,      away,           away,
                                       busy,       busy,       do_not_disturb, offline,        offline,
                                       in_meeting, in_meeting, away,           away,           in_meeting,
                                       offline,    presenting, do_not_disturb, do_not_disturb, unknown};
    for (std::size_t i = 0; i < word_count; ++i) {
        CAPTURE(text(static_cast<Word>(i)));
        CHECK(static_cast<int>(meaning({static_cast<Word>(i), static_cast<Word>(i)})) == static_cast<int>(alone[i]));
    }
    for (std::size_t i = 0; i < word_count; ++i)
        for (std::size_t j = 0; j < word_count; ++j) {
            Pair pair{static_cast<Word>(i), static_cast<Word>(j)};
            if (pair.activity == Word::off_work || pair.activity == Word::out_of_office) continue;
            CAPTURE(text(pair.availability));
            CAPTURE(text(pair.activity));
            CHECK(static_cast<int>(meaning(pair)) == static_cast<int>(std::max(alone[i], alone[j])));
        }
}
