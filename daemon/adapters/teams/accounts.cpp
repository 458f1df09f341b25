#include "adapters/teams/accounts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>
#include <utility>

#include "proto/text/text.hpp"

namespace lamp::teams {
namespace {

constexpr std::size_t phone_digits = 9; // enough to tell subscribers apart whatever the prefix is written like

std::uint32_t bit(Accounts::Way way) {
    return 1U << static_cast<unsigned>(way);
}

/// The last nine digits; nothing of what is too short to be somebody's number in the world (an extension).
std::string digits(std::string_view text) {
    std::string made;
    for (char c : text)
        if (c >= '0' && c <= '9') made += c;
    if (made.size() < phone_digits) return {};
    return made.substr(made.size() - phone_digits);
}

void keep_two(std::vector<Guid>& found, std::span<const Guid> more) {
    for (const Guid& id : more)
        if (found.size() < 2 && std::ranges::find(found, id) == found.end()) found.push_back(id);
}

} // namespace

std::uint64_t Accounts::hash_of(Way way, std::string_view name) {
    auto text = way == Way::phone ? digits(name) : text::lower(name);
    return text.empty() ? 0 : std::hash<std::string_view>()(text) | 1U; // 0: no name
}

void Accounts::clear() {
    accounts_.clear();
    keys_.clear();
    places_.clear();
}

void Accounts::take(std::span<const graph::User> users) {
    if (users.empty()) return; // most pages of changes: nothing to look up, and nothing that `settle` must give back
    if (places_.empty())
        for (std::uint32_t i = 0; i < accounts_.size(); ++i)
            places_.emplace(accounts_[i], i);
    std::unordered_set<std::uint32_t> replaced;
    std::unordered_map<Guid, std::size_t> last; // the same account may come twice in a page
    for (std::size_t i = 0; i < users.size(); ++i) {
        last[users[i].id] = i;
        if (auto known = places_.find(users[i].id); known != places_.end()) replaced.insert(known->second);
    }
    if (!replaced.empty()) std::erase_if(keys_, [&](const Key& key) { return replaced.contains(key.account); });
    for (std::size_t i = 0; i < users.size(); ++i)
        if (last.at(users[i].id) == i) add(users[i]);
}

void Accounts::add(const graph::User& user) {
    if (user.removed != graph::Removed::no || !user.enabled) return; // nameless from now on
    auto [place, fresh] = places_.try_emplace(user.id, static_cast<std::uint32_t>(accounts_.size()));
    if (fresh) accounts_.push_back(user.id);
    auto first = keys_.size();
    auto name = [&](Way way, std::string_view text) {
        auto hash = hash_of(way, text);
        if (hash == 0) return;
        for (auto at = first; at < keys_.size(); ++at)
            if (keys_[at].hash == hash) return keys_[at].ways |= bit(way), void();
        keys_.push_back({hash, place->second, bit(way)});
    };
    name(Way::upn, user.upn);
    name(Way::mail, user.mail);
    for (const auto& address : user.addresses)
        name(Way::address, address);
    for (const auto& phone : user.phones)
        name(Way::phone, phone);
}

void Accounts::settle() {
    std::exchange(places_, {}); // with its buckets
    std::ranges::sort(keys_, {}, &Key::hash);
    keys_.shrink_to_fit();
    accounts_.shrink_to_fit();
}

std::vector<Guid> Accounts::find_hash(Way way, std::uint64_t hash) const {
    std::vector<Guid> found;
    if (hash == 0) return found;
    auto same = std::ranges::equal_range(keys_, hash, {}, &Key::hash);
    for (const Key& key : same)
        if ((key.ways & bit(way)) != 0) keep_two(found, {&accounts_[key.account], 1});
    return found;
}

std::vector<Guid> Accounts::find(Way way, std::string_view name) const {
    return find_hash(way, hash_of(way, name));
}

LineNames::LineNames(std::span<const LineName> names) {
    entries_.reserve(names.size());
    for (const LineName& name : names)
        entries_.push_back({Accounts::hash_of(Accounts::Way::upn, name.text),
                            Accounts::hash_of(Accounts::Way::phone, name.text), name.slot});
    std::ranges::sort(entries_, {}, &Entry::slot);
}

std::span<const LineNames::Entry> LineNames::of(Slot slot) const {
    auto range = std::ranges::equal_range(entries_, slot, {}, &Entry::slot);
    return {range.begin(), range.end()};
}

namespace {

using Way = Accounts::Way;

class Matcher {
public:
    Matcher(const presence::People& people, const LineNames& lines, const Accounts& accounts,
            std::span<const std::string> ways)
        : people_(people), lines_(lines), accounts_(accounts), ways_(ways) {}

    Matching run() {
        owner_.reserve(people_.size());
        matching_.matched.reserve(people_.size());
        for (Slot slot : people_.order())
            match_one(slot);
        return std::move(matching_);
    }

private:
    void match_one(Slot slot) {
        auto person = people_.person(slot);
        if (!person.teams.empty()) return named(slot, person.teams);
        for (const std::string& way : ways_) {
            auto found = by(way, slot, person);
            if (found.size() == 1) return take(slot, found.front());
            if (found.size() > 1)
                return doubt(Finding::Kind::ambiguous, matching_.ambiguous, slot,
                             fmt::format("fits more than one Teams account by {}; name one in the column teams", way));
        }
        doubt(Finding::Kind::unmatched, matching_.unmatched, slot,
              person.email.empty() ? "has no e-mail address and no account in the column teams"
                                   : "has no Teams account of that e-mail address, UPN or line");
    }

    void named(Slot slot, std::string_view written) {
        if (auto id = graph::parse_guid(written)) return take(slot, *id);
        auto found = accounts_.find(Way::upn, written);
        if (found.empty()) found = accounts_.find(Way::mail, written);
        if (found.size() == 1) return take(slot, found.front());
        doubt(found.empty() ? Finding::Kind::unmatched : Finding::Kind::ambiguous,
              found.empty() ? matching_.unmatched : matching_.ambiguous, slot,
              found.empty() ? "names a Teams account in the column teams that the tenant does not have"
                            : "names in the column teams what more than one Teams account has");
    }

    [[nodiscard]] std::vector<Guid> by(std::string_view way, Slot slot, const presence::Person& person) const {
        std::vector<Guid> found;
        if (way == "email") {
            found = accounts_.find(Way::mail, person.email);
            if (found.empty()) found = accounts_.find(Way::address, person.email);
        } else if (way == "upn") {
            found = accounts_.find(Way::upn, person.email);
            if (found.empty()) found = accounts_.find(Way::upn, person.id);
        } else {
            for (const auto& line : lines_.of(slot)) {
                keep_two(found, accounts_.find_hash(Way::upn, line.as_name));
                keep_two(found, accounts_.find_hash(Way::phone, line.as_phone));
            }
        }
        return found;
    }

    void take(Slot slot, const Guid& id) {
        auto [at, fresh] = owner_.try_emplace(id, slot);
        if (fresh) return matching_.matched.emplace_back(slot, id), void();
        doubt(Finding::Kind::doubled, matching_.doubled, slot,
              fmt::format("has the Teams account of \"{}\"; only that person is shown and written",
                          people_.person(at->second).id));
    }

    void doubt(Finding::Kind kind, std::size_t& count, Slot slot, std::string text) {
        ++count;
        if (matching_.findings.size() < Matching::findings_max)
            matching_.findings.push_back({kind, slot, std::move(text)});
    }

    const presence::People& people_;
    const LineNames& lines_;
    const Accounts& accounts_;
    std::span<const std::string> ways_;
    std::unordered_map<Guid, Slot> owner_;
    Matching matching_;
};

} // namespace

Matching match(const presence::People& people, const LineNames& lines, const Accounts& accounts,
               std::span<const std::string> ways) {
    return Matcher(people, lines, accounts, ways).run();
}

} // namespace lamp::teams
