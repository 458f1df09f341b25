#include "app/directory_roll.hpp"

namespace lamp {
namespace {

void add_line(contacts::Contact& contact, const std::string& line, const std::string& number,
              const std::string& extension, const numbers::DialPlan& plan) {
    contact.lines.push_back(line);
    if (contact.extension.empty()) contact.extension = extension;
    if (number.empty() || !contact.numbers.empty()) return;
    auto normal = plan.normal(line, number);
    contact.numbers.push_back({"work", normal ? *normal : number});
}

contacts::Contact of_directory(const roster::DirectoryUser& user, const numbers::DialPlan& plan) {
    contacts::Contact contact;
    contact.key = user.user_id;
    contact.source = "broadworks";
    contact.folder = user.folder;
    contact.email = user.email;
    auto blank = user.name.rfind(' ');
    if (blank != std::string::npos) contact.first_name = user.name.substr(0, blank);
    contact.last_name = blank == std::string::npos ? user.name : user.name.substr(blank + 1);
    add_line(contact, user.user_id, user.number, user.extension, plan);
    return contact;
}

} // namespace

std::shared_ptr<const directory::Roll> directory_roll(const std::shared_ptr<const presence::People>& people,
                                                      std::span<const sip::LineRow> lines,
                                                      std::span<const roster::PlatformInfo> platforms,
                                                      const std::unordered_set<std::string>& of_file,
                                                      const numbers::DialPlan& plan, bool whole) {
    std::vector<std::vector<const sip::LineRow*>> of_person(people->slots());
    std::unordered_set<std::string_view> known;
    for (const auto& line : lines) {
        known.insert(line.id);
        for (auto slot : line.persons)
            of_person[slot].push_back(&line);
    }
    auto roll = std::make_shared<directory::Roll>(people);
    for (auto slot : people->order()) {
        contacts::Contact contact;
        contact.key = people->person(slot).id;
        contact.source = of_file.contains(contact.key) ? "people" : "broadworks";
        for (const auto* line : of_person[slot]) {
            add_line(contact, line->id, line->number, line->extension, plan);
            if (line->id == contact.key || line->number.empty()) continue;
            auto number = plan.normal(line->id, line->number);
            roll->add_line(line->id, number ? *number : line->number);
        }
        roll->add_person(contact);
    }
    for (const auto& platform : platforms)
        for (const auto& user : platform.directory)
            if (known.insert(user.user_id).second && !people->find(user.user_id))
                roll->add_other(of_directory(user, plan));
    roll->finish(whole);
    return roll;
}

} // namespace lamp
