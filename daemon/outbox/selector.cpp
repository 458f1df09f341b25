#include "outbox/selector.hpp"

#include <algorithm>
#include <array>

#include "calls/call_record.hpp"

namespace lamp::outbox {
namespace {

constexpr std::array<std::string_view, 4> types{"call", "missed", "presence", "forwarding"};

/// "Sales" holds "Sales" and "Sales/North", not "Salesforce".
bool holds(std::string_view folder, std::string_view of_person) {
    return of_person.starts_with(folder) && (of_person.size() == folder.size() || of_person[folder.size()] == '/');
}

bool of_folder(std::string_view folder, std::string_view person, const presence::People* people) {
    if (people == nullptr) return false;
    auto slot = people->find(person);
    return slot && holds(folder, people->person(*slot).folder);
}

} // namespace

bool is_selector(std::string_view word) {
    if (std::ranges::find(types, word) != types.end()) return true;
    for (auto what = calls::Happening::ringing; what <= calls::Happening::missed;
         what = static_cast<calls::Happening>(static_cast<int>(what) + 1))
        if (name(what) == word) return true;
    return false;
}

bool wants(const WebhookOptions& webhook, std::string_view event, std::string_view type, std::string_view person,
           const presence::People* people) {
    auto named = [&](const std::string& word) { return word == event || word == type; };
    if (std::ranges::none_of(webhook.events, named)) return false;
    if (!webhook.persons.empty() && std::ranges::find(webhook.persons, person) == webhook.persons.end()) return false;
    return webhook.folder.empty() || of_folder(webhook.folder, person, people);
}

} // namespace lamp::outbox
