#include "contacts/favourites_file.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace {

constexpr std::array<std::string_view, 4> names{"owner", "key", "name", "position"};
constexpr std::string_view allowed = "owner;key;name;position";

class FileReader {
public:
    explicit FileReader(std::string_view text) : reader_(text) {}

    FavouritesReading read() && {
        csv::Row row;
        if (!next(row))
            complain({1, 1, "", fmt::format("the file is empty; its first row is {}", allowed)});
        else if (read_header(row))
            while (next(row))
                read_row(row);
        return std::move(reading_);
    }

private:
    bool next(csv::Row& row) {
        bool more = reader_.next(row);
        const auto& found = reader_.mistakes();
        for (; told_ < found.size(); ++told_)
            complain({found[told_].line, found[told_].column, "", found[told_].message});
        return more;
    }

    void complain(Mistake mistake) {
        if (reading_.mistakes.size() < csv::mistakes_max) reading_.mistakes.push_back(std::move(mistake));
    }

    [[nodiscard]] bool has(std::string_view name) const { return std::ranges::find(places_, name) != places_.end(); }

    bool read_header(const csv::Row& row) {
        for (const auto& cell : row) {
            auto word = text::lower(text::trim(cell.text));
            const auto* known = std::ranges::find(names, word);
            if (known == names.end())
                complain(
                    {cell.line, cell.column, word.substr(0, 80), fmt::format("is no column (allowed: {})", allowed)});
            else if (has(word))
                complain({cell.line, cell.column, word, "comes twice"});
            places_.push_back(known == names.end() ? std::string_view() : *known);
        }
        if (!has("owner")) complain({1, 1, "owner", "is missing: the first row names the columns"});
        if (!has("key") && !has("name")) complain({1, 1, "key", "is missing, and so is name: one of them is needed"});
        return reading_.mistakes.empty();
    }

    void read_row(const csv::Row& row) {
        const auto& first = row.front();
        if (row.size() != places_.size())
            return complain({first.line, first.column, "",
                             fmt::format("{} cells where the first row has {}", row.size(), places_.size())});
        FavouriteRow one{.line = first.line, .owner = {}, .key = {}, .name = {}};
        for (std::size_t i = 0; i < row.size(); ++i)
            read_cell(row[i], places_[i], one);
        if (one.owner.empty()) complain({first.line, first.column, "owner", "is empty"});
        reading_.rows.push_back(std::move(one));
    }

    void read_cell(const csv::Cell& cell, std::string_view name, FavouriteRow& row) {
        std::string text(text::trim(csv::unguarded(text::trim(cell.text))));
        if (text.size() > text_max)
            return complain(
                {cell.line, cell.column, std::string(name), fmt::format("is longer than {} bytes", text_max)});
        for (auto [column, member] : {std::pair("owner", &FavouriteRow::owner), std::pair("key", &FavouriteRow::key),
                                      std::pair("name", &FavouriteRow::name)})
            if (name == column) row.*member = text;
        if (name != "position" || text.empty()) return;
        auto number = text::number<std::size_t>(text);
        if (!number || *number == 0)
            return complain({cell.line, cell.column, "position", fmt::format("\"{}\" is no number from 1 on", text)});
        row.position = *number;
    }

    csv::Reader reader_;
    FavouritesReading reading_;
    std::size_t told_ = 0; // of the reader's mistakes
    std::vector<std::string_view> places_;
};

class Planner {
public:
    Planner(const FavouriteLists& current, const FavouriteRules& rules) : current_(current), rules_(rules) {}

    FavouritesPlan plan(FavouritesReading file) && {
        plan_.refusals = std::move(file.mistakes);
        std::ranges::sort(file.rows, {}, [](const FavouriteRow& row) {
            return std::pair(row.position == 0 ? std::string::npos : row.position, row.line);
        });
        for (const auto& row : file.rows)
            take(row);
        for (auto& [owner, change] : changes_) {
            if (change.after.size() > favourites_max)
                refuse(change.line, "owner", fmt::format("\"{}\" has more than {} favourites", owner, favourites_max));
            if (change.after == change.before)
                ++plan_.unchanged;
            else
                plan_.changes.push_back(std::move(change));
        }
        std::ranges::sort(plan_.changes, {}, &FavouritesPlan::Change::line);
        std::ranges::sort(plan_.refusals, {}, [](const Mistake& one) { return std::pair(one.line, one.column); });
        return std::move(plan_);
    }

private:
    void refuse(int line, std::string_view what, std::string message) {
        if (plan_.refusals.size() < csv::mistakes_max)
            plan_.refusals.push_back({line, 1, std::string(what), std::move(message)});
    }

    FavouritesPlan::Change* change_of(const FavouriteRow& row) {
        auto found = changes_.find(row.owner);
        if (found == changes_.end()) {
            auto known = current_.find(row.owner);
            if (known == current_.end() && !rules_.is_owner(row.owner)) {
                refuse(row.line, "owner",
                       fmt::format("\"{}\" is nobody's id; a team is written team:NAME", row.owner.substr(0, 80)));
                return nullptr;
            }
            found = changes_.emplace(row.owner, FavouritesPlan::Change{.owner = row.owner, .line = row.line}).first;
            if (known != current_.end()) found->second.before = known->second;
        }
        found->second.line = std::min(found->second.line, row.line);
        return &found->second;
    }

    void take(const FavouriteRow& row) {
        auto* change = row.owner.empty() ? nullptr : change_of(row);
        if (!change || (row.key.empty() && row.name.empty())) return;
        if (change->after.size() > favourites_max) return; // refused in the end
        auto key = row.key;
        if (key.empty()) {
            auto found = rules_.key_of(row.name);
            if (!found) return refuse(row.line, "name", found.error().text);
            key = std::move(*found);
        } else if (!rules_.is_key(key) && std::ranges::find(change->before, key) == change->before.end()) {
            return refuse(row.line, "key", fmt::format("\"{}\" is nobody's in the directory", key.substr(0, 80)));
        }
        if (std::ranges::find(change->after, key) != change->after.end())
            return refuse(row.line, "key", fmt::format("\"{}\" comes twice among those of {}", key, row.owner));
        change->after.push_back(std::move(key));
    }

    const FavouriteLists& current_;
    const FavouriteRules& rules_;
    FavouritesPlan plan_;
    std::map<std::string, FavouritesPlan::Change> changes_;
};

} // namespace

FavouritesReading read_favourites(std::string_view text) {
    return FileReader(text).read();
}

std::string favourites_text(std::span<const FavouriteRow> rows, char separator, bool byte_order_mark) {
    std::string out = byte_order_mark ? "\xef\xbb\xbf" : "";
    csv::write_row(out, {names.begin(), names.end()}, separator);
    for (const auto& row : rows) {
        auto position = std::to_string(row.position);
        csv::write_row(out, {row.owner, row.key, row.name, position}, separator);
    }
    return out;
}

FavouritesPlan plan_favourites(const FavouriteLists& current, FavouritesReading file, const FavouriteRules& rules) {
    return Planner(current, rules).plan(std::move(file));
}

} // namespace lamp::contacts
