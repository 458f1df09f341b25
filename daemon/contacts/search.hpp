// Finds contacts by parts of names, companies, e-mail addresses and numbers. Immutable; any loop, several at once.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "contacts/contact.hpp"

namespace lamp::contacts {

/// Small letters without accents ("Jörg Müller" is "jorg muller"); other scripts stay as they are.
[[nodiscard]] std::string folded(std::string_view text);

/// "+31612345678" of "06 12345678" in the country of "31": a query that is nothing but a number, as numbers are stored.
/// Empty: it is none.
[[nodiscard]] std::string number_in(std::string_view query, std::string_view country_code);

class SearchIndex {
public:
    SearchIndex() = default;
    explicit SearchIndex(std::span<const Contact> contacts);
    /// Behind those that are there; before anybody searches.
    void add(const Contact& contact);
    /// No more of them: gives back what was kept for those.
    void finish();
    [[nodiscard]] std::size_t size() const { return starts_.size() - 1; }
    /// What a search goes through, and all of it in memory.
    [[nodiscard]] std::size_t text_bytes() const { return text_.size(); }
    [[nodiscard]] std::size_t bytes() const { return text_.capacity() + starts_.capacity() * sizeof(std::uint32_t); }

    /// Places in the span of those in whom every word of `query` occurs, in its order, `most` at most, from place
    /// `from` on. Digits are also looked for in numbers without what people write between them; "06…" and "0031 6…"
    /// find "+316…" in the `country_code`'s ("31") numbers. An empty query finds everybody.
    [[nodiscard]] std::vector<std::uint32_t> find(std::string_view query, std::size_t most,
                                                  std::string_view country_code = {}, std::size_t from = 0) const;

private:
    [[nodiscard]] std::size_t place_of(std::size_t at, std::size_t from) const;

    std::string text_; // of each contact what it can be found by, one behind the other
    std::vector<std::uint32_t> starts_{0};
};

} // namespace lamp::contacts
