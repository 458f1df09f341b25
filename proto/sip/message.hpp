// One SIP message (RFC 3261 7) as views into its bytes. Strict where two readers could read it differently (line ends,
// single-valued fields twice, lengths, start line), lenient where telephones need it (compact forms, folding, white
// space around delimiters, unquoted UTF-8 names, RFC 2543 peers). Nothing is allocated; a Message may be used again and
// again. Pure; no loop.
#pragma once
#include <array>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "proto/sip/fields.hpp"
#include "proto/sip/limits.hpp"
#include "proto/sip/words.hpp"

namespace lamp::sip {

/// What brought the bytes: a datagram is a whole message and what is behind its body is dropped; in a stream the
/// framing has cut out one message, and Content-Length is mandatory (RFC 3261 18.3).
enum class Carrier : std::uint8_t { datagram, stream };

/// Why bytes are no message.
struct Refusal {
    int status = 0;         // to answer with: 400, 414, 505, 513; 0: drop it (responses, ACK)
    std::string_view what;  // a sentence; lives for ever
    std::string_view where; // the field's name, or "start line", or "body"
    std::size_t at = 0;     // bytes from the beginning
};
[[nodiscard]] std::string text(const Refusal& refusal); // for logs: "To: A quoted string is not closed (byte 120)."
/// For the status line of the answer: "Bad Request: To".
[[nodiscard]] std::string reason(const Refusal& refusal);

struct Field {
    Header id = Header::other;
    std::string_view name;  // as it came
    std::string_view value; // trimmed; may hold folded lines
};

class Message {
public:
    /// Reads `bytes`, which must outlive what is asked of this message. Refusals: see Refusal. After one the message
    /// still tells what an answer needs: the fields that were found, the top Via if it can be read, and `answerable`.
    [[nodiscard]] std::expected<void, Refusal> parse(std::string_view bytes, Carrier carrier);

    // --- start line
    [[nodiscard]] bool is_request() const { return request_; }
    [[nodiscard]] Method method() const { return method_; } // of a response: of its CSeq
    [[nodiscard]] std::string_view method_text() const { return method_text_; }
    [[nodiscard]] const Uri& uri() const { return uri_; } // Request-URI
    [[nodiscard]] int status() const { return status_; }  // of a response: 100 to 699
    [[nodiscard]] std::string_view reason() const { return reason_; }

    // --- what every message has
    [[nodiscard]] const Via& via() const { return via_; } // the top one
    [[nodiscard]] std::size_t vias() const { return vias_; }
    [[nodiscard]] const Address& from() const { return from_; } // the tag may lack (RFC 2543)
    [[nodiscard]] const Address& to() const { return to_; }
    [[nodiscard]] std::string_view call_id() const { return call_id_; }
    [[nodiscard]] const CSeq& cseq() const { return cseq_; }
    [[nodiscard]] std::string_view body() const { return body_; }

    // --- what some have
    [[nodiscard]] const std::optional<Address>& contact() const { return contact_; } // the first
    [[nodiscard]] std::size_t contacts() const { return contacts_; }                 // "*" not counted
    [[nodiscard]] bool contact_is_star() const { return star_; }
    [[nodiscard]] std::optional<std::uint8_t> max_forwards() const { return max_forwards_; }
    [[nodiscard]] std::optional<std::uint32_t> expires() const { return expires_; }
    [[nodiscard]] const std::optional<Worded>& event() const { return event_; }
    [[nodiscard]] std::optional<Worded> subscription_state() const;
    [[nodiscard]] std::optional<Worded> content_type() const; // nothing, too, if it is malformed

    // --- any field
    [[nodiscard]] std::span<const Field> fields() const { return {fields_.data(), count_}; }
    [[nodiscard]] std::optional<std::string_view> find(Header header) const; // value of the first
    [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
    /// Elements of the comma lists of all fields of that name, in order; empty ones left out. `each` gives false to
    /// end.
    template <class Each>
    void each_element(Header header, Each each) const {
        for (const Field& field : fields()) {
            if (field.id != header) continue;
            auto rest = field.value;
            while (const auto element = next_element(rest))
                if (!element->empty() && !each(*element)) return;
        }
    }
    /// An option tag, method or event package in Supported, Require, Allow …; case counts only for event packages.
    [[nodiscard]] bool lists(Header header, std::string_view token) const;
    /// Whether Accept allows that media type, wildcards and q=0 considered. Without the field: `otherwise`.
    [[nodiscard]] bool accepts(std::string_view media_type, bool otherwise) const;

    /// Of what was refused: whether a response can be written at all (a request, no ACK, with a Via to copy).
    [[nodiscard]] bool answerable() const;

private:
    friend class MessageReader;
    bool request_ = false;
    bool star_ = false;
    Method method_ = Method::other;
    int status_ = 0;
    std::size_t count_ = 0;
    std::size_t vias_ = 0;
    std::size_t contacts_ = 0;
    std::string_view method_text_;
    std::string_view reason_;
    std::string_view call_id_;
    std::string_view body_;
    std::optional<std::uint8_t> max_forwards_;
    std::optional<std::uint32_t> expires_;
    Uri uri_;
    Via via_;
    CSeq cseq_;
    Address from_;
    Address to_;
    std::optional<Address> contact_;
    std::optional<Worded> event_;
    std::array<Field, limits::fields> fields_;
};

/// A place between head and body, and what Content-Length says: all that framing needs of a message.
struct HeadShape {
    std::size_t bytes = 0; // the empty line included
    std::optional<std::size_t> content_length;
    bool bad_length = false; // no number, twice, or more than a size_t
};
/// Nothing while the empty line has not come.
[[nodiscard]] std::optional<HeadShape> shape_of(std::string_view bytes);

} // namespace lamp::sip
