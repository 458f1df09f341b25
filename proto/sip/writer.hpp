// Writes a SIP message into a buffer that is used again. Line breaks and other control characters in what is given are
// refused, never written: nobody's display name becomes a header field. Pure; no loop.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "proto/sip/message.hpp"

namespace lamp::sip {

/// Where a request came from: what `received` and `rport` of its answer say (RFC 3261 18.2.1, RFC 3581 4).
struct Origin {
    std::string_view address; // IPv6 without brackets
    std::uint16_t port = 0;
};

struct OutgoingVia {
    Transport transport = Transport::udp;
    std::string_view host;
    std::uint16_t port = 0; // 0: not written
    std::string_view branch;
};

class Writer {
public:
    /// What `out` held is gone; it must outlive the writer.
    explicit Writer(std::string& out) : out_(out) { out_.clear(); }

    Writer& request(std::string_view method, std::string_view uri);
    Writer& response(int status, std::string_view reason = {}); // without a reason: reason_phrase(status)
    Writer& field(Header header, std::string_view value) { return field(name(header), value); }
    Writer& field(std::string_view name, std::string_view value);
    Writer& number(Header header, std::uint64_t value);
    Writer& cseq(std::uint32_t number, std::string_view method);
    /// With `rport`, so that the answer finds its way back through address translation.
    Writer& via(const OutgoingVia& via);
    /// `"display" <uri>;tag=…`; display and tag may be empty.
    Writer& address(Header header, std::string_view display, std::string_view uri, std::string_view tag);
    /// A field as it came, on one line.
    Writer& copy(const Field& field);
    Writer& copy(const Message& message, Header header); // all of that name
    /// Content-Length and the body. Refuses (category `invalid`) if anything that was given could not be written; the
    /// buffer is empty then.
    [[nodiscard]] Result<void> done(std::string_view body = {});

private:
    void append(std::string_view text); // refuses control characters
    void append_number(std::uint64_t value);
    std::string& out_;
    bool refused_ = false;
};

/// Status line, Vias, From, To, Call-ID and CSeq of an answer (RFC 3261 8.2.6). The top Via gets `received` and
/// `rport`; To gets `to_tag` unless it has one or `to_tag` is empty (a 100). Works on what was refused, too, if it is
/// answerable. What else the answer has (Contact, a copy of Record-Route where it makes a dialog) is the caller's to
/// add.
void begin_answer(Writer& writer, const Message& request, int status, std::string_view reason, std::string_view to_tag,
                  const Origin& origin);

} // namespace lamp::sip
