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

class SearchIndex {
public:
    explicit SearchIndex(std::span<const Contact> contacts);

    /// Places in the span of those in whom every word of `query` occurs, in its order, `most` at most. Digits are also
    /// looked for in numbers without what people write between them; "06…" and "0031 6…" find "+316…" in the
    /// `country_code`'s ("31") numbers. An empty query finds everybody.
    [[nodiscard]] std::vector<std::uint32_t> find(std::string_view query, std::size_t most,
                                                  std::string_view country_code = {}) const;

private:
    [[nodiscard]] std::string_view of(std::size_t place) const;

    std::string text_; // of each contact what it can be found by, one behind the other
    std::vector<std::uint32_t> starts_{0};
};

} // namespace lamp::contacts
