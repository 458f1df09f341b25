// Reading one table by its keys; the checks of the tables themselves.
#include "config/table.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "base/check.hpp"

namespace lamp::config {

namespace {

constexpr std::size_t most_names_listed = 40;

[[noreturn]] void wrong_table(const Table& table, std::string_view key, std::string_view why) {
    const auto text = fmt::format("the section table [{}] key \"{}\": {}", table.name, key, why);
    check_failed(text.c_str(), __FILE__, __LINE__);
}

bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

std::string_view misfit(const Key& key) {
    const auto& rule = key.rule;
    const bool whole = key.kind == Kind::integer;
    const bool text = key.kind == Kind::text;
    if (rule.low && !whole && key.kind != Kind::real) return "a range of numbers";
    if (rule.low_real && !rule.low && key.kind != Kind::real) return "a range of real numbers";
    if (rule.low_ms && key.kind != Kind::duration) return "a range of durations";
    if (rule.low > rule.high || rule.low_real > rule.high_real || rule.low_ms > rule.high_ms) return "an empty range";
    if (rule.fewest > rule.most) return "an empty count";
    if (rule.fewest && !key.list) return "a count of entries";
    if (rule.schemes && key.kind != Kind::listen) return "schemes";
    if (rule.whole_url && key.kind != Kind::url) return "whole_url";
    if (rule.hashed && key.kind != Kind::secret) return "hashed";
    if (rule.filled && !text) return "filled";
    if (rule.names != Rule::Names::none && !text) return "a time zone or country";
    if (rule.presence != Rule::Presence::unchecked && key.kind != Kind::file) return "a check of files";
    if (!rule.words.empty() && !text && key.kind != Kind::choice) return "choices";
    return "";
}

std::string known_names(const Table& table) {
    std::string text;
    for (std::size_t i = 0; i < std::min(table.keys.size(), most_names_listed); ++i)
        text += (i == 0 ? "" : ", ") + table.keys[i].name;
    return table.keys.size() > most_names_listed ? text + ", …" : text;
}

std::vector<std::string> names(const Table& table) {
    std::vector<std::string> all;
    for (const auto& key : table.keys)
        all.push_back(key.name);
    return all;
}

void report_unknown(const Table& table, const Member& member, const std::string& label, Reading& reading) {
    const auto meant = nearest(member.name, names(table));
    Context(reading, label, printable(member.name))
        .error(member.at, meant.empty()
                              ? fmt::format("is not a key of this section (known: {})", known_names(table))
                              : fmt::format("is not a key of this section (did you mean {}?)", in_quotes(meant)));
}

const Node* member_of(const Node& node, std::string_view name) {
    const auto found = std::ranges::find(node.members, name, &Member::name);
    return found == node.members.end() ? nullptr : &found->node;
}

std::ptrdiff_t count_errors(const Problems& problems) {
    return std::ranges::count(problems, Severity::error, &Problem::severity);
}

bool read_member(const Table& table, std::size_t index, const Node& node, const Node* value, Context& context,
                 void* options) {
    const Key& key = table.keys[index];
    if (value != nullptr) return key.read(*value, key, context, options);
    if (key.required) {
        const auto such = key.example.empty() ? wanted(key.kind, key.rule) : "for example " + key.example;
        context.error(node.at,
                      fmt::format("is missing, but required (wanted: {}{})", key.list ? "a list, each " : "", such));
        return false;
    }
    return !key.settle || key.settle(node.at, key, context, options);
}

} // namespace

// Scope and NamedFile ----------------------------------------------------------------------------------------------

Position Scope::place(std::string_view key) const {
    if (node_ == nullptr) return {};
    const auto* value = member_of(*node_, key);
    return value != nullptr ? value->at : node_->at;
}

bool Scope::given(std::string_view key) const {
    if (table_.find(key) == nullptr) wrong_table(table_, key, "a check asks for this key, which is not in the table");
    return node_ != nullptr && member_of(*node_, key) != nullptr;
}

void Scope::error(std::string_view key, std::string message) {
    if (table_.find(key) == nullptr) wrong_table(table_, key, "a check reports this key, which is not in the table");
    Context(reading_, label_, std::string(key)).error(place(key), std::move(message));
}

void Scope::warning(std::string_view key, std::string message) {
    if (table_.find(key) == nullptr) wrong_table(table_, key, "a check reports this key, which is not in the table");
    Context(reading_, label_, std::string(key)).warning(place(key), std::move(message));
}

void Scope::error(std::string message) {
    Context(reading_, label_, "").error(node_ != nullptr ? node_->at : Position(), std::move(message));
}

void NamedFile::error(Position at, std::string what, std::string message) {
    reading_.problems.push_back(
        {Severity::error, path.string(), at.line, at.column, section, std::move(what), std::move(message)});
}

void NamedFile::warning(Position at, std::string what, std::string message) {
    reading_.problems.push_back(
        {Severity::warning, path.string(), at.line, at.column, section, std::move(what), std::move(message)});
}

// Table ------------------------------------------------------------------------------------------------------------

std::string Table::header() const {
    return shape == Shape::table ? fmt::format("[{}]", name) : fmt::format("[[{}]]", name);
}

const Key* Table::find(std::string_view key) const {
    const auto found = std::ranges::find(keys, key, &Key::name);
    return found == keys.end() ? nullptr : &*found;
}

bool Table::all_live() const {
    return std::ranges::all_of(keys, [](const Key& key) { return key.reload == Reload::live; });
}

bool Table::has_required() const {
    return std::ranges::any_of(keys, &Key::required);
}

bool Table::names_entries() const {
    const auto* key = find("name");
    return shape == Shape::array_of_tables && key != nullptr && key->kind == Kind::text && !key->list;
}

bool Table::may_be_off() const {
    return shape == Shape::table && (off_when_absent || has_required());
}

void check_key(const Table& table, const Key& key) {
    if (!is_name(key.name)) wrong_table(table, key.name, "names are lower-case letters, digits and _");
    if (table.find(key.name) != nullptr) wrong_table(table, key.name, "the name is taken");
    if (key.help.empty()) wrong_table(table, key.name, "it has no help sentence");
    if (key.kind == Kind::choice && key.rule.words.empty()) wrong_table(table, key.name, "an enum needs choices");
    if (const auto what = misfit(key); !what.empty())
        wrong_table(table, key.name, fmt::format("the rule does not fit the key's type: {}", what));
}

bool read_table(const Table& table, const Node& node, const std::string& label, Reading& reading, void* options,
                std::vector<Origin>& origins) {
    for (const auto& member : node.members)
        if (table.find(member.name) == nullptr) report_unknown(table, member, label, reading);
    bool good = true;
    origins.assign(table.keys.size(), {});
    for (std::size_t i = 0; i < table.keys.size(); ++i) {
        const auto* value = member_of(node, table.keys[i].name);
        Context context(reading, label, table.keys[i].name);
        const bool key_good = read_member(table, i, node, value, context, options);
        origins[i] = {value != nullptr, key_good, value != nullptr ? value->at : Position(), context.origin()};
        good = good && key_good;
    }
    return good;
}

bool read_row(const Table& table, const Node& node, std::size_t index, Context& context, void* options) {
    const auto label = fmt::format("{}.{} {}", context.section(), context.key(), index + 1);
    if (node.kind != Node::Kind::table) {
        context.error(node.at, fmt::format("entry {} is {} (wanted: a table such as {{ {} = … }})", index + 1,
                                           what_is(node), table.keys.empty() ? "" : table.keys.front().name));
        return false;
    }
    std::vector<Origin> origins;
    bool good = read_table(table, node, label, context.reading(), options, origins);
    if (!good) return false;
    Scope scope(context.reading(), table, label, &node);
    const auto before = count_errors(context.reading().problems);
    for (const auto& check : table.checks)
        check(options, scope);
    return count_errors(context.reading().problems) == before;
}

bool same_options(const Table& table, const void* left, const void* right) {
    return std::ranges::all_of(table.keys, [&](const Key& key) { return key.same(left, right); });
}

std::string write_inline(const Table& table, const void* options) {
    std::string text;
    for (const auto& key : table.keys) {
        const auto value = key.write(options, key);
        if (value) text += fmt::format("{}{} = {}", text.empty() ? "{ " : ", ", key.name, *value);
    }
    return text.empty() ? "{}" : text + " }";
}

} // namespace lamp::config
