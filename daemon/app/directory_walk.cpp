#include "app/directory_walk.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "contacts/folder.hpp"

namespace lamp {
namespace {

constexpr std::size_t looked_for_at_once = 256;

} // namespace

Result<void> DirectoryWalk::begin() {
    std::string_view cursor = query_.cursor;
    if (cursor.empty()) return {};
    auto refusal = [] { return fail(Category::invalid, "The cursor is not one of ours."); };
    if (cursor.front() != 'c' && cursor.front() != 'r') return refusal();
    from_.on_roll = cursor.front() == 'r';
    const char* end = cursor.data() + cursor.size();
    auto [middle, error] = std::from_chars(cursor.data() + 1, end, from_.at, 16);
    if (error != std::errc() || middle == end || *middle != '-') return refusal();
    std::string_view known(middle + 1, end);
    if (from_.on_roll) {
        if (auto place = roll_.find(known)) from_.at = *place;
    } else if (const auto* contact = contacts_.find(known)) {
        from_.at = static_cast<std::size_t>(contact - contacts_.contacts.data());
    }
    return {};
}

std::optional<DirectoryWalk::Place> DirectoryWalk::next() {
    while (true) {
        while (!found_.empty()) {
            Place place{from_.on_roll, found_.back()};
            found_.pop_back();
            if (wanted(place)) return place;
        }
        auto size = from_.on_roll ? roll_.size() : contacts_.index.size();
        if (from_.at < size) {
            found_ = from_.on_roll ? roll_.search(query_.words, looked_for_at_once, country_code_, from_.at)
                                   : contacts_.index.find(query_.words, looked_for_at_once, country_code_, from_.at);
            from_.at = found_.size() < looked_for_at_once ? size : std::size_t{found_.back()} + 1;
            std::ranges::reverse(found_);
        } else if (!from_.on_roll) {
            from_ = {true, 0};
        } else {
            return std::nullopt;
        }
    }
}

bool DirectoryWalk::wanted(Place place) const {
    const auto& source = place.on_roll ? roll_.source(place.at) : contacts_.contacts[place.at].source;
    std::string_view folder = place.on_roll ? roll_.folder(place.at) : contacts_.contacts[place.at].folder;
    return (query_.source.empty() || source == query_.source) &&
           (!query_.folder || contacts::inside(folder, *query_.folder));
}

contacts::Contact DirectoryWalk::item(Place place) const {
    return place.on_roll ? roll_.contact(place.at) : contacts_.contacts[place.at];
}

std::string DirectoryWalk::cursor(Place place) const {
    return fmt::format("{}{:x}-{}", place.on_roll ? 'r' : 'c', place.at,
                       place.on_roll ? roll_.contact(place.at).key : key(place.at));
}

} // namespace lamp
