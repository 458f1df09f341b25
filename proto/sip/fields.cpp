#include "proto/sip/fields.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "proto/sip/limits.hpp"
#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

constexpr std::array<std::pair<std::string_view, Transport>, 5> transports{{{"UDP", Transport::udp},
                                                                            {"TCP", Transport::tcp},
                                                                            {"TLS", Transport::tls},
                                                                            {"WS", Transport::ws},
                                                                            {"WSS", Transport::wss}}};

constexpr std::string_view cookie = "z9hG4bK";

/// One parameter behind its ";": nothing taken is a fault.
Parsed<Parameter> take_parameter(Cursor& cursor) {
    Parameter out;
    out.name = cursor.token();
    if (out.name.empty()) return cursor.fault("A parameter has no name.");
    if (!cursor.eat('=')) return out;
    out.has_value = true;
    if (cursor.sees('"')) {
        const auto quoted = cursor.quoted();
        if (!quoted) return cursor.fault("A quoted string is not closed.");
        out.value = *quoted;
    } else {
        out.value = cursor.run(chars::value);
        if (out.value.empty()) return cursor.fault("A parameter has no value.");
    }
    return out;
}

/// Words before "<"; telephones write bytes beyond ASCII there without quotes, so those count as letters.
std::string_view take_words(Cursor& cursor) {
    const auto begin = cursor.at();
    auto end = begin;
    while (!cursor.done()) {
        const char c = cursor.rest().front();
        if (!chars::is(c, chars::token) && static_cast<unsigned char>(c) < 0x80 && !chars::space(c)) break;
        cursor.skip(1);
        if (!chars::space(c)) end = cursor.at();
    }
    return cursor.since(begin).substr(0, end - begin);
}

Parsed<Uri> uri_at(Cursor& cursor, std::string_view text) {
    auto uri = parse_uri(text);
    if (!uri) return std::unexpected(Fault{uri.error().what, cursor.at() + uri.error().at});
    cursor.skip(text.size());
    return uri;
}

Parsed<Worded> parse_worded(std::string_view text, std::string_view what) {
    Cursor cursor(trimmed(text));
    Worded out;
    out.word = cursor.token();
    if (out.word.empty()) return cursor.fault(what);
    auto parameters = Parameters::take(cursor);
    if (!parameters) return std::unexpected(parameters.error());
    out.parameters = *parameters;
    if (!cursor.done()) return cursor.fault("Something stands behind the value that does not belong there.");
    return out;
}

} // namespace

Parsed<Parameters> Parameters::take(Cursor& cursor) {
    Parameters out;
    const auto begin = cursor.at();
    std::size_t count = 0;
    while (cursor.eat(';')) {
        if (++count > limits::parameters) return cursor.fault("There are more than 64 parameters.");
        if (auto parameter = take_parameter(cursor); !parameter) return std::unexpected(parameter.error());
    }
    out.text_ = cursor.since(begin);
    return out;
}

std::optional<Parameter> Parameters::next(Cursor& cursor) {
    if (!cursor.eat(';')) return std::nullopt;
    auto parameter = take_parameter(cursor);
    if (!parameter) return std::nullopt;
    return *parameter;
}

std::optional<Parameter> Parameters::find(std::string_view name) const {
    Cursor cursor(text_);
    while (auto parameter = next(cursor))
        if (text::same_letters(parameter->name, name)) return parameter;
    return std::nullopt;
}

std::string_view Parameters::value(std::string_view name) const {
    const auto found = find(name);
    return found ? found->value : std::string_view();
}

std::string Address::display_text() const {
    return unquoted(display);
}

Parsed<Address> parse_address(std::string_view text) {
    Cursor cursor(text);
    cursor.skip_space();
    Address out;
    const auto begin = cursor;
    if (cursor.sees('"')) {
        const auto quoted = cursor.quoted();
        if (!quoted) return cursor.fault("A quoted string is not closed.");
        out.display = *quoted;
        cursor.skip_space();
        if (!cursor.sees('<')) return cursor.fault("No address in angle brackets follows the display name.");
    } else {
        out.display = take_words(cursor);
    }
    out.bracketed = cursor.sees('<');
    if (out.bracketed) {
        cursor.skip(1);
        const auto end = cursor.rest().find('>');
        if (end == std::string_view::npos) return cursor.fault("The angle bracket is not closed.");
        auto uri = uri_at(cursor, cursor.rest().substr(0, end));
        if (!uri) return std::unexpected(uri.error());
        out.uri = *uri;
        cursor.skip(1);
    } else {
        out.display = {};
        cursor = begin;
        auto end = cursor.rest().find_first_of(" \t\r\n;");
        auto uri = uri_at(cursor, cursor.rest().substr(0, end));
        if (!uri) return std::unexpected(uri.error());
        // Comma, question mark and semicolon ask for brackets (RFC 3261 20.10); a semicolon ended the URI already.
        if (uri->text.find_first_of(",?") != std::string_view::npos)
            return std::unexpected(Fault{"The address needs angle brackets.", begin.at()});
        out.uri = *uri;
    }
    auto parameters = Parameters::take(cursor);
    if (!parameters) return std::unexpected(parameters.error());
    out.parameters = *parameters;
    cursor.skip_space();
    if (!cursor.done()) return cursor.fault("Something stands behind the address that does not belong there.");
    return out;
}

Transport transport(std::string_view text) {
    for (const auto& [word, value] : transports)
        if (text::same_letters(word, text)) return value;
    return Transport::other;
}

std::string_view name(Transport transport) {
    for (const auto& [word, value] : transports)
        if (value == transport) return word;
    return {};
}

Parsed<Via> parse_via(std::string_view text) {
    Cursor cursor(text);
    cursor.skip_space();
    Via out;
    const auto protocol = cursor.token();
    if (!text::same_letters(protocol, "SIP") || !cursor.eat('/') || cursor.token() != "2.0" || !cursor.eat('/'))
        return cursor.fault("The Via does not begin with SIP/2.0/.");
    out.transport_text = cursor.token();
    if (out.transport_text.empty()) return cursor.fault("The Via names no transport.");
    out.transport = sip::transport(out.transport_text);
    const auto gap = cursor.at();
    cursor.skip_space();
    if (cursor.at() == gap) return cursor.fault("The Via names no host.");
    auto sent_by = take_host_port(cursor, Spacing::around_colon);
    if (!sent_by) return std::unexpected(sent_by.error());
    out.sent_by = *sent_by;
    auto parameters = Parameters::take(cursor);
    if (!parameters) return std::unexpected(parameters.error());
    out.parameters = *parameters;
    cursor.skip_space();
    if (!cursor.done()) return cursor.fault("Something stands behind the Via that does not belong there.");
    return out;
}

std::string_view Via::branch() const {
    const auto value = parameters.value("branch");
    return value == cookie ? std::string_view() : value;
}

std::optional<std::uint16_t> Via::rport() const {
    return text::number<std::uint16_t>(parameters.value("rport"));
}

std::string_view Via::received() const {
    auto value = parameters.value("received");
    if (value.size() > 2 && value.starts_with('[') && value.ends_with(']')) value = value.substr(1, value.size() - 2);
    return value;
}

Parsed<CSeq> parse_cseq(std::string_view text) {
    Cursor cursor(text);
    cursor.skip_space();
    CSeq out;
    const auto number = text::number<std::uint32_t>(cursor.digits());
    if (!number || *number >= 1U << 31U) return cursor.fault("The CSeq has no number below 2^31.");
    out.number = *number;
    const auto gap = cursor.at();
    cursor.skip_space();
    const bool apart = cursor.at() != gap;
    out.method_text = cursor.token();
    if (!apart || out.method_text.empty() || out.method_text.size() > limits::method_bytes)
        return cursor.fault("The CSeq names no method.");
    out.method = sip::method(out.method_text);
    cursor.skip_space();
    if (!cursor.done()) return cursor.fault("Something stands behind the CSeq that does not belong there.");
    return out;
}

Parsed<Worded> parse_event(std::string_view text) {
    return parse_worded(text, "The Event names no package.");
}

Parsed<Worded> parse_subscription_state(std::string_view text) {
    return parse_worded(text, "The Subscription-State names no state.");
}

Parsed<Worded> parse_media_type(std::string_view text) {
    Cursor cursor(trimmed(text));
    Worded out;
    if (cursor.token().empty() || !cursor.sees('/')) return cursor.fault("There is no media type.");
    cursor.skip(1);
    if (cursor.token().empty()) return cursor.fault("The media type has no second half.");
    out.word = cursor.since(0);
    auto parameters = Parameters::take(cursor);
    if (!parameters) return std::unexpected(parameters.error());
    out.parameters = *parameters;
    if (!cursor.done()) return cursor.fault("Something stands behind the media type that does not belong there.");
    return out;
}

std::optional<std::uint32_t> parse_seconds(std::string_view text) {
    text = trimmed(text);
    if (text.empty()) return std::nullopt;
    for (char c : text)
        if (!chars::digit(c)) return std::nullopt;
    return text::number<std::uint32_t>(text).value_or(0xffff'ffffU);
}

std::optional<std::uint32_t> parse_retry_after(std::string_view text) {
    Cursor cursor(trimmed(text));
    const auto digits = cursor.digits();
    if (!cursor.done() && !chars::space(cursor.rest().front()) && !cursor.sees(';') && !cursor.sees('('))
        return std::nullopt;
    return parse_seconds(digits);
}

std::optional<std::string_view> next_element(std::string_view& text) {
    if (text.data() == nullptr) return std::nullopt;
    bool quoted = false, bracketed = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (quoted) {
            if (c == '\\') ++i;
            if (c == '"') quoted = false;
        } else if (bracketed) {
            if (c == '>') bracketed = false;
        } else if (c == '"') {
            quoted = true;
        } else if (c == '<') {
            bracketed = true;
        } else if (c == ',') {
            const auto element = trimmed(text.substr(0, i));
            text.remove_prefix(i + 1);
            return element;
        }
    }
    const auto element = trimmed(text);
    text = {};
    return element;
}

std::string unquoted(std::string_view text) {
    text = trimmed(text);
    if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
    text = text.substr(1, text.size() - 2);
    std::string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 1 < text.size()) ++i;
        // A folded line in a quoted string is one space.
        if (text[i] == '\r' || text[i] == '\n') {
            while (i + 1 < text.size() && chars::space(text[i + 1]))
                ++i;
            out += ' ';
        } else {
            out += text[i];
        }
    }
    return out;
}

void append_quoted(std::string& out, std::string_view text) {
    out += '"';
    for (char c : text) {
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) continue;
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    out += '"';
}

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && chars::space(text.front()))
        text.remove_prefix(1);
    while (!text.empty() && chars::space(text.back()))
        text.remove_suffix(1);
    return text;
}

} // namespace lamp::sip
