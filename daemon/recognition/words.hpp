// One integration's records as items of the directory: found by words, numbers and e-mail addresses, in the order of
// their names. Immutable; any loop, several at once. Beside its text (what SearchIndex keeps) a record takes 12 bytes.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contacts/search.hpp"
#include "recognition/index.hpp"

namespace lamp::recognition {

/// Of all integrations together: what one search goes through, some 1.3 million contacts.
inline constexpr std::size_t words_bytes_max = std::size_t{128} << 20;

class Words {
public:
    /// Takes some seconds for a million. Null: it would take more than `most` bytes of text.
    [[nodiscard]] static std::shared_ptr<const Words> build(std::shared_ptr<const Index> records,
                                                            std::string integration, std::size_t most);

    [[nodiscard]] std::size_t size() const { return order_.size(); }
    /// As SearchIndex::find: places in the order of last name and first name.
    [[nodiscard]] std::vector<std::uint32_t> find(std::string_view query, std::size_t most,
                                                  std::string_view country_code, std::size_t from) const {
        return index_.find(query, most, country_code, from);
    }
    [[nodiscard]] contacts::Contact contact(std::size_t place) const;
    /// "crm:89abcdef01234567"
    [[nodiscard]] std::optional<std::size_t> find(std::string_view key) const;
    /// Text that a search goes through.
    [[nodiscard]] std::size_t text_bytes() const { return index_.text_bytes(); }
    /// Of all of it, without the records.
    [[nodiscard]] std::size_t bytes() const;

private:
    Words(std::shared_ptr<const Index> records, std::string integration)
        : records_(std::move(records)), integration_(std::move(integration)) {}
    void sort();
    [[nodiscard]] std::string key(std::size_t place) const;

    std::shared_ptr<const Index> records_;
    std::string integration_;
    contacts::SearchIndex index_;
    std::vector<std::uint32_t> order_;  // of each place the record
    std::vector<std::uint32_t> by_key_; // places
};

} // namespace lamp::recognition
