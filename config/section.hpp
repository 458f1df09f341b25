// How a room declares its section of the configuration: a plain struct whose initialisers are the only place of the
// defaults, and beside it one function that lists its keys. Reading, checking, `config reference`, `config show`,
// config/README.md and the reload's answer all come from that list.
//
//     enum class Target { user, group, enterprise };
//     struct BroadworksOptions {
//         std::string name;
//         std::vector<config::Url> hosts;
//         Secret password;
//         Target target = Target::user;
//         milliseconds heartbeat = 15s;
//     };
//     config::Section<BroadworksOptions> broadworks_section() {
//         using O = BroadworksOptions;
//         using enum config::Reload; // live: a reload applies it; restart: a restart does
//         config::Section<O> s{"broadworks", config::Shape::array_of_tables, "One table per platform login."};
//         s.key("name", &O::name, restart, "How logs and status call this platform.").required();
//         s.key("hosts", &O::hosts, config::count(1, 16), restart, "XSP base URLs.").example(R"(["https://x.nl"])");
//         s.key("password", &O::password, restart, "Its password.").required();
//         s.key("target", &O::target, config::choices<Target>({{"user", Target::user}, …}), restart, "What to watch.");
//         s.key("heartbeat", &O::heartbeat, config::range(1s, 25s), live, "How often the channel says it lives.");
//         s.check([](const O& o, config::Scope& at) { if (o.hosts.empty()) at.error("hosts", "is empty"); });
//         return s;
//     }
//
// Types of members: std::string, bool, any integer, double, lamp::milliseconds, lamp::Secret, std::filesystem::path
// (relative to the configuration file's folder), config::Url, config::Listen, an enum (with choices), std::vector and
// std::optional of these, std::map<std::string, std::string>. An empty path, Url, Listen or Secret means "not set".
#pragma once
#include <concepts>

#include "config/table.hpp"

namespace lamp::config {

/// What may still be said of a key after its declaration.
class KeyHandle {
public:
    KeyHandle(Table& table, std::size_t index) : table_(table), index_(index) {}
    /// The file must give it wherever its section stands. A table with such a key is off when absent.
    KeyHandle required() { return table_.keys[index_].required = true, *this; }
    /// TOML text that the reference shows where there is no default: R"("alice@example.net")".
    KeyHandle example(std::string toml) { return table_.keys[index_].example = std::move(toml), *this; }

private:
    Table& table_;
    std::size_t index_;
};

template <class Options>
class Section {
public:
    Section(std::string name, Shape shape, std::string help) : table_(std::make_shared<Table>()) {
        table_->name = std::move(name);
        table_->shape = shape;
        table_->help = std::move(help);
        table_->type = typeid(Options);
        describe_list(*table_);
    }

    /// A key without a rule of its own. `help` is a whole sentence.
    template <class Member, class Owner>
        requires std::derived_from<Options, Owner>
    KeyHandle key(std::string name, Member Owner::* member, Reload reload, std::string help) {
        return key(std::move(name), member, Rule{}, reload, std::move(help));
    }
    template <class Member, class Owner>
        requires std::derived_from<Options, Owner>
    KeyHandle key(std::string name, Member Owner::* member, Rule rule, Reload reload, std::string help) {
        using Reads = Codec<Member>;
        Key made = describe(std::move(name), std::move(rule), reload, std::move(help));
        made.kind = Reads::kind();
        made.list = Reads::list;
        made.optional = Reads::optional;
        made.read = [member](const Node& node, const Key& key, Context& context, void* options) {
            return Reads::read(node, key.rule, context, own(options).*member);
        };
        made.write = [member](const void* options, const Key& key) {
            return Reads::write(own(options).*member, key.rule);
        };
        made.same = [member](const void* left, const void* right) { return own(left).*member == own(right).*member; };
        made.copy = [member](void* to, const void* from) { own(to).*member = own(from).*member; };
        if constexpr (std::same_as<Member, std::filesystem::path>)
            made.settle = [member](Position at, const Key& key, Context& context, void* options) {
                return settle_path(own(options).*member, at, key.rule, context);
            };
        return add(std::move(made));
    }
    template <class Member, class Owner, class Enum>
        requires std::derived_from<Options, Owner>
    KeyHandle key(std::string name, Member Owner::* member, Choices<Enum> choices, Reload reload, std::string help) {
        static_assert(std::same_as<Member, Enum> || std::same_as<Member, std::vector<Enum>> ||
                          std::same_as<Member, std::optional<Enum>>,
                      "config: these are choices of another enum than the key's");
        return key(std::move(name), member, std::move(choices.rule), reload, std::move(help));
    }

    /// A list of small tables inside this section, `rules = [{…}, {…}]` or `[[presence.rules]]`, each read by `rows`.
    template <class Row>
    KeyHandle tables(std::string name, std::vector<Row> Options::* member, const Section<Row>& rows, Reload reload,
                     std::string help) {
        Key made = describe(std::move(name), Rule{}, reload, std::move(help));
        made.kind = Kind::tables;
        made.list = true;
        made.rows = rows.table();
        made.read = [member](const Node& node, const Key& key, Context& context, void* options) {
            return read_rows(node, key, context, own(options).*member);
        };
        made.write = [member](const void* options, const Key& key) -> std::optional<std::string> {
            std::vector<std::string> items;
            for (const auto& row : own(options).*member)
                items.push_back(write_inline(*key.rows, &row));
            return encode_list(items);
        };
        made.same = [member, table = rows.table()](const void* left, const void* right) {
            return same_rows(*table, own(left).*member, own(right).*member);
        };
        made.copy = [member](void* to, const void* from) { own(to).*member = own(from).*member; };
        return add(std::move(made));
    }

    /// Adds the keys of a struct that several sections share (a proxy, TLS files), which is a member of this one's.
    /// The keys of `part` stand in this section itself; its checks are not taken over.
    template <class Part>
    Section& embed(Part Options::* member, const Section<Part>& part) {
        for (Key made : part.table()->keys) {
            made.read = [member, read = made.read](const Node& node, const Key& key, Context& context, void* options) {
                return read(node, key, context, &(own(options).*member));
            };
            made.write = [member, write = made.write](const void* options, const Key& key) {
                return write(&(own(options).*member), key);
            };
            made.same = [member, same = made.same](const void* left, const void* right) {
                return same(&(own(left).*member), &(own(right).*member));
            };
            made.copy = [member, copy = made.copy](void* to, const void* from) {
                copy(&(own(to).*member), &(own(from).*member));
            };
            if (made.settle)
                made.settle = [member, settle = made.settle](Position at, const Key& key, Context& context,
                                                             void* options) {
                    return settle(at, key, context, &(own(options).*member));
                };
            add(std::move(made));
        }
        return *this;
    }

    /// Asked once per table of the file whose keys are all right on their own: what keys must agree on.
    Section& check(std::function<void(const Options&, Scope&)> check) {
        table_->checks.push_back(
            [check = std::move(check)](const void* options, Scope& scope) { check(own(options), scope); });
        return *this;
    }

    /// The file that `member` names is read (an empty path is left alone) and given to `check`, which reports with the
    /// file's own lines. The file not being there is reported at the key. Asked as soon as this key is right; where
    /// another key of the section is not, it has its default.
    Section& check_file(std::string key, std::filesystem::path Options::* member,
                        std::function<void(const Options&, NamedFile&)> check, std::size_t most_bytes = 256U << 20U) {
        add_file_check(std::move(key), [member](const Options& o) { return o.*member; }, std::move(check), most_bytes);
        return *this;
    }
    Section& check_file(std::string key, std::optional<std::filesystem::path> Options::* member,
                        std::function<void(const Options&, NamedFile&)> check, std::size_t most_bytes = 256U << 20U) {
        add_file_check(
            std::move(key), [member](const Options& o) { return (o.*member).value_or(""); }, std::move(check),
            most_bytes);
        return *this;
    }

    /// Without its header this table's feature is off; `Configuration::find` then gives null.
    Section& off_when_absent() { return table_->off_when_absent = true, *this; }

    [[nodiscard]] std::shared_ptr<const Table> table() const { return table_; }

private:
    static Options& own(void* options) { return *static_cast<Options*>(options); }
    static const Options& own(const void* options) { return *static_cast<const Options*>(options); }

    static Key describe(std::string name, Rule rule, Reload reload, std::string help) {
        Key made;
        made.name = std::move(name);
        made.help = std::move(help);
        made.rule = std::move(rule);
        made.reload = reload;
        return made;
    }
    KeyHandle add(Key made) {
        check_key(*table_, made);
        table_->keys.push_back(std::move(made));
        return {*table_, table_->keys.size() - 1};
    }
    void add_file_check(std::string key, std::function<std::filesystem::path(const Options&)> path,
                        std::function<void(const Options&, NamedFile&)> check, std::size_t most_bytes) {
        table_->file_checks.push_back(
            {std::move(key), [path = std::move(path)](const void* options) { return path(own(options)); },
             [check = std::move(check)](const void* options, NamedFile& file) { check(own(options), file); },
             most_bytes});
    }
    static void describe_list(Table& table) {
        using List = std::vector<Options>;
        table.make_list = [] { return std::static_pointer_cast<void>(std::make_shared<List>()); };
        table.append = [](void* list) -> void* { return &static_cast<List*>(list)->emplace_back(); };
        table.append_copy = [](void* list, const void* options) { static_cast<List*>(list)->push_back(own(options)); };
        table.at = [](void* list, std::size_t i) -> void* { return &(*static_cast<List*>(list))[i]; };
        table.size = [](const void* list) { return static_cast<const List*>(list)->size(); };
    }
    template <class Row>
    static bool read_rows(const Node& node, const Key& key, Context& context, std::vector<Row>& out) {
        if (!check_list(node, key.rule, Kind::tables, context)) return false;
        std::vector<Row> rows(node.items.size());
        bool good = true;
        for (std::size_t i = 0; i < rows.size(); ++i)
            good = read_row(*key.rows, node.items[i], i, context, &rows[i]) && good;
        if (good) out = std::move(rows);
        return good;
    }
    template <class Row>
    static bool same_rows(const Table& table, const std::vector<Row>& left, const std::vector<Row>& right) {
        if (left.size() != right.size()) return false;
        for (std::size_t i = 0; i < left.size(); ++i)
            if (!same_options(table, &left[i], &right[i])) return false;
        return true;
    }

    std::shared_ptr<Table> table_;
};

} // namespace lamp::config
