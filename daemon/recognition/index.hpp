// Whose number is this: all numbers of one integration, read once into 64-bit keys. Immutable; any loop, several at
// once. Beside the records' text a number takes 16 bytes (24 with endings), a record 8.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "recognition/record.hpp"

namespace lamp::numbers {
class DialPlan;
}

namespace lamp::recognition {

/// How a stored number and a caller's came together, the best first.
enum class Class : std::uint8_t {
    exact,       // the same number, both whole
    exact_noext, // the same number; one side has an extension besides
    nsn,         // the same number; at least one of them is written without its country
    ddi_company, // a direct number behind a stored main number (Germany, Austria): the company, not the person
    suffix,      // the last digits are the same, in the same country or where one has none; only where it is asked for
    extension,   // both short, and the same
};
[[nodiscard]] std::string_view name(Class cls);

/// A number as it is compared.
struct Key {
    std::uint64_t digits = 0;    // of E.164; an extension's with a 1 in front; 0: it can never match
    std::uint32_t extension = 0; // behind a whole number (";ext=", "x"), with a 1 in front; 0: none
    bool is_short = false;       // an extension of ours
    bool national = false;       // written without its country
    bool special = false;        // withheld, or of a service (112): known, but nobody's
    bool no_plan = false;        // in no numbering plan, and without a country

    /// In `digits` of what is in no plan, lest it be some country's number; an extension's are above.
    static constexpr std::uint64_t outside = std::uint64_t{1} << 62U;
    static constexpr std::uint64_t of_extensions = std::uint64_t{1} << 63U;
};
/// Category::invalid: no telephone number.
[[nodiscard]] Result<Key> key_of(const numbers::DialPlan& plan, std::string_view written);

struct Found {
    Class cls{};
    std::uint32_t record = 0; // for `Index::record`
    std::uint32_t number = 0; // which of its numbers
    bool own_country = false; // it was read as a number of its contact's country
};

/// How an integration's numbers are read.
struct Reading {
    std::string country;         // ISO 3166: where those belong that are written nationally
    std::string tenant{};        // where callers' belong, and stored ones that `country` has not; empty: `country`
    std::string country_field{}; // which field says where a contact is; empty: one that is called so
    unsigned suffix = 0;         // how many last digits make the class `suffix`; 0: there is none
};
inline constexpr unsigned suffix_min = 8;

class Index {
public:
    /// A number that is written nationally is one of its contact's country, else of `reading.country`, else of the
    /// tenant's: the first that has it.
    [[nodiscard]] static std::shared_ptr<const Index> build(std::span<const Record> records, const Reading& reading);

    /// All of the best class that has any; each record once. Extensions are looked for among extensions only, others
    /// never: no number matches a part of another one.
    [[nodiscard]] std::vector<Found> find(const Key& key) const;
    /// How the caller's number is read here: as one of the tenant's country.
    [[nodiscard]] Result<Key> read(std::string_view caller) const;
    [[nodiscard]] const std::string& callers_country() const;

    [[nodiscard]] Record record(std::uint32_t place) const;
    [[nodiscard]] std::vector<Record> records() const;
    /// All numbers of one of these records as they are compared: "+31…", with " x12" behind it where it has an
    /// extension; extensions of ours as they are; what is none, as it is written.
    [[nodiscard]] std::vector<std::string> numbers(const Record& record) const;

    [[nodiscard]] std::size_t contacts() const { return ends_.size(); }
    [[nodiscard]] std::size_t numbers() const { return entries_.size(); }
    /// Stored numbers that are none, or nobody's.
    [[nodiscard]] std::size_t unusable() const { return unusable_; }
    [[nodiscard]] const std::vector<std::string>& fields() const { return fields_; }
    /// Without the records' text.
    [[nodiscard]] std::size_t bytes() const;

private:
    struct Entry {
        std::uint64_t key;
        std::uint32_t record;
        std::uint32_t number : 8;
        std::uint32_t national : 1;
        std::uint32_t main : 1;
        std::uint32_t own_country : 1;
        std::uint32_t extension : 21; // 0: none
    };
    static_assert(sizeof(Entry) == 16);
    struct Ending {
        std::uint32_t digits; // the last `suffix_min`
        std::uint32_t entry;
    };
    class Reader;

    Index() = default;
    void add(Reader& reader, const Record& record);
    void add_endings();
    void take_ending(const Key& key, std::vector<Found>& out) const;
    [[nodiscard]] std::span<const Entry> entries(std::uint64_t key) const;
    void take_same(const Key& key, std::vector<Found>& out) const;
    void take_company(std::uint64_t digits, std::vector<Found>& out) const;
    [[nodiscard]] std::string_view packed(std::uint32_t place) const;

    std::shared_ptr<const Reader> reader_;
    std::shared_ptr<const numbers::DialPlan> callers_;
    unsigned suffix_ = 0;
    std::string text_;
    std::vector<std::uint64_t> ends_; // of each record in `text_`
    std::vector<Entry> entries_;      // by key
    std::vector<Ending> endings_;     // by digits
    std::vector<std::string> fields_;
    std::size_t unusable_ = 0;
};

/// One sentence: why this record is shown.
[[nodiscard]] std::string why(const Found& found, const Number& stored, std::string_view caller);

} // namespace lamp::recognition
