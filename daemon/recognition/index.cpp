#include "recognition/index.hpp"

#include <algorithm>
#include <tuple>

#include "numbers/dial_plan.hpp"

namespace lamp::recognition {
namespace {

constexpr int direct_digits_max = 4; // behind a main number
constexpr std::size_t company_digits_min = 7;

/// Country codes of open plans, where companies add digits behind their number.
bool open_plan(std::string_view digits) {
    return digits.starts_with("49") || digits.starts_with("43");
}

/// One record once, with the first of its numbers.
void add_once(std::vector<Found>& out, const Found& found) {
    if (std::ranges::none_of(out, [&](const Found& one) { return one.record == found.record; })) out.push_back(found);
}

} // namespace

std::shared_ptr<const Index> Index::build(std::span<const Record> records, std::string country) {
    std::shared_ptr<Index> made(new Index(numbers::DialPlan::build({}, std::move(country))));
    made->ends_.reserve(records.size());
    made->entries_.reserve(records.size());
    for (const auto& record : records)
        made->add(record);
    auto order = [](const Entry& a, const Entry& b) {
        return std::tuple(a.key, a.record, std::uint32_t{a.number}) <
               std::tuple(b.key, b.record, std::uint32_t{b.number});
    };
    std::ranges::sort(made->entries_, order);
    made->entries_.shrink_to_fit();
    made->text_.shrink_to_fit();
    return made;
}

void Index::add(const Record& record) {
    const auto place = static_cast<std::uint32_t>(ends_.size());
    for (std::size_t i = 0; i < record.numbers.size() && i < numbers_max; ++i) {
        auto key = key_of(*plan_, record.numbers[i].written);
        if (!key || key->digits == 0) {
            ++unusable_;
            continue;
        }
        entries_.push_back({.key = key->digits,
                            .record = place,
                            .number = static_cast<std::uint32_t>(i) & 0xffU,
                            .national = key->national ? 1U : 0U,
                            .main = record.numbers[i].main ? 1U : 0U,
                            .extension = key->extension & 0x3fffffU});
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
        if (fits(entry) && cls_of(entry) == best) add_once(out, {best, entry.record, entry.number});
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

std::vector<Found> Index::find(const Key& key) const {
    std::vector<Found> out;
    if (key.digits == 0 || key.special) return out;
    take_same(key, out);
    if (out.empty() && !key.is_short) take_company(key.digits, out);
    return out;
}

Result<Key> Index::read(std::string_view caller) const {
    return key_of(*plan_, caller);
}

const std::string& Index::country() const {
    return plan_->country();
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

std::size_t Index::bytes() const {
    return entries_.capacity() * sizeof(Entry) + ends_.capacity() * sizeof(std::uint64_t);
}

} // namespace lamp::recognition
