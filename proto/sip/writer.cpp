#include "proto/sip/writer.hpp"

#include <charconv>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

bool writable(std::string_view text) {
    for (char c : text)
        if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return false;
    return true;
}

/// Folded lines become one space each; what is not a line break stays as it came.
void append_unfolded(std::string& out, std::string_view value) {
    for (std::size_t i = 0; i < value.size(); ++i) {
        if (value[i] != '\r' && value[i] != '\n') {
            out += value[i];
            continue;
        }
        while (i + 1 < value.size() && chars::space(value[i + 1]))
            ++i;
        out += ' ';
    }
}

/// The top Via as it came, `received` and `rport` set to where it came from.
std::string stamped(const Via& via, const Origin& origin) {
    std::string out = "SIP/2.0/" + std::string(via.transport_text) + ' ';
    append_host(out, via.sent_by.host);
    if (via.sent_by.port) out += ':' + std::to_string(*via.sent_by.port);
    via.parameters.each([&](const Parameter& parameter) {
        if (text::same_letters(parameter.name, "received") || text::same_letters(parameter.name, "rport")) return;
        out += ';';
        out += parameter.name;
        if (!parameter.has_value) return;
        out += '=';
        append_unfolded(out, parameter.value);
    });
    if (origin.address.empty()) return out;
    const bool rport = via.wants_rport();
    if (rport || !text::same_letters(via.sent_by.host, origin.address)) {
        out += ";received=";
        out += origin.address;
    }
    if (rport) out += ";rport=" + std::to_string(origin.port);
    return out;
}

void copy_vias(Writer& writer, const Message& request, const Origin& origin) {
    bool top = true;
    for (const Field& field : request.fields()) {
        if (field.id != Header::via) continue;
        auto rest = field.value;
        const auto first = top ? next_element(rest) : std::nullopt;
        const auto via = first ? parse_via(*first) : Parsed<Via>(std::unexpected(Fault{}));
        if (via) {
            auto value = stamped(*via, origin);
            if (rest.data() != nullptr) {
                value += ", ";
                append_unfolded(value, trimmed(rest));
            }
            writer.copy(Field{Header::via, {}, value});
        } else {
            writer.copy(field);
        }
        top = false;
    }
}

void copy_to(Writer& writer, const Message& request, std::string_view tag) {
    const auto value = request.find(Header::to);
    if (!value) return;
    const auto address = parse_address(*value);
    std::string out;
    append_unfolded(out, *value);
    if (address && !tag.empty() && address->tag().empty()) {
        out += ";tag=";
        out += tag;
    }
    writer.copy(Field{Header::to, {}, out});
}

} // namespace

void Writer::append(std::string_view text) {
    refused_ = refused_ || !writable(text);
    out_ += text;
}

void Writer::append_number(std::uint64_t value) {
    char digits[20];
    const auto end = std::to_chars(digits, digits + sizeof digits, value).ptr;
    out_.append(digits, end);
}

Writer& Writer::request(std::string_view method, std::string_view uri) {
    refused_ = refused_ || method.empty() || uri.empty() || uri.contains(' ') || !chars::all(method, chars::token);
    append(method);
    out_ += ' ';
    append(uri);
    out_ += " SIP/2.0\r\n";
    return *this;
}

Writer& Writer::response(int status, std::string_view reason) {
    refused_ = refused_ || status < 100 || status > 699;
    out_ += "SIP/2.0 ";
    append_number(static_cast<std::uint64_t>(status));
    out_ += ' ';
    append(reason.empty() ? reason_phrase(status) : reason);
    out_ += "\r\n";
    return *this;
}

Writer& Writer::field(std::string_view name, std::string_view value) {
    refused_ = refused_ || name.empty() || !chars::all(name, chars::token);
    append(name);
    out_ += ": ";
    append(value);
    out_ += "\r\n";
    return *this;
}

Writer& Writer::number(Header header, std::uint64_t value) {
    out_ += name(header);
    out_ += ": ";
    append_number(value);
    out_ += "\r\n";
    return *this;
}

Writer& Writer::cseq(std::uint32_t number, std::string_view method) {
    out_ += "CSeq: ";
    append_number(number);
    out_ += ' ';
    append(method);
    out_ += "\r\n";
    return *this;
}

Writer& Writer::via(const OutgoingVia& via) {
    out_ += "Via: SIP/2.0/";
    out_ += name(via.transport);
    out_ += ' ';
    refused_ = refused_ || !writable(via.host);
    append_host(out_, via.host);
    if (via.port != 0) {
        out_ += ':';
        append_number(via.port);
    }
    out_ += ";branch=";
    append(via.branch);
    out_ += ";rport\r\n";
    return *this;
}

Writer& Writer::address(Header header, std::string_view display, std::string_view uri, std::string_view tag) {
    refused_ = refused_ || uri.find_first_of("<> ") != std::string_view::npos || !chars::all(tag, chars::value);
    out_ += name(header);
    out_ += ": ";
    if (!display.empty()) {
        append_quoted(out_, display);
        out_ += ' ';
    }
    out_ += '<';
    append(uri);
    out_ += '>';
    if (!tag.empty()) {
        out_ += ";tag=";
        append(tag);
    }
    out_ += "\r\n";
    return *this;
}

Writer& Writer::copy(const Field& field) {
    out_ += field.id == Header::other ? field.name : name(field.id);
    out_ += ": ";
    append_unfolded(out_, field.value);
    out_ += "\r\n";
    return *this;
}

Writer& Writer::copy(const Message& message, Header header) {
    for (const Field& field : message.fields())
        if (field.id == header) copy(field);
    return *this;
}

Result<void> Writer::done(std::string_view body) {
    number(Header::content_length, body.size());
    out_ += "\r\n";
    out_ += body;
    if (!refused_) return {};
    out_.clear();
    return fail(Category::invalid,
                "The SIP message would hold a line break or another character that may not stand there.");
}

void begin_answer(Writer& writer, const Message& request, int status, std::string_view reason, std::string_view to_tag,
                  const Origin& origin) {
    writer.response(status, reason);
    copy_vias(writer, request, origin);
    writer.copy(request, Header::from);
    copy_to(writer, request, to_tag);
    writer.copy(request, Header::call_id).copy(request, Header::cseq);
    if (status == 100) writer.copy(request, Header::timestamp);
}

} // namespace lamp::sip
