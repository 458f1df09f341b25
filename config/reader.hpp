// From a file to a checked configuration: all mistakes at once, or the decoded values with their origins.
//
//     config::Schema schema;
//     schema.add(daemon_section()).add(broadworks_section());
//     auto reading = config::read(schema, "/etc/lamplighter/lamplighter.toml", config::Sources::machine());
//     fmt::print("{}", to_string(reading.problems));
//     if (!reading.configuration) return 78;
//     for (const auto& login : reading.configuration->all<BroadworksOptions>()) …
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "config/section.hpp"
#include "config/sources.hpp"

namespace lamp::config {

class Configuration;

/// The sections that a daemon knows, in the order of the reference. Copies are cheap.
class Schema {
public:
    /// Two sections of one name or of one Options type stop the program.
    template <class Options>
    Schema& add(const Section<Options>& section) {
        return add_table(section.table()), *this;
    }
    /// What sections must agree on; asked when all of `sections` are right on their own.
    Schema& check(std::vector<std::string> sections, std::function<void(const Configuration&, class Findings&)> check);

    struct Check {
        std::vector<std::string> sections;
        std::function<void(const Configuration&, class Findings&)> check;
    };
    [[nodiscard]] const std::vector<std::shared_ptr<const Table>>& tables() const { return tables_; }
    [[nodiscard]] const std::vector<Check>& checks() const { return checks_; }

private:
    void add_table(std::shared_ptr<const Table> table);
    std::vector<std::shared_ptr<const Table>> tables_;
    std::vector<Check> checks_;
};

/// One table as it was read.
struct Entry {
    std::string label; // `http`, `broadworks "acme"`, `webhook 2`
    Position header;
    std::vector<Origin> origins; // one per key of the table
};

/// One section as it was read; a table that is absent but not off has one entry, all defaults, `present` false.
struct Decoded {
    std::shared_ptr<const Table> table;
    std::shared_ptr<void> values; // std::vector<Options>
    std::vector<Entry> entries;   // as many
    bool present = false;         // the file has it
};

/// Checked and whole; never changes, so that every loop may hold it.
class Configuration {
public:
    Configuration(std::string file, std::vector<Decoded> sections)
        : file_(std::move(file)), sections_(std::move(sections)) {}

    /// The section whose options these are; for a table that is never off.
    template <class Options>
    [[nodiscard]] const Options& get() const {
        const auto* found = find<Options>();
        LAMP_CHECK(found != nullptr);
        return *found;
    }
    /// Null when the section is off (absent); the first entry of an array.
    template <class Options>
    [[nodiscard]] const Options* find() const {
        const auto& list = all<Options>();
        return list.empty() ? nullptr : &list.front();
    }
    /// Every entry of an array of tables, in the order of the file.
    template <class Options>
    [[nodiscard]] const std::vector<Options>& all() const {
        return *static_cast<const std::vector<Options>*>(section(typeid(Options)).values.get());
    }
    /// A section that the schema does not have stops the program.
    [[nodiscard]] const Decoded& section(std::type_index options) const;
    [[nodiscard]] const std::vector<Decoded>& sections() const { return sections_; }
    [[nodiscard]] const std::string& file() const { return file_; }

private:
    std::string file_;
    std::vector<Decoded> sections_;
};

/// Where checks across sections report.
class Findings {
public:
    Findings(const Configuration& configuration, Problems& problems)
        : configuration_(configuration), problems_(problems) {}
    /// Of the n-th entry of the section whose options these are.
    template <class Options>
    void error(std::size_t entry, std::string_view key, std::string message) {
        report(Severity::error, typeid(Options), entry, key, std::move(message));
    }
    template <class Options>
    void warning(std::size_t entry, std::string_view key, std::string message) {
        report(Severity::warning, typeid(Options), entry, key, std::move(message));
    }

private:
    void report(Severity severity, std::type_index options, std::size_t entry, std::string_view key,
                std::string message);
    const Configuration& configuration_;
    Problems& problems_;
};

struct Answer {
    std::shared_ptr<const Configuration> configuration; // null when any problem is an error
    Problems problems;                                  // by place; warnings too
};

/// Reads and checks `path` and every file that it names. Problems call the file as `path` does.
[[nodiscard]] Answer read(const Schema& schema, const std::filesystem::path& path, const Sources& sources);
/// The same for a text that is already here; `path` says where it would lie.
[[nodiscard]] Answer read_text(const Schema& schema, std::string_view text, const std::filesystem::path& path,
                               const Sources& sources);

} // namespace lamp::config
