// A small document as a tree, for answers that are read once and are not worth a machine of their own. Namespaces of
// elements are dropped (XSI mixes prefixes and default namespaces freely); attributes keep their local name.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "proto/xml/reader.hpp"

namespace lamp::xml {

struct Element {
    std::string name;
    std::string text; // trimmed
    std::vector<std::pair<std::string, std::string>> attributes;
    std::vector<Element> children;

    /// The first child of that name, or nullptr.
    [[nodiscard]] const Element* child(std::string_view local) const;
    /// The first descendant of that name, depth first, or nullptr.
    [[nodiscard]] const Element* descendant(std::string_view local) const;
    /// Text of the first child of that name; empty if there is none.
    [[nodiscard]] std::string_view text_of(std::string_view local) const;
    [[nodiscard]] bool has(std::string_view local) const { return child(local) != nullptr; }
    [[nodiscard]] std::string_view attribute(std::string_view local) const;
    /// xsi:nil="true".
    [[nodiscard]] bool nil() const { return attribute("nil") == "true" || attribute("nil") == "1"; }
};

/// References to the predefined five and to characters decoded, once; others stay as they are.
[[nodiscard]] std::string decoded(std::string_view raw);

/// Refuses what Reader refuses, and more than a million elements.
[[nodiscard]] Result<Element> parse_tree(std::string_view document);
/// The same; also tells the namespace of the root, which is where protocols keep their version.
[[nodiscard]] Result<Element> parse_tree(std::string_view document, std::string& root_space);

} // namespace lamp::xml
