// What is said to people, and the same for programs: a sentence in English with a code that never changes and the
// values in it, so that a page can say it in another language.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lamp {

/// A text like any other; two sentences are the same when their texts are.
struct Sentence : std::string {
    using Values = std::vector<std::pair<std::string_view, std::string>>;

    Sentence() = default;
    Sentence(std::string text) : std::string(std::move(text)) {} // without a code: nobody can translate it
    Sentence(const char* text) : std::string(text) {}
    /// `code_` and the names of the values live forever.
    Sentence(std::string_view code_, Values values_, std::string text)
        : std::string(std::move(text)), code(code_), values(std::move(values_)) {}

    /// The text alone.
    [[nodiscard]] const std::string& plain() const { return *this; }

    std::string_view code{}; // "login_refused"; empty: none
    Values values{};
};

} // namespace lamp
