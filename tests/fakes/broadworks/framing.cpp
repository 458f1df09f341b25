// See framing.hpp.
#include "framing.hpp"

#include "xml.hpp"

#include <array>
#include <utility>

namespace sim::bw {

namespace {

constexpr std::string_view root_attributes =
    R"( xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance")";

void replace_all(std::string& text, std::string_view from, std::string_view to) {
    for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
        text.replace(at, from.size(), to);
}

// Texts are escaped, so "<xsi:" is always a tag and "\"xsi:" always the value of a type attribute.
std::string with_prefixes(std::string document, std::string_view broadsoft, std::string_view instance) {
    const std::string colon = broadsoft.empty() ? std::string() : std::string(broadsoft) + ":";
    replace_all(document,
                " xmlns:xsi=", broadsoft.empty() ? std::string(" xmlns=") : " xmlns:" + std::string(broadsoft) + "=");
    replace_all(document, "</xsi:", "</" + colon);
    replace_all(document, "<xsi:", "<" + colon);
    replace_all(document, "\"xsi:", "\"" + colon);
    replace_all(document, "xsi1:type", std::string(instance) + ":type");
    replace_all(document, "xmlns:xsi1", "xmlns:" + std::string(instance));
    return document;
}

std::string attributes_reordered(std::string document) {
    const auto at = document.find(root_attributes);
    if (at == std::string::npos) return document;
    const auto end = document.find('>', at);
    const std::string type = document.substr(at + root_attributes.size(), end - at - root_attributes.size());
    document.replace(
        at, end - at,
        type +
            R"( xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsi="http://schema.broadsoft.com/xsi")");
    return document;
}

std::string without_declaration(std::string_view document) {
    const auto end = document.find("?>");
    if (!document.starts_with("<?xml") || end == std::string_view::npos) return std::string(document);
    document.remove_prefix(end + 2);
    while (document.starts_with("\n"))
        document.remove_prefix(1);
    return std::string(document);
}

} // namespace

std::string as_latin1(std::string_view document) {
    return R"(<?xml version="1.0" encoding="ISO-8859-1"?>)" + xml::latin1_of(without_declaration(document));
}

const std::vector<std::string_view>& Framing::names() {
    static const std::vector<std::string_view> all = {
        "document",          "bytes",           "split",      "multibyte",     "coalesce",
        "no_declaration",    "declaration_lf",  "lf_between", "space_between", "alternative_prefix",
        "default_namespace", "attribute_order", "line_feeds", "latin1",        "bom"};
    return all;
}

std::optional<Framing> Framing::named(std::string_view name) {
    const auto& all = names();
    for (std::size_t i = 0; i < all.size(); ++i) {
        if (all[i] != name) continue;
        Framing framing;
        if (i < 5)
            framing.cut = static_cast<Cut>(i);
        else
            framing.dress = static_cast<Dress>(i - 4);
        return framing;
    }
    return std::nullopt;
}

std::string Framing::dressed(std::string_view document) const {
    std::string text(document);
    switch (dress) {
    case Dress::plain: break;
    case Dress::no_declaration: return without_declaration(document);
    case Dress::declaration_lf: replace_all(text, "?><xsi:Event", "?>\r\n<xsi:Event"); break;
    case Dress::lf_between: return text + "\n\n";
    case Dress::space_between: return "  \t" + text + " \r\n ";
    case Dress::alternative_prefix: return with_prefixes(std::move(text), "bw", "xsi");
    case Dress::default_namespace: return with_prefixes(std::move(text), "", "i");
    case Dress::attribute_order: return attributes_reordered(std::move(text));
    case Dress::line_feeds: // seen inside externalApplicationId (xsi.md 4.2), and after tags
        replace_all(text, "</xsi:externalApplicationId>", "\n</xsi:externalApplicationId>");
        replace_all(text, "<xsi:eventData", "\n<xsi:eventData");
        break;
    case Dress::latin1: return as_latin1(text);
    case Dress::bom: return "\xEF\xBB\xBF" + text;
    }
    return text;
}

void Framing::write(http::Stream& stream, std::string_view document) {
    ++documents;
    if (cut == Cut::document && dress == Dress::plain) {
        stream.chunk(document);
        return;
    }
    const std::string text = dressed(document);
    const std::string_view view = text;
    switch (cut) {
    case Cut::document: stream.chunk(text); break;
    case Cut::bytes:
        for (std::size_t i = 0; i < view.size(); ++i)
            stream.chunk(view.substr(i, 1));
        break;
    case Cut::split: {
        const std::size_t at = 1 + offset++ % (view.size() - 1);
        stream.chunk(view.substr(0, at));
        stream.pause();
        stream.chunk(view.substr(at));
        break;
    }
    case Cut::multibyte: {
        std::size_t begin = 0;
        for (std::size_t i = 1; i < view.size(); ++i)
            if ((static_cast<unsigned char>(view[i]) & 0xC0U) == 0x80U) { // inside a character
                stream.chunk(view.substr(begin, i - begin));
                stream.pause();
                begin = i;
            }
        stream.chunk(view.substr(begin));
        break;
    }
    case Cut::coalesce:
        gathered += text;
        if (documents % 3 == 0) flush(stream);
        break;
    }
}

void Framing::flush(http::Stream& stream) {
    if (!gathered.empty()) stream.chunk(std::exchange(gathered, std::string()));
}

} // namespace sim::bw
