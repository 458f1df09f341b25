// A section as data, its C++ type forgotten: what reader, reference, show and reload walk over.
// Owners of sections see `Section` (section.hpp) instead, which fills one of these.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <typeindex>
#include <vector>

#include "config/codec.hpp"

namespace lamp::config {

enum class Shape : std::uint8_t {
    table,           // [http]: at most once
    array_of_tables, // [[broadworks]]: any number; a text key called `name` names each and must be unique
};

enum class Reload : std::uint8_t { live, restart };

struct Table;

/// One key of a section. The `options` pointers are the owner's struct, of the type that the table was made for.
struct Key {
    std::string name;
    std::string help;
    std::string example; // TOML text for the reference where there is no default
    Kind kind = Kind::text;
    bool list = false;
    bool optional = false;
    bool required = false;
    Rule rule;
    Reload reload = Reload::restart;
    std::shared_ptr<const Table> rows; // of Kind::tables

    std::function<bool(const Node&, const Key&, Context&, void* options)> read;
    std::function<std::optional<std::string>(const void* options, const Key&)> write;
    /// Of paths: finishes a default that the file does not override; may be empty.
    std::function<bool(Position header, const Key&, Context&, void* options)> settle;
    std::function<bool(const void* left, const void* right)> same;
    std::function<void(void* to, const void* from)> copy;
};

/// What a check sees of one table of the file, and where it reports.
class Scope {
public:
    Scope(Reading& reading, const Table& table, std::string label, const Node* node)
        : reading_(reading), table_(table), label_(std::move(label)), node_(node) {}

    /// At the key's value where the file gives it, else at the section's header. An unknown key stops the program.
    void error(std::string_view key, std::string message);
    void warning(std::string_view key, std::string message);
    /// Of the section as a whole.
    void error(std::string message);
    /// Whether the file gives this key.
    [[nodiscard]] bool given(std::string_view key) const;
    [[nodiscard]] const std::string& label() const { return label_; }
    [[nodiscard]] Reading& reading() { return reading_; }
    [[nodiscard]] Position place(std::string_view key) const;

private:
    Reading& reading_;
    const Table& table_;
    std::string label_;
    const Node* node_; // null when the section is not in the file
};

/// A file that the configuration names, for its owner to check: the whole text and a place to report mistakes.
class NamedFile {
public:
    NamedFile(Reading& reading, std::filesystem::path path, std::string section, std::string text)
        : path(std::move(path)), section(std::move(section)), text(std::move(text)), reading_(reading) {}

    const std::filesystem::path path;
    const std::string section; // the label of the section that names it
    const std::string text;

    /// `what` stands where a key stands: the name of a column, or empty.
    void error(Position at, std::string what, std::string message);
    void warning(Position at, std::string what, std::string message);

private:
    Reading& reading_;
};

struct Table {
    std::string name;
    Shape shape = Shape::table;
    std::string help;
    std::vector<Key> keys;
    bool off_when_absent = false; // without its header the feature is off (an array always is)
    std::type_index type = typeid(void);

    std::vector<std::function<void(const void* options, Scope&)>> checks;
    struct FileCheck {
        std::string key;
        std::function<std::filesystem::path(const void* options)> path;
        std::function<void(const void* options, NamedFile&)> check;
        std::size_t most_bytes;
    };
    std::vector<FileCheck> file_checks;

    // The owner's std::vector<Options>, its type forgotten.
    std::function<std::shared_ptr<void>()> make_list;
    std::function<void*(void* list)> append; // a fresh entry; earlier entries may move
    std::function<void(void* list, const void* options)> append_copy;
    std::function<void*(void* list, std::size_t)> at;
    std::function<std::size_t(const void* list)> size;

    /// As it stands in the file: "[http]", "[[broadworks]]".
    [[nodiscard]] std::string header() const;
    [[nodiscard]] const Key* find(std::string_view key) const;
    /// A change of entries (added, removed) is applied by a reload when every key of the section is.
    [[nodiscard]] bool all_live() const;
    [[nodiscard]] bool has_required() const;
    /// An array whose entries carry a `name`.
    [[nodiscard]] bool names_entries() const;
    /// A table without which its feature is off.
    [[nodiscard]] bool may_be_off() const;
};

/// Stops the program, saying which key, when a rule does not fit its key's type or a name is taken or malformed.
void check_key(const Table& table, const Key& key);
/// Reads one table of the file into `options`; false when any key of it is wrong. `origins` get one entry per key.
struct Origin {
    bool given = false;
    bool good = true;   // could be decoded
    Position at;        // where given
    std::string source; // "env:NAME", "file:PATH", "credential:NAME", "literal"; empty for ordinary values
};
bool read_table(const Table& table, const Node& node, const std::string& label, Reading& reading, void* options,
                std::vector<Origin>& origins);
/// Of Kind::tables: one of its tables, known to people as `key 2`.
bool read_row(const Table& table, const Node& node, std::size_t index, Context& context, void* options);
[[nodiscard]] bool same_options(const Table& table, const void* left, const void* right);
[[nodiscard]] std::string write_inline(const Table& table, const void* options);

} // namespace lamp::config
