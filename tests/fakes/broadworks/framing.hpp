// How documents are cut into chunks and dressed (xsi.md 4.2): every variation that a correct client must survive.
#pragma once

#include "../http_server.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sim::bw {

struct Framing {
    enum class Cut { document, bytes, split, multibyte, coalesce };
    enum class Dress {
        plain,
        no_declaration,
        declaration_lf,
        lf_between,
        space_between,
        alternative_prefix,
        default_namespace,
        attribute_order,
        line_feeds,
        latin1,
        bom
    };

    Cut cut = Cut::document;
    Dress dress = Dress::plain;
    std::size_t offset = 0; // of the next split
    std::string gathered;   // coalesce
    std::size_t documents = 0;

    static std::optional<Framing> named(std::string_view name);
    static const std::vector<std::string_view>& names();

    std::string dressed(std::string_view document) const;
    void write(http::Stream& stream, std::string_view document);
    void flush(http::Stream& stream);
};

std::string as_latin1(std::string_view document); // declared and encoded ISO-8859-1

} // namespace sim::bw
