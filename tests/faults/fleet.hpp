// Several clients, each with its own simulator, that meet their faults at the same time: a table of faults then takes
// as long as its slowest row.
#pragma once
#include <memory>
#include <vector>

#include "faults/harness.hpp"

namespace faults {

/// Nobody is in a call, nothing is forwarded, nobody wants to be left alone.
inline void quiet(Harness& h) {
    for (int extension = 2000; extension < 2007; ++extension) {
        auto user = std::to_string(extension);
        while (h.world()->command("hangup", {{"user", user}})) {
        }
        h.command("dnd", {{"user", user}, {"active", false}});
    }
    h.command("forward", {{"user", "2006"}, {"kind", "always"}, {"active", false}});
}

/// A call that is up (2000 and 2001), one held (2002 holds 2003), one that rings (2004 calls 2005).
inline void make_calls(Harness& h) {
    h.command("call", {{"from", "2000"}, {"to", "2001"}});
    h.command("answer", {{"user", "2001"}});
    h.command("call", {{"from", "2002"}, {"to", "2003"}});
    h.command("answer", {{"user", "2003"}});
    h.command("hold", {{"user", "2002"}});
    h.command("call", {{"from", "2004"}, {"to", "2005"}});
}

/// Each of those changes, so that whoever missed it is wrong: up -> over, held -> up, ringing -> up; do not disturb,
/// forwarding.
inline void change_everything(Harness& h) {
    h.command("hangup", {{"user", "2000"}});
    h.command("retrieve", {{"user", "2002"}});
    h.command("answer", {{"user", "2005"}});
    h.command("dnd", {{"user", "2001"}, {"active", true}});
    h.command("forward", {{"user", "2006"}, {"kind", "always"}, {"active", true}, {"to", "2007"}});
}

template <class Row>
struct Member {
    Row row;
    std::unique_ptr<Harness> h;
};

template <class Row>
std::vector<Member<Row>> fleet(std::initializer_list<Row> rows, const std::function<Setup(const Row&)>& setup) {
    std::vector<Member<Row>> members;
    for (const Row& row : rows)
        members.push_back({row, std::make_unique<Harness>(setup(row))});
    return members;
}

} // namespace faults
