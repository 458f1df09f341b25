#include "sip/policy.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

bool has_capitals(std::string_view text) {
    return std::ranges::any_of(text, [](char c) { return c >= 'A' && c <= 'Z'; });
}

} // namespace

Policy Policy::build(const Wishes& wishes, const presence::People& people, std::shared_ptr<const Names> names,
                     std::string_view domain, std::vector<std::string>* problems) {
    Policy policy;
    policy.names_ = std::move(names);
    policy.behind_ = fmt::format("@{}", text::lower(domain));
    policy.to_strangers_ = wishes.private_answer == PrivateAnswer::polite ? Permission::polite : Permission::refused;
    policy.to_all_ = wishes.show_remote ? Permission::allowed : Permission::nameless;
    policy.index_capitals();
    policy.hide(wishes, people, problems);
    return policy;
}

/// Few are written so: everybody else is found by the names themselves. A person stands before a line, as there.
void Policy::index_capitals() {
    for (const Kind kind : {Kind::person, Kind::line})
        for (ResourceIndex index = 0; index < names_->size(); ++index) {
            if (!names_->listed(index) || names_->kind(index) != kind) continue;
            const auto key = names_->key(index);
            add_capitals(key, index);
            add_capitals(key.substr(0, key.find('@')), index);
        }
}

void Policy::add_capitals(std::string_view name, ResourceIndex index) {
    if (!has_capitals(name)) return;
    const auto [place, first] = capitals_.try_emplace(text::lower(name), Named{index, names_->kind(index)});
    Named& known = place->second;
    if (!first && known.kind == names_->kind(index) && known.index != index) known.index.reset();
}

void Policy::hide(const Wishes& wishes, const presence::People& people, std::vector<std::string>* problems) {
    std::unordered_map<std::string, bool> wanted; // and whether somebody has it
    for (const auto& id : wishes.private_people)
        wanted.try_emplace(text::lower(id), false);
    if (wanted.empty()) return;
    for (const presence::Slot slot : people.order()) {
        const auto found = wanted.find(text::lower(people.person(slot).id));
        if (found == wanted.end()) continue;
        found->second = true;
        const auto person = names_->of_slot(slot);
        if (!person) continue;
        private_.insert(*person);
        for (const ResourceIndex line : names_->lines(*person))
            private_.insert(line);
    }
    if (!problems || people.size() == 0) return; // nobody is known yet
    for (const auto& id : wishes.private_people)
        if (!wanted.at(text::lower(id))) problems->push_back(fmt::format("private: \"{}\" is nobody's id", id));
}

std::optional<ResourceIndex> Policy::named(std::string_view name) const {
    if (const auto found = names_->find(name)) return found;
    const auto found = capitals_.find(std::string(name));
    return found == capitals_.end() ? std::nullopt : found->second.index;
}

std::optional<ResourceIndex> Policy::own(std::string_view watcher) const {
    if (const auto found = named(watcher)) return found;
    if (!watcher.ends_with(behind_)) return std::nullopt;
    return named(watcher.substr(0, watcher.size() - behind_.size()));
}

bool Policy::owns(const Watcher& watcher, ResourceIndex resource) const {
    const auto who = own(watcher.id);
    if (!who || names_->kind(*who) == Kind::list) return false;
    if (*who == resource) return true;
    ResourceIndex person = *who;
    if (names_->kind(*who) == Kind::line) {
        const auto persons = names_->persons(*who);
        if (persons.size() != 1) return false;
        person = persons[0];
    }
    if (person == resource) return true;
    if (names_->kind(resource) != Kind::line) return false;
    const auto sharers = names_->persons(resource);
    return std::ranges::find(sharers, person) != sharers.end();
}

Permission Policy::may_watch(const Watcher& watcher, ResourceIndex resource, const EventPackage& package) const {
    if (watcher.trusted) return Permission::allowed;
    if (package.own_only) return owns(watcher, resource) ? Permission::allowed : Permission::refused;
    if (private_.contains(resource) && !owns(watcher, resource)) return to_strangers_;
    return to_all_;
}

} // namespace lamp::sip
