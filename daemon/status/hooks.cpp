// Where vendors and others deliver: answered at once, looked into elsewhere. Serve loop.
#include <fmt/format.h>

#include "status/api.hpp"
#include "status/meetings_told.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::string_view prefix = "/hooks/";
constexpr std::string_view again_soon = "Retry-After: 5\r\n";

Answer busy(std::string_view detail) {
    auto answer = problem(503, detail);
    answer.fields += again_soon;
    return answer;
}

} // namespace

/// Hands the delivery to whoever owns the hook; 404 when nobody does.
void Api::vendor_hook(Call& call, const Asked& asked) {
    const Request& request = call.request;
    fanout::HookCall hook{.path = asked.path.substr(prefix.size()),
                          .query = request.query,
                          .body = request.body,
                          .header = [&request](std::string_view name) { return request.field(name); }};
    auto answer = ports_.hook ? ports_.hook(hook) : std::nullopt;
    if (!answer) return call.answer(problem(404, "This hook is not configured."));
    if (answer->status == 503) return call.answer(busy(answer->body));
    if (answer->status >= 400) return call.answer(problem(answer->status, answer->body));
    call.body() = answer->body;
    call.answer(answer->status, answer->type == fanout::HookAnswer::Type::json ? Content::json : Content::text);
}

// While our POST /subscriptions waits, Graph asks here whether the address is ours (cloud-apis.md A7): the decoded
// token goes back as plain text. At any other time nobody may make us repeat words.
void Api::graph_hook(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"validationToken", "s"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto token = query->find("validationToken");
    if (!token) return vendor_hook(call, asked);
    if (!ports_.hook_test || !ports_.hook_test(asked.path.substr(prefix.size())))
        return call.answer(problem(404, "No subscription is being made."));
    call.body() = *token;
    call.answer(200, Content::text);
}

/// All of them or, with one mistake, none.
void Api::meeting_hook(Call& call, const Asked& asked) {
    auto told = read_meetings(call.request.body, wall_now());
    if (!told) return call.answer(problem(400, told.error().text));
    std::vector<meetings::News> news;
    news.reserve(told->size());
    for (MeetingTold& one : *told) {
        auto slot = find_person(one.person, asked);
        if (!slot) return call.answer(problem(404, fmt::format("There is no person with the id {}.", one.person)));
        one.news.slot = *slot;
        news.push_back(one.news);
    }
    if (!ports_.meeting) return call.answer(problem(501, "Nobody here wants to know of meetings."));
    if (!ports_.meeting(std::move(news))) return call.answer(busy("Too much waits already."));
    call.answer(202, Content::text);
}

} // namespace lamp::status
