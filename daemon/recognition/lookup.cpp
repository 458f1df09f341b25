#include "recognition/lookup.hpp"

#include <algorithm>
#include <tuple>

namespace lamp::recognition {
namespace {

struct Ranked {
    Class cls;
    std::size_t source;
    std::size_t order; // of the source
    std::optional<Wall> updated;
    calls::Match match;
};

calls::Match match_of(const Lookup::One& one, const Record& record, const Found& found, std::string_view caller) {
    auto stored = found.number < record.numbers.size() ? record.numbers[found.number] : Number();
    return {.integration = one.name,
            .id = record.id,
            .name = record.name,
            .number = stored.written,
            .cls = std::string(name(found.cls)),
            .why = why(found, stored, caller),
            .url = url_of(one.record_url, record),
            .fields = record.fields};
}

void add_matches(std::vector<Ranked>& out, const Lookup::One& one, std::size_t place, const Key& key,
                 std::string_view caller) {
    std::vector<Ranked> mine;
    auto found = one.index->find(key);
    if (one.ties == Ties::all && found.size() > matches_max) found.resize(matches_max);
    for (const auto& each : found) {
        auto record = one.index->record(each.record);
        mine.push_back({each.cls, place, mine.size(), record.updated, match_of(one, record, each, caller)});
    }
    if (one.ties == Ties::newest && mine.size() > 1) {
        auto newest = std::ranges::max_element(mine, {}, &Ranked::updated);
        std::iter_swap(mine.begin(), newest);
        mine.erase(mine.begin() + 1, mine.end());
    }
    std::ranges::move(mine, std::back_inserter(out));
}

} // namespace

std::string url_of(std::string url, const Record& record) {
    if (!record.url.empty()) return record.url;
    if (auto at = url.find("{id}"); at != std::string::npos) url.replace(at, 4, record.id);
    return url;
}

Result<Matches> matches_of(const Lookup& lookup, std::string_view caller) {
    std::vector<Ranked> ranked;
    std::optional<Error> refused;
    bool read = lookup.all.empty();
    std::optional<std::pair<std::string, Result<Key>>> last; // all have the same country, but while one is reloaded
    for (std::size_t i = 0; i < lookup.all.size(); ++i) {
        const auto& index = *lookup.all[i].index;
        if (!last || last->first != index.callers_country()) last.emplace(index.callers_country(), index.read(caller));
        if (!last->second) {
            refused = last->second.error();
            continue;
        }
        read = true;
        add_matches(ranked, lookup.all[i], i, *last->second, caller);
    }
    if (!read) return std::unexpected(*refused);
    std::ranges::sort(ranked, {}, [](const Ranked& one) { return std::tuple(one.cls, one.source, one.order); });
    Matches out;
    for (auto& one : ranked)
        if (out.size() < matches_max) out.push_back(std::move(one.match));
    return out;
}

std::optional<calls::IntegrationSample> sample_of(const Lookup::One& source) {
    constexpr std::size_t looked_at = 200;
    std::optional<Record> best;
    for (std::size_t i = 0; i < std::min(source.index->contacts(), looked_at); ++i) {
        auto one = source.index->record(static_cast<std::uint32_t>(i));
        auto weight = [](const Record& record) { return record.numbers.size() + record.fields.size(); };
        if (!best || weight(one) > weight(*best)) best = std::move(one);
    }
    if (!best) return std::nullopt;
    calls::IntegrationSample out{.id = best->id, .name = best->name, .url = url_of(source.record_url, *best)};
    for (const auto& number : best->numbers)
        out.numbers.push_back({number.kind, number.written, source.index->read(number.written).has_value()});
    out.fields = std::move(best->fields);
    return out;
}

} // namespace lamp::recognition
