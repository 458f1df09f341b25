// Writes an XML document: everything that is given as text is escaped, control characters are dropped. Pure.
#pragma once
#include <concepts>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::xml {

class Writer {
public:
    /// Starts with the declaration and the root element in the given default namespace (a literal, not escaped).
    Writer(std::string_view root, std::string_view space);

    Writer& open(std::string_view name);
    Writer& attribute(std::string_view name, std::string_view value); // directly after open
    Writer& text(std::string_view value);
    Writer& close();
    Writer& element(std::string_view name, std::string_view value) { return open(name).text(value).close(); }
    Writer& element(std::string_view name, std::integral auto value) { return element(name, std::to_string(value)); }
    Writer& flag(std::string_view name, bool value) { return element(name, value ? "true" : "false"); }
    /// An element that is explicitly nothing (xsi:nil), which clears a value.
    Writer& nil(std::string_view name);
    /// Closes what is open and gives the document.
    [[nodiscard]] std::string done();

private:
    void finish_tag();
    std::string out_;
    std::vector<std::string> open_;
    bool in_tag_ = false;
};

void append_escaped(std::string& out, std::string_view text);

} // namespace lamp::xml
