// /v1/audit: what was done to forwardings, and what else somebody has changed, the newest first.
#include <algorithm>
#include <iterator>

#include "status/asking.hpp"
#include "status/forwarding_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

constexpr std::size_t audit_rows = 100'000;       // that can be paged through
constexpr std::size_t audit_rows_limited = 5'000; // that are looked through for somebody who sees only some lines

} // namespace

void Api::audit(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"line", "limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto page = page_in(call, *query);
    if (!page) return;
    if (page->from > audit_rows) return call.answer(problem(400, "The cursor is not one of ours."));
    defer(call, make_audit(*page, std::string(query->find("line").value_or("")), asked.reach));
}

/// Changes of no line are not for those who see only some lines.
Task<Answer> Api::make_audit(Page page, std::string line, ReachPtr reach) {
    using Rows = std::vector<AuditView>;
    auto most = reach ? audit_rows_limited : page.from + page.limit + 1;
    std::function<void(Reply<Rows>)> forwardings;
    if (ports_.forwarding_audit)
        forwardings = [this, line, most](Reply<Rows> reply) { ports_.forwarding_audit(line, most, std::move(reply)); };
    std::function<void(Reply<Rows>)> changes;
    if (ports_.changes_audit && line.empty() && !reach)
        changes = [this, most](Reply<Rows> reply) { ports_.changes_audit(most, std::move(reply)); };
    auto until = patience();
    auto rows = co_await ask<Rows>(std::move(forwardings), until);
    auto others = co_await ask<Rows>(std::move(changes), until);
    if (!rows || !others) co_return no_answer();
    if (reach) std::erase_if(*rows, [&](const AuditView& one) { return !reach->sees_line(one.line); });
    Rows all;
    std::ranges::merge(*rows, *others, std::back_inserter(all), std::ranges::greater(), &AuditView::at, &AuditView::at);
    co_return listed(all, page, write_audit);
}

} // namespace lamp::status
