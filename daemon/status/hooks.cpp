// Where vendors deliver: answered at once, looked into elsewhere. Serve loop.
#include "status/api.hpp"
#include "status/target.hpp"

namespace lamp::status {

// While our POST /subscriptions waits, Graph asks here whether the address is ours (cloud-apis.md A7): the decoded
// token goes back as plain text. At any other time nobody may make us repeat words.
void Api::graph_hook(Call& call, const Asked&) {
    constexpr std::string_view hook = "graph";
    auto query = Query::parse(call.request.query, {"validationToken", "s"});
    if (!query) return call.answer(problem(400, query.error().text));
    if (auto token = query->find("validationToken")) {
        if (!ports_.hook_test || !ports_.hook_test(hook))
            return call.answer(problem(404, "No subscription is being made."));
        call.body() = *token;
        return call.answer(200, Content::text);
    }
    auto taken = ports_.hook ? ports_.hook(hook, std::string(call.request.body)) : HookAnswer::nobody;
    if (taken == HookAnswer::nobody) return call.answer(problem(404, "Notifications of Graph are not configured."));
    if (taken == HookAnswer::full) return call.answer(problem(503, "Too many deliveries wait."));
    call.answer(202, Content::text);
}

} // namespace lamp::status
