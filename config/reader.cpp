// The order of a reading: the text, its sections, what each section checks, the files it names, what sections must
// agree on. Each step goes on after mistakes as far as what it needs is known.
#include "config/reader.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/check.hpp"
#include "config/document.hpp"

namespace lamp::config {

namespace {

constexpr std::size_t most_file_bytes = 1U << 20U;

[[noreturn]] void wrong_schema(std::string_view section, std::string_view why) {
    check_failed(fmt::format("the configuration schema, section [{}]: {}", section, why).c_str(), __FILE__, __LINE__);
}

class Reader {
public:
    Reader(const Schema& schema, const Node& root, Reading& reading)
        : schema_(schema), root_(root), reading_(reading) {}

    Configuration read() {
        std::vector<Decoded> sections;
        report_unknown();
        for (const auto& table : schema_.tables())
            sections.push_back(read_section(table));
        Configuration made(reading_.file, std::move(sections));
        check_agreement(made);
        return made;
    }

private:
    void error(const std::string& section, Position at, std::string message) {
        Context(reading_, section, "").error(at, std::move(message));
    }

    [[nodiscard]] const Member* member(std::string_view name) const {
        const auto found = std::ranges::find(root_.members, name, &Member::name);
        return found == root_.members.end() ? nullptr : &*found;
    }

    void report_unknown() {
        for (const auto& member : root_.members) {
            const bool known = std::ranges::any_of(schema_.tables(), [&](auto& t) { return t->name == member.name; });
            const bool section = member.node.kind == Node::Kind::table || member.node.is_list_of_tables();
            if (!known && section) report_unknown_section(member);
            if (!known && !section) report_stray_key(member);
        }
    }

    void report_unknown_section(const Member& member) {
        std::vector<std::string> names;
        for (const auto& table : schema_.tables())
            names.push_back(table->name);
        const auto meant = nearest(member.name, names);
        // A list of tables has no place of its own that people would look at: its first table does.
        const auto at = member.node.is_list_of_tables() ? member.node.items.front().at : member.node.at;
        error(printable(member.name), at,
              meant.empty() ? "there is no such section"
                            : fmt::format("there is no such section (did you mean {}?)", in_quotes(meant)));
    }

    void report_stray_key(const Member& member) {
        std::string owners;
        for (const auto& table : schema_.tables())
            if (table->find(member.name) != nullptr)
                owners += fmt::format("{}{}", owners.empty() ? "" : ", ", table->header());
        Context(reading_, "", printable(member.name))
            .error(member.at, owners.empty()
                                  ? std::string("stands outside of every section (keys belong under a [section])")
                                  : fmt::format("stands outside of every section (it is a key of {})", owners));
    }

    Decoded read_section(const std::shared_ptr<const Table>& table) {
        Decoded made{table, table->make_list(), {}, false};
        const auto* found = member(table->name);
        made.present = found != nullptr;
        if (found == nullptr)
            read_absent(made);
        else if (table->shape == Shape::table)
            read_single(made, *found);
        else
            read_array(made, *found);
        return made;
    }

    void read_absent(Decoded& made) {
        const auto& table = *made.table;
        if (table.shape == Shape::array_of_tables || table.may_be_off()) return;
        const Node nothing;
        read_entry(made, nothing, table.name, nullptr);
    }

    void read_single(Decoded& made, const Member& member) {
        const auto& name = made.table->name;
        if (member.node.kind == Node::Kind::table) return read_entry(made, member.node, name, &member.node);
        if (!member.node.is_list_of_tables()) return wrong_kind(*made.table, member);
        error(name, member.node.items.front().at, fmt::format("may stand only once (write [{}])", name));
        bad_.insert(name);
        read_entry(made, member.node.items.front(), name, &member.node.items.front());
    }

    void read_array(Decoded& made, const Member& member) {
        const auto& table = *made.table;
        const bool empty = member.node.kind == Node::Kind::list && member.node.items.empty();
        if (empty) return;
        if (member.node.kind == Node::Kind::table) {
            error(table.name, member.node.at,
                  fmt::format("may stand more than once, so its brackets are double (write [[{}]])", table.name));
            bad_.insert(table.name);
            return read_entry(made, member.node, label_of(table, member.node, 0), &member.node);
        }
        if (!member.node.is_list_of_tables()) return wrong_kind(table, member);
        std::map<std::string, Position> seen;
        for (std::size_t i = 0; i < member.node.items.size(); ++i) {
            const auto& item = member.node.items[i];
            const auto label = label_of(table, item, i);
            if (table.names_entries()) check_double(table, item, label, seen);
            read_entry(made, item, label, &item);
        }
    }

    void wrong_kind(const Table& table, const Member& member) {
        error(table.name, member.at,
              fmt::format("is {} (wanted: a section, {})", what_is(member.node), table.header()));
        bad_.insert(table.name);
    }

    static const Node* name_of(const Node& node) {
        const auto found = std::ranges::find(node.members, "name", &Member::name);
        if (found == node.members.end() || found->node.kind != Node::Kind::text) return nullptr;
        return found->node.text.empty() ? nullptr : &found->node;
    }

    static std::string label_of(const Table& table, const Node& node, std::size_t index) {
        const auto* name = table.names_entries() ? name_of(node) : nullptr;
        return name != nullptr ? fmt::format("{} {}", table.name, in_quotes(name->text))
                               : fmt::format("{} {}", table.name, index + 1);
    }

    void check_double(const Table& table, const Node& node, const std::string& label,
                      std::map<std::string, Position>& seen) {
        const auto* name = name_of(node);
        if (name == nullptr) return;
        const auto [first, fresh] = seen.emplace(name->text, name->at);
        if (fresh) return;
        bad_.insert(table.name);
        Context(reading_, label, "name")
            .error(name->at,
                   fmt::format("is the name of two [[{}]] (the first is in line {})", table.name, first->second.line));
    }

    // `at` is null for a section that the file does not have.
    void read_entry(Decoded& made, const Node& node, const std::string& label, const Node* at) {
        const auto& table = *made.table;
        void* options = table.append(made.values.get());
        Entry entry{label, node.at, {}};
        const bool good = read_table(table, node, label, reading_, options, entry.origins);
        if (!good) bad_.insert(table.name);
        Scope scope(reading_, table, label, at);
        if (good)
            for (const auto& check : table.checks)
                check(options, scope);
        for (const auto& check : table.file_checks)
            if (entry.origins[index_of(table, check.key)].good) check_file(check, options, scope);
        made.entries.push_back(std::move(entry));
    }

    static std::size_t index_of(const Table& table, std::string_view key) {
        return static_cast<std::size_t>(table.find(key) - table.keys.data());
    }

    void check_file(const Table::FileCheck& check, const void* options, Scope& scope) {
        const auto path = check.path(options);
        if (path.empty()) return;
        auto text = reading_.sources.read(path, check.most_bytes);
        if (!text)
            return scope.error(check.key, fmt::format("the file {} {}", in_quotes(path.string()), text.error().text));
        NamedFile file(reading_, path, scope.label(), std::move(text->bytes));
        check.check(options, file);
    }

    void check_agreement(const Configuration& made) {
        Findings findings(made, reading_.problems);
        for (const auto& check : schema_.checks()) {
            const bool known = std::ranges::none_of(check.sections, [&](auto& name) { return bad_.contains(name); });
            if (known) check.check(made, findings);
        }
    }

    const Schema& schema_;
    const Node& root_;
    Reading& reading_;
    std::set<std::string> bad_; // sections with a key that could not be decoded
};

Answer unreadable(const std::filesystem::path& path, Position at, std::string message) {
    return {nullptr, {{Severity::error, path.string(), at.line, at.column, "", "", std::move(message)}}};
}

bool is_blank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n\xEF\xBB\xBF") == std::string_view::npos;
}

} // namespace

// Schema -----------------------------------------------------------------------------------------------------------

void Schema::add_table(std::shared_ptr<const Table> table) {
    for (const auto& known : tables_) {
        if (known->name == table->name) wrong_schema(table->name, "the name is taken");
        if (known->type == table->type) wrong_schema(table->name, "its options are those of another section, too");
    }
    for (const auto& check : table->file_checks)
        if (table->find(check.key) == nullptr) wrong_schema(table->name, "check_file names a key that is not there");
    tables_.push_back(std::move(table));
}

Schema& Schema::check(std::vector<std::string> sections, std::function<void(const Configuration&, Findings&)> check) {
    for (const auto& name : sections) {
        const bool known = std::ranges::any_of(tables_, [&](auto& table) { return table->name == name; });
        if (!known) wrong_schema(name, "a check asks for it before it is added");
    }
    checks_.push_back({std::move(sections), std::move(check)});
    return *this;
}

// Configuration ----------------------------------------------------------------------------------------------------

const Decoded& Configuration::section(std::type_index options) const {
    const auto found = std::ranges::find_if(sections_, [&](const Decoded& s) { return s.table->type == options; });
    if (found == sections_.end()) wrong_schema(options.name(), "no section of the schema has these options");
    return *found;
}

void Findings::report(Severity severity, std::type_index options, std::size_t entry, std::string_view key,
                      std::string message) {
    const auto& section = configuration_.section(options);
    const auto* known = section.table->find(key);
    if (known == nullptr || entry >= section.entries.size())
        wrong_schema(section.table->name, "a check reports a key or an entry that is not there");
    const auto& origin = section.entries[entry].origins[static_cast<std::size_t>(known - section.table->keys.data())];
    const auto at = origin.given ? origin.at : section.entries[entry].header;
    problems_.push_back({severity, configuration_.file(), at.line, at.column, section.entries[entry].label,
                         std::string(key), std::move(message)});
}

// Reading ----------------------------------------------------------------------------------------------------------

Answer read_text(const Schema& schema, std::string_view text, const std::filesystem::path& path,
                 const Sources& sources) {
    auto root = parse_document(text);
    if (!root) return unreadable(path, root.error().at, std::move(root.error().message));
    Reading reading{sources, path.string(), path.parent_path(), {}, std::nullopt};
    if (is_blank(text))
        reading.problems.push_back({Severity::warning, reading.file, 1, 1, "", "",
                                    "the file is empty: every key has its default, nothing is connected"});
    auto configuration = Reader(schema, *root, reading).read();
    sort_by_place(reading.problems, reading.file);
    Answer answer{nullptr, std::move(reading.problems)};
    if (!has_errors(answer.problems))
        answer.configuration = std::make_shared<const Configuration>(std::move(configuration));
    return answer;
}

Answer read(const Schema& schema, const std::filesystem::path& path, const Sources& sources) {
    auto text = sources.read(path, most_file_bytes);
    if (!text) return unreadable(path, {}, "the file " + text.error().text);
    return read_text(schema, text->bytes, path, sources);
}

} // namespace lamp::config
