// The keys of [[script]].
#include <doctest/doctest.h>
#include <fmt/format.h>

#include "scripts/options.hpp"

using namespace lamp;
using namespace lamp::scripts;

namespace {

/// The problems of one [[script]] called "a" with these lines.
std::string problems_of(std::string_view lines) {
    config::Schema schema;
    schema.add(script_section());
    schema.check({"script"}, check_scripts);
    auto text = fmt::format("[[script]]\nname = \"a\"\n{}\n", lines);
    auto answer = config::read_text(schema, text, "lamps.toml", config::Sources::machine());
    return config::to_string(answer.problems);
}

} // namespace

TEST_CASE("what is right") {
    CHECK(problems_of("url = 'https://x.nl/?a=#(Caller number)'").empty());
    CHECK(problems_of("body = '{\"a\":\"#(Caller name)\"}'\nnumber_format = '(###) ###-####'").empty());
    CHECK(problems_of("url = 'https://x.nl/?a=$(Id)'\nintegration = 'crm'\nwhen = 'several'\ndirection = 'in'\n"
                      "ddi = '+31201230000, 2000'\nevents = ['missed']\ntime_format = '%F'")
              .empty());
}

TEST_CASE("what is wrong is told at its key") {
    struct Row {
        const char* lines;
        const char* told;
    };
    const Row rows[] = {
        {"", "url or body is required"},
        {"url = 'https://x.nl'\nbody = 'x'", "exclude each other"},
        {"url = 'https://x.nl/?a=$(Id)'", "only a script of an integration has fields"},
        {"url = 'javascript:alert(1)'", "is not allowed"},
        {"url = 'https://#(Caller name)/'", "in its host"},
        {"url = 'https://x.nl/?a=#(Caller nme)'", "no property of a call"},
        {"url = 'https://x.nl/?a=#(Caller name'", "not closed"},
        {"url = 'https://x.nl'\nnumber_format = 'roman'", "number_format"},
        {"url = 'https://x.nl'\nscheme = 'javascript'", "cannot be allowed"},
        {"url = 'https://x.nl'\nevents = ['rining']", "events"},
        {"url = 'https://x.nl'\nddi = 'sales'", "is no number"},
        {"url = 'https://x.nl'\ntime_format = '%Q'", "time_format"},
        {"url = 'https://x.nl'\n[[script]]\nname = 'A'\nurl = 'https://x.nl'", "is there twice"},
    };
    for (const Row& row : rows) {
        CAPTURE(row.lines);
        auto problems = problems_of(row.lines);
        CHECK_MESSAGE(problems.find(row.told) != std::string::npos, problems);
    }
}
