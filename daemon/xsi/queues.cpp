#include "xsi/queues.hpp"

namespace lamp::xsi {

std::optional<Queues::Index> Queues::add(std::string_view id) {
    if (queues_.size() >= queues_max || by_id_.contains(id)) return std::nullopt;
    auto index = static_cast<Index>(queues_.size());
    queues_.push_back({.id = std::string(id)});
    by_id_.emplace(id, index);
    return index;
}

void Queues::apply(Index index, const Document& document) {
    Queue& queue = queues_[index];
    auto before = news(index);
    bool whole = document.data == EventData::queue_snapshot;
    if (whole) queue.waiting.clear(), queue.known = true;
    for (const QueueEntry& entry : document.queue_entries) {
        if (entry.call_id.empty()) continue;
        bool left = document.data == EventData::queue_left || entry.removed || (!whole && document.redirected);
        auto found = queue.waiting.find(entry.call_id);
        if (!left && found == queue.waiting.end()) queue.waiting.emplace(entry.call_id, entry.added);
        if (left && found != queue.waiting.end()) queue.waiting.erase(found);
    }
    if (queue.waiting.size() > waiting_max) queue.waiting.clear(), queue.known = false;
    tell(index, before);
}

void Queues::doubt(Index index) {
    auto before = news(index);
    queues_[index].known = false;
    queues_[index].waiting.clear();
    tell(index, before);
}

void Queues::doubt_all() {
    for (Index index = 0; index < queues_.size(); ++index)
        doubt(index);
}

calls::QueueNews Queues::news(Index index) const {
    const Queue& queue = queues_[index];
    calls::QueueNews news{.id = queue.id};
    if (!queue.known) return news;
    news.waiting = queue.waiting.size();
    for (const auto& [call, added] : queue.waiting)
        if (added && (!news.oldest || *added < *news.oldest)) news.oldest = added;
    return news;
}

void Queues::tell(Index index, const calls::QueueNews& before) const {
    if (auto now = news(index); listener && now != before) listener(now);
}

} // namespace lamp::xsi
