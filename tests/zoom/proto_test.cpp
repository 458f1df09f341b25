// Zoom's bytes: signatures, events, presences, users, errors.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "proto/zoom/event.hpp"
#include "proto/zoom/rest.hpp"
#include "proto/zoom/signature.hpp"

using namespace lamp;
using namespace lamp::zoom;

namespace {

constexpr std::string_view secret = "zoom-secret-token-1";
constexpr std::string_view stamp = "1767225600";
constexpr std::string_view body =
    R"({"event":"user.presence_status_updated","event_ts":1767225600123,"payload":{"account_id":"ACC1","object":{"date_time":"2026-01-01T00:00:00Z","email":"anna@example.com","id":"uAnna","presence_status":"In_Meeting"}}})";
constexpr std::string_view proof = "v0=25a31f878e36f1537954eb688631529c4fc0e0f242d8e2b7daf71fa645dfafdd";
const Wall then{milliseconds(1'767'225'600'000)};

std::string told(std::string_view text) {
    auto event = read_event(text);
    if (!event) return event.error().text;
    return fmt::format("{} {} {} [{}] [{}] {} [{}] [{}]", static_cast<int>(event->kind),
                       event->at.time_since_epoch().count(), event->account, event->user, event->email,
                       zoom::text(event->state), event->meeting, event->participant);
}

} // namespace

TEST_CASE("zoom signature: the reference's vectors") {
    CHECK(signature(secret, stamp, body) == proof);
    CHECK(encrypted_token(secret, "qgg8vlvZRS6UYooatFL8Aw") ==
          "0e5b0d12b8a75ee80179999fbb875d29b1469544a54e8863e0687da36bade919");
}

TEST_CASE("zoom signature: what is genuine, and why the rest is not") {
    using std::chrono::hours;
    struct Row {
        std::optional<std::string_view> stamp;
        std::optional<std::string_view> signature;
        std::string_view body;
        milliseconds later; // than it was signed
        Proof outcome;
    };
    std::string tampered(body);
    tampered[tampered.size() - 5] = 'x';
    std::string spaced = " " + std::string(body);
    std::string upper = "V0=" + std::string(proof.substr(3));
    for (const auto& row : std::initializer_list<Row>{
             {stamp, proof, body, milliseconds(0), Proof::genuine},
             {stamp, proof, body, hours(2), Proof::genuine},
             {stamp, proof, body, hours(2) + milliseconds(1), Proof::stale},
             {stamp, proof, body, -ahead_max, Proof::genuine},
             {stamp, proof, body, -ahead_max - milliseconds(1), Proof::stale},
             {stamp, proof, tampered, milliseconds(0), Proof::wrong},
             {stamp, proof, spaced, milliseconds(0), Proof::wrong},
             {"1767225601", proof, body, milliseconds(0), Proof::wrong},
             {stamp, upper, body, milliseconds(0), Proof::wrong},
             {stamp, proof.substr(0, 20), body, milliseconds(0), Proof::wrong},
             {stamp, "", body, milliseconds(0), Proof::wrong},
             {"", proof, body, milliseconds(0), Proof::wrong},
             {stamp, std::nullopt, body, milliseconds(0), Proof::wrong},
             {std::nullopt, proof, body, milliseconds(0), Proof::wrong},
             {std::nullopt, std::nullopt, body, milliseconds(0), Proof::missing},
         }) {
        CAPTURE(row.later.count());
        CHECK(prove(secret, row.stamp, row.signature, row.body, then + row.later, hours(2)) == row.outcome);
    }
    CHECK(prove("", stamp, signature("", stamp, body), body, then, hours(2)) == Proof::wrong);
    for (std::string_view odd : {"-1", "1767225600x", "99999999999999999999", "0x10"})
        CHECK(prove(secret, odd, signature(secret, odd, body), body, then, hours(2)) == Proof::wrong);
}

TEST_CASE("zoom: plain tokens cannot be what proves a delivery") {
    CHECK(is_plain_token("qgg8vlvZRS6UYooatFL8Aw"));
    CHECK(is_plain_token("a-b_c.d"));
    CHECK_FALSE(is_plain_token(""));
    CHECK_FALSE(is_plain_token("v0:1767225600:{}"));
    CHECK_FALSE(is_plain_token(std::string(300, 'a')));
}

TEST_CASE("zoom words: every spelling") {
    struct Row {
        std::string_view word;
        State state;
    };
    for (auto [word, state] : std::initializer_list<Row>{
             {"Available", State::available},
             {"Away", State::away},
             {"Offline", State::offline},
             {"Busy", State::busy},
             {"Out_Of_Office", State::out_of_office},
             {"Out_of_Office", State::out_of_office},
             {"Do_Not_Disturb", State::do_not_disturb},
             {"In_Meeting", State::meeting},
             {"In_A_Meeting", State::meeting},
             {"In_A_Zoom_Meeting", State::meeting},
             {"in a zoom meeting", State::meeting},
             {"IN_MEETING", State::meeting},
             {"Presenting", State::presenting},
             {"On_Phone_Call", State::phone},
             {"On_A_Call", State::phone},
             {"In_A_Call", State::phone},
             {"In_Calendar_Event", State::calendar},
             {"In_A_Calendar_Event", State::calendar},
             {"", State::unknown},
             {"zoom", State::unknown},
             {"Not_In_Meeting", State::unknown},
             {"Walking_The_Dog", State::unknown},
         }) {
        CAPTURE(word);
        CHECK(state_named(word) == state);
    }
    for (int i = 0; i <= static_cast<int>(State::presenting); ++i)
        CHECK(state_named(text(static_cast<State>(i))) == static_cast<State>(i));
    CHECK(state_named(std::string(100'000, 'a')) == State::unknown);
}

TEST_CASE("zoom events: what is read, and what is missing") {
    struct Row {
        std::string_view body;
        std::string_view outcome;
    };
    for (
        auto [text, outcome] : std::initializer_list<Row>{
            {body, "1 1767225600123 ACC1 [uAnna] [anna@example.com] In_Meeting [] []"},
            // `app` says something of another client, which is none of ours
            {R"({"event":"user.presence_status_updated","event_ts":5,"payload":{"object":{"id":"u","email":"A@X.example","presence_status":"Away","app":{"type":"x","presence_status":"In_Meeting"}}}})",
             "1 5  [u] [a@x.example] Away [] []"},
            {R"({"event":"user.presence_status_updated","event_ts":"7","payload":{"object":{"id":"u","presence_status":null}}})",
             "1 7  [u] [] Unknown [] []"},
            {R"({"event":"user.presence_status_updated","payload":{"object":{"id":"u","presence_status":"Away","date_time":"1970-01-01T00:00:09Z"}}})",
             "1 9000  [u] [] Away [] []"},
            {R"({"event":"user.presence_status_updated","payload":{"object":{"id":"u","presence_status":"Away"}}})",
             "Zoom's event has no time."},
            {R"({"event":"user.presence_status_updated","event_ts":-1,"payload":{"object":{"id":"u"}}})",
             "Zoom's event has no time."},
            {R"({"event":"user.presence_status_updated","event_ts":5,"payload":{"object":{}}})",
             "Zoom's event has no user."},
            {R"({"event":"user.presence_status_updated","event_ts":5,"payload":{}})", "Zoom's event has no object."},
            {R"({"event":"user.presence_status_updated","event_ts":5,"payload":[]})", "Zoom's event has no object."},
            {R"({"event":"meeting.participant_joined","event_ts":5,"payload":{"object":{"uuid":"m==","id":"77","participant":{"user_id":"16778240","participant_uuid":"P1","id":"u","email":"A@x.example"}}}})",
             "4 5  [u] [a@x.example] Unknown [m==] [P1]"},
            {R"({"event":"meeting.participant_joined","event_ts":5,"payload":{"object":{"id":77,"participant":{"user_id":16778240,"participant_user_id":"u2","email":""}}}})",
             "4 5  [u2] [] Unknown [77] [16778240]"},
            {R"({"event":"meeting.participant_left","payload":{"object":{"uuid":"m","participant":{"user_name":"Guest","leave_time":"1970-01-01T00:00:01Z"}}}})",
             "5 1000  [] [] Unknown [m] []"},
            {R"({"event":"meeting.participant_left","event_ts":5,"payload":{"object":{"uuid":"m"}}})",
             "Zoom's event has no participant."},
            {R"({"event":"meeting.participant_left","event_ts":5,"payload":{"object":{"participant":{}}}})",
             "Zoom's event has no meeting."},
            {R"({"event":"meeting.ended","event_ts":5,"payload":{"object":{"uuid":"m","host_id":"h"}}})",
             "3 5  [] [] Unknown [m] []"},
            {R"({"event":"meeting.started","event_ts":5,"payload":{"object":{"uuid":"m","host_id":"h"}}})",
             "2 5  [h] [] Unknown [m] []"},
            {R"({"event":"app_deauthorized","event_ts":5,"payload":{}})", "6 0  [] [] Unknown [] []"},
            {R"({"event":"recording.completed","event_ts":5,"payload":{}})", "7 0  [] [] Unknown [] []"},
            {R"({"event":"endpoint.url_validation","event_ts":5,"payload":{"plainToken":"abc"}})",
             "0 0  [] [] Unknown [] []"},
            {R"({"event":"endpoint.url_validation","event_ts":5,"payload":{}})", "Zoom's event has no plainToken."},
            {R"({"event_ts":5})", "Zoom's event has no name."},
            {R"([1])", "Zoom's event is no JSON object."},
            {R"(<html>)", "Zoom's event is no JSON object."},
            {"", "Zoom's event is no JSON object."},
        }) {
        CAPTURE(text);
        CHECK(told(text) == outcome);
    }
    CHECK(told(std::string(10'000, '[')) == "Zoom's event is no JSON object.");
}

TEST_CASE("zoom REST: users, presences, errors, silence") {
    auto page = read_users(
        R"({"page_size":300,"next_page_token":"t2","users":[{"id":"u1","email":"A@X.example","status":"active"},)"
        R"({"id":"u2","email":"b@x.example","status":"inactive"},{"email":"c@x.example"},{"id":"u4"},7]})");
    REQUIRE(page.has_value());
    CHECK(page->next == "t2");
    CHECK(page->users == std::vector<User>{{"u1", "a@x.example"}, {"u4", ""}});
    for (std::string_view bad : {"", "[]", "{}", R"({"users":{}})", "<html>"})
        CHECK(read_users(bad).error().category == Category::protocol);

    CHECK(read_presence(R"({"status":"In_A_Meeting"})")->state == State::meeting);
    CHECK(read_presence(R"({"status":"Do_Not_Disturb","end_time":"2026-01-01T00:00:00Z","remaining_time":5})")->state ==
          State::do_not_disturb);
    CHECK(read_presence(R"({"status":"Dancing"})")->word == "Dancing");
    for (std::string_view bad : {"", "[]", "{}", R"({"status":null})", "<html>"})
        CHECK(read_presence(bad).error().category == Category::protocol);

    CHECK(read_error(R"({"code":429,"message":"You have reached the maximum"})")->code == "429");
    CHECK(read_error(R"({"reason":"Invalid client_id or client_secret","error":"invalid_client"})")->message ==
          "Invalid client_id or client_secret");
    CHECK_FALSE(read_error("<html>").has_value());

    CHECK(*read_retry_after("2026-01-01T00:10:00Z", then) == then + std::chrono::minutes(10));
    CHECK(*read_retry_after("2025-12-31T00:00:00Z", then) == then);
    CHECK(*read_retry_after("2999-01-01T00:00:00Z", then) == then + std::chrono::days(7));
    CHECK(*read_retry_after("30", then) == then + seconds(30));
    CHECK(*read_retry_after("99999999999", then) == then + std::chrono::days(7));
    for (std::string_view bad : {"", "-5", "soon", "Thu, 01 Jan 2026 00:10:00 GMT"})
        CHECK_FALSE(read_retry_after(bad, then).has_value());
}
