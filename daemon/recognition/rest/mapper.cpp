#include "recognition/rest/mapper.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <fmt/format.h>

#include "http/url.hpp"
#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

std::string joined(const std::vector<std::vector<Pointer>>& parts, const json::value& record) {
    std::string made;
    for (const auto& part : parts)
        if (auto text = first_text(part, record); !text.empty()) {
            if (!made.empty()) made += ' ';
            made += text;
        }
    return made;
}

void add_number(const NumberMap& map, const json::value& place, std::vector<Number>& out) {
    if (out.size() >= numbers_max) return;
    auto written = first_text(map.value, place);
    if (written.empty()) return;
    std::string kind = map.kind;
    if (map.kind_at)
        if (const auto* told = map.kind_at->first(place))
            if (auto text = text_of(*told); !text.empty()) kind = std::move(text);
    auto same = [&](const Number& other) { return other.written == written; };
    if (std::ranges::none_of(out, same)) out.push_back({std::move(kind), std::move(written), map.main});
}

void add_numbers(const NumberMap& map, const json::value& record, std::vector<Number>& out) {
    if (map.each.single()) {
        if (const auto* place = map.each.first(record)) add_number(map, *place, out);
        return;
    }
    for (const auto* place : map.each.all(record, numbers_max))
        add_number(map, *place, out);
}

std::string url_of(const Listing& listing, const json::value& record, const std::string& id) {
    if (listing.map.url)
        if (const auto* told = listing.map.url->first(record)) {
            auto text = text_of(*told);
            if (http::Url::parse(text)) return text; // what people click on is an address and no script
        }
    if (listing.record_url.empty()) return {};
    Values values;
    values.set(Place::id, id);
    values.set(Place::id_last, id.substr(id.rfind('/') + 1));
    return listing.record_url.fill(values, Encoding::path);
}

/// "2026-01-05 09:00:00+0000" is nearly RFC 3339.
std::string mended(std::string_view text) {
    std::string made(text);
    if (made.size() > 10 && made[10] == ' ') made[10] = 'T';
    if (made.size() == 10) made += "T00:00:00Z";
    auto zone = made.find_first_of("Z+-", std::min<std::size_t>(11, made.size()));
    if (zone == std::string::npos) return made + 'Z';
    if (made[zone] != 'Z' && made.size() == zone + 5) made.insert(zone + 3, ":");
    return made;
}

} // namespace

std::optional<Wall> read_time(std::string_view text) {
    if (auto count = text::number<std::int64_t>(text)) {
        constexpr std::int64_t year_2200_ms = 7'258'118'400'000;
        if (*count <= 0 || *count > year_2200_ms) return std::nullopt;
        return Wall(milliseconds(*count < year_2200_ms / 1000 ? *count * 1000 : *count));
    }
    if (text.size() < 10 || text.size() > 40) return std::nullopt;
    auto read = parse_rfc3339(mended(text));
    return read ? std::optional(*read) : std::nullopt;
}

std::string write_time(Wall time, SinceFormat format) {
    switch (format) {
    case SinceFormat::rfc3339_ms: return rfc3339(time);
    case SinceFormat::unix_s: return std::to_string(std::chrono::floor<seconds>(time).time_since_epoch().count());
    case SinceFormat::unix_ms: return std::to_string(time.time_since_epoch().count());
    case SinceFormat::rfc3339: break;
    }
    return rfc3339(time).substr(0, 19) + 'Z';
}

Result<json::value> read_json(const http::Answer& answer) {
    if (answer.looks_like_html())
        return fail(
            Category::protocol,
            fmt::format("The CRM's place was taken by a web page (status {}; a proxy, a login?).", answer.status));
    json::parse_options options;
    options.max_depth = json_depth_max;
    boost::system::error_code error;
    auto value = json::parse(answer.body, error, {}, options);
    if (!error) return value;
    auto why = error == json::error::incomplete ? "ends too early"
               : error == json::error::too_deep ? "goes too deep"
                                                : "is none";
    return fail(Category::protocol, fmt::format("The CRM answered {} with {} bytes of JSON that {}.", answer.status,
                                                answer.body.size(), why));
}

std::optional<Item> read_item(const Listing& listing, const json::value& record) {
    const auto& map = listing.map;
    auto id = first_text(map.id, record);
    if (id.empty()) return std::nullopt;
    Item item;
    item.id = listing.kind.empty() ? id : listing.kind + "/" + id;
    item.deleted = listing.deleted || std::ranges::any_of(map.deleted, [&](const Pointer& pointer) {
                       return truthy(pointer.first(record));
                   });
    item.updated = read_time(first_text(map.updated, record));
    if (item.deleted) return item;
    item.name = joined(map.name, record);
    if (item.name.empty()) item.name = joined(map.name_else, record);
    for (const auto& numbers : map.numbers)
        add_numbers(numbers, record, item.numbers);
    for (const auto& [field, pointers] : map.fields)
        if (auto text = first_text(pointers, record); !text.empty()) item.fields.emplace_back(field, std::move(text));
    item.url = url_of(listing, record, id);
    return item;
}

Result<Page> read_page(const Listing& listing, const json::value& body) {
    const auto* place = listing.items.first(body);
    if (place != nullptr && place->is_null()) place = nullptr;
    const auto* list = place ? place->if_array() : nullptr;
    Page page;
    if (list == nullptr) {
        // One record is a list of one where the answer is the record itself.
        if (listing.once && place != nullptr && place->is_object()) {
            if (auto item = read_item(listing, *place)) page.items.push_back(*std::move(item));
            return page;
        }
        // Google leaves an empty list out.
        if (place == nullptr && body.is_object() && !body.as_object().contains("error")) return page;
        return fail(Category::protocol, "The CRM's answer has no list of records where the preset looks for one.");
    }
    if (list->size() > items_max)
        return fail(Category::protocol,
                    fmt::format("The CRM told {} records in one page, more than {}.", list->size(), items_max));
    for (const auto& record : *list)
        if (auto item = read_item(listing, record))
            page.items.push_back(*std::move(item));
        else
            ++page.unreadable;
    if (page.unreadable > page.items.size())
        return fail(Category::protocol,
                    fmt::format("{} of {} records in the CRM's answer have no id where the preset looks for it.",
                                page.unreadable, list->size()));
    return page;
}

} // namespace lamp::recognition::rest
