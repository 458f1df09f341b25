#include "proto/sip/message.hpp"

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

using Step = std::expected<void, Refusal>;
constexpr std::string_view start_line = "start line";

/// Two media types or ranges, without regard to case.
bool within(std::string_view range, std::string_view type) {
    if (range == "*/*") return true;
    const auto slash = range.find('/');
    if (slash == std::string_view::npos) return false;
    if (range.substr(slash) == "/*") return text::same_letters(range.substr(0, slash), type.substr(0, type.find('/')));
    return text::same_letters(range, type);
}

bool is_zero(std::string_view q) {
    return q.starts_with('0') && q.find_first_not_of("0.") == std::string_view::npos;
}

std::optional<std::size_t> length_of(std::string_view value) {
    value = trimmed(value);
    if (value.empty() || value.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
    return text::number<std::size_t>(value);
}

} // namespace

/// Fills a Message from bytes, in the order in which faults are told: start line, lines, lengths, single fields.
class MessageReader {
public:
    MessageReader(Message& message, std::string_view bytes, Carrier carrier)
        : message_(message), bytes_(bytes), carrier_(carrier) {}

    Step read() {
        auto outcome = read_all();
        // Whatever is wrong, its answer goes where the Via says.
        if (!outcome && message_.request_ && message_.vias_ == 0) static_cast<void>(read_vias());
        return outcome;
    }

private:
    Step read_all() {
        auto lines = split();
        if (auto step = read_start_line(); !step) return step;
        if (!lines) return lines;
        for (auto part : {&MessageReader::read_counts, &MessageReader::read_body, &MessageReader::read_vias,
                          &MessageReader::read_call, &MessageReader::read_numbers, &MessageReader::read_lists})
            if (auto step = (this->*part)(); !step) return step;
        return {};
    }

    [[nodiscard]] std::unexpected<Refusal> refuse(int status, std::string_view what, std::string_view where,
                                                  const char* at) const {
        const bool answer = message_.request_ && message_.method_ != Method::ack;
        return std::unexpected(Refusal{answer ? status : 0, what, where, static_cast<std::size_t>(at - bytes_.data())});
    }
    [[nodiscard]] std::unexpected<Refusal> refuse(const Fault& fault, Header header, std::string_view value) const {
        return refuse(400, fault.what, name(header), value.data() + std::min(fault.at, value.size()));
    }

    // One line without its CR LF; nothing if there is no line end or a lone CR or LF.
    [[nodiscard]] std::optional<std::string_view> next_line() {
        const auto end = bytes_.find('\n', at_);
        if (end == std::string_view::npos || end == at_ || bytes_[end - 1] != '\r') return std::nullopt;
        const auto line = bytes_.substr(at_, end - 1 - at_);
        if (line.contains('\r')) return std::nullopt;
        at_ = end + 1;
        return line;
    }
    [[nodiscard]] bool folds() const { return at_ < bytes_.size() && (bytes_[at_] == ' ' || bytes_[at_] == '\t'); }

    // Start line and fields. What can be read is kept even if something is refused: the answer needs it.
    Step split() {
        Step outcome;
        auto keep_first = [&](std::unexpected<Refusal> refusal) {
            if (outcome) outcome = refusal;
        };
        while (bytes_.substr(at_).starts_with("\r\n") && at_ < limits::empty_lines)
            at_ += 2;
        const auto first = next_line();
        if (!first) return refuse(400, "The line does not end in CR LF.", start_line, bytes_.data() + at_);
        start_ = *first;
        message_.request_ = looks_like_request();
        message_.method_ = sip::method(message_.method_text_);
        if (folds()) keep_first(refuse(400, "The start line is folded.", start_line, bytes_.data() + at_));
        while (true) {
            const auto begin = at_;
            auto line = next_line();
            if (!line) {
                keep_first(refuse(400, "The line does not end in CR LF, or the empty line is missing.", "header",
                                  bytes_.data() + begin));
                return outcome;
            }
            if (line->empty()) break;
            while (folds()) {
                if (!next_line()) break; // the next round refuses it
                line = bytes_.substr(begin, at_ - 2 - begin);
            }
            if (auto step = add_field(*line); !step) keep_first(std::unexpected(step.error()));
        }
        if (at_ > limits::head_bytes)
            keep_first(refuse(513, "The header is longer than 64 KiB.", "header", bytes_.data()));
        return outcome;
    }

    Step add_field(std::string_view line) {
        if (message_.count_ == limits::fields)
            return refuse(400, "There are more than 128 header fields.", "header", line.data());
        Cursor cursor(line);
        Field field;
        field.name = cursor.token();
        while (cursor.sees(' ') || cursor.sees('\t'))
            cursor.skip(1);
        if (field.name.empty() || !cursor.sees(':'))
            return refuse(400, "The line has no header name before a colon.", "header", line.data());
        cursor.skip(1);
        field.id = header(field.name);
        field.value = trimmed(cursor.rest());
        if (field.value.empty()) field.value = cursor.rest().substr(0, 0);
        if (line.size() > limits::field_bytes)
            return refuse(400, "The header field is longer than 8 KiB.", spelt(field), line.data());
        message_.fields_[message_.count_++] = field;
        return {};
    }
    [[nodiscard]] static std::string_view spelt(const Field& field) {
        return field.id == Header::other ? "header" : name(field.id);
    }

    [[nodiscard]] bool looks_like_request() {
        Cursor cursor(start_);
        const auto method = cursor.token();
        if (method.empty() || !cursor.sees(' ') || (!start_.contains(" SIP/") && !start_.contains(" sip/")))
            return false;
        message_.method_text_ = method;
        return true;
    }

    Step read_start_line() {
        if (start_.data() == nullptr) return refuse(400, "There is no start line.", start_line, bytes_.data());
        return start_.starts_with("SIP/") ? read_status_line() : read_request_line();
    }

    Step read_status_line() {
        message_.request_ = false;
        const auto rest = start_.substr(std::min<std::size_t>(start_.size(), 8));
        if (!start_.starts_with("SIP/2.0 ") || rest.size() < 3 || (rest.size() > 3 && rest[3] != ' '))
            return refuse(0, "The status line is malformed.", start_line, start_.data());
        const auto status = text::number<unsigned>(rest.substr(0, 3));
        if (!status || *status < 100 || *status > 699)
            return refuse(0, "The status is not a number from 100 to 699.", start_line, rest.data());
        message_.status_ = static_cast<int>(*status);
        message_.reason_ = rest.size() > 4 ? rest.substr(4) : std::string_view();
        return {};
    }

    Step read_request_line() {
        const auto method = message_.method_text_;
        if (!message_.request_) return refuse(0, "The first line is no start line of SIP.", start_line, start_.data());
        if (method.size() > limits::method_bytes)
            return refuse(400, "The method is longer than 64 bytes.", start_line, start_.data());
        auto rest = start_.substr(method.size() + 1);
        const auto space = rest.find(' ');
        if (space == std::string_view::npos || space == 0)
            return refuse(400, "The request line is not method, URI and version with one space between.", start_line,
                          rest.data());
        const auto uri = rest.substr(0, space);
        const auto version = rest.substr(space + 1);
        if (!text::same_letters(version, "SIP/2.0")) {
            const bool other = version.size() == 7 && text::same_letters(version.substr(0, 4), "SIP/") &&
                               chars::digit(version[4]) && version[5] == '.' && chars::digit(version[6]);
            return other ? refuse(505, "The version of SIP is not 2.0.", start_line, version.data())
                         : refuse(400, "The request line does not end in SIP/2.0.", start_line, version.data());
        }
        if (uri.size() > limits::uri_bytes)
            return refuse(414, "The Request-URI is longer than 2048 bytes.", start_line, uri.data());
        const auto parsed = parse_uri(uri);
        if (!parsed)
            return refuse(400, parsed.error().what, start_line, uri.data() + std::min(parsed.error().at, uri.size()));
        if (!parsed->headers.empty())
            return refuse(400, "The Request-URI holds headers.", start_line, parsed->headers.data());
        message_.uri_ = *parsed;
        return {};
    }

    // Everything that stands alone stands once, and what every message needs is there (RFC 3261 8.1.1).
    Step read_counts() {
        std::array<std::uint8_t, header_count> seen{};
        for (const Field& field : message_.fields()) {
            auto& count = seen[static_cast<std::size_t>(field.id)];
            if (only_once(field.id) && count++ != 0)
                return refuse(400, "The header stands more than once.", name(field.id), field.value.data());
            if (!only_once(field.id)) count = 1;
        }
        for (Header needed : {Header::via, Header::from, Header::to, Header::call_id, Header::cseq})
            if (seen[static_cast<std::size_t>(needed)] == 0)
                return refuse(400, "The header is missing.", name(needed), bytes_.data());
        return {};
    }

    Step read_body() {
        const auto there = bytes_.substr(at_);
        message_.body_ = there;
        const auto value = message_.find(Header::content_length);
        if (!value) {
            if (carrier_ == Carrier::stream)
                return refuse(400, "The header is missing, and a stream needs it.", name(Header::content_length),
                              bytes_.data());
        } else {
            const auto length = length_of(*value);
            if (!length) return refuse(400, "The length is not a number.", name(Header::content_length), value->data());
            if (*length > there.size())
                return refuse(400, "The body is shorter than announced.", name(Header::content_length), value->data());
            message_.body_ = there.substr(0, *length);
        }
        if (message_.body_.size() > limits::body_bytes)
            return refuse(513, "The body is longer than 256 KiB.", "body", message_.body_.data());
        return {};
    }

    Step read_vias() {
        for (const Field& field : message_.fields()) {
            if (field.id != Header::via) continue;
            auto rest = field.value;
            while (const auto element = next_element(rest)) {
                if (++message_.vias_ > limits::vias)
                    return refuse(400, "There are more than 20 of them.", name(Header::via), element->data());
                const auto via = parse_via(*element);
                if (!via) return refuse(via.error(), Header::via, *element);
                if (message_.vias_ == 1) message_.via_ = *via;
            }
        }
        return {};
    }

    Step read_call() {
        for (auto [header, into] : {std::pair{Header::from, &message_.from_}, std::pair{Header::to, &message_.to_}}) {
            const auto value = *message_.find(header);
            const auto address = parse_address(value);
            if (!address) return refuse(address.error(), header, value);
            *into = *address;
        }
        message_.call_id_ = *message_.find(Header::call_id);
        const auto at = message_.call_id_.find('@');
        if (message_.call_id_.empty() || !chars::all(message_.call_id_.substr(0, at), chars::word) ||
            (at != std::string_view::npos && !chars::all(message_.call_id_.substr(at + 1), chars::word)))
            return refuse(400, "The Call-ID is empty or holds what may not stand in one.", name(Header::call_id),
                          message_.call_id_.data());
        const auto value = *message_.find(Header::cseq);
        const auto cseq = parse_cseq(value);
        if (!cseq) return refuse(cseq.error(), Header::cseq, value);
        message_.cseq_ = *cseq;
        if (!message_.request_) {
            message_.method_ = cseq->method;
            message_.method_text_ = cseq->method_text;
        } else if (cseq->method_text != message_.method_text_) {
            return refuse(400, "The CSeq names another method than the start line.", name(Header::cseq), value.data());
        }
        return {};
    }

    Step read_numbers() {
        if (const auto value = message_.find(Header::max_forwards)) {
            message_.max_forwards_ = text::number<std::uint8_t>(*value);
            if (!message_.max_forwards_ && message_.request_)
                return refuse(400, "The value is not a number from 0 to 255.", name(Header::max_forwards),
                              value->data());
        }
        if (const auto value = message_.find(Header::expires)) {
            message_.expires_ = parse_seconds(*value);
            if (!message_.expires_ && message_.request_)
                return refuse(400, "The value is not a number of seconds.", name(Header::expires), value->data());
        }
        if (const auto value = message_.find(Header::event)) {
            const auto event = parse_event(*value);
            if (event) message_.event_ = *event;
            if (!event && message_.request_) return refuse(event.error(), Header::event, *value);
        }
        return {};
    }

    // In a response these are of use but no reason to drop it: that would only bring it again.
    Step read_lists() {
        if (auto step = read_contacts(); !step && message_.request_) return step;
        for (Header header : {Header::route, Header::record_route})
            if (auto step = read_routes(header); !step && message_.request_) return step;
        return {};
    }

    Step read_contacts() {
        for (const Field& field : message_.fields()) {
            if (field.id != Header::contact) continue;
            auto rest = field.value;
            while (const auto element = next_element(rest)) {
                if (*element == "*") {
                    message_.star_ = true;
                    continue;
                }
                const auto address = parse_address(*element);
                if (!address) return refuse(address.error(), Header::contact, *element);
                if (++message_.contacts_ > limits::contacts)
                    return refuse(400, "There are more than 10 of them.", name(Header::contact), element->data());
                if (!message_.contact_) message_.contact_ = *address;
            }
        }
        if (message_.star_ && message_.contacts_ != 0)
            return refuse(400, "The star does not stand alone.", name(Header::contact), bytes_.data());
        return {};
    }

    Step read_routes(Header header) {
        std::size_t count = 0;
        for (const Field& field : message_.fields()) {
            if (field.id != header) continue;
            auto rest = field.value;
            while (const auto element = next_element(rest)) {
                if (++count > limits::routes)
                    return refuse(400, "There are more than 20 of them.", name(header), element->data());
                const auto address = parse_address(*element);
                if (!address) return refuse(address.error(), header, *element);
                if (!address->bracketed)
                    return refuse(400, "The address needs angle brackets.", name(header), element->data());
            }
        }
        return {};
    }

    Message& message_;
    std::string_view bytes_;
    std::string_view start_;
    Carrier carrier_;
    std::size_t at_ = 0;
};

std::expected<void, Refusal> Message::parse(std::string_view bytes, Carrier carrier) {
    // The fields beyond count_ are of an earlier message and never looked at.
    request_ = star_ = false;
    method_ = Method::other;
    status_ = 0;
    count_ = vias_ = contacts_ = 0;
    method_text_ = reason_ = call_id_ = body_ = {};
    max_forwards_.reset();
    expires_.reset();
    uri_ = {};
    via_ = {};
    cseq_ = {};
    from_ = to_ = {};
    contact_.reset();
    event_.reset();
    return MessageReader(*this, bytes, carrier).read();
}

std::optional<std::string_view> Message::find(Header header) const {
    for (const Field& field : fields())
        if (field.id == header) return field.value;
    return std::nullopt;
}

std::optional<std::string_view> Message::find(std::string_view name) const {
    for (const Field& field : fields())
        if (text::same_letters(field.name, name)) return field.value;
    return std::nullopt;
}

std::optional<Worded> Message::subscription_state() const {
    const auto value = find(Header::subscription_state);
    const auto parsed = value ? parse_subscription_state(*value) : Parsed<Worded>(std::unexpected(Fault{}));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

std::optional<Worded> Message::content_type() const {
    const auto value = find(Header::content_type);
    const auto parsed = value ? parse_media_type(*value) : Parsed<Worded>(std::unexpected(Fault{}));
    return parsed ? std::optional(*parsed) : std::nullopt;
}

bool Message::lists(Header header, std::string_view token) const {
    bool found = false;
    std::size_t looked = 0;
    each_element(header, [&](std::string_view element) {
        found = header == Header::allow_events ? element == token : text::same_letters(element, token);
        return !found && ++looked < limits::list_tokens;
    });
    return found;
}

bool Message::accepts(std::string_view media_type, bool otherwise) const {
    bool any = false, found = false;
    std::size_t looked = 0;
    each_element(Header::accept, [&](std::string_view element) {
        any = true;
        // A range whose parameters are malformed still says what it is; refusing it would leave a lamp dark.
        const auto type = trimmed(element.substr(0, element.find(';')));
        const auto range = parse_media_type(element);
        found = within(type, media_type) && !(range && is_zero(range->parameters.value("q")));
        return !found && ++looked < limits::list_tokens;
    });
    return any ? found : !find(Header::accept) && otherwise;
}

bool Message::answerable() const {
    return request_ && method_ != Method::ack && find(Header::via).has_value();
}

std::string text(const Refusal& refusal) {
    std::string out(refusal.where);
    out += ": ";
    out += refusal.what.substr(0, refusal.what.size() - (refusal.what.ends_with('.') ? 1 : 0));
    return out + " (byte " + std::to_string(refusal.at) + ").";
}

std::string reason(const Refusal& refusal) {
    std::string out(reason_phrase(refusal.status));
    if (refusal.status != 400 || refusal.where.empty()) return out;
    return out + ": " + std::string(refusal.where);
}

std::optional<HeadShape> shape_of(std::string_view bytes) {
    const auto end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return std::nullopt;
    HeadShape out;
    out.bytes = end + 4;
    bool seen = false, folded = false; // a folded length is legal and nobody writes it: too good a hiding place
    for (auto at = bytes.find('\n'); at < end + 2; at = bytes.find('\n', at + 1)) {
        const auto line = bytes.substr(at + 1, bytes.find('\n', at + 1) - at - 1);
        if (line.starts_with(' ') || line.starts_with('\t')) {
            out.bad_length = out.bad_length || folded;
            continue;
        }
        const auto colon = line.find(':');
        folded = colon != std::string_view::npos && header(trimmed(line.substr(0, colon))) == Header::content_length;
        if (!folded) continue;
        const auto length = length_of(line.substr(colon + 1));
        if (seen || !length) out.bad_length = true;
        seen = true;
        out.content_length = length;
    }
    return out;
}

} // namespace lamp::sip
