// Voice mail counts, where they are followed: first states and changes of every kind of target, and lines that have no
// box, which hold nothing back.
#include "faults/fleet.hpp"

using namespace faults;
using lamp::calls::Messages;

namespace {

std::optional<Messages> shown(Harness& h, std::string_view extension) {
    for (const auto& [id, user] : h.command("state").at("line_users").as_object())
        if (std::to_string(user.at("extension").to_number<int>()) == extension)
            return h.on_loop([&] { return h.lines().messages(*h.lines().find(id)); });
    return std::nullopt;
}

} // namespace

TEST_CASE("voice mail of user, group and enterprise targets: first states, then changes; no box holds nothing back") {
    using lamp::xsi::TargetKind;
    for (auto target : {TargetKind::user, TargetKind::enterprise}) {
        CAPTURE(name(target));
        Harness h(Setup{.adjust =
                            [=](auto& options) {
                                options.target = target;
                                options.voice_mail = true;
                            },
                        .before =
                            [](sim::World& world) {
                                REQUIRE(world.command("voice_mail", {{"user", "2000"}, {"new", 2}, {"old", 8}}));
                                REQUIRE(world.command("voice_mail", {{"user", "2001"}, {"assigned", false}}));
                            }});
        CHECK(within(5s, [&] { return h.report().ready; }));
        CHECK(shown(h, "2000") == Messages{2, 8});
        CHECK(shown(h, "2001") == std::nullopt);
        CHECK(shown(h, "2002") == Messages{});
        h.command("voice_mail", {{"user", "2002"}, {"new", 1}, {"new_urgent", 1}});
        CHECK(within(2s, [&] { return shown(h, "2002") == Messages{1, 0, 1}; }));
        h.fault("lose", {{"count", 1}}); // what was lost is heard after the next one
        h.command("voice_mail", {{"user", "2000"}, {"new", 3}});
        h.command("voice_mail", {{"user", "2002"}, {"new", 0}});
        h.command("voice_mail", {{"user", "2000"}, {"old", 9}});
        CHECK(within(5s, [&] { return shown(h, "2000") == Messages{3, 9}; }));
        CHECK(h.report().counters.unknown == 0);
    }
}

TEST_CASE("nobody asks for voice mail where it is not wanted") {
    Harness h;
    h.require_truth(5s);
    h.command("voice_mail", {{"user", "2000"}, {"new", 2}});
    h.require_truth(1s);
    CHECK(shown(h, "2000") == std::nullopt);
    CHECK(h.log({{"contains", "Voice Mail"}}).empty());
}
