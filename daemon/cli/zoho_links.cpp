#include "cli/zoho_links.hpp"

#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "contacts/plan.hpp"
#include "http/url.hpp"
#include "proto/csv/csv.hpp"
#include "proto/text/text.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

constexpr std::size_t file_bytes_max = std::size_t{16} << 20;
constexpr std::string_view ending = "ending"; // the state of a link that is no more here, and is still in Zoho

struct Row {
    csv::Cell whom; // the person where the file names one, else the line
    csv::Cell user;
};

/// Of the file; mistakes are told as FILE:LINE:COL.
class File {
public:
    explicit File(std::string name) : name_(std::move(name)) {}

    [[nodiscard]] std::vector<Row> read(std::string_view text) {
        csv::Reader reader(text);
        csv::Row cells;
        std::vector<Row> rows;
        if (!reader.next(cells)) return complain_of(1, 1, "the file is empty; its first row is line,user"), rows;
        auto line = column(cells, "line");
        auto person = column(cells, "person");
        auto user = column(cells, "user");
        auto state = column(cells, "state");
        if ((!line && !person) || !user)
            return complain_of(1, 1, "the first row must name the columns line (or person) and user"), rows;
        const auto width = cells.size();
        while (reader.next(cells)) {
            if (cells.size() != width) {
                complain_of(cells[0].line, cells[0].column,
                            fmt::format("{} columns where the first row has {}", cells.size(), width));
                continue;
            }
            if (state && trimmed(cells[*state]).text == ending) continue;
            auto whom = person ? trimmed(cells[*person]) : csv::Cell();
            if (whom.text.empty() && line) whom = trimmed(cells[*line]);
            rows.push_back({std::move(whom), trimmed(cells[*user])});
        }
        for (const auto& mistake : reader.mistakes())
            complain_of(mistake.line, mistake.column, mistake.message);
        return rows;
    }
    void complain_of(int line, int column, std::string_view what) {
        fmt::print(stderr, "{}:{}:{}: {}\n", name_, line, column, what);
        good_ = false;
    }
    void complain_of(const csv::Cell& cell, std::string_view what) { complain_of(cell.line, cell.column, what); }
    [[nodiscard]] bool good() const { return good_; }

private:
    static std::optional<std::size_t> column(const csv::Row& header, std::string_view name) {
        for (std::size_t i = 0; i < header.size(); ++i)
            if (text::lower(text::trim(header[i].text)) == name) return i;
        return std::nullopt;
    }
    static csv::Cell trimmed(const csv::Cell& cell) {
        return {std::string(csv::unguarded(text::trim(cell.text))), cell.line, cell.column};
    }
    std::string name_;
    bool good_ = true;
};

// --- who is linked

struct Seat {
    std::string person;
    std::string line;
    std::string number;
    std::string user;   // Zoho's id; empty: not linked
    std::string target; // what the daemon knows it by: the line, unless several people have it
};

/// What a link that was ended leaves for a while is no link; a person may be listed with it and without.
std::vector<Seat> seats_of(const json::array& links) {
    std::map<std::string, Seat> by_person;
    std::set<std::string> without;
    for (const auto& link : links) {
        auto person = cell(link, "person");
        Seat& seat = by_person[person];
        auto user = cell(link, "user");
        if (user.empty()) without.insert(person);
        if (cell(link, "origin") == "unlinked") user.clear();
        if (seat.user.empty() || (cell(link, "state") != ending && !user.empty())) seat.user = std::move(user);
        seat.person = std::move(person);
        if (seat.line.empty()) seat.line = cell(link, "line");
        if (seat.number.empty()) seat.number = cell(link, "number");
    }
    std::map<std::string, int> lines;
    for (const auto& [person, seat] : by_person)
        ++lines[seat.line];
    std::vector<Seat> seats;
    for (auto& [person, seat] : by_person) {
        if (without.contains(person)) seat.user.clear();
        seat.target = seat.line.empty() || lines[seat.line] > 1 ? person : seat.line;
        seats.push_back(std::move(seat));
    }
    return seats;
}

bool same(std::string_view left, std::string_view right) {
    return !left.empty() && text::lower(left) == text::lower(right);
}

/// Null after `file` was told why: nobody, or several, have that id, line or number.
const Seat* seat_named(const std::vector<Seat>& seats, const csv::Cell& whom, File& file) {
    if (whom.text.empty()) return file.complain_of(whom, "the row names no line"), nullptr;
    const Seat* found = nullptr;
    for (const Seat& seat : seats) {
        if (same(seat.person, whom.text)) return &seat;
        if (!same(seat.line, whom.text) && !same(seat.number, whom.text)) continue;
        if (found)
            return file.complain_of(whom, fmt::format("\"{}\" is a line of {} and of {}: name the person", whom.text,
                                                      found->person, seat.person)),
                   nullptr;
        found = &seat;
    }
    if (!found) file.complain_of(whom, fmt::format("\"{}\" is no line here; zoho links lists them", whom.text));
    return found;
}

// --- what will be

struct Change {
    const Seat* seat;
    std::string after; // empty: is unlinked
};

struct Plan {
    std::vector<Change> changes;
    std::size_t unchanged = 0;
    std::size_t linked = 0; // before
    [[nodiscard]] std::size_t gone() const {
        return static_cast<std::size_t>(
            std::ranges::count_if(changes, [](const Change& one) { return one.after.empty(); }));
    }
};

std::string user_id(const json::array& users, const csv::Cell& written, File& file) {
    if (written.text.empty()) return {};
    for (const auto& user : users)
        if (same(cell(user, "id"), written.text) || same(cell(user, "email"), written.text)) return cell(user, "id");
    file.complain_of(written, fmt::format("\"{}\" is no user of Zoho's; zoho users lists them", written.text));
    return written.text;
}

Plan plan_of(const std::vector<Row>& rows, const std::vector<Seat>& seats, const json::array& users, bool replace,
             File& file) {
    std::map<const Seat*, std::string> wanted;
    std::map<std::string, std::string> taken; // by whom
    for (const Row& row : rows) {
        const Seat* seat = seat_named(seats, row.whom, file);
        if (!seat) continue;
        auto user = user_id(users, row.user, file);
        if (user.empty() && !replace) user = seat->user;
        if (!wanted.emplace(seat, user).second)
            file.complain_of(row.whom, fmt::format("\"{}\" comes twice", row.whom.text));
        else if (auto [known, is_new] = taken.emplace(user, seat->person); !is_new && !user.empty())
            file.complain_of(row.user,
                             fmt::format("\"{}\" is {}'s already: a user has one link", row.user.text, known->second));
    }
    Plan plan;
    for (const Seat& seat : seats) {
        if (!seat.user.empty()) ++plan.linked;
        auto found = wanted.find(&seat);
        auto after = found != wanted.end() ? found->second : replace ? std::string() : seat.user;
        if (found == wanted.end() && !after.empty() && taken.contains(after))
            file.complain_of(1, 1,
                             fmt::format("{} has the user {}, whom the file gives to {}: give {} a row, too, "
                                         "or use --replace",
                                         seat.person, after, taken[after], seat.person));
        if (same(seat.user, after) || (seat.user.empty() && after.empty()))
            ++plan.unchanged;
        else
            plan.changes.push_back({&seat, std::move(after)});
    }
    return plan;
}

std::optional<std::string> refusal(const Plan& plan, const contacts::ImportLimits& limits) {
    if (auto allowed = limits.allowed(plan.linked); plan.gone() > allowed)
        return fmt::format("{} of {} links would go; {} may (--max-delete); nothing was changed", plan.gone(),
                           plan.linked, allowed);
    return std::nullopt;
}

// --- doing it

std::string told(const Change& change, bool dry) {
    const auto& whom = change.seat->target;
    const auto& before = change.seat->user;
    if (change.after.empty()) return fmt::format("{} {} unlinked from {}", whom, dry ? "would be" : "is", before);
    return fmt::format("{} {} linked to {}{}", whom, dry ? "would be" : "is", change.after,
                       before.empty() ? "" : fmt::format(" (was {})", before));
}

std::string address(const Change& change) {
    return "/v1/zoho/links/" + http::encode_segment(change.seat->target);
}

bool is_done(const Change& change, const Result<json::value>& answer) {
    if (!answer)
        static_cast<void>(complain(Error(answer.error().category, change.seat->target + ": " + answer.error().text)));
    return answer.has_value();
}

/// Users are freed before they are given to others.
std::size_t carry_out(const Call& call, std::vector<Change> changes) {
    std::erase_if(changes, [&](const Change& change) {
        return !change.seat->user.empty() && !is_done(change, call.daemon.remove(address(change)));
    });
    std::erase_if(changes, [&](const Change& change) {
        return !change.after.empty() &&
               !is_done(change, call.daemon.put(address(change), json::object{{"user", change.after}}));
    });
    for (const Change& change : changes)
        fmt::print("{}\n", told(change, false));
    return changes.size();
}

} // namespace

int link_file(const Call& call, const std::string& name) {
    auto text = read_file(name, file_bytes_max);
    if (!text) return complain({text.error().category, fmt::format("{}: {}", name, text.error().text)});
    if (text->size() > file_bytes_max) return complain({Category::limit, name + " is longer than 16 MiB"});
    auto limits = limits_of(call.arguments);
    if (!limits) return misused(limits.error().text);
    auto links = call.daemon.list("/v1/zoho/links");
    if (!links) return complain(links.error());
    auto users = call.daemon.list("/v1/zoho/users");
    if (!users) return complain(users.error());
    if (users->empty())
        return complain({Category::unavailable, "Zoho's users are not known yet; zoho status says why"});
    File file(name);
    auto rows = file.read(*text);
    auto seats = seats_of(*links);
    auto plan = plan_of(rows, seats, *users, call.arguments.has("replace"), file);
    if (!file.good()) return complain({Category::invalid, "the file was refused and nothing was changed"});
    if (auto why = refusal(plan, *limits)) return complain({Category::limit, *why});
    const bool dry = call.arguments.has("dry-run");
    if (dry)
        for (const Change& change : plan.changes)
            fmt::print("{}\n", told(change, true));
    auto changed = dry ? plan.changes.size() : carry_out(call, plan.changes);
    fmt::print("{} {} of {}; {} stay as they are\n", dry ? "would be changed:" : "changed:", changed,
               plan.changes.size(), plan.unchanged);
    return changed == plan.changes.size() ? done : failed;
}

} // namespace lamp::cli
