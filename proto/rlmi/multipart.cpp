#include <algorithm>
#include <optional>

#include "proto/rlmi/list.hpp"
#include "proto/text/text.hpp"

namespace lamp::rlmi {
namespace {

bool fits_header(std::string_view text) {
    return std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

/// bchars of RFC 2046 that need no quotes anywhere.
bool is_boundary(std::string_view text) {
    return !text.empty() && text.size() <= 60 && std::ranges::all_of(text, [](char c) {
        return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
               c == '.';
    });
}

std::string_view type_of(std::string_view content_type) {
    return text::trim(content_type.substr(0, content_type.find(';')));
}

/// The boundary parameter, quoted or not.
std::optional<std::string_view> boundary_of(std::string_view content_type) {
    bool quoted = false;
    std::size_t begin = 0;
    for (std::size_t i = 0; i <= content_type.size(); ++i) {
        if (i < content_type.size() && content_type[i] == '"') quoted = !quoted;
        if (i < content_type.size() && (content_type[i] != ';' || quoted)) continue;
        const auto piece = text::trim(content_type.substr(begin, i - begin));
        begin = i + 1;
        const auto equals = piece.find('=');
        if (equals == std::string_view::npos || !text::same_letters(text::trim(piece.substr(0, equals)), "boundary"))
            continue;
        auto value = text::trim(piece.substr(equals + 1));
        if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"'))
            value = value.substr(1, value.size() - 2);
        if (!value.empty() && value.size() <= 70) return value;
    }
    return std::nullopt;
}

Part read_part(std::string_view text) {
    Part out;
    while (!text.empty()) {
        const auto end = text.find("\r\n");
        const auto line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        if (line.empty()) break;
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) continue;
        const auto name = text::trim(line.substr(0, colon));
        auto value = text::trim(line.substr(colon + 1));
        if (text::same_letters(name, "Content-Type")) out.content_type = value;
        if (!text::same_letters(name, "Content-ID")) continue;
        if (value.size() >= 2 && value.starts_with('<') && value.ends_with('>'))
            value = value.substr(1, value.size() - 2);
        out.content_id = value;
    }
    out.body = text;
    return out;
}

} // namespace

Result<Multipart> write_multipart(std::span<const Part> parts, std::string_view boundary) {
    std::string line = "--" + std::string(boundary);
    const auto stands_in = [&](const Part& part) { return part.body.contains(line); };
    while (std::ranges::any_of(parts, stands_in))
        line += 'x';
    if (parts.empty() || !is_boundary(std::string_view(line).substr(2)))
        return fail(Category::invalid,
                    "A multipart body needs a part and a boundary of at most 60 letters and digits.");
    Multipart out;
    for (const Part& part : parts) {
        if (!fits_header(part.content_type) || !fits_header(part.content_id) ||
            part.content_id.find_first_of("<>\" ") != std::string_view::npos ||
            type_of(part.content_type).contains('"'))
            return fail(Category::invalid, "The type or id of a part cannot stand in a header.");
        out.body += line + "\r\nContent-Type: ";
        out.body += part.content_type;
        out.body += "\r\nContent-ID: <";
        out.body += part.content_id;
        out.body += ">\r\nContent-Transfer-Encoding: binary\r\n\r\n";
        out.body += part.body;
        out.body += "\r\n";
    }
    out.body += line + "--\r\n";
    out.content_type = "multipart/related;type=\"" + std::string(type_of(parts.front().content_type)) + "\";start=\"<" +
                       std::string(parts.front().content_id) + ">\";boundary=\"" + line.substr(2) + "\"";
    return out;
}

Result<std::vector<Part>> read_multipart(std::string_view content_type, std::string_view body) {
    const auto boundary = boundary_of(content_type);
    if (!boundary) return fail(Category::protocol, "The multipart body has no boundary.");
    const auto line = "\r\n--" + std::string(*boundary);
    std::vector<Part> out;
    // The first boundary may stand at the very beginning, where no line break comes before it.
    auto at = body.starts_with(std::string_view(line).substr(2)) ? line.size() - 2 : body.find(line);
    if (at != std::string_view::npos && !body.starts_with(std::string_view(line).substr(2))) at += line.size();
    while (at != std::string_view::npos) {
        if (body.substr(at).starts_with("--")) return out;
        const auto begin = body.find("\r\n", at);
        if (begin == std::string_view::npos) break;
        const auto end = body.find(line, begin);
        if (end == std::string_view::npos) break;
        if (out.size() == parts_max) return fail(Category::limit, "The multipart body has more than 1000 parts.");
        // An empty part is one whose end follows its beginning at once.
        out.push_back(read_part(end < begin + 2 ? std::string_view() : body.substr(begin + 2, end - begin - 2)));
        at = end + line.size();
    }
    return fail(Category::protocol, "The multipart body does not end with its boundary.");
}

} // namespace lamp::rlmi
