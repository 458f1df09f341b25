#include "recognition/record.hpp"

#include <cstdint>

namespace lamp::recognition {
namespace {

void put(std::string& out, std::uint64_t value) {
    for (; value >= 0x80; value >>= 7U)
        out += static_cast<char>(value | 0x80U);
    out += static_cast<char>(value);
}
void put(std::string& out, std::string_view text) {
    put(out, text.size());
    out += text;
}

/// Reads what `put` wrote; once anything is missing all that follows is empty, and `broken`.
struct Cursor {
    std::string_view left;
    bool broken = false;

    std::uint64_t number() {
        std::uint64_t value = 0;
        for (unsigned shift = 0; shift < 64 && !left.empty(); shift += 7) {
            auto byte = static_cast<unsigned char>(left.front());
            left.remove_prefix(1);
            value |= static_cast<std::uint64_t>(byte & 0x7fU) << shift;
            if (byte < 0x80) return value;
        }
        broken = true;
        return 0;
    }
    std::string text() {
        auto size = number();
        if (size > left.size()) broken = true;
        if (broken) return {};
        std::string out(left.substr(0, size));
        left.remove_prefix(size);
        return out;
    }
    /// Each item takes a byte at least.
    std::size_t count() {
        auto many = number();
        if (many > left.size()) broken = true;
        return broken ? 0 : many;
    }
};

} // namespace

void pack(std::string& out, const Record& record) {
    put(out, record.id);
    put(out, record.name);
    put(out, record.url);
    put(out, record.updated ? static_cast<std::uint64_t>(record.updated->time_since_epoch().count()) + 1 : 0);
    put(out, record.numbers.size());
    for (const auto& number : record.numbers) {
        put(out, number.kind);
        put(out, number.written);
        put(out, std::uint64_t{number.main});
    }
    put(out, record.fields.size());
    for (const auto& [name, value] : record.fields) {
        put(out, name);
        put(out, value);
    }
}

Result<Record> unpack(std::string_view packed) {
    Cursor from{packed};
    Record record{.id = from.text(), .name = from.text()};
    record.url = from.text();
    if (auto updated = from.number(); updated > 0)
        record.updated = Wall(milliseconds(static_cast<std::int64_t>(updated - 1)));
    for (auto left = from.count(); left > 0 && !from.broken; --left) {
        Number number{.kind = from.text(), .written = from.text()};
        number.main = from.number() != 0;
        record.numbers.push_back(std::move(number));
    }
    for (auto left = from.count(); left > 0 && !from.broken; --left) {
        auto name = from.text();
        record.fields.emplace_back(std::move(name), from.text());
    }
    if (from.broken || !from.left.empty()) return fail(Category::invalid, "This is no record of the cache.");
    return record;
}

} // namespace lamp::recognition
