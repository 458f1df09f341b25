#include "forwarding/setting.hpp"

#include <algorithm>
#include <boost/json.hpp>

namespace lamp::forwarding {
namespace {

namespace json = boost::json;

json::object written(const Always& always) {
    return {{"active", always.active}, {"to", always.to}};
}

json::object written(const Rings& rings) {
    json::array places;
    for (const Ring& ring : rings.places) {
        json::object place{{"number", ring.number}};
        if (ring.rings) place["rings"] = *ring.rings;
        if (ring.confirm) place["confirm"] = *ring.confirm;
        places.push_back(std::move(place));
    }
    return {{"active", rings.active},
            {"places", std::move(places)},
            {"criteria", json::array(rings.criteria.begin(), rings.criteria.end())}};
}

json::object written(const Setting& setting) {
    json::object object;
    if (setting.always) object["always"] = written(*setting.always);
    if (setting.simultaneous) object["simultaneous"] = written(*setting.simultaneous);
    if (setting.sequential) object["sequential"] = written(*setting.sequential);
    return object;
}

std::string text(const json::value& value) {
    return std::string(value.as_string());
}

std::optional<Always> always_of(const json::object& setting) {
    const auto* found = setting.if_contains("always");
    if (!found) return std::nullopt;
    const auto& object = found->as_object();
    return Always{.active = object.at("active").as_bool(), .to = text(object.at("to"))};
}

std::optional<Rings> rings_of(const json::object& setting, std::string_view name) {
    const auto* found = setting.if_contains(name);
    if (!found) return std::nullopt;
    const auto& object = found->as_object();
    Rings rings{.active = object.at("active").as_bool()};
    for (const auto& value : object.at("places").as_array()) {
        const auto& place = value.as_object();
        Ring ring{.number = text(place.at("number"))};
        if (const auto* count = place.if_contains("rings")) ring.rings = static_cast<int>(count->as_int64());
        if (const auto* confirm = place.if_contains("confirm")) ring.confirm = confirm->as_bool();
        rings.places.push_back(std::move(ring));
    }
    for (const auto& criterion : object.at("criteria").as_array())
        rings.criteria.push_back(text(criterion));
    return rings;
}

} // namespace

Parts parts_of(const Setting& setting) {
    return static_cast<Parts>((setting.always ? part_always : 0) | (setting.simultaneous ? part_simultaneous : 0) |
                              (setting.sequential ? part_sequential : 0));
}

std::string Same::normal(std::string_view number) const {
    if (number.empty()) return {};
    auto normal = dialling_.normal(line_, number);
    return normal ? *normal : std::string(number); // a sip: URI
}

bool Same::number(std::string_view left, std::string_view right) const {
    return left == right || normal(left) == normal(right);
}

bool Same::always(const Always& left, const Always& right) const {
    if (left.active != right.active) return false;
    return !left.active || number(left.to, right.to);
}

bool Same::rings(const Rings& left, const Rings& right, bool in_order) const {
    if (left.active != right.active) return false;
    if (!left.active) return true;
    auto numbers = [this, in_order](const Rings& rings) {
        std::vector<std::string> all;
        for (const Ring& ring : rings.places)
            all.push_back(normal(ring.number));
        if (!in_order) std::ranges::sort(all);
        return all;
    };
    return numbers(left) == numbers(right);
}

Parts Same::differing(const Setting& wanted, const Setting& found) const {
    Parts parts = 0;
    if (wanted.always && !(found.always && always(*wanted.always, *found.always))) parts |= part_always;
    if (wanted.simultaneous && !(found.simultaneous && rings(*wanted.simultaneous, *found.simultaneous, false)))
        parts |= part_simultaneous;
    if (wanted.sequential && !(found.sequential && rings(*wanted.sequential, *found.sequential, true)))
        parts |= part_sequential;
    return parts;
}

void merge(Setting& known, const Setting& read) {
    if (read.always) known.always = read.always;
    if (read.simultaneous) known.simultaneous = read.simultaneous;
    if (read.sequential) known.sequential = read.sequential;
}

Setting only(const Setting& setting, Parts parts) {
    Setting some;
    if ((parts & part_always) != 0) some.always = setting.always;
    if ((parts & part_simultaneous) != 0) some.simultaneous = setting.simultaneous;
    if ((parts & part_sequential) != 0) some.sequential = setting.sequential;
    return some;
}

std::string encode(const Setting& setting) {
    return encode(std::vector{setting});
}

std::string encode(const std::vector<Setting>& settings) {
    json::array all;
    for (const Setting& setting : settings)
        all.push_back(written(setting));
    return json::serialize(all);
}

Result<std::vector<Setting>> decode(std::string_view text) {
    try { // the accessors of a document of unknown shape throw
        std::vector<Setting> settings;
        for (const auto& value : json::parse(text).as_array()) {
            const auto& object = value.as_object();
            settings.push_back({.always = always_of(object),
                                .simultaneous = rings_of(object, "simultaneous"),
                                .sequential = rings_of(object, "sequential")});
        }
        return settings;
    } catch (const std::exception&) {
        return fail(Category::invalid, "A stored forwarding cannot be read.");
    }
}

} // namespace lamp::forwarding
