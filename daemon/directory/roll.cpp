#include "directory/roll.hpp"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <utility>

namespace lamp::directory {
namespace {

constexpr char end_of_part = '\0';

std::string_view take(std::string_view& rest) {
    auto end = std::min(rest.find(end_of_part), rest.size());
    auto part = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return part;
}

/// "Jan" and "van Dijk" of "Jan van Dijk"; one word is a last name.
void name(contacts::Contact& contact, std::string_view whole) {
    auto blank = whole.find(' ');
    if (blank != std::string_view::npos) contact.first_name = whole.substr(0, blank);
    contact.last_name = blank == std::string_view::npos ? whole : whole.substr(blank + 1);
}

} // namespace

Roll::Roll(std::shared_ptr<const presence::People> people) : people_(std::move(people)) {
    starts_.reserve(people_->size() + 1);
    sources_.reserve(people_->size());
    places_.resize(people_->slots());
    for (std::uint32_t place = 0; auto slot : people_->order())
        places_[slot] = place++;
}

/// Parts are ended, not separated: the first two are number and extension, lines follow. A single line that is the
/// person's id is left out.
void Roll::add_person(const contacts::Contact& contact) {
    auto keep = [&](std::string_view text) {
        text_ += text.substr(0, text.find(end_of_part));
        text_ += end_of_part;
    };
    keep(contact.numbers.empty() ? std::string_view() : contact.numbers.front().number);
    keep(contact.extension);
    if (contact.lines != std::vector{contact.key}) {
        if (contact.lines.empty()) text_ += end_of_part; // an empty line: none
        for (const auto& line : contact.lines)
            keep(line);
    }
    starts_.push_back(static_cast<std::uint32_t>(text_.size()));
    auto word = std::ranges::find(words_, contact.source);
    sources_.push_back(static_cast<std::uint8_t>(word - words_.begin()));
    if (word == words_.end()) words_.push_back(contact.source);
}

void Roll::add_other(contacts::Contact contact) {
    others_index_.add(contact);
    others_.push_back(std::move(contact));
}

void Roll::add_line(std::string_view line, std::string_view number) {
    lines_.emplace_back(line, number);
}

void Roll::finish(bool whole) {
    whole_ = whole;
    std::ranges::sort(lines_);
    lines_.shrink_to_fit();
    text_.shrink_to_fit();
    others_.shrink_to_fit();
    others_by_key_.resize(others_.size());
    std::iota(others_by_key_.begin(), others_by_key_.end(), 0U);
    std::ranges::sort(others_by_key_, {}, by_key());
}

std::string_view Roll::packed(std::size_t place) const {
    return std::string_view(text_).substr(starts_[place], starts_[place + 1] - starts_[place]);
}

contacts::Contact Roll::contact(std::size_t place) const {
    if (place >= folk()) return others_[place - folk()];
    auto person = people_->person(people_->order()[place]);
    contacts::Contact contact;
    contact.key = person.id;
    contact.source = source(place);
    contact.folder = person.folder;
    contact.email = person.email;
    name(contact, person.name);
    auto rest = packed(place);
    if (auto number = take(rest); !number.empty()) contact.numbers.push_back({"work", std::string(number)});
    contact.extension = take(rest);
    if (rest.empty()) contact.lines.push_back(contact.key);
    while (!rest.empty())
        if (auto line = take(rest); !line.empty()) contact.lines.emplace_back(line);
    return contact;
}

std::string_view Roll::folder(std::size_t place) const {
    if (place >= folk()) return others_[place - folk()].folder;
    return people_->person(people_->order()[place]).folder;
}

const std::string& Roll::source(std::size_t place) const {
    return place >= folk() ? others_[place - folk()].source : words_[sources_[place]];
}

std::optional<std::size_t> Roll::find(std::string_view key) const {
    if (auto slot = people_ ? people_->find(key) : std::nullopt; slot && people_->listed(*slot)) {
        return places_[*slot];
    }
    auto other = std::ranges::lower_bound(others_by_key_, key, {}, by_key());
    if (other == others_by_key_.end() || others_[*other].key != key) return std::nullopt;
    return folk() + *other;
}

bool Roll::is_person(std::string_view key) const {
    auto place = find(key);
    return place && *place < folk();
}

std::string Roll::number_of_line(std::string_view line) const {
    auto named = std::ranges::lower_bound(lines_, line, {}, &std::pair<std::string, std::string>::first);
    if (named != lines_.end() && named->first == line) return named->second;
    auto place = find(line);
    if (!place) return {};
    auto whose = contact(*place);
    const bool alone = whose.lines.size() == 1 && whose.lines.front() == line && !whose.numbers.empty();
    return alone ? whose.numbers.front().number : std::string();
}

bool Roll::matches(std::size_t place, std::string_view folded, std::string_view number) const {
    if (!number.empty() && packed(place).contains(number)) return true;
    return people_->matches(people_->order()[place], folded);
}

/// As places in the whole roll.
std::vector<std::uint32_t> Roll::search_others(std::string_view folded, std::string_view number, std::size_t most,
                                               std::size_t from) const {
    auto found = others_index_.find(folded, most, {}, from);
    if (!number.empty() && number != folded) {
        auto by_words = std::exchange(found, {});
        auto by_number = others_index_.find(number, most, {}, from);
        std::ranges::set_union(by_words, by_number, std::back_inserter(found));
    }
    found.resize(std::min(found.size(), most));
    for (auto& place : found)
        place += static_cast<std::uint32_t>(folk());
    return found;
}

std::vector<std::uint32_t> Roll::search(std::string_view query, std::size_t most, std::string_view country_code,
                                        std::size_t from) const {
    auto folded = presence::fold(query);
    auto number = contacts::number_in(query, country_code);
    std::vector<std::uint32_t> found;
    for (auto place = from; place < folk() && found.size() < most; ++place)
        if (folded.empty() || matches(place, folded, number)) found.push_back(static_cast<std::uint32_t>(place));
    auto others = search_others(folded, number, most - found.size(), std::max(from, folk()) - folk());
    found.insert(found.end(), others.begin(), others.end());
    return found;
}

} // namespace lamp::directory
