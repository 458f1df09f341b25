#include "outbox/pending.hpp"

namespace lamp::outbox {

void Pending::mark(const std::string& webhook, const std::string& person) {
    auto& line = lines_[webhook];
    if (line.marked.insert(person).second) line.order.push_back(person);
}

std::optional<std::string> Pending::next(std::string_view webhook) {
    auto found = lines_.find(webhook);
    if (found == lines_.end()) return std::nullopt;
    auto& line = found->second;
    auto person = std::move(line.order.front());
    line.order.pop_front();
    line.marked.erase(person);
    if (line.order.empty()) lines_.erase(found);
    return person;
}

void Pending::forget(std::string_view webhook) {
    if (auto found = lines_.find(webhook); found != lines_.end()) lines_.erase(found);
}

std::vector<std::string> Pending::webhooks() const {
    std::vector<std::string> out;
    for (const auto& [webhook, line] : lines_)
        out.push_back(webhook);
    return out;
}

} // namespace lamp::outbox
