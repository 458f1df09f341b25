// The simulator's own XML: a writer that escapes, a libxml2 DOM for requests, and the strict "schema" check that
// refuses what the real service refuses (xsi.md 2, 4.1, 5.2, 6.2). Shares nothing with the daemon's parser.
#pragma once

#include <cstdint>
#include <expected>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

struct _xmlDoc;
struct _xmlNode;

namespace sim::xml {

inline constexpr std::string_view xsi_namespace = "http://schema.broadsoft.com/xsi";
inline constexpr std::string_view instance_namespace = "http://www.w3.org/2001/XMLSchema-instance";
inline constexpr std::string_view declaration = R"(<?xml version="1.0" encoding="UTF-8"?>)";

void append_escaped(std::string& out, std::string_view text);
void append_number(std::string& out, std::int64_t value);

// Appends elements to a string. With prefix "xsi:" for event content, with none for documents.
class Writer {
public:
    Writer(std::string& out, std::string_view prefix) : out_(out), prefix_(prefix) {}

    void open(std::string_view name) { tag("<", name, ">"); }
    void close(std::string_view name) { tag("</", name, ">"); }
    void empty(std::string_view name) { tag("<", name, "/>"); }
    void text(std::string_view name, std::string_view value);
    void number(std::string_view name, std::int64_t value);
    void boolean(std::string_view name, bool value) { text(name, value ? "true" : "false"); }
    void attributed(std::string_view name, std::string_view attribute, std::string_view value, std::string_view text);
    // <name xsi1:type="xsi:value">; only meaningful inside events
    void typed(std::string_view name, std::string_view type);
    std::string& out() { return out_; }

private:
    void tag(std::string_view before, std::string_view name, std::string_view after) {
        out_ += before;
        out_ += prefix_;
        out_ += name;
        out_ += after;
    }

    std::string& out_;
    std::string_view prefix_;
};

// A whole document: declaration, LF, root element in the default namespace.
std::string document(std::string_view root, std::string_view inner);
std::string latin1_of(std::string_view utf8); // what Latin-1 lacks becomes a character reference

class Node {
public:
    explicit Node(_xmlNode* node) : node_(node) {}
    std::string_view name() const;
    bool in_xsi() const;
    bool nil() const; // nil="true" in the instance namespace
    std::string text() const;
    std::vector<Node> children() const; // elements only
    std::optional<Node> child(std::string_view name) const;
    std::vector<std::pair<std::string, std::string>> attributes() const;
    bool has_stray_text() const;

private:
    _xmlNode* node_;
};

class Document {
public:
    static std::expected<Document, std::string> parse(std::string_view bytes);
    Node root() const;

private:
    struct Free {
        void operator()(_xmlDoc* document) const;
    };
    explicit Document(_xmlDoc* document) : document_(document) {}
    std::unique_ptr<_xmlDoc, Free> document_;
};

struct Rule {
    std::string_view name;
    bool mandatory = false;
    bool many = false;
};

// Says what is wrong with the children of `node`, or nothing: unknown elements, wrong order, doubled, missing.
std::optional<std::string> sequence_error(const Node& node, const std::vector<Rule>& rules);

// Badgerfish-like JSON of an XML document (xsi.md 2).
std::string to_json(std::string_view document);

} // namespace sim::xml
