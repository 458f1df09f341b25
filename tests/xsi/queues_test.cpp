// Calls that wait in call centres: the whole state, what changes it, and what is not told because it is not sure.
#include "xsi/queues.hpp"

#include <doctest/doctest.h>

using namespace lamp;
using namespace lamp::xsi;

namespace {

Wall at(long s) {
    return Wall(std::chrono::seconds(s));
}

struct Office {
    Office() {
        queues.listener = [this](const calls::QueueNews& news) { told.push_back(news); };
        support = queues.add("support@example.net").value();
    }
    void say(EventData data, std::vector<QueueEntry> entries, bool redirected = false) {
        Document document;
        document.data = data;
        document.queue_entries = entries;
        document.redirected = redirected;
        queues.apply(support, document);
    }
    [[nodiscard]] std::optional<std::size_t> waiting() const { return queues.news(support).waiting; }

    Queues queues;
    Queues::Index support = 0;
    std::vector<calls::QueueNews> told;
};

} // namespace

TEST_CASE("nothing is told before the whole state, and everything after it") {
    Office office;
    office.say(EventData::queue_entered, {{"early", at(5), false}});
    CHECK(office.waiting() == std::nullopt);
    CHECK(office.told.empty());
    office.say(EventData::queue_snapshot, {{"a", at(10), false}, {"b", at(20), false}});
    CHECK(office.waiting() == 2);
    CHECK(office.queues.news(office.support).oldest == at(10));
    office.say(EventData::queue_entered, {{"c", at(30), false}});
    office.say(EventData::queue_entered, {{"c", at(30), false}}); // offered to an agent
    CHECK(office.waiting() == 3);
    office.say(EventData::queue_left, {{"a", at(10), true}});
    CHECK(office.waiting() == 2);
    CHECK(office.queues.news(office.support).oldest == at(20));
    office.say(EventData::queue_left, {{"unheard of", at(10), true}});
    CHECK(office.waiting() == 2);
    office.say(EventData::queue_snapshot, {});
    CHECK(office.waiting() == 0);
    CHECK(office.queues.news(office.support).oldest == std::nullopt);
    CHECK(office.told.size() == 4); // what changes nothing is not told
}

TEST_CASE("a call that is said to have left, or to be sent elsewhere, has left") {
    Office office;
    office.say(EventData::queue_snapshot, {{"a", at(1), false}, {"b", at(2), false}, {"c", std::nullopt, false}});
    office.say(EventData::queue_entered, {{"a", at(1), true}});
    CHECK(office.waiting() == 2);
    office.say(EventData::queue_entered, {{"b", at(2), false}}, true);
    CHECK(office.waiting() == 1);
    CHECK(office.queues.news(office.support).oldest == std::nullopt); // nobody said since when
    office.say(EventData::queue_entered, {{"", at(2), false}});
    CHECK(office.waiting() == 1);
}

TEST_CASE("what is in doubt is not told until it is whole again") {
    Office office;
    office.say(EventData::queue_snapshot, {{"a", at(1), false}});
    office.queues.doubt_all();
    CHECK(office.waiting() == std::nullopt);
    CHECK_FALSE(office.queues.known(office.support));
    CHECK(office.told.back() == calls::QueueNews{"support@example.net"});
    office.say(EventData::queue_left, {{"a", at(1), true}});
    CHECK(office.waiting() == std::nullopt);
    office.say(EventData::queue_snapshot, {{"b", at(2), false}});
    CHECK(office.waiting() == 1);
}

TEST_CASE("limits: a queue that never ends, and more queues than anybody has") {
    Office office;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i <= Queues::waiting_max; ++i)
        ids.push_back(std::to_string(i));
    std::vector<QueueEntry> entries;
    for (const auto& id : ids)
        entries.push_back({id, at(1), false});
    office.say(EventData::queue_snapshot, entries);
    CHECK(office.waiting() == std::nullopt);
    CHECK(office.queues.add("support@example.net") == std::nullopt);
    for (std::size_t i = 1; i < Queues::queues_max; ++i)
        CHECK(office.queues.add(std::to_string(i)).has_value());
    CHECK(office.queues.add("one more") == std::nullopt);
}
