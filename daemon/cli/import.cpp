// import: favourites and CRM integrations out of files that older clients have exported.
#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <iterator>
#include <tuple>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "cli/input.hpp"
#include "cli/older.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

/// What became of one row.
struct Outcome {
    int line = 0;
    std::string what;
    std::string result; // imported, created, known, left out
    std::string why;
};

std::string digits_of(std::string_view number) {
    std::string digits;
    std::ranges::copy_if(number, std::back_inserter(digits), [](char c) { return c >= '0' && c <= '9'; });
    return digits;
}

/// The same number written in two ways: one ends as the other does, but for a prefix of at most four digits.
bool same_number(std::string_view left, std::string_view right) {
    constexpr std::size_t whole = 7; // shorter ones are extensions
    constexpr std::size_t prefix = 4;
    auto one = digits_of(left), other = digits_of(right);
    if (one.empty() || other.empty()) return false;
    if (one.size() < whole || other.size() < whole) return one == other;
    if (!left.starts_with('+') && one.starts_with('0')) one.erase(0, one.starts_with("00") ? 2 : 1);
    if (!right.starts_with('+') && other.starts_with('0')) other.erase(0, other.starts_with("00") ? 2 : 1);
    auto& longer = one.size() > other.size() ? one : other;
    auto& shorter = one.size() > other.size() ? other : one;
    return longer.ends_with(shorter) && longer.size() - shorter.size() <= prefix;
}

bool has_number(const json::value& item, const std::string& number) {
    return std::ranges::any_of(list_of(item, "numbers"),
                               [&](const json::value& one) { return same_number(cell(one, "number"), number); });
}

class Importing {
public:
    Importing(const Call& call, std::string person, bool dry_run)
        : daemon_(call.daemon), person_(std::move(person)), dry_run_(dry_run) {}

    Result<std::vector<Outcome>> favourites(const std::vector<Favourite>& all) {
        auto target = "/v1/favourites/" + http::encode_segment(person_);
        auto before = daemon_.get(target);
        if (!before) return std::unexpected(before.error());
        auto keys = list_of(*before, "keys");
        auto count = keys.size();
        std::vector<Outcome> outcomes;
        for (const auto& one : all) {
            auto outcome = take(one, keys);
            if (!outcome) return std::unexpected(outcome.error());
            outcomes.push_back(std::move(*outcome));
        }
        if (dry_run_ || keys.size() == count) return outcomes;
        auto done = daemon_.put(target, json::object{{"keys", keys}});
        if (!done) return std::unexpected(done.error());
        return outcomes;
    }

private:
    /// Its key in the directory, or nothing; more than one that it may be is nothing, too, with the reason.
    Result<std::string> find(const Favourite& one, std::string& why) {
        std::vector<std::string> words = one.numbers;
        if (!one.email.empty()) words.push_back(one.email);
        if (!one.first_name.empty() && !one.last_name.empty()) words.push_back(one.first_name + " " + one.last_name);
        for (const auto& word : words) {
            auto found = daemon_.get("/v1/directory?source=contacts,ldap,users&limit=50&q=" + http::encode_query(word));
            if (!found) return std::unexpected(found.error());
            const auto* items = member(*found, "items");
            if (!items || !items->is_array()) return fail(Category::protocol, "the answer is no list");
            std::vector<std::string> keys;
            for (const auto& item : items->get_array())
                if (is(item, one, word)) keys.push_back(cell(item, "key"));
            if (keys.size() == 1) return keys.front();
            if (keys.size() > 1) why = fmt::format("{} contacts of the directory may be meant", keys.size());
        }
        return std::string();
    }

    static bool is(const json::value& item, const Favourite& one, const std::string& word) {
        if (word == one.email) return cell(item, "email") == word;
        if (std::ranges::find(one.numbers, word) != one.numbers.end()) return has_number(item, word);
        return cell(item, "first_name") == one.first_name && cell(item, "last_name") == one.last_name;
    }

    Result<std::string> create(const Favourite& one) {
        json::array numbers;
        for (const auto& number : one.numbers)
            numbers.push_back(json::object{{"type", "work"}, {"number", number}});
        json::object contact{{"first_name", one.first_name}, {"last_name", one.last_name}, {"numbers", numbers}};
        if (!one.email.empty()) contact["email"] = one.email;
        auto made = daemon_.post("/v1/contacts", contact);
        if (!made) return std::unexpected(made.error());
        return cell(*made, "key");
    }

    Result<Outcome> take(const Favourite& one, json::array& keys) {
        std::string why;
        auto key = find(one, why);
        if (!key) return std::unexpected(key.error());
        Outcome outcome{one.line, one.shown, "imported", {}};
        if (key->empty()) {
            outcome.result = "left out";
            outcome.why =
                why.empty() ? "nobody of the directory, and a new contact needs both names and a number" : why;
            if (!why.empty() || one.first_name.empty() || one.last_name.empty() || one.numbers.empty()) return outcome;
            outcome.result = "created";
            outcome.why.clear();
            if (dry_run_) return outcome;
            key = create(one);
            if (!key && key.error().category != Category::invalid) return std::unexpected(key.error());
            if (!key) return Outcome{one.line, one.shown, "left out", key.error().text};
        }
        if (std::ranges::find(keys, json::value(*key)) != keys.end()) outcome.result = "known";
        if (outcome.result != "known") keys.emplace_back(*key);
        return outcome;
    }

    DaemonClient& daemon_;
    std::string person_;
    bool dry_run_;
};

/// What becomes of the ability to put new contacts there.
std::string abilities(const OlderIntegration& one) {
    if (one.adds.empty())
        return one.could_add
                   ? "loses an ability: new contacts could be put there, and cannot here (a [[recognition]] of "
                     "type ldap with create_base takes some)"
                   : "takes no new contacts";
    return fmt::format("{} new contacts with {}", one.could_add ? "goes on to take" : "can take", one.adds);
}

/// Whether the old program may go. `by_hand`: what is imported counts only once somebody has filled it in.
std::string verdict(std::size_t rows, std::size_t missing, std::size_t by_hand, bool dry_run) {
    if (rows == 0) return "The file names nothing: keep the old program until something was imported.";
    if (missing > 0)
        return fmt::format("Keep the old program: {} of {} rows above are left out, and why. Enter them by hand, or "
                           "import a file that has them.",
                           missing, rows);
    if (by_hand > 0)
        return fmt::format("Keep the old program until the {} integrations below are filled in, in force, and up in "
                           "`lamplighter integration list`.",
                           by_hand);
    if (dry_run) return "Everything would be imported; after an import without --dry-run the old program may go.";
    return "Safe to remove: everything of this file is here, the old program may go.";
}

int report(const Call& call, std::vector<Outcome> outcomes, const std::vector<LeftOut>& left_out, std::size_t by_hand) {
    for (const auto& one : left_out)
        outcomes.push_back({one.line, one.what, "left out", one.why});
    std::ranges::sort(outcomes, {}, [](const Outcome& one) { return std::tie(one.line, one.what); });
    json::array rows;
    std::size_t missing = 0;
    for (const auto& one : outcomes) {
        rows.push_back(json::object{{"line", one.line}, {"what", one.what}, {"result", one.result}, {"why", one.why}});
        missing += one.result == "left out" ? 1 : 0;
    }
    if (!rows.empty() || call.format == Format::json)
        print(
            print_list(rows, {{"LINE", "line"}, {"WHAT", "what"}, {"RESULT", "result"}, {"WHY", "why"}}, call.format));
    const bool dry_run = call.arguments.has("dry-run");
    if (call.format == Format::table)
        fmt::print("imported: {}, not imported: {}{}\n{}\n", rows.size() - missing, missing,
                   dry_run ? " (a dry run: nothing was changed)" : "", verdict(rows.size(), missing, by_hand, dry_run));
    return done;
}

} // namespace

int import_older(const Call& call) {
    auto path = call.arguments.value("from");
    if (!path) return misused("import needs --from FILE");
    auto word = call.arguments.value("kind");
    if (word && *word != "favourites" && *word != "integrations")
        return misused("--kind is favourites or integrations");
    auto kind =
        word ? std::optional(*word == "favourites" ? OlderKind::favourites : OlderKind::integrations) : std::nullopt;
    auto text = read_file(*path, older_file_max);
    if (!text) return complain({text.error().category, *path + " cannot be read"});
    auto file = read_older(*text, kind);
    if (!file) return complain({file.error().category, fmt::format("{}: {}", *path, file.error().text)});
    std::vector<Outcome> outcomes;
    if (file->kind == OlderKind::integrations) {
        for (const auto& one : file->integrations)
            outcomes.push_back({one.line, one.name, "imported", "needs " + one.note + "; " + abilities(one)});
        auto shown = report(call, std::move(outcomes), file->left_out, file->integrations.size());
        if (call.format == Format::table && !file->integrations.empty())
            print("\n# For the configuration; an integration counts once what it needs is there.\n\n" +
                  as_configuration(file->integrations));
        return shown;
    }
    auto person = call.arguments.value("person");
    if (!person) return misused("favourites are somebody's: --person ID, or team:NAME");
    auto taken = Importing(call, *person, call.arguments.has("dry-run")).favourites(file->favourites);
    if (!taken) return complain(taken.error());
    return report(call, std::move(*taken), file->left_out, 0);
}

} // namespace lamp::cli
