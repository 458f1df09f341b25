// An accelerator in front of Reader: reads the plain documents that BroadWorks sends, five times faster, and says
// "not mine" to everything else, which libxml2 then reads. It accepts nothing that libxml2 refuses and tells the same
// elements, attributes and texts: tests/fuzz/fuzz_xml_plain.cpp compares them on any bytes. Pure, single-threaded.
//
// Plain: an optional declaration (version 1.0, UTF-8), ASCII names with at most one prefix, namespaces declared on the
// root only, no comments, CDATA, processing instructions or DOCTYPE, the five predefined entities and character
// references in texts but not in attributes.
#pragma once
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "proto/xml/reader.hpp"

namespace lamp::xml {

class PlainReader {
public:
    /// The same vocabulary as the Reader behind it; its texts must outlive this object.
    explicit PlainReader(std::span<const std::string_view> vocabulary);

    /// True: read to its end. False: not mine; the listener has heard a part and must forget it.
    [[nodiscard]] bool read(std::string_view document, Listener& listener);

private:
    static constexpr std::size_t depth_max = 64;
    static constexpr std::size_t attributes_max = 8;
    static constexpr std::size_t namespaces_max = 4;

    struct QName {
        std::string_view whole;
        std::string_view prefix;
        std::string_view local;
    };
    struct Namespace {
        std::string_view prefix;
        std::string_view uri;
    };

    bool skip_declaration();
    bool read_elements(Listener& listener);
    bool start_element(Listener& listener);
    bool end_element(Listener& listener);
    bool read_text(Listener& listener);
    bool read_reference(Listener& listener);
    bool read_name(QName& name);
    bool read_attributes(bool& empty_element);
    bool read_attribute();
    bool declare(const QName& name, std::string_view uri);
    bool resolve_attributes();
    [[nodiscard]] const std::string_view* uri_of(std::string_view prefix) const;
    [[nodiscard]] std::uint16_t id_of(std::string_view local) const;
    bool skip_space();

    const char* at_ = nullptr;
    const char* end_ = nullptr;
    std::size_t depth_ = 0;
    bool beyond_ascii_ = false;
    std::array<std::string_view, depth_max> open_{};
    std::array<QName, attributes_max> attribute_names_{};
    std::array<Attribute, attributes_max> attributes_{};
    std::size_t attribute_count_ = 0;
    std::array<Namespace, namespaces_max> namespaces_{};
    std::size_t namespace_count_ = 0;
    struct Entry {
        std::string_view word;
        std::uint16_t id = unknown_name;
    };
    std::vector<Entry> vocabulary_; // open addressing
};

} // namespace lamp::xml
