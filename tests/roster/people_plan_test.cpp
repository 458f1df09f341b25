// What a new people file would change.
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "roster/people_file.hpp"
#include "roster/people_plan.hpp"

namespace lamp::roster {
namespace {

/// "+ id", "~ id field before>after …", "- id", and how many stay.
std::vector<std::string> told(std::string_view before, std::string_view after) {
    auto plan = plan_people(read_people(before).people, read_people(after).people);
    std::vector<std::string> all;
    for (const auto& change : plan.changes) {
        auto text = fmt::format("{} {}", "+~-"[static_cast<int>(change.kind)], change.id);
        for (const auto& field : change.fields)
            text += fmt::format(" {} {}>{}", field.field, field.before, field.after);
        all.push_back(std::move(text));
    }
    all.push_back(fmt::format("= {}", plan.unchanged));
    return all;
}

using Told = std::vector<std::string>;

} // namespace

TEST_CASE("people plan: who is new, who is different in what, who goes, who stays") {
    CHECK(told("id,lines\na@x,2001\nb@x,2002\nc@x,2003\n", "id,lines\nc@x,2003 2004\nd@x,2005\na@x,2001\n") ==
          Told{"~ c@x lines 2003>2003 2004", "+ d@x name >d@x email >d@x lines >2005", "- b@x", "= 1"});
}

TEST_CASE("people plan: every column that is read counts") {
    CHECK(told("id,name,email,lines,teams,zoom,goto,zoho,folder\na,N,e@x,1,t,z,g,h,F\n",
               "folder,zoho,goto,zoom,teams,lines,email,name,id\nF2,h2,g2,z2,t2,2,e2@x,N2,a\n") ==
          Told{"~ a name N>N2 email e@x>e2@x lines 1>2 teams t>t2 zoom z>z2 goto g>g2 zoho h>h2 folder F>F2", "= 0"});
}

TEST_CASE("people plan: order, separators and spaces of a file are no change") {
    CHECK(told("id,lines\na@x,2001\nb@x,2002\n", "\"id\";\"lines\"\n b@x ; 2002\na@x;2001\n") == Told{"= 2"});
    CHECK(told("", "id\na\n") == Told{"+ a name >a", "= 0"});
    CHECK(told("id\na\n", "id\n") == Told{"- a", "= 0"});
}

} // namespace lamp::roster
