// Texts of problems, their order, and the search for the name that was meant.
#include "config/problems.hpp"

#include <algorithm>
#include <cctype>
#include <numeric>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace lamp::config {

namespace {

constexpr std::size_t shown_characters = 80;

std::string lower(std::string_view text) {
    std::string made(text);
    std::ranges::transform(made, made.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return made;
}

// Damerau-Levenshtein with adjacent swaps (optimal string alignment): three rows are enough.
std::size_t slips(std::string_view left, std::string_view right) {
    std::vector<std::size_t> before(right.size() + 1), last(right.size() + 1), row(right.size() + 1);
    for (std::size_t j = 0; j <= right.size(); ++j)
        last[j] = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
        row[0] = i;
        for (std::size_t j = 1; j <= right.size(); ++j) {
            const bool same = left[i - 1] == right[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            const bool swapped = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
            if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
        }
        std::swap(before, last);
        std::swap(last, row);
    }
    return last[right.size()];
}

void append_escaped(std::string& out, char c) {
    switch (c) {
    case '"': out += "\\\""; return;
    case '\\': out += "\\\\"; return;
    case '\n': out += "\\n"; return;
    case '\r': out += "\\r"; return;
    case '\t': out += "\\t"; return;
    default: break;
    }
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7F)
        out += fmt::format("\\u{:04X}", byte);
    else
        out += c;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

} // namespace

std::string to_string(const Problem& problem) {
    std::string text = fmt::format("{}:{}:{}: ", problem.file, problem.line, problem.column);
    if (!problem.section.empty()) {
        text += fmt::format("[{}]", problem.section);
        if (!problem.key.empty()) text += " " + problem.key;
        text += ": ";
    } else if (!problem.key.empty()) {
        text += problem.key + ": ";
    }
    if (problem.severity == Severity::warning) text += "warning: ";
    return text + problem.message;
}

std::string to_string(const Problems& problems) {
    std::string text;
    for (const auto& problem : problems)
        text += to_string(problem) + "\n";
    return text;
}

bool has_errors(const Problems& problems) {
    return std::ranges::any_of(problems, [](const Problem& p) { return p.severity == Severity::error; });
}

void sort_by_place(Problems& problems, std::string_view first_file) {
    auto place = [&](const Problem& p) {
        return std::tuple(p.file != first_file, std::string_view(p.file), p.line, p.column);
    };
    // By index where places are equal: stable_sort of libstdc++ 12 is deprecated from inside (get_temporary_buffer).
    std::vector<std::size_t> order(problems.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::sort(order, {}, [&](std::size_t i) { return std::tuple_cat(place(problems[i]), std::tuple(i)); });
    Problems sorted;
    for (auto i : order)
        sorted.push_back(std::move(problems[i]));
    problems = std::move(sorted);
}

std::string nearest(std::string_view word, const std::vector<std::string>& names) {
    constexpr std::size_t longest_word = 64; // nobody means a key by more than that
    if (word.empty() || word.size() > longest_word) return "";
    std::size_t best = std::max(std::min<std::size_t>(2, word.size() / 2), word.size() / 3) + 1;
    std::string found;
    for (const auto& name : names) {
        const auto count = slips(lower(word), lower(name));
        if (count < best) best = count, found = name;
    }
    return found;
}

std::string in_quotes(std::string_view text) {
    std::string out = "\"";
    std::size_t characters = 0;
    for (char c : text) {
        if (!continues_character(c) && ++characters > shown_characters) {
            out += "…";
            break;
        }
        append_escaped(out, c);
    }
    return out + "\"";
}

std::string printable(std::string_view name) {
    const bool bare = !name.empty() && std::ranges::all_of(name, [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    });
    return bare ? std::string(name) : in_quotes(name);
}

} // namespace lamp::config
