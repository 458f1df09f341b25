#include "roster/roster.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <optional>
#include <unordered_map>
#include <unordered_set>

namespace lamp::roster {
namespace {

/// "2001", "+31-201230002", "(020)123.00.02": as directories and people write them, but no user's name.
bool is_number(std::string_view line) {
    return line.find_first_not_of("+0123456789-.()/") == std::string_view::npos &&
           line.find_first_of("0123456789") != std::string_view::npos;
}

std::string_view domain_of(std::string_view id) {
    auto at = id.find('@');
    return at == std::string_view::npos ? std::string_view() : id.substr(at + 1);
}

/// "+31-20-123" and "tel:+3120123" are the same number.
std::string digits(std::string_view number) {
    std::string kept;
    for (char c : number)
        if ((c >= '0' && c <= '9') || (c == '+' && kept.empty())) kept += c;
    return kept;
}

/// What the directories know, by user id, number and extension.
class Index {
public:
    explicit Index(const std::vector<PlatformInfo>& platforms) : platforms_(platforms) {
        for (std::size_t i = 0; i < platforms.size(); ++i)
            for (const DirectoryUser& user : platforms[i].directory) {
                auto entry = Entry{static_cast<std::uint8_t>(i), &user};
                by_id_.emplace(user.user_id, entry);
                add(digits(user.extension), entry);
                add(digits(user.number), entry);
            }
    }
    struct Entry {
        std::uint8_t platform;
        const DirectoryUser* user;
    };
    [[nodiscard]] std::optional<Entry> by_id(std::string_view id) const {
        auto found = by_id_.find(id);
        return found == by_id_.end() ? std::nullopt : std::optional(found->second);
    }
    /// Whoever has that number or extension. National and international prefixes (0…, 00…) stand for "+" and a
    /// country code of one to three digits.
    [[nodiscard]] std::vector<Entry> by_number(std::string_view written) {
        auto number = digits(written);
        if (auto found = by_number_.find(number); found != by_number_.end()) return found->second;
        if (number.starts_with("00")) number = "+" + number.substr(2);
        if (auto found = by_number_.find(number); found != by_number_.end()) return found->second;
        if (!number.starts_with('0')) return {};
        if (by_national_.empty()) add_nationals();
        auto found = by_national_.find(number.substr(1));
        return found == by_national_.end() ? std::vector<Entry>() : found->second;
    }

private:
    using Numbers = std::unordered_map<std::string, std::vector<Entry>>;

    // A user whose extension is the number, or who stands in two directories, is one user.
    static void add(Numbers& numbers, const std::string& number, Entry entry) {
        auto& holders = numbers[number];
        bool known =
            std::ranges::any_of(holders, [&](const Entry& one) { return one.user->user_id == entry.user->user_id; });
        if (!known) holders.push_back(entry);
    }
    void add(const std::string& number, Entry entry) {
        if (number.empty()) return;
        add(by_number_, number, entry);
        if (number.starts_with('+')) add(by_number_, number.substr(1), entry);
    }
    // Only when somebody writes a national number: three more texts for each user.
    void add_nationals() {
        for (std::size_t i = 0; i < platforms_.size(); ++i)
            for (const DirectoryUser& user : platforms_[i].directory) {
                auto number = digits(user.number);
                Entry entry{static_cast<std::uint8_t>(i), &user};
                if (!number.starts_with('+')) {
                    add(by_national_, number.substr(std::min(number.find_first_not_of('0'), number.size())), entry);
                    continue;
                }
                for (std::size_t country = 1; country <= 3 && number.size() > country + 6; ++country)
                    add(by_national_, number.substr(1 + country), entry);
            }
    }

    const std::vector<PlatformInfo>& platforms_;
    std::unordered_map<std::string_view, Entry> by_id_;
    Numbers by_number_;
    Numbers by_national_;
};

class Composer {
public:
    explicit Composer(const std::vector<PlatformInfo>& platforms) : platforms_(platforms), index_(platforms) {}

    void add_file(std::vector<presence::PersonRow> people) {
        roster_.people = std::move(people);
        for (std::size_t row = 0; row < roster_.people.size(); ++row)
            for (std::string& line : roster_.people[row].lines)
                if (auto resolved = resolve(line, roster_.people[row].id)) {
                    line = resolved->line;
                    watched_.insert(line);
                    roster_.lines.push_back({line, row, resolved->platform});
                }
        for (const auto& person : roster_.people)
            ids_.insert(person.id);
    }

    // Everybody of the directories whom no file names.
    void add_discovered() {
        for (std::size_t i = 0; i < platforms_.size(); ++i) {
            if (!platforms_[i].discover) continue;
            for (const DirectoryUser& user : platforms_[i].directory) {
                if (watched_.contains(user.user_id) || !ids_.insert(user.user_id).second) continue;
                roster_.lines.push_back({user.user_id, roster_.people.size(), static_cast<std::uint8_t>(i)});
                roster_.people.push_back({user.user_id,
                                          user.name.empty() ? user.user_id : user.name,
                                          user.email,
                                          user.folder,
                                          "",
                                          {user.user_id}});
            }
        }
    }
    Roster take() { return std::move(roster_); }

private:
    struct Resolved {
        std::string line;
        std::uint8_t platform;
    };

    std::optional<Resolved> resolve(const std::string& line, const std::string& person) {
        if (platforms_.empty()) return std::nullopt;
        if (line.find('@') != std::string::npos) return Resolved{line, platform_of(line)};
        if (!is_number(line)) { // a bare name belongs to the login's domain (xsi.md 1)
            auto id = platforms_.front().domain.empty() ? line : line + "@" + platforms_.front().domain;
            return Resolved{id, platform_of(id)};
        }
        auto found = index_.by_number(line);
        if (found.size() == 1) return Resolved{found.front().user->user_id, found.front().platform};
        roster_.problems.push_back(found.empty()
                                       ? fmt::format("{}: no user of the directory has the number {}", person, line)
                                       : fmt::format("{}: {} users have the number {}", person, found.size(), line));
        return std::nullopt;
    }

    [[nodiscard]] std::uint8_t platform_of(const std::string& id) const {
        if (auto known = index_.by_id(id)) return known->platform;
        for (std::size_t i = 0; i < platforms_.size(); ++i)
            if (platforms_[i].domain == domain_of(id)) return static_cast<std::uint8_t>(i);
        return 0;
    }

    const std::vector<PlatformInfo>& platforms_;
    Index index_;
    Roster roster_;
    std::unordered_set<std::string> watched_;
    std::unordered_set<std::string> ids_;
};

} // namespace

Roster compose(std::vector<presence::PersonRow> people, const std::vector<PlatformInfo>& platforms) {
    Composer composer(platforms);
    composer.add_file(std::move(people));
    composer.add_discovered();
    return composer.take();
}

bool needs_directory(const std::vector<presence::PersonRow>& people) {
    return std::ranges::any_of(
        people, [](const presence::PersonRow& person) { return std::ranges::any_of(person.lines, is_number); });
}

} // namespace lamp::roster
