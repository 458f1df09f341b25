#include "app/directory_walk.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "contacts/folder.hpp"

namespace lamp {
namespace {

constexpr std::size_t looked_for_at_once = 256;
constexpr std::string_view part_letters = "cri"; // of cursors: contacts, people, integrations

} // namespace

Result<void> DirectoryWalk::begin() {
    std::string_view cursor = query_.cursor;
    if (cursor.empty()) return {};
    auto refusal = [] { return fail(Category::invalid, "The cursor is not one of ours."); };
    from_.part = part_letters.find(cursor.front());
    if (from_.part == std::string_view::npos) return refusal();
    const char* end = cursor.data() + cursor.size();
    auto [middle, error] = std::from_chars(cursor.data() + 1, end, from_.at, 16);
    if (error != std::errc() || middle == end || *middle != '-') return refusal();
    std::string_view known(middle + 1, end);
    if (from_.part >= first_integration) return begin_in_integration(known);
    if (from_.part == roll_part) {
        if (auto place = ground_.roll.find(known)) from_.at = *place;
    } else if (const auto* contact = ground_.contacts.find(known)) {
        from_.at = static_cast<std::size_t>(contact - ground_.contacts.contacts.data());
    }
    return {};
}

Result<void> DirectoryWalk::begin_in_integration(std::string_view key) {
    const auto& all = ground_.integrations.all;
    const auto name = key.substr(0, key.rfind(':'));
    const auto one = std::ranges::find(all, name, &recognition::Searchable::name);
    if (one == all.end())
        return fail(Category::invalid, "The cursor is of an integration that is not there any more; begin anew.");
    from_.part = first_integration + static_cast<std::size_t>(one - all.begin());
    if (!one->words) return {};
    if (auto place = one->words->find(key)) from_.at = *place;
    return {};
}

const recognition::Words* DirectoryWalk::words(std::size_t part) const {
    return ground_.integrations.all[part - first_integration].words.get();
}

/// Of a part that is not wanted: nothing.
std::size_t DirectoryWalk::size(std::size_t part) const {
    if (part == contacts_part) return sources_.any_contacts() ? ground_.contacts.index.size() : 0;
    if (part == roll_part) return sources_.any_people() ? ground_.roll.size() : 0;
    const auto& one = ground_.integrations.all[part - first_integration];
    const bool here = !query_.folder || contacts::inside({}, *query_.folder); // they have no folders
    return one.words && here && sources_.wants_integration(one.name) ? one.words->size() : 0;
}

std::vector<std::uint32_t> DirectoryWalk::found(Place from) const {
    if (from.part == contacts_part)
        return ground_.contacts.index.find(query_.words, looked_for_at_once, country_code_, from.at);
    if (from.part == roll_part) return ground_.roll.search(query_.words, looked_for_at_once, country_code_, from.at);
    return words(from.part)->find(query_.words, looked_for_at_once, country_code_, from.at);
}

std::optional<DirectoryWalk::Place> DirectoryWalk::next() {
    while (from_.part < parts()) {
        while (!found_.empty()) {
            Place place{from_.part, found_.back()};
            found_.pop_back();
            if (wanted(place)) return place;
        }
        const auto end = size(from_.part);
        if (from_.at < end) {
            found_ = found(from_);
            from_.at = found_.size() < looked_for_at_once ? end : std::size_t{found_.back()} + 1;
            std::ranges::reverse(found_);
        } else {
            from_ = {from_.part + 1, 0};
        }
    }
    return std::nullopt;
}

bool DirectoryWalk::wanted(Place place) const {
    if (place.part >= first_integration) return true;
    const bool on_roll = place.part == roll_part;
    const auto& source = on_roll ? ground_.roll.source(place.at) : ground_.contacts.contacts[place.at].source;
    std::string_view folder = on_roll ? ground_.roll.folder(place.at) : ground_.contacts.contacts[place.at].folder;
    return sources_.wants(source) && (!query_.folder || contacts::inside(folder, *query_.folder));
}

contacts::Contact DirectoryWalk::item(Place place) const {
    if (place.part == contacts_part) return ground_.contacts.contacts[place.at];
    if (place.part == roll_part) return ground_.roll.contact(place.at);
    return words(place.part)->contact(place.at);
}

std::string DirectoryWalk::cursor(Place place) const {
    return fmt::format("{}{:x}-{}", part_letters[std::min(place.part, first_integration)], place.at, item(place).key);
}

} // namespace lamp
