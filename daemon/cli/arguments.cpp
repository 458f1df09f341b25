#include "cli/arguments.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lamp::cli {

Result<Arguments> Arguments::parse(std::span<const std::string> words, std::span<const Option> options,
                                   std::size_t words_max) {
    Arguments parsed;
    bool only_words = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
        std::string_view word = words[i];
        if (only_words || !word.starts_with("--")) {
            if (parsed.words_.size() == words_max)
                return fail(Category::invalid, fmt::format("\"{}\" is one word too many", word));
            parsed.words_.emplace_back(word);
            continue;
        }
        if (word == "--") {
            only_words = true;
            continue;
        }
        auto equals = word.find('=');
        auto name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
        auto option = std::ranges::find(options, name, &Option::name);
        if (option == options.end()) return fail(Category::invalid, fmt::format("there is no option --{}", name));
        if (option->value.empty()) {
            if (equals != std::string_view::npos)
                return fail(Category::invalid, fmt::format("--{} takes no value", name));
            parsed.values_[std::string(name)] = {""};
        } else if (equals != std::string_view::npos) {
            parsed.values_[std::string(name)].emplace_back(word.substr(equals + 1));
        } else if (i + 1 < words.size()) {
            parsed.values_[std::string(name)].push_back(words[++i]);
        } else {
            return fail(Category::invalid, fmt::format("--{} needs {}", name, option->value));
        }
    }
    return parsed;
}

std::optional<std::string> Arguments::value(std::string_view name) const {
    auto found = values_.find(name);
    return found == values_.end() ? std::nullopt : std::optional(found->second.back());
}

std::vector<std::string> Arguments::all(std::string_view name) const {
    auto found = values_.find(name);
    return found == values_.end() ? std::vector<std::string>() : found->second;
}

std::optional<std::string> stray_option(const Arguments& arguments, std::string_view word,
                                        std::span<const OptionRule> rules) {
    for (const auto& rule : rules)
        if (arguments.has(rule.option) && !rule.words.contains(word))
            return fmt::format("--{} belongs to {}", rule.option, rule.words);
    return std::nullopt;
}

std::optional<char> separator_of(const Arguments& arguments, char usual) {
    auto word = arguments.value("separator").value_or(std::string(1, usual));
    if (word == "tab") word = "\t";
    if (word != ";" && word != "," && word != "\t") return std::nullopt;
    return word.front();
}

} // namespace lamp::cli
