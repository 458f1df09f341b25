// Dialog information: what telephones are shown, by vendor; what is read and refused; versions.
#include "here.hpp"
#include "proto/dialoginfo/document.hpp"

using namespace testing;
namespace di = lamp::dialoginfo;

namespace {

di::Dialog call(std::string id, di::State state, di::Direction direction = di::Direction::recipient) {
    di::Dialog out;
    out.id = std::move(id);
    out.state = state;
    out.direction = direction;
    out.local = {"Ada", "sip:2101@pbx.example", "sip:2101@pbx.example"};
    out.remote = {"Grace & <Co>", "sip:+15550100@pbx.example;user=phone", "sip:+15550100@pbx.example"};
    return out;
}

di::Document document(std::vector<di::Dialog> dialogs) {
    return {"sip:2101@pbx.example", 7, true, std::move(dialogs)};
}

std::string order(std::string_view text) {
    const auto read = di::read(text);
    REQUIRE(read);
    std::string out;
    for (const auto& dialog : read->dialogs)
        out += dialog.id + ":" + std::string(name(dialog.state)) + (dialog.held ? "(held) " : " ");
    return out;
}

std::string root(std::string_view attributes, std::string_view content) {
    return "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" " + std::string(attributes) + ">" +
           std::string(content) + "</dialog-info>";
}
constexpr std::string_view good = R"(version="1" state="full" entity="sip:a@h")";

} // namespace

TEST_CASE("idle is one terminated dialog, byte by byte") {
    CHECK(di::write({"sip:2101@pbx.example", 0, true, {}}, di::plain()).text ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\"          state=\"full\" "
          "entity=\"sip:2101@pbx.example\"><dialog id=\"idle-2101\"><state>terminated</state></dialog></dialog-info>");
    CHECK(order(di::write({"sip:a&b<c>@h", 0, true, {}}, di::plain()).text) == "idle-a-b-c-:terminated ");
    CHECK(
        order(di::write({"sip:2101@pbx.example", 1, false, {}}, di::plain()).text).empty()); // partial: nothing changed
}

TEST_CASE("ringing with what pickup needs, in the order of the schema") {
    auto ringing = call("c-88120", di::State::early);
    ringing.call_id = "cq1@198.51.100.4";
    ringing.local_tag = "l1";
    ringing.remote_tag = "r1";
    const auto snom = di::write(document({ringing}), di::dialect_of("snom320/8.7"));
    CHECK(snom.text.ends_with(
        "<dialog id=\"c-88120\" call-id=\"cq1@198.51.100.4\" local-tag=\"l1\" remote-tag=\"r1\" "
        "direction=\"recipient\">"
        "<state>early</state><local><identity display=\"Ada\">sip:2101@pbx.example</identity><target "
        "uri=\"sip:2101@pbx.example\"/></local><remote><identity display=\"Grace &amp; &lt;Co&gt;\">"
        "sip:+15550100@pbx.example;user=phone</identity><target uri=\"sip:+15550100@pbx.example\"/></remote>"
        "</dialog></dialog-info>"));
    CHECK_FALSE(di::write(document({ringing}), di::plain()).text.contains("call-id"));
}

TEST_CASE("telephones, one row each (User-Agents as their makers write them)") {
    struct Row {
        const char* user_agent;
        const char* vendor;
        const char* callers_early; // what a watcher of the caller is shown
        const char* callees_early;
        bool ids; // call-id and tags
    };
    // clang-format off
    const Row rows[] = {
        {"PolycomSoundPointIP-SPIP_331-UA/3.3.5.0247", "Polycom",     "confirmed",  "early",      true},
        {"PolycomVVX-VVX_411-UA/5.9.5.0614",           "Polycom",     "early",      "early",      true},
        {"PolyEdge-Edge_E350-UA/8.0.1",                "Poly",        "early",      "early",      true},
        {"Yealink SIP-T46S 66.86.0.15",                "Yealink",     "early",      "early",      false},
        {"Cisco/SPA504G-7.6.2e",                       "Cisco SPA",   "confirmed",  "early",      true},
        {"Linksys/SPA962-6.1.5(a)",                    "Cisco SPA",   "confirmed",  "early",      true},
        {"Cisco-CP-8851-3PCC/11.3.4",                  "Cisco MPP",   "early",      "early",      true},
        {"snomD785/10.1.64.14",                        "Snom",        "early",      "early",      true},
        {"Grandstream GXP2170 1.0.11.16",              "Grandstream", "early",      "early",      false},
        {"BroadWorks",                                 "BroadWorks",  "proceeding", "proceeding", false},
        {"baresip v1.0.0",                             "everybody",   "early",      "early",      false},
        {"",                                           "everybody",   "early",      "early",      false},
    };
    // clang-format on
    for (const Row& row : rows) {
        INFO(row.user_agent);
        const auto& dialect = di::dialect_of(row.user_agent);
        CHECK(dialect.vendor == row.vendor);
        auto from = call("out", di::State::early, di::Direction::initiator);
        auto to = call("in", di::State::early);
        from.call_id = to.call_id = "x";
        CHECK(order(di::write(document({from}), dialect).text) == "out:" + std::string(row.callers_early) + " ");
        CHECK(order(di::write(document({to}), dialect).text) == "in:" + std::string(row.callees_early) + " ");
        CHECK(di::write(document({to}), dialect).text.contains("call-id") == row.ids);
        CHECK(order(di::write(document({}), dialect).text) ==
              "idle-2101:terminated "); // Yealink, Bria: never an empty one
    }
}

TEST_CASE("the most urgent dialog stands first: some telephones read no further") {
    auto held = call("h", di::State::confirmed);
    held.held = true;
    const auto text = di::write(document({call("t", di::State::terminated), held, call("c", di::State::confirmed),
                                          call("p", di::State::proceeding), call("e", di::State::early)}),
                                di::plain())
                          .text;
    CHECK(order(text) == "e:early p:proceeding c:confirmed h:confirmed(held) t:terminated ");
    CHECK(text.contains(R"(<param pname="+sip.rendering" pvalue="no"/>)"));
}

TEST_CASE("the version is patched in place, whatever it is") {
    auto rendered = di::write(document({call("c", di::State::confirmed)}), di::plain());
    for (std::uint32_t version : {0U, 7U, 4294967295U, 42U}) {
        rendered.set_version(version);
        const auto read = di::read(rendered.text);
        REQUIRE(read);
        CHECK(read->version == version);
        CHECK(read->dialogs.size() == 1);
    }
    // An entity that looks like the room for the version does not attract the patch.
    auto odd = di::write({"version=\"4294967295\"", 3, true, {}}, di::plain());
    odd.set_version(5);
    CHECK(di::read(odd.text)->entity == "version=\"4294967295\"");
    CHECK(di::read(odd.text)->version == 5);
}

TEST_CASE("round trip of everything that can be said") {
    auto ended = call("x\"'<&>", di::State::terminated, di::Direction::initiator);
    ended.cause = di::Cause::remote_bye;
    ended.code = 487;
    ended.call_id = "c";
    ended.local_tag = "l";
    ended.remote_tag = "r";
    auto bare = call("bare", di::State::trying);
    bare.local = {};
    bare.remote = {};
    auto held = call("held", di::State::confirmed);
    held.held = true;
    held.remote.display = "\xc3\x89va \xf0\x9f\x93\x9e";
    const di::Document all{"sip:a&b@h", 4000000000U, false, {bare, held, ended}};
    const auto read = di::read(di::write(all, di::dialect_of("snom")).text);
    REQUIRE(read);
    CHECK(*read == all);
}

TEST_CASE("what strangers write is read") {
    const auto prefixed =
        di::read(R"(<?xml version="1.0"?><d:dialog-info xmlns:d="urn:ietf:params:xml:ns:dialog-info" entity='sip:a@h'
        state="partial" version="12"><!-- one --><d:dialog direction="recipient" id="&#49;&lt;"><d:state code="200"> early </d:state>
        <d:remote><d:identity>sip:b@h</d:identity></d:remote><x:y xmlns:x="urn:x"/></d:dialog></d:dialog-info>)");
    REQUIRE(prefixed);
    CHECK_FALSE(prefixed->full);
    CHECK(prefixed->dialogs.at(0).id == "1<");
    CHECK(prefixed->dialogs.at(0).state == di::State::early);
    CHECK(prefixed->dialogs.at(0).remote.identity == "sip:b@h");
    CHECK(di::read(root(good, ""))->dialogs.empty());
}

TEST_CASE("what is refused") {
    std::string many;
    for (int i = 0; i < 65; ++i)
        many += "<dialog id=\"d" + std::to_string(i) + "\"><state>early</state></dialog>";
    const std::string rows[] = {
        "",
        "<presence/>",
        "<dialog-info>",
        root(R"(state="full" entity="sip:a@h")", ""),
        root(R"(version="-1" state="full" entity="sip:a@h")", ""),
        root(R"(version="4294967296" state="full" entity="sip:a@h")", ""),
        root(R"(version="1" state="half" entity="sip:a@h")", ""),
        root(R"(version="1" state="full")", ""),
        root(good, "<dialog><state>early</state></dialog>"),
        root(good, "<dialog id=\"1\"/>"),
        root(good, "<dialog id=\"1\"><state>asleep</state></dialog>"),
        root(good, many),
        "<!DOCTYPE x [<!ENTITY e \"e\">]>" + root(good, ""),
    };
    for (const auto& row : rows) {
        INFO(row.substr(0, 200));
        CHECK_FALSE(di::read(row));
    }
}

TEST_CASE("a watcher that follows versions (RFC 4235 4.3)") {
    using What = di::Follower::What;
    di::Follower follower;
    auto take = [&](std::uint32_t version, bool full, std::vector<di::Dialog> dialogs) {
        return follower.take({"sip:a@h", version, full, std::move(dialogs)});
    };
    CHECK(take(3, false, {}) == What::gap); // nothing to build on
    CHECK(take(0, true, {call("a", di::State::early)}) == What::taken);
    CHECK(take(1, false, {call("b", di::State::early)}) == What::taken);
    CHECK(follower.dialogs().size() == 2);
    CHECK(take(1, true, {}) == What::old); // a late early must not overtake
    CHECK(take(0, false, {}) == What::old);
    CHECK(take(3, false, {}) == What::gap);
    CHECK(take(2, false, {call("a", di::State::terminated)}) == What::taken);
    CHECK(follower.dialogs().size() == 1);
    CHECK(take(9, true, {}) == What::taken); // full states may leap
    CHECK(follower.dialogs().empty());
}
