#include "proto/xml/tree.hpp"

#include "proto/text/text.hpp"

namespace lamp::xml {
namespace {

constexpr std::size_t elements_max = 1'000'000;

class Builder final : public Listener {
public:
    void on_start(const Name& name, std::span<const Attribute> attributes) override {
        if (++elements > elements_max) return;
        Element element{std::string(name.local), {}, {}, {}};
        for (const Attribute& attribute : attributes)
            element.attributes.emplace_back(attribute.local, attribute.value);
        open_.push_back(std::move(element));
    }
    void on_text(std::string_view text) override {
        if (!open_.empty() && elements <= elements_max) open_.back().text += text;
    }
    void on_end() override {
        if (elements > elements_max) return; // what is built is thrown away
        Element done = std::move(open_.back());
        open_.pop_back();
        done.text = std::string(text::trim(done.text));
        if (open_.empty())
            root = std::move(done);
        else
            open_.back().children.push_back(std::move(done));
    }
    Element root;
    std::size_t elements = 0;

private:
    std::vector<Element> open_;
};

} // namespace

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
    thread_local Reader reader;
    Builder builder;
    if (auto outcome = reader.read(document, builder); !outcome) return std::unexpected(outcome.error());
    if (builder.elements > elements_max) return fail(Category::limit, "The document has more than a million elements.");
    return std::move(builder.root);
}

} // namespace lamp::xml
