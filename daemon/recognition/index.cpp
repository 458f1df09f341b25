#include "recognition/index.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "numbers/country.hpp"
#include "numbers/dial_plan.hpp"
#include "recognition/own_country.hpp"

namespace lamp::recognition {
namespace {

constexpr int direct_digits_max = 4; // behind a main number
constexpr std::size_t company_digits_min = 7;

/// Country codes of open plans, where companies add digits behind their number.
bool open_plan(std::string_view digits) {
    return digits.starts_with("49") || digits.starts_with("43");
}

constexpr std::uint64_t ending_base = 100'000'000; // of the last `suffix_min` digits
static_assert(suffix_min == 8);

/// Of a key that is no extension's; 0: it is one.
std::uint64_t digits_of(std::uint64_t key) {
    return key >= Key::of_extensions ? 0 : key & (Key::outside - 1);
}

/// How many last digits are the same; 0: too few of the shorter one.
std::size_t common_ending(std::uint64_t a, std::uint64_t b) {
    const auto first = std::to_string(a), second = std::to_string(b);
    const auto shorter = std::min(first.size(), second.size());
    std::size_t common = 0;
    while (common < shorter && first[first.size() - 1 - common] == second[second.size() - 1 - common])
        ++common;
    return common * 5 >= shorter * 4 ? common : 0;
}

/// Whether they may be of one country: one of them has none, or both have the same.
bool one_country(std::uint64_t a, std::uint64_t b) {
    if (a >= Key::outside || b >= Key::outside) return true;
    return numbers::calling_code("+" + std::to_string(a)) == numbers::calling_code("+" + std::to_string(b));
}

/// As it is dialled, out of what is compared.
std::string shown(const Key& key, const std::string& written) {
    if (key.digits == 0 || key.special || key.no_plan) return written;
    if (key.is_short) return std::to_string(key.digits & ~Key::of_extensions).substr(1); // behind the 1
    auto number = "+" + std::to_string(key.digits);
    return key.extension == 0 ? number : number + " x" + std::to_string(key.extension).substr(1);
}

/// One record once, with the first of its numbers.
void add_once(std::vector<Found>& out, const Found& found) {
    if (std::ranges::none_of(out, [&](const Found& one) { return one.record == found.record; })) out.push_back(found);
}

} // namespace

/// Stored numbers to keys, with the plans of all countries that contacts are in.
class Index::Reader {
public:
    explicit Reader(Reading reading) : reading_(std::move(reading)) {
        know(reading_.country);
        know(tenant());
    }

    /// Its plan is at hand from now on; before anybody reads its numbers.
    void know(std::string_view country) {
        if (!plans_.contains(country)) plans_.emplace(country, numbers::DialPlan::build({}, std::string(country)));
    }
    [[nodiscard]] const std::shared_ptr<const numbers::DialPlan>& plan(std::string_view country) const {
        return plans_.find(country)->second;
    }
    [[nodiscard]] std::string_view tenant() const {
        return reading_.tenant.empty() ? reading_.country : reading_.tenant;
    }
    [[nodiscard]] std::string_view own(const Record& record) const {
        return own_country(record, reading_.country_field);
    }
    struct Read {
        Result<Key> key;
        bool own = false; // by the contact's own country
    };
    [[nodiscard]] Read read(std::string_view written, std::string_view own) const {
        const std::string_view begin = own.empty() ? reading_.country : own;
        Read first{key_of(*plan(begin), written), !own.empty()};
        for (std::string_view country : {std::string_view(reading_.country), tenant()}) {
            if (first.key && !first.key->no_plan) break;
            if (country == begin) continue;
            Read next{key_of(*plan(country), written)};
            if (next.key && (!first.key || !next.key->no_plan)) first = std::move(next);
        }
        first.own = first.own && first.key && first.key->national && !first.key->is_short && !first.key->no_plan;
        return first;
    }

private:
    Reading reading_;
    std::map<std::string, std::shared_ptr<const numbers::DialPlan>, std::less<>> plans_;
};

std::shared_ptr<const Index> Index::build(std::span<const Record> records, const Reading& reading) {
    std::shared_ptr<Index> made(new Index);
    auto reader = std::make_shared<Reader>(reading);
    made->callers_ = reader->plan(reader->tenant());
    made->suffix_ = reading.suffix;
    made->ends_.reserve(records.size());
    made->entries_.reserve(records.size());
    for (const auto& record : records)
        made->add(*reader, record);
    made->reader_ = std::move(reader);
    auto order = [](const Entry& a, const Entry& b) {
        return std::tuple(a.key, a.record, std::uint32_t{a.number}) <
               std::tuple(b.key, b.record, std::uint32_t{b.number});
    };
    std::ranges::sort(made->entries_, order);
    if (made->suffix_ > 0) made->add_endings();
    made->entries_.shrink_to_fit();
    made->text_.shrink_to_fit();
    return made;
}

void Index::add(Reader& reader, const Record& record) {
    const auto place = static_cast<std::uint32_t>(ends_.size());
    const auto own = reader.own(record);
    if (!own.empty()) reader.know(own);
    for (std::size_t i = 0; i < record.numbers.size() && i < numbers_max; ++i) {
        const auto [key, by_own] = reader.read(record.numbers[i].written, own);
        if (!key || key->digits == 0) {
            ++unusable_;
            continue;
        }
        entries_.push_back({.key = key->digits,
                            .record = place,
                            .number = static_cast<std::uint32_t>(i) & 0xffU,
                            .national = key->national ? 1U : 0U,
                            .main = record.numbers[i].main ? 1U : 0U,
                            .own_country = by_own ? 1U : 0U,
                            .extension = key->extension & 0x1fffffU});
    }
    for (const auto& [name, value] : record.fields)
        if (std::ranges::find(fields_, name) == fields_.end() && fields_.size() < 256) fields_.push_back(name);
    pack(text_, record);
    ends_.push_back(text_.size());
}

std::span<const Index::Entry> Index::entries(std::uint64_t key) const {
    auto range = std::ranges::equal_range(entries_, key, {}, &Entry::key);
    return {range.begin(), range.end()};
}

void Index::take_same(const Key& key, std::vector<Found>& out) const {
    auto cls_of = [&](const Entry& entry) {
        if (key.is_short) return Class::extension;
        if (entry.national != 0 || key.national) return Class::nsn;
        return entry.extension == key.extension ? Class::exact : Class::exact_noext;
    };
    auto best = Class::extension;
    auto same = entries(key.digits);
    auto fits = [&](const Entry& entry) {
        return entry.extension == 0 || key.extension == 0 || entry.extension == key.extension;
    };
    for (const auto& entry : same)
        if (fits(entry)) best = std::min(best, cls_of(entry));
    for (const auto& entry : same)
        if (fits(entry) && cls_of(entry) == best)
            add_once(out, {best, entry.record, entry.number, entry.own_country != 0});
}

void Index::take_company(std::uint64_t digits, std::vector<Found>& out) const {
    if (!open_plan(std::to_string(digits))) return;
    auto root = digits;
    for (int cut = 1; cut <= direct_digits_max && out.empty(); ++cut) {
        root /= 10;
        if (std::to_string(root).size() < company_digits_min) return;
        for (const auto& entry : entries(root * 10)) // "… 0"
            if (entry.extension == 0) add_once(out, {Class::ddi_company, entry.record, entry.number});
        for (const auto& entry : entries(root))
            if (entry.main != 0) add_once(out, {Class::ddi_company, entry.record, entry.number});
    }
}

// ---------------------------------------------------------------- the same last digits

void Index::add_endings() {
    for (std::uint32_t at = 0; at < entries_.size(); ++at)
        if (const auto digits = digits_of(entries_[at].key); digits >= ending_base / 10)
            endings_.push_back({static_cast<std::uint32_t>(digits % ending_base), at});
    std::ranges::sort(endings_, {}, [](const Ending& one) { return std::pair(one.digits, one.entry); });
    endings_.shrink_to_fit();
}

/// Those with the most digits in common.
void Index::take_ending(const Key& key, std::vector<Found>& out) const {
    const auto digits = digits_of(key.digits);
    if (digits < ending_base / 10) return;
    std::size_t best = suffix_;
    const auto last = static_cast<std::uint32_t>(digits % ending_base);
    for (const auto& ending : std::ranges::equal_range(endings_, last, {}, &Ending::digits)) {
        const Entry& entry = entries_[ending.entry];
        const auto common = common_ending(digits, digits_of(entry.key));
        if (common < best || !one_country(key.digits, entry.key)) continue;
        if (entry.extension != 0 && key.extension != 0 && entry.extension != key.extension) continue;
        if (common > best) out.clear();
        best = common;
        add_once(out, {Class::suffix, entry.record, entry.number});
    }
}

std::vector<Found> Index::find(const Key& key) const {
    std::vector<Found> out;
    if (key.digits == 0 || key.special) return out;
    take_same(key, out);
    if (out.empty() && !key.is_short) take_company(key.digits, out);
    if (out.empty() && !key.is_short && suffix_ > 0) take_ending(key, out);
    return out;
}

Result<Key> Index::read(std::string_view caller) const {
    return key_of(*callers_, caller);
}

const std::string& Index::callers_country() const {
    return callers_->country();
}

std::string_view Index::packed(std::uint32_t place) const {
    auto begin = place == 0 ? 0 : ends_[place - 1];
    return std::string_view(text_).substr(begin, ends_[place] - begin);
}

Record Index::record(std::uint32_t place) const {
    return unpack(packed(place)).value_or(Record());
}

std::vector<Record> Index::records() const {
    std::vector<Record> out;
    out.reserve(ends_.size());
    for (std::uint32_t i = 0; i < ends_.size(); ++i)
        out.push_back(record(i));
    return out;
}

std::vector<std::string> Index::numbers(const Record& record) const {
    std::vector<std::string> out;
    const auto own = reader_->own(record);
    for (std::size_t i = 0; i < record.numbers.size() && i < numbers_max; ++i) {
        const auto& written = record.numbers[i].written;
        const auto key = reader_->read(written, own).key;
        out.push_back(key ? shown(*key, written) : written);
    }
    return out;
}

std::size_t Index::bytes() const {
    return entries_.capacity() * sizeof(Entry) + ends_.capacity() * sizeof(std::uint64_t) +
           endings_.capacity() * sizeof(Ending);
}

} // namespace lamp::recognition
