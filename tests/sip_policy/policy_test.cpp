// Who may watch and publish for whom: by login, by trust, private people and their lines, lines that several share.
#include <doctest/doctest.h>

#include "sip/policy.hpp"

using namespace lamp;
using namespace lamp::sip;
using presence::People;

namespace {

struct Office {
    explicit Office(std::vector<std::string> private_people = {}, PrivateAnswer answer = PrivateAnswer::refuse,
                    bool show_remote = true) {
        const std::vector<presence::PersonRow> rows{{"ada@pbx.example", "Ada Jansen", "", "", "", {}},
                                                    {"bob@pbx.example", "Bob de Vries", "", "", "", {}},
                                                    {"cem@other.example", "Cem Yılmaz", "", "", "", {}},
                                                    {"Dirk@PBX.example", "Dirk Mulder", "", "", "", {}},
                                                    {"eve", "Eve Smit", "", "", "", {}},
                                                    {"Eve", "Eve Bakker", "", "", "", {}},
                                                    {"Fay", "Fay Visser", "", "", "", {}},
                                                    {"FAY", "Fay Bos", "", "", "", {}},
                                                    {"Gus@pbx.example", "Gus Peters", "", "", "", {}}};
        people = *People::build(rows);
        const std::vector<LineRow> lines{{"ada@pbx.example", "+31201230001", "2101", {0}},
                                         {"bob-desk@pbx.example", "+31201230002", "2102", {1}},
                                         {"reception@pbx.example", "+31201230000", "2100", {1, 0}},
                                         {"Dirk@PBX.example", "+31201230004", "2104", {3}},
                                         {"Gus@pbx.example", "", "2105", {1}},
                                         {"lift@pbx.example", "", "2199", {}}};
        const std::vector<ListRow> lists{{"team", {"2101", "2102"}}};
        names = Names::build(*people, lines, lists, "pbx.example", nullptr, &ignored);
        policy = Policy::build({private_people, answer, show_remote}, *people, names, "PBX.example", &problems);
    }
    [[nodiscard]] ResourceIndex index(std::string_view name) const {
        const auto found = name.starts_with("line:") ? names->of_line(name.substr(5)) : names->find(name);
        REQUIRE_MESSAGE(found, name);
        return *found;
    }
    [[nodiscard]] bool owns(std::string_view watcher, std::string_view name) const {
        return policy.owns({std::string(watcher), false}, index(name));
    }
    [[nodiscard]] std::string_view watch(std::string_view watcher, std::string_view name,
                                         std::string_view package = "dialog", bool trusted = false) const {
        switch (policy.may_watch({std::string(watcher), trusted}, index(name), *event_package(package))) {
        case Permission::refused: return "refused";
        case Permission::polite: return "polite";
        case Permission::nameless: return "nameless";
        case Permission::allowed: break;
        }
        return "allowed";
    }

    std::vector<std::string> ignored, problems;
    std::shared_ptr<const People> people;
    std::shared_ptr<const Names> names;
    Policy policy;
};

} // namespace

// clang-format off
TEST_CASE("whose a resource is") {
    const Office office;
    struct Row {
        std::string_view watcher, resource;
        bool owns;
    };
    const Row rows[] = {
        // by id, by its part before the domain, by number, by extension
        {"ada@pbx.example",       "ada",                        true},
        {"ada",                   "ada",                        true},
        {"2101",                  "ada",                        true},
        {"+31201230001",          "ada",                        true},
        {"2101@pbx.example",      "ada",                        true},
        {"ada",                   "line:ada@pbx.example",       true},
        {"bob-desk",              "bob",                        true},
        {"bob",                   "2102",                       true},
        // others'
        {"bob",                   "ada",                        false},
        {"2102",                  "ada",                        false},
        {"bob-desk",              "line:ada@pbx.example",       false},
        {"nobody",                "ada",                        false},
        {"",                      "ada",                        false},
        {"@pbx.example",          "ada",                        false},
        {"ada@other.example",     "ada",                        false},
        {"ada@pbx.example.evil",  "ada",                        false},
        {"ada@pbx.example.evil.domain", "ada",                  false},
        {"ada@xpbx.example",      "ada",                        false},
        {"cem@pbx.example",       "ada",                        false},
        {"cem@other.example",     "cem@other.example",          true},
        // a line that several share is each one's; who logs in as it is nobody but it
        {"bob",                   "2100",                       true},
        {"ada",                   "2100",                       true},
        {"cem",                   "2100",                       false},
        {"reception",             "2100",                       true},
        {"2100",                  "bob",                        false},
        {"2100",                  "ada",                        false},
        {"2100",                  "2102",                       false},
        // a line of nobody
        {"2199",                  "2199",                       true},
        {"ada",                   "2199",                       false},
        {"2199",                  "ada",                        false},
        // a list is nobody's
        {"team",                  "team",                       false},
        {"ada",                   "team",                       false},
        // watchers come in lower case
        {"dirk@pbx.example",      "Dirk",                       true},
        {"dirk",                  "Dirk",                       true},
        {"dirk",                  "line:Dirk@PBX.example",      true},
        {"dirk",                  "ada",                        false},
        {"eve",                   "eve",                        true},
        {"eve",                   "Eve",                        false}, // two of that name: the exact one
        {"fay",                   "Fay",                        false}, // or nobody
        {"fay",                   "FAY",                        false},
        {"gus",                   "Gus",                        true},  // the person before another's line
        {"gus",                   "bob",                        false},
    };
    for (const Row& row : rows) {
        INFO(row.watcher, " ", row.resource);
        CHECK(office.owns(row.watcher, row.resource) == row.owns);
    }
}

TEST_CASE("who may watch") {
    const Office open;
    const Office closed({"ADA@pbx.example", "dirk@pbx.example"});
    const Office polite({"ada@pbx.example"}, PrivateAnswer::polite, false);
    struct Row {
        std::string_view watcher, resource, package;
        std::string_view open, closed, polite;
    };
    const Row rows[] = {
        {"bob",        "ada",                   "dialog",          "allowed", "refused", "polite"},
        {"bob",        "ada",                   "presence",        "allowed", "refused", "polite"},
        {"bob",        "ada",                   "message-summary", "allowed", "refused", "polite"},
        {"bob",        "2101",                  "dialog",          "allowed", "refused", "polite"},
        {"bob",        "line:ada@pbx.example",  "dialog",          "allowed", "refused", "polite"},
        {"stranger",   "ada",                   "dialog",          "allowed", "refused", "polite"},
        {"ada",        "ada",                   "dialog",          "allowed", "allowed", "nameless"},
        {"2101",       "ada",                   "dialog",          "allowed", "allowed", "nameless"},
        {"stranger",   "2104",                  "dialog",          "allowed", "refused", "nameless"},
        {"dirk",       "2104",                  "dialog",          "allowed", "allowed", "nameless"},
        // what she shares is hidden from those who do not
        {"cem",        "2100",                  "dialog",          "allowed", "refused", "polite"},
        {"bob",        "2100",                  "dialog",          "allowed", "allowed", "nameless"},
        {"2100",       "2100",                  "dialog",          "allowed", "allowed", "nameless"},
        {"2100",       "ada",                   "dialog",          "allowed", "refused", "polite"},
        {"cem",        "bob",                   "dialog",          "allowed", "allowed", "nameless"},
        {"cem",        "team",                  "dialog",          "allowed", "allowed", "nameless"},
        // who watches whom is one's own matter, private or not
        {"bob",        "ada",                   "dialog.winfo",    "refused", "refused", "refused"},
        {"bob",        "cem@other.example",     "presence.winfo",  "refused", "refused", "refused"},
        {"ada",        "ada",                   "presence.winfo",  "allowed", "allowed", "allowed"},
        {"2101",       "ada",                   "dialog.winfo",    "allowed", "allowed", "allowed"},
        {"2100",       "bob",                   "dialog.winfo",    "refused", "refused", "refused"},
    };
    for (const Row& row : rows) {
        INFO(row.watcher, " ", row.resource, " ", row.package);
        CHECK(open.watch(row.watcher, row.resource, row.package) == row.open);
        CHECK(closed.watch(row.watcher, row.resource, row.package) == row.closed);
        CHECK(polite.watch(row.watcher, row.resource, row.package) == row.polite);
        for (const Office* office : {&open, &closed, &polite})
            CHECK(office->watch(row.watcher, row.resource, row.package, true) == "allowed");
    }
}
// clang-format on

TEST_CASE("who may publish: everybody for themselves, trusted peers for all") {
    const Office office({"ada@pbx.example"});
    const auto may = [&](std::string id, bool trusted, std::string_view name) {
        return office.policy.may_publish({std::move(id), trusted}, office.index(name));
    };
    CHECK(may("ada", false, "ada"));
    CHECK(may("2101", false, "ada"));
    CHECK(may("bob", false, "2100"));
    CHECK_FALSE(may("bob", false, "ada"));
    CHECK_FALSE(may("2100", false, "bob"));
    CHECK_FALSE(may("", false, "ada"));
    CHECK(may("anonymous@anonymous.invalid", true, "ada"));
}

TEST_CASE("private: a slip of the pen is told, and never before anybody is known") {
    const Office office({"adda@pbx.example", "ada", "Bob@pbx.example", "2102"});
    CHECK(office.problems == std::vector<std::string>{"private: \"adda@pbx.example\" is nobody's id",
                                                      "private: \"ada\" is nobody's id",
                                                      "private: \"2102\" is nobody's id"});
    CHECK(office.watch("cem", "bob") == "refused");
    CHECK(office.watch("cem", "ada") == "allowed");
    const std::vector<std::string> ids{"ada@pbx.example"};
    std::vector<std::string> problems;
    const auto early = Policy::build({ids}, People(), std::make_shared<const Names>(), "pbx.example", &problems);
    CHECK(problems.empty());
    CHECK_FALSE(early.owns({"ada", false}, 0));
}

TEST_CASE("a policy that was never built shows nobody's watchers and lets nobody publish") {
    const Policy policy;
    CHECK_FALSE(policy.owns({"ada", false}, 0));
    CHECK_FALSE(policy.may_publish({"ada", false}, 0));
    CHECK(policy.may_watch({"ada", false}, 0, *event_package("dialog.winfo")) == Permission::refused);
}
