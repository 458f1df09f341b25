// acd: the agents of call centres, queue by queue.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

/// A row for each agent of each queue; an agent of no queue stands there once.
json::array rows_of(const json::array& agents, const std::string& only) {
    json::array rows;
    for (const auto& agent : agents) {
        const auto& queues = list_of(agent, "queues");
        auto row = [&](const json::value& queue) {
            json::object one = agent.get_object();
            one["queue"] = queue;
            one.erase("queues");
            rows.emplace_back(std::move(one));
        };
        if (queues.empty() && only.empty() && agent.is_object()) row(nullptr);
        for (const auto& queue : queues)
            if (only.empty() || cell(queue, "id") == only) row(queue);
    }
    return rows;
}

} // namespace

int acd(const Call& call) {
    auto agents = call.daemon.list("/v1/acd/agents");
    if (!agents) return complain(agents.error());
    return show_rows(call, rows_of(*agents, call.arguments.value("queue").value_or("")),
                     {{"QUEUE", "queue.id"},
                      {"JOINED", "queue.joined"},
                      {"PERSON", "person"},
                      {"LINE", "line"},
                      {"STATE", "state"},
                      {"CODE", "code"},
                      {"SINCE", "since"},
                      {"CONFLICT", "conflict"}},
                     "no agent is known");
}

} // namespace lamp::cli
