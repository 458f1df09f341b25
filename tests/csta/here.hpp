// What the tests of CSTA share: documents without the lines that are the same everywhere.
#pragma once
#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "proto/csta/words.hpp"

namespace testing {

namespace csta = lamp::csta;

/// A document as it goes over the wire; `open` is the root with its attributes, if any.
inline std::string document(std::string_view root, std::string_view content,
                            csta::Edition edition = csta::Edition::ed5) {
    const std::string head = "<" + std::string(root) + " xmlns=\"" + std::string(space(edition)) + "\"";
    return content.empty() ? head + "/>" : head + ">" + std::string(content) + "</" + std::string(root) + ">";
}

/// What we write, without its XML declaration, which must be there.
inline std::string undeclared(std::string_view written) {
    constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
    CHECK(written.starts_with(declaration));
    return std::string(written.substr(declaration.size()));
}

} // namespace testing
