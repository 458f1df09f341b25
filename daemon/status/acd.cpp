// /v1/acd: agents, and the queues that they make up.
#include <algorithm>
#include <map>

#include "status/acd_json.hpp"
#include "status/asking.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

using presence::AgentState;

/// One queue with its agents, as indices.
struct Queue {
    struct Member {
        std::size_t agent;
        bool joined;
    };
    std::string id;
    std::string name;
    std::vector<Member> members;
};

std::string_view word_or_none(AgentState state) {
    return state == AgentState::none ? std::string_view() : presence::name(state);
}

std::vector<Queue> queues_of(const std::vector<AgentView>& agents) {
    std::map<std::string_view, Queue> by_id;
    for (std::size_t i = 0; i < agents.size(); ++i)
        for (const auto& one : agents[i].queues) {
            Queue& queue = by_id[one.id];
            queue.id = one.id;
            if (queue.name.empty()) queue.name = one.name;
            queue.members.push_back({i, one.joined});
        }
    std::vector<Queue> queues;
    for (auto& [id, queue] : by_id)
        queues.push_back(std::move(queue));
    return queues;
}

void write_member(JsonWriter& json, const AgentView& agent, std::string_view id, bool joined) {
    json.object([&] {
        json.member("person", id);
        json.member("line", agent.line);
        json.member("state", presence::name(agent.state));
        json.member("joined", joined);
        json.member_or_null("code", agent.code);
        json.member("since", agent.since);
        json.member("conflict", agent.conflict);
    });
}

} // namespace

void write_agent(JsonWriter& json, const AgentView& agent, std::string_view id) {
    json.object([&] {
        json.member("person", id);
        json.member("line", agent.line);
        json.member_or_null("state", word_or_none(agent.state));
        json.member_or_null("code", agent.code);
        json.member("since", agent.since);
        json.key("queues");
        json.array([&] {
            for (const auto& queue : agent.queues)
                json.object([&] {
                    json.member("id", queue.id);
                    json.member_or_null("name", queue.name);
                    json.member("joined", queue.joined);
                });
        });
        json.member("conflict", agent.conflict);
        json.member("followed", agent.followed);
    });
}

std::string to_json(const AgentView& agent, std::string_view id) {
    std::string text;
    JsonWriter json(text);
    write_agent(json, agent, id);
    return text;
}

void Api::acd_agents(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_agents(*page, false, asked.reach));
}

void Api::acd_queues(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_agents(*page, true, asked.reach));
}

Task<Answer> Api::make_agents(Page page, bool by_queue, ReachPtr reach) {
    auto agents = co_await ask<std::vector<AgentView>>(ports_.agents, patience());
    if (!agents) co_return no_answer();
    std::erase_if(*agents, [this](const AgentView& one) { return id_of(one.person).empty(); });
    if (reach) std::erase_if(*agents, [&](const AgentView& one) { return !reach->sees(one.person, one.line); });
    std::ranges::sort(*agents, {}, [this](const AgentView& one) { return std::tuple(id_of(one.person), one.line); });
    if (!by_queue)
        co_return listed(*agents, page,
                         [this](JsonWriter& json, const AgentView& one) { write_agent(json, one, id_of(one.person)); });
    co_return listed(queues_of(*agents), page, [&](JsonWriter& json, const Queue& queue) {
        auto count = [&](auto which) { return std::uint64_t(std::ranges::count_if(queue.members, which)); };
        json.object([&] {
            json.member("id", queue.id);
            json.member_or_null("name", queue.name);
            json.member("joined", count([](const auto& one) { return one.joined; }));
            json.member("available", count([&](const auto& one) {
                            return one.joined && (*agents)[one.agent].state == AgentState::available;
                        }));
            json.key("waiting");
            json.value(nullptr); // nobody tells us of it: see daemon/acd/README.md
            json.key("agents");
            json.array([&] {
                for (const auto& one : queue.members)
                    write_member(json, (*agents)[one.agent], id_of((*agents)[one.agent].person), one.joined);
            });
        });
    });
}

} // namespace lamp::status
