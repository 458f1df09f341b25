#include "proto/xml/reader.hpp"

#include <array>
#include <cstdlib>
#include <cstring>
#include <fmt/format.h>
#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <string>
#include <vector>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "proto/text/text.hpp"
#include "proto/xml/recycler.hpp"

namespace lamp::xml {
namespace {

constexpr std::size_t dictionary_bytes_max = 1 << 20; // of a parser's names, before it gets a fresh one

std::string_view view(const xmlChar* text) {
    return text ? std::string_view(reinterpret_cast<const char*>(text)) : std::string_view();
}

// A declaration of ISO 8859-x or windows-125x, which libxml2 converts by itself.
bool declares_single_byte(std::string_view document) {
    auto declaration = document.substr(0, std::min<std::size_t>(document.find("?>"), 200));
    if (!declaration.starts_with("<?xml")) return false;
    for (std::size_t i = 0; i < declaration.size(); ++i)
        for (std::string_view family : {"8859-", "windows-"})
            if (text::same_letters(declaration.substr(i, family.size()), family)) return true;
    return false;
}

// Before main, because libxml2's memory functions may be set only before its first allocation.
[[maybe_unused]] const bool prepared = [] {
    install_recycler();
    xmlInitParser();
    return true;
}();

} // namespace

struct Reader::State {
    xmlSAXHandler handler{};
    xmlParserCtxtPtr context = nullptr;
    Listener* listener = nullptr;
    std::size_t depth = 0;
    const char* refused = nullptr; // a literal: why we stopped the parser ourselves
    std::vector<Attribute> attributes;
    std::string transcoded;

    // Names are interned in the parser's dictionary, so that equal names are equal pointers.
    struct Interned {
        const xmlChar* name = nullptr;
        std::uint16_t id = unknown_name;
    };
    std::vector<Interned> interned;
    std::span<const std::string_view> vocabulary;

    explicit State(std::span<const std::string_view> names);
    ~State() { xmlFreeParserCtxt(context); }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    [[nodiscard]] std::size_t bucket(const xmlChar* name) const {
        auto bits = reinterpret_cast<std::uintptr_t>(name);
        return (bits ^ bits >> 7 ^ bits >> 15) & (interned.size() - 1);
    }
    void make_context();
    void intern(std::string_view name, std::uint16_t id);
    [[nodiscard]] std::uint16_t id_of(const xmlChar* name) const {
        for (auto at = bucket(name); interned[at].name; at = (at + 1) & (interned.size() - 1))
            if (interned[at].name == name) return interned[at].id;
        return unknown_name;
    }

    void stop(const char* why) {
        refused = why;
        xmlStopParser(context);
    }
    Result<void> run(std::string_view document, int encoding_option);
    [[nodiscard]] Error error() const;

    static State& of(void* user) { return *static_cast<State*>(user); }
    static void on_start(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri, int namespaces,
                         const xmlChar** declared, int count, int defaulted, const xmlChar** values);
    static void on_end(void* user, const xmlChar* local, const xmlChar* prefix, const xmlChar* uri);
    static void on_text(void* user, const xmlChar* text, int length);
    static void on_doctype(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
        of(user).stop("a DOCTYPE, which XSI never sends");
    }
    static xmlEntityPtr on_entity(void*, const xmlChar* name) { return xmlGetPredefinedEntity(name); }
};

Reader::State::State(std::span<const std::string_view> names) : vocabulary(names) {
    handler.initialized = XML_SAX2_MAGIC;
    handler.startElementNs = on_start;
    handler.endElementNs = on_end;
    handler.characters = on_text;
    handler.ignorableWhitespace = on_text;
    handler.cdataBlock = on_text;
    handler.internalSubset = on_doctype;
    handler.getEntity = on_entity;
    attributes.reserve(8);
    make_context();
}

// With a dictionary that holds the vocabulary and nothing else yet.
void Reader::State::make_context() {
    if (context) xmlFreeParserCtxt(context);
    context = xmlCreatePushParserCtxt(&handler, this, nullptr, 0, nullptr);
    LAMP_CHECK(context != nullptr);
    std::size_t buckets = 64;
    while (buckets < vocabulary.size() * 4)
        buckets *= 2;
    interned.assign(buckets, {});
    for (std::size_t i = 0; i < vocabulary.size(); ++i)
        intern(vocabulary[i], static_cast<std::uint16_t>(i));
}

void Reader::State::intern(std::string_view name, std::uint16_t id) {
    const xmlChar* kept =
        xmlDictLookup(context->dict, reinterpret_cast<const xmlChar*>(name.data()), static_cast<int>(name.size()));
    auto at = bucket(kept);
    while (interned[at].name)
        at = (at + 1) & (interned.size() - 1);
    interned[at] = {kept, id};
}

void Reader::State::on_start(void* user, const xmlChar* local, const xmlChar*, const xmlChar* uri, int, const xmlChar**,
                             int count, int, const xmlChar** values) {
    State& state = of(user);
    if (++state.depth > limits::xsi_depth) return state.stop("elements nested deeper than the limit");
    state.attributes.clear();
    for (int i = 0; i < count; ++i) { // local name, prefix, URI, begin and end of the value
        const xmlChar** row = values + i * 5;
        std::string_view value(reinterpret_cast<const char*>(row[3]), static_cast<std::size_t>(row[4] - row[3]));
        state.attributes.push_back({view(row[2]), view(row[0]), value});
    }
    state.listener->on_start(Name{state.id_of(local), view(uri), view(local)}, state.attributes);
}

void Reader::State::on_end(void* user, const xmlChar*, const xmlChar*, const xmlChar*) {
    --of(user).depth;
    of(user).listener->on_end();
}

void Reader::State::on_text(void* user, const xmlChar* text, int length) {
    of(user).listener->on_text({reinterpret_cast<const char*>(text), static_cast<std::size_t>(length)});
}

Result<void> Reader::State::run(std::string_view document, int encoding_option) {
    // The dictionary keeps each name it ever saw; at libxml2's own limit it would refuse every new one for good.
    if (xmlDictGetUsage(context->dict) > dictionary_bytes_max) make_context();
    depth = 0;
    refused = nullptr;
    // Resetting with the document itself, or one chunk per slice, costs up to 15 % more; see bench.
    if (xmlCtxtResetPush(context, nullptr, 0, nullptr, nullptr) != 0) return fail(Category::limit, "out of memory");
    context->options &= ~static_cast<int>(XML_PARSE_IGNORE_ENC); // libxml2 2.9 never clears it by itself
    xmlCtxtUseOptions(context, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | encoding_option);
    int outcome = xmlParseChunk(context, document.data(), static_cast<int>(document.size()), 1);
    if (refused || outcome != 0 || context->wellFormed == 0) return std::unexpected(error());
    return {};
}

Error Reader::State::error() const {
    if (refused) return {Category::protocol, fmt::format("The document holds {}.", refused)};
    const xmlError* last = xmlCtxtGetLastError(context);
    if (!last || !last->message) return {Category::protocol, "The document is not well-formed XML."};
    return {Category::protocol,
            fmt::format("line {}, column {}: {}", last->line, last->int2, text::trim(std::string_view(last->message)))};
}

Reader::Reader(std::span<const std::string_view> vocabulary) : state_(std::make_unique<State>(vocabulary)) {}
Reader::~Reader() = default;

Result<void> Reader::read(std::string_view document, Listener& listener) {
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (document.starts_with(byte_order_mark)) document.remove_prefix(byte_order_mark.size());
    if (document.empty()) return fail(Category::protocol, "The document is empty.");
    if (document.size() > limits::answer_body_bytes) return fail(Category::limit, "The document is too long.");
    state_->listener = &listener;
    // Whatever is valid UTF-8 is meant as such, also when an older declaration still stands before it.
    if (text::is_utf8(document)) return state_->run(document, XML_PARSE_IGNORE_ENC);
    if (declares_single_byte(document)) return state_->run(document, 0);
    // Neither UTF-8 nor declared otherwise: some servers and proxies send Latin-1 names like that (xsi.md 12.15).
    state_->transcoded.clear();
    text::append_latin1(state_->transcoded, document);
    return state_->run(state_->transcoded, XML_PARSE_IGNORE_ENC);
}

} // namespace lamp::xml
