#include "numbers/dial_plan.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <numeric>
#include <unordered_map>
#include <vector>

#include "numbers/plain_number.hpp"
#include "numbers/public_network.hpp"
#include "numbers/written.hpp"

namespace lamp::numbers {
namespace {

constexpr std::size_t digits_max = 30; // xsi.md 11
constexpr std::size_t extension_digits_min = 2;
constexpr std::size_t extension_digits_max = 7; // of one that no directory knows

/// Whether the parts between the gaps are equally long, as extensions of one group are: "2001 2002".
bool equal_parts(const Written& written) {
    if (written.gaps.empty()) return false;
    const auto length = written.gaps.front();
    if (length < extension_digits_min || length > extension_digits_max) return false;
    std::size_t before = 0;
    for (auto gap : written.gaps)
        if (std::exchange(before, gap) + length != gap) return false;
    return before + length == written.without_zeros.size();
}

std::unexpected<Error> two_numbers() {
    return fail(Category::invalid, "These look like several telephone numbers; only one is allowed. If it is one, "
                                   "write it without blanks.");
}

/// Names numbered in the order in which they come.
std::uint32_t number_of(std::unordered_map<std::string_view, std::uint32_t>& names, std::string_view name) {
    return names.try_emplace(name, static_cast<std::uint32_t>(names.size())).first->second;
}

} // namespace

struct DialPlan::Data {
    struct Row {
        std::uint32_t at; // in `texts`: id, number, extension
        std::uint32_t group;
        std::uint16_t id;
        std::uint8_t number; // lengths
        std::uint8_t extension;
        Format format;
        std::uint16_t enterprise;
    };

    explicit Data(std::string country) : network(std::move(country)) {}

    PublicNetwork network;
    std::string texts;
    std::vector<Row> rows;                    // by id
    std::vector<std::uint32_t> by_number;     // rows that have one, by number, then id
    std::vector<std::uint32_t> by_extension;  // rows that have one, by group, extension, then id
    std::vector<std::uint32_t> by_enterprise; // the same by enterprise

    [[nodiscard]] std::string_view id(const Row& row) const { return std::string_view(texts).substr(row.at, row.id); }
    [[nodiscard]] std::string_view number(const Row& row) const {
        return std::string_view(texts).substr(row.at + row.id, row.number);
    }
    [[nodiscard]] std::string_view extension(const Row& row) const {
        return std::string_view(texts).substr(row.at + row.id + row.number, row.extension);
    }
    [[nodiscard]] auto extension_key(const Row& row) const { return std::pair(row.group, extension(row)); }
    [[nodiscard]] auto enterprise_key(const Row& row) const { return std::pair(row.enterprise, extension(row)); }

    void add(std::span<const Line> lines);
    [[nodiscard]] std::string key(const std::string& number) const;
    [[nodiscard]] const Row* row(std::string_view line) const {
        auto found = std::ranges::lower_bound(rows, line, {}, [this](const Row& one) { return id(one); });
        return found != rows.end() && id(*found) == line ? &*found : nullptr;
    }
    [[nodiscard]] auto holders(std::string_view number_) const {
        return std::ranges::equal_range(by_number, number_, {}, [this](std::uint32_t at) { return number(rows[at]); });
    }
    /// Colleagues of the group; where nobody there has it, of the enterprise.
    [[nodiscard]] auto holders(const Row* dialling, std::string_view digits) const {
        if (!dialling) digits = {};
        auto colleagues = std::ranges::equal_range(by_extension, std::pair(dialling ? dialling->group : 0U, digits), {},
                                                   [this](std::uint32_t at) { return extension_key(rows[at]); });
        if (!dialling || !colleagues.empty()) return colleagues;
        return std::ranges::equal_range(by_enterprise, std::pair(dialling->enterprise, digits), {},
                                        [this](std::uint32_t at) { return enterprise_key(rows[at]); });
    }

    [[nodiscard]] Result<std::string> normal(const Row* line, const Written& written) const;
    [[nodiscard]] Result<std::string> extension_or_national(const Written& written) const;
    [[nodiscard]] Result<std::string> public_number(const Written& written) const;
    [[nodiscard]] bool several(const Written& written) const;
    [[nodiscard]] bool comes_back(const Row* line, const std::string& written, std::string_view normal) const {
        auto read = read_written(written);
        if (!read) return false;
        auto again = this->normal(line, *read);
        return again && *again == normal;
    }
    [[nodiscard]] std::string platform(const Row* line, std::string_view normal) const;
};

// ---------------------------------------------------------------- the directory

/// The form in which a number of the directory is looked for.
std::string DialPlan::Data::key(const std::string& number) const {
    auto plain = plain_number(number);
    if (plain.empty() || surely_e164(plain)) return plain;
    auto found = network.find(plain);
    const bool sure = found && (found->valid || plain.starts_with('+') || network.dialled_whole(plain));
    return sure ? std::move(found->e164) : plain;
}

void DialPlan::Data::add(std::span<const Line> lines) {
    std::unordered_map<std::string_view, std::uint32_t> groups;
    std::unordered_map<std::string_view, std::uint32_t> enterprises;
    rows.reserve(lines.size());
    for (const Line& line : lines) {
        auto number = key(line.number);
        auto extension = plain_number(line.extension);
        if (number.size() > digits_max) number.clear();
        if (extension.size() > digits_max) extension.clear();
        if (line.id.empty() || line.id.size() > 0xffff) continue;
        auto group = number_of(groups, line.group);
        rows.push_back({static_cast<std::uint32_t>(texts.size()), group, static_cast<std::uint16_t>(line.id.size()),
                        static_cast<std::uint8_t>(number.size()), static_cast<std::uint8_t>(extension.size()),
                        line.format, static_cast<std::uint16_t>(number_of(enterprises, line.enterprise))});
        texts.append(line.id).append(number).append(extension);
    }
    std::ranges::sort(rows, {}, [this](const Row& row) { return std::pair(id(row), row.at); });
    const auto twice = std::ranges::unique(rows, {}, [this](const Row& row) { return id(row); });
    rows.erase(twice.begin(), twice.end());
    for (std::uint32_t at = 0; at < rows.size(); ++at) {
        if (rows[at].number > 0) by_number.push_back(at);
        if (rows[at].extension > 0) by_extension.push_back(at);
    }
    std::ranges::sort(by_number, {}, [this](std::uint32_t at) { return std::pair(number(rows[at]), at); });
    std::ranges::sort(by_extension, {}, [this](std::uint32_t at) { return std::pair(extension_key(rows[at]), at); });
    by_enterprise = by_extension;
    std::ranges::sort(by_enterprise, {}, [this](std::uint32_t at) { return std::pair(enterprise_key(rows[at]), at); });
    texts.shrink_to_fit();
    rows.shrink_to_fit();
    by_number.shrink_to_fit();
    by_extension.shrink_to_fit();
}

// ---------------------------------------------------------------- what is written

Result<std::string> DialPlan::Data::normal(const Row* line, const Written& written) const {
    const std::string& digits = written.characters;
    if (digits.size() > digits_max)
        return fail(Category::invalid,
                    fmt::format("The number is too long: at most {} digits are allowed.", digits_max));
    if (written.feature_code()) {
        if (!written.plus()) return digits;
        return fail(Category::invalid, "A feature code begins with * or #, not with +.");
    }
    if (!written.plus() && !holders(line, digits).empty()) return digits;
    if (!holders(written.plus() ? written.without_zeros : digits).empty())
        return written.plus() ? written.without_zeros : digits;
    if (several(written)) return two_numbers();
    if (!written.plus() && digits.size() <= extension_digits_max) return extension_or_national(written);
    return public_number(written);
}

/// Few digits that no directory knows.
Result<std::string> DialPlan::Data::extension_or_national(const Written& written) const {
    const std::string& digits = written.characters;
    if (network.dialled_whole(digits))
        if (auto found = network.find(digits); found && found->valid) return std::move(found->e164);
    if (equal_parts(written)) return two_numbers();
    if (digits.size() < extension_digits_min)
        return fail(Category::invalid, fmt::format("The number is too short: extensions have {} to {} digits.",
                                                   extension_digits_min, extension_digits_max));
    return digits;
}

Result<std::string> DialPlan::Data::public_number(const Written& written) const {
    auto found = network.find(written.without_zeros);
    // Italy's zero belongs to the number.
    if (written.without_zeros != written.characters && (!found || !found->valid))
        if (auto kept = network.find(written.characters); kept && kept->valid) found = std::move(kept);
    if (!found) return std::unexpected(std::move(found.error()));
    const bool whole = written.plus() || network.dialled_whole(written.characters) || written.characters[0] == '0';
    if (whole) return std::move(found->e164);
    // Nobody wrote a prefix: only what is surely a number is one.
    if (!found->valid)
        return fail(Category::invalid, fmt::format("There is no such number in {}. National numbers begin with their "
                                                   "prefix, international ones with + or 00.",
                                                   network.country()));
    if (equal_parts(written)) return two_numbers();
    return std::move(found->e164);
}

/// Whether both sides of a gap are whole numbers.
bool DialPlan::Data::several(const Written& written) const {
    const std::string_view digits = written.without_zeros;
    if (!network.has_trunk_prefix()) return false; // two such numbers are longer than any
    return std::ranges::any_of(written.gaps, [&](std::size_t gap) {
        if (!network.dialled_whole(digits.substr(gap))) return false;
        auto right = network.find(digits.substr(gap));
        if (!right || !right->valid) return false;
        auto left = network.find(digits.substr(0, gap));
        return left && left->valid;
    });
}

std::string DialPlan::Data::platform(const Row* line, std::string_view normal) const {
    const auto format = line ? line->format : Format::e164;
    if (!normal.starts_with('+') || format == Format::e164) return std::string(normal);
    if (format == Format::national)
        if (auto national = network.national(normal); national && comes_back(line, *national, normal))
            return std::move(*national);
    auto international = fmt::format("00{}", normal.substr(1));
    return comes_back(line, international, normal) ? international : std::string(normal);
}

// ---------------------------------------------------------------- for everybody

DialPlan::DialPlan(std::shared_ptr<const Data> data) : data_(std::move(data)) {}

std::shared_ptr<const DialPlan> DialPlan::build(std::span<const Line> lines, std::string country) {
    auto data = std::make_shared<Data>(std::move(country));
    data->add(lines);
    return std::shared_ptr<const DialPlan>(new DialPlan(std::move(data)));
}

Result<std::string> DialPlan::normal(std::string_view line, std::string_view written) const {
    auto read = read_written(written);
    if (!read) return std::unexpected(std::move(read.error()));
    return data_->normal(data_->row(line), *read);
}

std::string DialPlan::platform(std::string_view line, std::string_view normal) const {
    return data_->platform(data_->row(line), normal);
}

Result<std::string> DialPlan::dialled(std::string_view line, std::string_view written) const {
    auto read = read_written(written);
    if (!read) return std::unexpected(std::move(read.error()));
    const auto* row = data_->row(line);
    if (auto normal = data_->normal(row, *read)) return data_->platform(row, *normal);
    auto& digits = read->plus() ? read->without_zeros : read->characters;
    if (digits.size() > digits_max)
        return fail(Category::invalid,
                    fmt::format("The number is too long: at most {} digits are allowed.", digits_max));
    if (read->plus() && row && row->format != Format::e164) return "00" + digits.substr(1);
    return std::move(digits);
}

std::optional<std::string> DialPlan::line_of(std::string_view line, std::string_view normal) const {
    const auto* dialling = data_->row(line);
    if (auto known = data_->holders(dialling, normal); !known.empty()) {
        if (known.size() > 1) return std::nullopt;
        return std::string(data_->id(data_->rows[known.front()]));
    }
    auto known = data_->holders(normal);
    if (known.empty()) return std::nullopt;
    const bool own = dialling && data_->number(*dialling) == normal;
    return std::string(data_->id(own ? *dialling : data_->rows[known.front()]));
}

const std::string& DialPlan::country() const {
    return data_->network.country();
}

} // namespace lamp::numbers
