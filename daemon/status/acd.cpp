// /v1/acd: agents, the queues that they make up, and hunt groups.
#include <algorithm>
#include <map>
#include <span>

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

/// Nothing: the platform does not tell.
void write_waiting(JsonWriter& json, const QueueView* told) {
    json.member("waiting", told ? told->waiting : std::nullopt);
    json.key("longest_wait_s");
    if (told && told->oldest)
        json.value(std::max(0.0, std::chrono::duration<double>(wall_now() - *told->oldest).count()));
    else
        json.value(nullptr);
}

void write_groups(JsonWriter& json, const std::vector<HuntGroupView>& groups) {
    json.key("hunt_groups");
    json.array([&] {
        for (const auto& group : groups)
            json.object([&] {
                json.member("id", group.id);
                json.member("member", true);
                json.member("busy", group.busy);
            });
    });
}

/// Members of one group that stand one behind the other.
using HuntGroup = std::span<const HuntMemberView>;

std::vector<HuntGroup> groups_of(const std::vector<HuntMemberView>& members) {
    std::vector<HuntGroup> groups;
    for (auto rest = HuntGroup(members); !rest.empty();) {
        auto end = std::ranges::find_if(rest, [&](const auto& one) { return one.group.id != rest.front().group.id; });
        auto count = static_cast<std::size_t>(end - rest.begin());
        groups.push_back(rest.first(count));
        rest = rest.subspan(count);
    }
    return groups;
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
        write_groups(json, agent.hunt_groups);
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
    auto until = patience();
    auto agents = co_await ask<std::vector<AgentView>>(ports_.agents, until);
    if (!agents) co_return no_answer();
    std::erase_if(*agents, [this](const AgentView& one) { return id_of(one.person).empty(); });
    if (reach) std::erase_if(*agents, [&](const AgentView& one) { return !reach->sees(one.person, one.line); });
    std::ranges::sort(*agents, {}, [this](const AgentView& one) { return std::tuple(id_of(one.person), one.line); });
    if (!by_queue)
        co_return listed(*agents, page,
                         [this](JsonWriter& json, const AgentView& one) { write_agent(json, one, id_of(one.person)); });
    auto told = co_await ask<std::vector<QueueView>>(ports_.queues, until);
    if (!told) co_return no_answer();
    co_return listed(queues_of(*agents), page, [&](JsonWriter& json, const Queue& queue) {
        auto count = [&](auto which) { return std::uint64_t(std::ranges::count_if(queue.members, which)); };
        json.object([&] {
            json.member("id", queue.id);
            json.member_or_null("name", queue.name);
            json.member("joined", count([](const auto& one) { return one.joined; }));
            json.member("available", count([&](const auto& one) {
                            return one.joined && (*agents)[one.agent].state == AgentState::available;
                        }));
            auto waiting = std::ranges::find(*told, queue.id, &QueueView::id);
            write_waiting(json, waiting == told->end() ? nullptr : &*waiting);
            json.key("agents");
            json.array([&] {
                for (const auto& one : queue.members)
                    write_member(json, (*agents)[one.agent], id_of((*agents)[one.agent].person), one.joined);
            });
        });
    });
}

void Api::acd_hunt_groups(Call& call, const Asked& asked) {
    auto page = page_of(call);
    if (page) defer(call, make_hunt_groups(*page, asked.reach));
}

Task<Answer> Api::make_hunt_groups(Page page, ReachPtr reach) {
    auto members = co_await ask<std::vector<HuntMemberView>>(ports_.hunt_groups, patience());
    if (!members) co_return no_answer();
    std::erase_if(*members, [this](const HuntMemberView& one) { return id_of(one.person).empty(); });
    if (reach) std::erase_if(*members, [&](const HuntMemberView& one) { return !reach->sees(one.person, one.line); });
    std::ranges::sort(*members, {}, [this](const HuntMemberView& one) {
        return std::tuple(std::string_view(one.group.id), id_of(one.person), std::string_view(one.line));
    });
    co_return listed(groups_of(*members), page, [this](JsonWriter& json, const HuntGroup& group) {
        json.object([&] {
            json.member("id", group.front().group.id);
            json.member_or_null("name", group.front().name);
            json.key("members");
            json.array([&] {
                for (const auto& one : group)
                    json.object([&] {
                        json.member("person", id_of(one.person));
                        json.member("line", one.line);
                        json.member("busy", one.group.busy);
                    });
            });
        });
    });
}

} // namespace lamp::status
