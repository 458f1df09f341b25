#include "cli/manual.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <ranges>
#include <set>

namespace lamp::cli {
namespace {

using Words = std::vector<std::string_view>;

Words split(std::string_view text, std::string_view by) {
    Words parts;
    for (std::size_t at = 0; at <= text.size();) {
        auto end = std::min(text.find(by, at), text.size());
        if (end > at) parts.push_back(text.substr(at, end - at));
        at = end + by.size();
    }
    return parts;
}

bool literal(std::string_view word) {
    return !word.empty() && std::ranges::all_of(word, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

std::string_view without_brackets(std::string_view word) {
    while (word.starts_with('['))
        word.remove_prefix(1);
    while (word.ends_with(']'))
        word.remove_suffix(1);
    return word;
}

bool takes_value(const CommandInfo& command, std::string_view option) {
    auto found = std::ranges::find(command.options, option, &Option::name);
    return found != command.options.end() && !found->value.empty();
}

/// The allowed values, where a few are written out: "table|json|csv".
Words choices(const Option& option) {
    auto values = split(option.value, "|");
    return values.size() > 1 && std::ranges::all_of(values, literal) ? values : Words();
}

struct Completed { // one command, or several rows of one name
    std::map<std::size_t, std::set<std::string>> words;
    std::map<std::string, Option, std::less<>> options;
};

std::map<std::string, Completed, std::less<>> completed(std::span<const CommandInfo> commands) {
    std::map<std::string, Completed, std::less<>> all;
    for (const CommandInfo& command : commands) {
        auto& one = all[std::string(command.name)];
        for (auto& [place, word] : literal_words(command))
            one.words[place].insert(std::move(word));
        for (const Option& option : command.options)
            one.options.emplace(std::string(option.name), option);
    }
    return all;
}

// The part that does not depend on the commands. A word's place counts what is neither an option nor its value.
constexpr std::string_view completing = R"sh(
_lamplighter() {
  local current=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  local at=2 place=1 word found=""
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_lamplighter_commands)" -- "$current")
    return
  fi
  if [ "$current" = "=" ]; then
    current=""
  elif [ "$before" = "=" ]; then
    before=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  found=$(_lamplighter_value "$command" "$before")
  case $found in
    "") ;;
    FILE)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    ANY) return ;;
    *)
      mapfile -t COMPREPLY < <(compgen -W "$found" -- "$current")
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_lamplighter_options "$command")" -- "$current")
    return
  fi
  while [ "$at" -lt "$COMP_CWORD" ]; do
    word=${COMP_WORDS[at]}
    if [[ $word != -* ]]; then
      place=$((place + 1))
    elif [ "${COMP_WORDS[at + 1]}" = "=" ]; then
      at=$((at + 2))
    elif [ -n "$(_lamplighter_value "$command" "$word")" ]; then
      at=$((at + 1))
    fi
    at=$((at + 1))
  done
  mapfile -t COMPREPLY < <(compgen -W "$(_lamplighter_words "$command" "$place")" -- "$current")
} && complete -F _lamplighter lamplighter
)sh";

std::string value_of(const Option& option) {
    if (auto values = choices(option); !values.empty()) return fmt::format("{}", fmt::join(values, " "));
    return option.value == "FILE" ? "FILE" : "ANY";
}

/// Plain characters for troff: what it would read as a request, an escape or a typographic hyphen.
std::string escaped(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text.substr(i).starts_with("…")) {
            out += "...";
            i += std::string_view("…").size() - 1;
        } else if (text[i] == '\\') {
            out += "\\e";
        } else if (text[i] == '-') {
            out += "\\-";
        } else {
            out += text[i];
        }
    }
    if (out.starts_with('.') || out.starts_with('\'')) out.insert(0, "\\&");
    return out;
}

std::string sentence(std::string_view text) {
    auto out = escaped(text);
    if (!out.empty() && out[0] >= 'a' && out[0] <= 'z') out[0] = static_cast<char>(out[0] - 'a' + 'A');
    return out.ends_with('.') ? out : out + ".";
}

} // namespace

std::vector<std::pair<std::size_t, std::string>> literal_words(const CommandInfo& command) {
    std::vector<std::pair<std::size_t, std::string>> found;
    for (std::string_view way : split(command.usage, " | ")) {
        std::size_t place = 1;
        bool value = false; // the next one is an option's
        for (std::string_view token : split(way, " ")) {
            auto bare = without_brackets(token);
            auto last = bare.substr(bare.rfind('|') + 1);
            if (!std::exchange(value, false) && !bare.starts_with("--")) {
                for (std::string_view word : split(bare, "|"))
                    if (literal(word)) found.emplace_back(place, word);
                ++place;
            }
            last = without_brackets(last);
            if (last.starts_with("--")) value = takes_value(command, last.substr(2));
        }
    }
    return found;
}

std::string bash_completion(std::span<const CommandInfo> commands) {
    std::string names, words, options, values;
    for (const auto& [name, command] : completed(commands)) {
        names += (names.empty() ? "" : " ") + name;
        for (const auto& [place, set] : command.words)
            words += fmt::format("    '{} {}') echo '{}' ;;\n", name, place, fmt::join(set, " "));
        options += fmt::format("    {}) echo '--{}' ;;\n", name, fmt::join(std::views::keys(command.options), " --"));
        for (const auto& [option, row] : command.options)
            if (!row.value.empty()) values += fmt::format("    '{} --{}') echo '{}' ;;\n", name, option, value_of(row));
    }
    return fmt::format("# bash completion for lamplighter; made by `lamplighter completion bash`.\n"
                       "_lamplighter_commands() {{ echo '{}'; }}\n"
                       "_lamplighter_words() {{ # command, place\n  case \"$1 $2\" in\n{}  esac\n}}\n"
                       "_lamplighter_options() {{ # command\n  case $1 in\n{}  esac\n}}\n"
                       "_lamplighter_value() {{ # command, option: its values, FILE, ANY, or nothing if it takes none\n"
                       "  case \"$1 $2\" in\n{}  esac\n}}\n{}",
                       names, words, options, values, completing.substr(1));
}

std::string manual_entries(std::span<const Option> options) {
    std::string out;
    for (const Option& option : options) {
        out += fmt::format(".TP\n.B \\-\\-{}{}\n{}\n", escaped(option.name),
                           option.value.empty() ? "" : " " + escaped(option.value), sentence(option.help));
    }
    return out;
}

std::string manual_entries(std::span<const CommandInfo> commands) {
    std::string out;
    for (const CommandInfo& command : commands) {
        out += fmt::format(".TP\n.B {}{}{}\n{}\n", escaped(command.name), command.usage.empty() ? "" : " ",
                           escaped(command.usage), sentence(command.summary));
        if (command.options.empty()) continue;
        out += ".RS\n" + manual_entries(command.options) + ".RE\n";
    }
    return out;
}

} // namespace lamp::cli
