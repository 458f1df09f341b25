// Presence documents: PIDF (RFC 3863) with RPID activities (RFC 4480) and the data model (RFC 4479). Written from the
// word of a verdict, read as strangers write them (publications). Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.hpp"

namespace lamp::pidf {

inline constexpr std::string_view media_type = "application/pidf+xml";
inline constexpr std::size_t tuples_max = 64; // of one document read

enum class Basic : std::uint8_t { closed, open };

/// What a verdict's word becomes: a row of the table that interface.md 6 asks for (thirteen rules, ten words).
struct Look {
    std::string_view word; // "ringing", "do_not_disturb", …
    Basic basic;
    std::string_view activity;        // RPID's name for it; empty: none
    std::string_view second_activity; // where one does not say it
    std::string_view note;            // for people
};
[[nodiscard]] std::span<const Look> looks();
/// The row of that word; of a word that is none the row of "unknown".
[[nodiscard]] const Look& look_of(std::string_view word);

struct Tuple {
    std::string id; // an XML id
    Basic basic = Basic::closed;
    std::string contact; // the presentity's own address, never the watcher's
    std::string note;
    bool operator==(const Tuple&) const = default;
};

struct Document {
    std::string entity; // the presentity
    std::vector<Tuple> tuples;
    std::vector<std::string> activities; // of the person; RPID's names
    std::string note;                    // of the person
    std::string timestamp;               // RFC 3339, since when; empty: left out
    bool operator==(const Document&) const = default;
};

/// The document of one presentity: one tuple "line" and a person.
[[nodiscard]] Document of_word(std::string_view word, std::string_view entity, std::string_view timestamp = {});

/// Elements in the order of the schemas, RPID's and the data model's names with prefixes, everything else without.
/// A document without tuples gets a closed one: an empty body is no presence.
[[nodiscard]] std::string write(const Document& document);
/// Refuses (category `protocol`) another root, a presence without entity, tuples without id; (`limit`) more than 64
/// tuples. A tuple without `basic` is closed; activities of persons, tuples and devices alike are gathered, each once.
[[nodiscard]] Result<Document> read(std::string_view text);

} // namespace lamp::pidf
