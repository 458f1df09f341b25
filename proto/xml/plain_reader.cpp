#include "proto/xml/plain_reader.hpp"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cstring>

#include "proto/text/text.hpp"

namespace lamp::xml {
namespace {

enum Class : std::uint8_t { in_name = 1, starts_name = 2, plain_text = 4, high = 8 };

constexpr std::array<std::uint8_t, 256> classes = [] {
    std::array<std::uint8_t, 256> table{};
    for (int c = 0; c < 256; ++c) {
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        bool more = (c >= '0' && c <= '9') || c == '-' || c == '.';
        bool text = c >= 0x20 && c < 0x80 && c != '<' && c != '&' && c != ']' && c != 0x7f;
        table[static_cast<std::size_t>(c)] =
            static_cast<std::uint8_t>((letter || more ? in_name : 0) | (letter ? starts_name : 0) |
                                      (text || c == '\n' || c == '\t' ? plain_text : 0) | (c >= 0x80 ? high : 0));
    }
    return table;
}();

constexpr std::uint8_t class_of(char c) {
    return classes[static_cast<unsigned char>(c)];
}

bool allowed(char32_t code) { // XML 1.0, 2.2
    if (code < 0x20) return code == '\t' || code == '\n' || code == '\r';
    return (code < 0xd800 || code > 0xdfff) && code != 0xfffe && code != 0xffff && code <= 0x10ffff;
}

std::size_t utf8(char32_t code, char* out) {
    auto put = [&](std::size_t at, char32_t bits) { out[at] = static_cast<char>(bits); };
    if (code < 0x80) return put(0, code), 1;
    if (code < 0x800) return put(0, 0xc0 | code >> 6), put(1, 0x80 | (code & 0x3f)), 2;
    if (code < 0x10000)
        return put(0, 0xe0 | code >> 12), put(1, 0x80 | (code >> 6 & 0x3f)), put(2, 0x80 | (code & 0x3f)), 3;
    return put(0, 0xf0 | code >> 18), put(1, 0x80 | (code >> 12 & 0x3f)), put(2, 0x80 | (code >> 6 & 0x3f)),
           put(3, 0x80 | (code & 0x3f)), 4;
}

} // namespace

PlainReader::PlainReader(std::span<const std::string_view> vocabulary)
    : vocabulary_(std::bit_ceil(vocabulary.size() * 4 + 1)) {
    for (std::size_t i = 0; i < vocabulary.size(); ++i) {
        auto at = text::word_hash(vocabulary[i]) & (vocabulary_.size() - 1);
        while (vocabulary_[at].id != unknown_name)
            at = (at + 1) & (vocabulary_.size() - 1);
        vocabulary_[at] = {vocabulary[i], static_cast<std::uint16_t>(i)};
    }
}

std::uint16_t PlainReader::id_of(std::string_view local) const {
    for (auto at = text::word_hash(local) & (vocabulary_.size() - 1); vocabulary_[at].id != unknown_name;
         at = (at + 1) & (vocabulary_.size() - 1))
        if (vocabulary_[at].word == local) return vocabulary_[at].id;
    return unknown_name;
}

bool PlainReader::read(std::string_view document, Listener& listener) {
    at_ = document.data();
    end_ = at_ + document.size();
    depth_ = 0;
    namespace_count_ = 0;
    beyond_ascii_ = false;
    if (!skip_declaration() || !read_elements(listener)) return false;
    skip_space();
    if (at_ != end_) return false;
    // U+FFFE and U+FFFF are well-formed UTF-8 and no XML: too rare to look at each sequence for.
    return !beyond_ascii_ || (text::is_utf8(document) && document.find("\xef\xbf") == std::string_view::npos);
}

bool PlainReader::skip_space() {
    const char* before = at_;
    while (at_ < end_ && (*at_ == ' ' || *at_ == '\n' || *at_ == '\t'))
        ++at_;
    return at_ != before;
}

bool PlainReader::skip_declaration() {
    std::string_view rest(at_, static_cast<std::size_t>(end_ - at_));
    if (!rest.starts_with("<?")) {
        if (rest.starts_with("<")) return true;
        return false; // white space first: libxml2 has its own opinion on that
    }
    for (std::string_view known : {std::string_view(R"(<?xml version="1.0" encoding="UTF-8"?>)"),
                                   std::string_view(R"(<?xml version="1.0" encoding="utf-8"?>)"),
                                   std::string_view(R"(<?xml version="1.0"?>)")}) {
        if (!rest.starts_with(known)) continue;
        at_ += known.size();
        skip_space();
        return true;
    }
    return false;
}

bool PlainReader::read_elements(Listener& listener) {
    if (!start_element(listener)) return false;
    while (depth_ > 0) {
        if (!read_text(listener)) return false;
        if (end_ - at_ < 2) return false;
        if (at_[1] == '/' ? !end_element(listener) : !start_element(listener)) return false;
    }
    return true;
}

bool PlainReader::read_name(QName& name) {
    const char* start = at_;
    if (at_ == end_ || (class_of(*at_) & starts_name) == 0) return false;
    while (at_ < end_ && (class_of(*at_) & in_name) != 0)
        ++at_;
    const char* local = start;
    if (at_ < end_ && *at_ == ':') {
        local = ++at_;
        if (at_ == end_ || (class_of(*at_) & starts_name) == 0) return false;
        while (at_ < end_ && (class_of(*at_) & in_name) != 0)
            ++at_;
    }
    auto text = [](const char* from, const char* to) {
        return std::string_view(from, static_cast<std::size_t>(to - from));
    };
    name = {text(start, at_), local == start ? std::string_view() : text(start, local - 1), text(local, at_)};
    return at_ < end_;
}

bool PlainReader::start_element(Listener& listener) {
    if (at_ == end_ || *at_ != '<' || depth_ == depth_max) return false;
    ++at_;
    QName name;
    if (!read_name(name)) return false;
    attribute_count_ = 0;
    bool empty_element = false;
    if (*at_ == '>')
        ++at_;
    else if (!read_attributes(empty_element))
        return false;
    open_[depth_++] = name.whole;
    const std::string_view* uri = uri_of(name.prefix);
    if (!uri) return false;
    listener.on_start({id_of(name.local), *uri, name.local}, std::span(attributes_).first(attribute_count_));
    if (!empty_element) return true;
    --depth_;
    listener.on_end();
    return true;
}

bool PlainReader::end_element(Listener& listener) {
    std::string_view name = open_[depth_ - 1];
    auto length = name.size() + 3;
    if (static_cast<std::size_t>(end_ - at_) < length || std::memcmp(at_ + 2, name.data(), name.size()) != 0 ||
        at_[length - 1] != '>')
        return false;
    at_ += length;
    --depth_;
    listener.on_end();
    return true;
}

bool PlainReader::read_text(Listener& listener) {
    while (true) {
        const char* start = at_;
        while (at_ < end_ && (class_of(*at_) & (plain_text | high)) != 0) {
            beyond_ascii_ |= (class_of(*at_) & high) != 0;
            ++at_;
        }
        if (at_ != start) listener.on_text({start, static_cast<std::size_t>(at_ - start)});
        if (at_ == end_) return false;
        if (*at_ == '<') return true;
        if (*at_ != '&' || !read_reference(listener)) return false;
    }
}

bool PlainReader::read_reference(Listener& listener) {
    std::string_view rest(at_, std::min<std::size_t>(static_cast<std::size_t>(end_ - at_), 12));
    auto stop = rest.find(';');
    if (stop == std::string_view::npos || stop < 3) return false;
    auto word = rest.substr(1, stop - 1);
    at_ += stop + 1;
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 5> predefined{
        {{"amp", "&"}, {"lt", "<"}, {"gt", ">"}, {"apos", "'"}, {"quot", "\""}}};
    for (const auto& [known, character] : predefined)
        if (known == word) return listener.on_text(character), true;
    if (word.front() != '#') return false;
    bool hexadecimal = word[1] == 'x';
    word.remove_prefix(hexadecimal ? 2 : 1);
    std::uint32_t code = 0;
    auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), code, hexadecimal ? 16 : 10);
    if (word.empty() || error != std::errc() || end != word.data() + word.size() || !allowed(code)) return false;
    std::array<char, 4> bytes;
    listener.on_text({bytes.data(), utf8(code, bytes.data())});
    return true;
}

// --- attributes

bool PlainReader::read_attributes(bool& empty_element) {
    while (true) {
        bool space = skip_space();
        if (end_ - at_ < 2) return false;
        if (*at_ == '>') {
            ++at_;
            break;
        }
        if (at_[0] == '/' && at_[1] == '>') {
            at_ += 2;
            empty_element = true;
            break;
        }
        if (!space || !read_attribute()) return false;
    }
    return resolve_attributes();
}

bool PlainReader::read_attribute() {
    QName name;
    if (!read_name(name) || *at_ != '=') return false;
    ++at_;
    if (at_ == end_ || (*at_ != '"' && *at_ != '\'')) return false;
    char quote = *at_++;
    const char* start = at_;
    while (at_ < end_ && *at_ != quote) {
        // White space other than blanks would be normalised, references decoded: not plain.
        if ((class_of(*at_) & plain_text) == 0 || *at_ == '\n' || *at_ == '\t') return false;
        ++at_;
    }
    if (at_ == end_) return false;
    std::string_view value(start, static_cast<std::size_t>(at_ - start));
    ++at_;
    if (name.whole == "xmlns" || name.prefix == "xmlns") return declare(name, value);
    if (attribute_count_ == attributes_max) return false;
    attribute_names_[attribute_count_] = name;
    attributes_[attribute_count_++] = {{}, name.local, value};
    return true;
}

bool PlainReader::declare(const QName& name, std::string_view uri) {
    bool is_default = name.prefix.empty();
    auto prefix = is_default ? std::string_view() : name.local;
    // Only plain absolute names: libxml2 checks what a URI is, and has rules for the reserved ones.
    bool plain = (uri.starts_with("http://") || uri.starts_with("urn:ietf:params:xml:ns:")) &&
                 uri.find("www.w3.org/XML/") == std::string_view::npos &&
                 uri.find("www.w3.org/2000/xmlns") == std::string_view::npos &&
                 std::ranges::all_of(uri, [](char c) { return (class_of(c) & in_name) != 0 || c == ':' || c == '/'; });
    if (depth_ != 0 || !plain || prefix.starts_with("xml") || namespace_count_ == namespaces_max) return false;
    for (std::size_t i = 0; i < namespace_count_; ++i)
        if (namespaces_[i].prefix == prefix) return false;
    namespaces_[namespace_count_++] = {prefix, uri};
    return true;
}

bool PlainReader::resolve_attributes() {
    for (std::size_t i = 0; i < attribute_count_; ++i) {
        const QName& name = attribute_names_[i];
        if (!name.prefix.empty()) {
            const auto* uri = uri_of(name.prefix);
            if (!uri) return false;
            attributes_[i].space = *uri;
        }
        for (std::size_t j = 0; j < i; ++j)
            if (attributes_[j].local == name.local) return false; // perhaps the same twice
    }
    return true;
}

const std::string_view* PlainReader::uri_of(std::string_view prefix) const {
    static constexpr std::string_view none;
    for (std::size_t i = 0; i < namespace_count_; ++i)
        if (namespaces_[i].prefix == prefix) return &namespaces_[i].uri;
    return prefix.empty() ? &none : nullptr;
}

} // namespace lamp::xml
