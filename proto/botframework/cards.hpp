// What a message extension of Teams is answered: search results as Adaptive Cards 1.4 with a preview each, and what a
// button has come to. Names come from directories, where anything may stand: they are shown as they are written and
// never read as markup. Pure; JSON.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::botframework {

inline constexpr std::string_view dial_verb = "dial";
inline constexpr std::size_t numbers_max = 5; // of one card: Teams shows six buttons, and one is for the chat

/// A number and its button. Where a client knows no Action.Execute, the button opens the link.
struct Number {
    std::string text; // "+31201232001", with its kind where it has one
    std::string to;   // what the button's data say
    std::string title;
    std::string link;
};
struct Card {
    std::string title;
    std::vector<std::string> lines; // below it, one each
    std::vector<Number> numbers;    // those behind `numbers_max` are left out
    std::string chat_title;
    std::string chat; // a link; empty: no button
};

/// To composeExtension/query.
[[nodiscard]] std::string results(std::span<const Card> cards);
/// To composeExtension/query, instead of results.
[[nodiscard]] std::string notice(std::string_view text);

/// To adaptiveCard/action: the text is shown, the card stays. The HTTP status is 200 in any case.
[[nodiscard]] std::string told(std::string_view text);
/// To adaptiveCard/action: the client is at fault.
[[nodiscard]] std::string refused(std::string_view text);

} // namespace lamp::botframework
