// Agents of call centres in the daemon: what lines' news and Xsi-Actions tell of them, events of type `acd`, and the
// machine that lets them follow their persons' meetings. Egress loop, but for construction, `prepare` and `filter`.
#pragma once
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "acd/follow.hpp"
#include "app/line_book.hpp"
#include "calls/agent_desk.hpp"
#include "calls/line_news.hpp"
#include "calls/queue_news.hpp"
#include "config/reader.hpp"
#include "fanout/adapter.hpp"
#include "fanout/fanout.hpp"
#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/acd_view.hpp"
#include "status/ports.hpp"
#include "store/store.hpp"

namespace lamp {

class AcdDesk {
public:
    /// An event: the person, and the agent in JSON. Called on the egress loop.
    using Publish = std::function<void(presence::Slot, std::string json)>;

    /// All outlive this object.
    AcdDesk(Loop& egress, presence::Table& table, fanout::Fanout& fanout);

    /// What an earlier run left on disk is read once the loop runs. Before the loops start.
    void prepare(const config::Configuration& configuration, store::Store& store, calls::AgentDesk desk,
                 Publish publish);
    void reload(const config::Configuration& configuration);
    void use_people(std::shared_ptr<const presence::People> people, std::vector<LineBook::Line> lines);

    /// On the one loop that hears of lines: only what concerns agents is worth a way to egress.
    [[nodiscard]] std::vector<calls::LineNews> filter(const std::vector<calls::LineNews>& news);
    void heard(const std::vector<calls::LineNews>& news);
    void heard(const calls::QueueNews& news);

    [[nodiscard]] std::vector<status::AgentView> agents() const;
    [[nodiscard]] std::vector<status::QueueView> queues() const;
    [[nodiscard]] std::vector<status::HuntMemberView> hunt_groups() const;
    /// Nothing while nobody follows anybody.
    [[nodiscard]] std::optional<status::AdapterView> adapter() const;

private:
    struct Agent {
        presence::AgentState state = presence::AgentState::none;
        std::string code{};
        std::optional<Wall> since{};
        std::vector<calls::AgentQueue> queues{};
        bool dnd = false;     // of the line
        bool talking = false; // in a call, or dialling
        bool waits = false;   // to be asked for, or asked for now
        bool again = false;   // it has changed since
    };

    void hear(const calls::LineNews& news);
    /// Whether they are others now.
    bool hear_groups(const calls::LineNews& news);
    void look(const std::string& line);
    void ask();
    void take(const std::string& line, const Result<calls::AgentCard>& card);
    void presence_changed();
    [[nodiscard]] std::optional<acd::Wish> wish(const std::string& line) const;
    void tell(const std::string& line);
    [[nodiscard]] status::AgentView view(const std::string& line, const Agent& agent, presence::Slot person) const;
    void turn();
    void perform(acd::Follow::Action action);
    void schedule();

    Loop& loop_;
    presence::Table& table_;
    fanout::Sink* sink_;
    store::Store* store_ = nullptr;
    calls::AgentDesk desk_;
    Publish publish_;
    acd::Follow follow_;
    std::shared_ptr<const presence::People> people_ = std::make_shared<const presence::People>();
    LineBook lines_;
    std::map<std::string, Agent> agents_;
    std::map<std::string, std::string> queue_names_;                        // by id
    std::map<std::string, calls::QueueNews> queues_;                        // followed, by id
    std::map<std::string, std::vector<status::HuntGroupView>> hunt_groups_; // by line: through which its calls came
    std::map<std::string, std::string> told_;                               // by line: the last events
    std::deque<std::string> to_ask_;
    std::size_t asking_ = 0;
    Steady look_again_{};
    Steady started_ = steady_now();
    asio::steady_timer timer_;
    bool turning_ = false;
    std::unordered_set<std::string> seen_; // of `filter`
};

} // namespace lamp
