// Reads one XML document and tells its elements to a listener: libxml2's SAX2 push parser, reused from document to
// document, behind five functions. Namespace-aware; names of a given vocabulary arrive as small numbers.
// Refuses DOCTYPE, entities other than the predefined five, and nesting over a limit. Single-threaded.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "base/errors.hpp"

namespace lamp::xml {

inline constexpr std::uint16_t unknown_name = 0xffff;

struct Name {
    std::uint16_t id;       // index in the vocabulary, or unknown_name
    std::string_view space; // namespace URI
    std::string_view local;
};

struct Attribute {
    std::string_view space;
    std::string_view local;
    std::string_view value; // raw: predefined entities in it are not decoded
};

class Listener {
public:
    virtual ~Listener() = default;
    virtual void on_start(const Name& name, std::span<const Attribute> attributes) = 0;
    virtual void on_text(std::string_view text) = 0; // may come in pieces
    virtual void on_end() = 0;
};

class Reader {
public:
    /// The texts of the vocabulary must outlive the reader.
    explicit Reader(std::span<const std::string_view> vocabulary = {});
    ~Reader();
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// Nothing on success; else what is wrong and where ("line 1, column 17: …"). The listener may have heard a part.
    /// Bytes that are not UTF-8 (and not declared otherwise) are taken for ISO 8859-1.
    [[nodiscard]] Result<void> read(std::string_view document, Listener& listener);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace lamp::xml
