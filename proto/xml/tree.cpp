#include "proto/xml/tree.hpp"

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

#include "proto/text/text.hpp"
#include "proto/xml/plain_reader.hpp"

namespace lamp::xml {
namespace {

constexpr std::size_t elements_max = 1'000'000;

class Builder final : public Listener {
public:
    void on_start(const Name& name, std::span<const Attribute> attributes) override {
        if (++elements > elements_max) return;
        if (elements == 1) root_space = name.space;
        Element element{std::string(name.local), {}, {}, {}};
        element.attributes.reserve(attributes.size());
        for (const Attribute& attribute : attributes)
            element.attributes.emplace_back(attribute.local, decoded(attribute.value));
        open_.push_back(std::move(element));
    }
    void on_text(std::string_view text) override {
        if (!open_.empty() && elements <= elements_max) open_.back().text += text;
    }
    void on_end() override {
        if (elements > elements_max) return; // what is built is thrown away
        Element done = std::move(open_.back());
        open_.pop_back();
        if (const auto trimmed = text::trim(done.text); trimmed.size() != done.text.size())
            done.text = std::string(trimmed);
        if (open_.empty())
            root = std::move(done);
        else
            open_.back().children.push_back(std::move(done));
    }
    Element root;
    std::string root_space;
    std::size_t elements = 0;

private:
    std::vector<Element> open_;
};

void append_utf8(std::string& out, std::uint32_t code) {
    auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) return put(code);
    if (code < 0x800) {
        put(0xc0 | code >> 6U);
    } else {
        if (code < 0x10000) {
            put(0xe0 | code >> 12U);
        } else {
            put(0xf0 | code >> 18U);
            put(0x80 | (code >> 12U & 0x3fU));
        }
        put(0x80 | (code >> 6U & 0x3fU));
    }
    put(0x80 | (code & 0x3fU));
}

/// The character that the text between "&" and ";" stands for.
std::optional<std::uint32_t> referred(std::string_view name) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> words{
        {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}}};
    for (const auto& [word, character] : words)
        if (word == name) return static_cast<unsigned char>(character);
    if (!name.starts_with('#')) return std::nullopt;
    const bool hex = name.starts_with("#x");
    const auto digits = name.substr(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), code, hex ? 16 : 10);
    const bool whole = error == std::errc() && end == digits.data() + digits.size();
    const bool character = code != 0 && code < 0x110000 && (code < 0xd800 || code > 0xdfff);
    return whole && character ? std::optional(code) : std::nullopt;
}

} // namespace

std::string decoded(std::string_view raw) {
    std::string out;
    while (true) {
        const auto begin = raw.find('&');
        out += raw.substr(0, begin);
        if (begin == std::string_view::npos) return out;
        const auto end = raw.find(';', begin);
        const auto code =
            end == std::string_view::npos ? std::nullopt : referred(raw.substr(begin + 1, end - begin - 1));
        if (code)
            append_utf8(out, *code);
        else
            out += '&';
        raw.remove_prefix(code ? end + 1 : begin + 1);
    }
}

const Element* Element::child(std::string_view local) const {
    for (const Element& candidate : children)
        if (candidate.name == local) return &candidate;
    return nullptr;
}

const Element* Element::descendant(std::string_view local) const {
    for (const Element& candidate : children) {
        if (candidate.name == local) return &candidate;
        if (const Element* found = candidate.descendant(local)) return found;
    }
    return nullptr;
}

std::string_view Element::text_of(std::string_view local) const {
    const Element* found = child(local);
    return found ? std::string_view(found->text) : std::string_view();
}

std::string_view Element::attribute(std::string_view local) const {
    for (const auto& [key, value] : attributes)
        if (key == local) return value;
    return {};
}

Result<Element> parse_tree(std::string_view document) {
    std::string root_space;
    return parse_tree(document, root_space);
}

Result<Element> parse_tree(std::string_view document, std::string& root_space) {
    thread_local PlainReader plain({});
    thread_local Reader reader;
    Builder builder;
    if (!plain.read(document, builder)) {
        builder = Builder(); // what it has heard of a document that is not plain
        if (auto outcome = reader.read(document, builder); !outcome) return std::unexpected(outcome.error());
    }
    if (builder.elements > elements_max) return fail(Category::limit, "The document has more than a million elements.");
    root_space = std::move(builder.root_space);
    return std::move(builder.root);
}

} // namespace lamp::xml
