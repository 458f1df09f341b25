// Command line arguments: positional words and options, checked against what a command takes. Pure.
#pragma once
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::cli {

struct Option {
    std::string_view name;  // without the dashes
    std::string_view value; // what stands for its value in the usage; empty for a flag
    std::string_view help;
};

class Arguments {
public:
    /// Reads "--name value", "--name=value" and flags; "--" ends the options. Refuses unknown options, a missing value,
    /// and more words than `words_max`, naming the word.
    [[nodiscard]] static Result<Arguments> parse(std::span<const std::string> words, std::span<const Option> options,
                                                 std::size_t words_max);

    [[nodiscard]] bool has(std::string_view name) const { return values_.contains(name); }
    /// Of one that is given several times the last.
    [[nodiscard]] std::optional<std::string> value(std::string_view name) const;
    /// In the order in which they were given.
    [[nodiscard]] std::vector<std::string> all(std::string_view name) const;
    [[nodiscard]] const std::vector<std::string>& words() const { return words_; }

private:
    std::map<std::string, std::vector<std::string>, std::less<>> values_;
    std::vector<std::string> words_;
};

struct OptionRule {
    std::string_view option;
    std::string_view words; // that take it, with blanks between them
};
/// What to say of an option that stands beside a word that does not take it.
[[nodiscard]] std::optional<std::string> stray_option(const Arguments& arguments, std::string_view word,
                                                      std::span<const OptionRule> rules);

/// --separator, as tables are written with it; nothing: it is none of ; , tab.
[[nodiscard]] std::optional<char> separator_of(const Arguments& arguments, char usual);

} // namespace lamp::cli
