// A new contact as a row of a table that others have made: what goes into which column.
#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "recognition/columns.hpp"

namespace lamp::recognition {
namespace {

struct Title {
    std::string_view member; // of a contact
    std::string_view words;  // what columns are called that hold it, separated by |
};
constexpr std::array titles{
    Title{"email", "email|e-mail|mail|email address|e-mail address|courriel|correo"},
    Title{"company", "company|organisation|organization|bedrijf|société|empresa|firma"},
    Title{"department", "department|afdeling|service|departamento|abteilung"},
    Title{"title", "title|job title|functie|fonction|cargo|funktion"},
    Title{"notes", "notes|remarks|notities|remarques|notas|notizen"},
    Title{"folder", "folder|group|map|dossier|carpeta|ordner"},
    Title{"extension", "extension|toestel|poste|durchwahl"},
};

/// `title`: in small letters.
bool holds(std::string_view title, std::string_view member) {
    const auto* known = std::ranges::find(titles, member, &Title::member);
    auto words = known == titles.end() ? member : known->words;
    while (!words.empty()) {
        auto word = words.substr(0, words.find('|'));
        if (title == word) return true;
        words.remove_prefix(std::min(word.size() + 1, words.size()));
    }
    return false;
}

bool is_fax(std::string_view word) {
    return text::lower(word).contains("fax");
}

/// The highest number and one; nothing where names are no numbers.
std::optional<std::string> next_id(const std::vector<std::vector<std::string>>& rows, std::size_t column) {
    std::uint64_t highest = 0;
    for (const auto& row : rows) {
        auto cell = column < row.size() ? text::trim(row[column]) : std::string_view();
        if (cell.empty()) continue;
        auto number = text::number<std::uint64_t>(cell);
        if (!number || cell.starts_with('0') || *number == std::uint64_t(-1)) return std::nullopt;
        highest = std::max(highest, *number);
    }
    return std::to_string(highest + 1);
}

} // namespace

class Columns::RowWriter {
public:
    RowWriter(const Columns& table, const NewContact& contact, const Rows& rows)
        : table_(table), contact_(contact), rows_(rows), cells_(table.header_.size()) {
        for (const auto& title : table.header_)
            titles_.push_back(text::lower(text::trim(title)));
    }

    Result<std::vector<std::string>> write() && {
        write_name();
        for (const auto& number : contact_.numbers)
            write_number(number);
        for (const auto& [member, value] : contact_.fields)
            if (member != "external_id") write_field(member, value);
        if (auto named = write_id(); !named) return std::unexpected(named.error());
        if (over_.empty()) return std::move(cells_);
        return fail(Category::invalid, fmt::format("The file has no column for {}; it has {}.", fmt::join(over_, ", "),
                                                   fmt::join(table_.header_, ", ")));
    }

private:
    [[nodiscard]] std::optional<std::size_t> column(Use use) const {
        auto found = std::ranges::find(table_.uses_, use);
        if (found == table_.uses_.end()) return std::nullopt;
        return static_cast<std::size_t>(found - table_.uses_.begin());
    }

    void write_name() {
        auto first = column(Use::first_name), last = column(Use::last_name);
        if (first) cells_[*first] = last ? contact_.first_name : contact_.name();
        if (last) cells_[*last] = first ? contact_.last_name : contact_.name();
        bool written = first || last;
        for (std::size_t i = 0; i < cells_.size(); ++i)
            if (table_.uses_[i] == Use::name && !holds(titles_[i], "company")) {
                cells_[i] = contact_.name();
                written = true;
            }
        if (!written) over_.emplace_back("the name of a person");
    }

    void write_number(const Number& number) {
        const bool main = text::same_letters(number.kind, "main");
        auto take = [&](auto fits) {
            for (std::size_t i = 0; i < cells_.size(); ++i) {
                const bool numbers = table_.uses_[i] == (main ? Use::main_number : Use::number);
                if (!numbers || !cells_[i].empty() || !fits(titles_[i])) continue;
                cells_[i] = number.written;
                return true;
            }
            return false;
        };
        auto same = [&](std::string_view title) {
            return is_fax(title) == is_fax(number.kind) && is_mobile(title) == is_mobile(number.kind);
        };
        auto any = [&](std::string_view title) { return is_fax(title) == is_fax(number.kind); };
        if (!take(same) && !take(any))
            over_.push_back(number.kind.empty() ? "another number" : "another number of the type " + number.kind);
    }

    void write_field(const std::string& member, const std::string& value) {
        for (std::size_t i = 0; i < cells_.size(); ++i)
            if (cells_[i].empty() && table_.uses_[i] != Use::id && holds(titles_[i], member)) {
                cells_[i] = value;
                return;
            }
        over_.push_back(member);
    }

    Result<void> write_id() {
        auto given = std::ranges::find(contact_.fields, "external_id", &std::pair<std::string, std::string>::first);
        auto place = column(Use::id);
        if (!place) {
            if (given != contact_.fields.end()) over_.emplace_back("external_id");
            return {};
        }
        auto id = given == contact_.fields.end() ? next_id(rows_, *place) : std::optional(given->second);
        const auto& title = table_.header_[*place];
        if (!id)
            return fail(Category::invalid,
                        fmt::format("The column \"{}\" names the file's records: give the new one's as "
                                    "\"external_id\".",
                                    title));
        auto is_it = [&](const auto& row) { return *place < row.size() && text::trim(row[*place]) == *id; };
        if (std::ranges::any_of(rows_, is_it))
            return fail(Category::conflict,
                        fmt::format("There is a record already whose \"{}\" is the one given.", title));
        cells_[*place] = std::move(*id);
        return {};
    }

    const Columns& table_;
    const NewContact& contact_;
    const Rows& rows_;
    std::vector<std::string> cells_;
    std::vector<std::string> titles_; // in small letters
    std::vector<std::string> over_;   // what has no column
};

Result<std::vector<std::string>> Columns::row_of(const NewContact& contact, const Rows& rows) {
    uses_.clear();
    for (std::size_t column = 0; column < header_.size(); ++column)
        uses_.push_back(use_when_written(column, rows));
    return RowWriter(*this, contact, rows).write();
}

} // namespace lamp::recognition
