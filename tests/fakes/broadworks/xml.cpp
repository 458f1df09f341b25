// See xml.hpp.
#include "xml.hpp"

#include <boost/json.hpp>
#include <libxml/parser.h>
#include <libxml/tree.h>

#include <array>
#include <charconv>
#include <map>

namespace sim::xml {

namespace {

std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

} // namespace

void append_escaped(std::string& out, std::string_view text) {
    for (const char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        default: out += c;
        }
    }
}

void append_number(std::string& out, std::int64_t value) {
    std::array<char, 24> digits;
    out.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void Writer::text(std::string_view name, std::string_view value) {
    open(name);
    append_escaped(out_, value);
    close(name);
}

void Writer::number(std::string_view name, std::int64_t value) {
    open(name);
    append_number(out_, value);
    close(name);
}

void Writer::attributed(std::string_view name, std::string_view attribute, std::string_view value,
                        std::string_view text) {
    out_ += '<';
    out_ += prefix_;
    out_ += name;
    out_ += ' ';
    out_ += attribute;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += "\">";
    append_escaped(out_, text);
    close(name);
}

void Writer::typed(std::string_view name, std::string_view type) {
    out_ += '<';
    out_ += prefix_;
    out_ += name;
    // Documents bind the instance namespace here, events at their root.
    out_ +=
        prefix_.empty() ? R"( xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xsi1:type=")" : " xsi1:type=\"";
    out_ += prefix_;
    out_ += type;
    out_ += "\">";
}

std::string document(std::string_view root, std::string_view inner) {
    std::string out;
    out.reserve(inner.size() + 2 * root.size() + 110);
    out += declaration;
    out += "\n<";
    out += root;
    out += " xmlns=\"";
    out += xsi_namespace;
    if (inner.empty()) {
        out += "\"/>";
        return out;
    }
    out += "\">";
    out += inner;
    out += "</";
    out += root;
    out += '>';
    return out;
}

std::string latin1_of(std::string_view utf8) {
    std::string out;
    for (std::size_t i = 0; i < utf8.size();) {
        const auto lead = static_cast<unsigned char>(utf8[i]);
        const std::size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
        std::uint32_t point = length == 1 ? lead : lead & (0x7FU >> length);
        for (std::size_t k = 1; k < length && i + k < utf8.size(); ++k)
            point = (point << 6) | (static_cast<unsigned char>(utf8[i + k]) & 0x3FU);
        i += length;
        if (point < 256) {
            out += static_cast<char>(point);
        } else {
            out += "&#";
            append_number(out, point);
            out += ';';
        }
    }
    return out;
}

std::string_view Node::name() const {
    return view(node_->name);
}
bool Node::in_xsi() const {
    return node_->ns && view(node_->ns->href) == xsi_namespace;
}

bool Node::nil() const {
    for (const xmlAttr* a = node_->properties; a; a = a->next)
        if (view(a->name) == "nil" && a->ns && view(a->ns->href) == instance_namespace && a->children)
            return view(a->children->content) == "true" || view(a->children->content) == "1";
    return false;
}

std::string Node::text() const {
    xmlChar* content = xmlNodeGetContent(node_);
    std::string text(view(content));
    xmlFree(content);
    return text;
}

std::vector<Node> Node::children() const {
    std::vector<Node> nodes;
    for (xmlNode* n = node_->children; n; n = n->next)
        if (n->type == XML_ELEMENT_NODE) nodes.emplace_back(n);
    return nodes;
}

std::optional<Node> Node::child(std::string_view name) const {
    for (const Node& node : children())
        if (node.name() == name) return node;
    return std::nullopt;
}

std::vector<std::pair<std::string, std::string>> Node::attributes() const {
    std::vector<std::pair<std::string, std::string>> found;
    for (const xmlAttr* a = node_->properties; a; a = a->next)
        found.emplace_back(std::string(view(a->name)),
                           std::string(a->children ? view(a->children->content) : std::string_view()));
    return found;
}

bool Node::has_stray_text() const {
    for (const xmlNode* n = node_->children; n; n = n->next)
        if (n->type == XML_TEXT_NODE && !xmlIsBlankNode(n)) return true;
    return false;
}

void Document::Free::operator()(_xmlDoc* document) const {
    xmlFreeDoc(document);
}

std::expected<Document, std::string> Document::parse(std::string_view bytes) {
    if (bytes.empty()) return std::unexpected("the request has no body");
    const int flags = XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING;
    xmlDoc* parsed = xmlReadMemory(bytes.data(), static_cast<int>(bytes.size()), nullptr, nullptr, flags);
    if (!parsed) return std::unexpected("the body is not well-formed XML");
    Document document(parsed);
    if (parsed->intSubset) return std::unexpected("a document type declaration is not allowed");
    return document;
}

Node Document::root() const {
    return Node(xmlDocGetRootElement(document_.get()));
}

std::optional<std::string> sequence_error(const Node& node, const std::vector<Rule>& rules) {
    if (node.has_stray_text()) return std::string(node.name()) + ": text between elements";
    std::size_t at = 0;
    std::vector<int> seen(rules.size(), 0);
    for (const Node& child : node.children()) {
        const std::string name(child.name());
        if (!child.in_xsi()) return name + ": not in namespace " + std::string(xsi_namespace);
        std::size_t found = 0;
        while (found < rules.size() && rules[found].name != name)
            ++found;
        if (found == rules.size()) return name + ": not an element of " + std::string(node.name());
        if (found < at) return name + ": out of order in " + std::string(node.name());
        if (seen[found]++ && !rules[found].many) return name + ": given twice";
        at = found;
    }
    for (std::size_t i = 0; i < rules.size(); ++i)
        if (rules[i].mandatory && !seen[i])
            return std::string(rules[i].name) + ": missing in " + std::string(node.name());
    return std::nullopt;
}

namespace {

boost::json::value json_of(const Node& node) {
    boost::json::object object;
    for (const auto& [name, value] : node.attributes())
        object["@" + name] = value;
    const auto children = node.children();
    if (children.empty()) {
        if (auto text = node.text(); !text.empty()) object["$"] = text;
        return object;
    }
    // One occurrence is an object, several an array: that is the ambiguity clients complain of.
    std::map<std::string, int, std::less<>> counts;
    for (const Node& child : children)
        ++counts[std::string(child.name())];
    for (const Node& child : children) {
        const std::string name(child.name());
        if (counts[name] == 1)
            object[name] = json_of(child);
        else if (auto* list = object.if_contains(name))
            list->as_array().push_back(json_of(child));
        else
            object[name] = boost::json::array{json_of(child)};
    }
    return object;
}

} // namespace

std::string to_json(std::string_view bytes) {
    const auto parsed = Document::parse(bytes);
    if (!parsed) return "{}";
    const Node root = parsed->root();
    boost::json::object top;
    auto content = json_of(root);
    content.as_object()["@xmlns"] = boost::json::object{{"$", std::string(xsi_namespace)}};
    top[std::string(root.name())] = std::move(content);
    return boost::json::serialize(top);
}

} // namespace sim::xml
