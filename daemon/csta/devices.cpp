#include "csta/devices.hpp"

#include <algorithm>
#include <tuple>

#include "numbers/plain_number.hpp"
#include "proto/csta/identities.hpp"
#include "proto/text/text.hpp"

namespace lamp::csta {
namespace {

enum class Kind : std::uint8_t { line_id, number, extension, before_at, person };

/// The names of one line, lower case, each with its kind.
template <class Take>
void for_each_name(const DeviceRow& row, const Take& take) {
    const auto id = text::lower(row.line);
    take(id, Kind::line_id);
    for (auto [written, kind] : {std::pair{&row.number, Kind::number}, std::pair{&row.extension, Kind::extension}}) {
        const auto plain = numbers::plain_number(*written);
        take(plain.empty() ? text::lower(*written) : plain, kind);
    }
    if (const auto at = id.find('@'); at != std::string::npos) take(id.substr(0, at), Kind::before_at);
    take(text::lower(row.person), Kind::person);
}

} // namespace

std::shared_ptr<const Devices> Devices::build(std::span<const DeviceRow> rows) {
    auto made = std::make_shared<Devices>();
    made->rows_.assign(rows.begin(), rows.end());
    std::erase_if(made->rows_, [](const DeviceRow& row) { return row.line.empty(); });
    std::ranges::sort(made->rows_, {}, &DeviceRow::line);
    const auto doubles = std::ranges::unique(made->rows_, {}, &DeviceRow::line);
    made->rows_.erase(doubles.begin(), doubles.end());

    std::size_t bytes = 0;
    std::size_t names = 0;
    for (const DeviceRow& row : made->rows_)
        for_each_name(row, [&](std::string_view name, Kind) { bytes += name.size(), ++names; });
    made->arena_.reserve(bytes); // the views below must stay
    made->aliases_.reserve(names);
    for (std::uint32_t i = 0; i < made->rows_.size(); ++i)
        for_each_name(made->rows_[i], [&](std::string_view name, Kind kind) {
            if (name.empty()) return;
            const auto at = made->arena_.size();
            made->arena_ += name;
            made->aliases_.push_back({std::string_view(made->arena_).substr(at), i, static_cast<std::uint8_t>(kind)});
        });
    std::ranges::sort(made->aliases_, {}, [](const Alias& one) { return std::tie(one.text, one.kind, one.row); });
    return made;
}

const DeviceRow* Devices::meant(std::string_view text) const {
    if (text.empty()) return nullptr;
    const auto found = std::ranges::lower_bound(aliases_, text, {}, &Alias::text);
    if (found == aliases_.end() || found->text != text) return nullptr;
    const auto next = std::next(found);
    const bool several = next != aliases_.end() && next->text == text && next->kind == found->kind;
    return several ? nullptr : &rows_[found->row];
}

const DeviceRow* Devices::find(std::string_view device) const {
    const auto whole = text::lower(address(device));
    if (const auto* found = meant(whole)) return found;
    const auto user = text::lower(dialable(device));
    if (const auto* found = meant(user)) return found;
    const auto number = numbers::plain_number(user);
    if (number.empty()) return nullptr;
    if (const auto* found = meant(number)) return found;
    return number.starts_with('+') ? nullptr : meant("+" + number);
}

const DeviceRow* Devices::of_line(std::string_view line) const {
    const auto found = std::ranges::lower_bound(rows_, line, {}, &DeviceRow::line);
    return found != rows_.end() && found->line == line ? &*found : nullptr;
}

std::string_view Devices::id(const DeviceRow& row) const {
    for (const std::string* name : {&row.extension, &row.number})
        if (!name->empty() && find(*name) == &row) return *name;
    return row.line;
}

} // namespace lamp::csta
