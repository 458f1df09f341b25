// /v1/presence, /v1/presence/{id} and the subscription to /v1/events.
#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/presence_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

struct ListFilter {
    std::string words; // folded
    std::optional<std::string_view> folder;
    std::optional<presence::Status> status;
};

} // namespace

void Api::note_look(presence::Slot slot, const presence::Snapshot& snapshot) const {
    if (ports_.looked_at) ports_.looked_at(slot);
    if (!snapshot.said(presence::Source::telephony) && ports_.interested) ports_.interested(slot);
}

void Api::presence_one(Call& call, const Asked& asked) {
    auto slot = find_person(asked.id, asked);
    if (!slot) return call.answer(unknown_person());
    auto snapshot = read(*slot);
    note_look(*slot, snapshot);
    append_presence(call.body(), snapshot, people_->person(*slot), ports_.teams_word);
    call.answer(200, Content::json);
}

void Api::presence_list(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"q", "folder", "status", "limit", "cursor"});
    if (!query) return call.answer(problem(400, query.error().text));
    auto limit = query->number("limit", limits_.list_default, 1, limits_.list_max);
    if (!limit) return call.answer(problem(400, limit.error().text));
    ListFilter filter{presence::fold(query->find("q").value_or("")), query->find("folder"), {}};
    if (auto word = query->find("status")) {
        filter.status = presence::status_named(*word);
        if (!filter.status) return call.answer(problem(400, "There is no such status."));
    }
    auto from = position_of(query->find("cursor").value_or(""));
    if (!from) return call.answer(problem(400, from.error().text));

    std::string& body = call.body();
    JsonWriter json(body);
    auto order = people_->order();
    std::size_t at = *from;
    json.object([&] {
        json.key("items");
        json.array([&] {
            auto visit_end = std::min(order.size(), at + limits_.list_visited);
            for (std::size_t count = 0; at < visit_end && count < *limit; ++at) {
                auto slot = order[at];
                if (asked.reach && !asked.reach->sees(slot)) continue;
                if (filter.status && table_.verdict(slot).conclusion.status != *filter.status) continue;
                if (filter.folder && people_->person(slot).folder != *filter.folder) continue;
                if (!filter.words.empty() && !people_->matches(slot, filter.words)) continue;
                json.raw({});
                auto snapshot = read(slot);
                note_look(slot, snapshot);
                append_presence(body, snapshot, people_->person(slot), ports_.teams_word);
                ++count;
            }
        });
        json.member_or_null("next", at < order.size() ? cursor_at(at) : std::string());
    });
    call.answer(200, Content::json);
}

/// A cursor names the person who comes next, and where that was: after a change of the roster the walk goes on at the
/// person, or at the place when the person has left.
std::string Api::cursor_at(std::size_t place) const {
    auto slot = people_->order()[place];
    return fmt::format("p{:x}-{:x}", place, slot);
}

Result<std::size_t> Api::position_of(std::string_view cursor) const {
    if (cursor.empty()) return 0;
    auto refusal = [] { return fail(Category::invalid, "The cursor is not one of ours."); };
    const char* end = cursor.data() + cursor.size();
    std::size_t place = 0;
    presence::Slot slot = 0;
    if (cursor.front() != 'p') return refusal();
    auto [middle, first_error] = std::from_chars(cursor.data() + 1, end, place, 16);
    if (first_error != std::errc() || middle == end || *middle != '-') return refusal();
    auto [last, second_error] = std::from_chars(middle + 1, end, slot, 16);
    if (second_error != std::errc() || last != end) return refusal();
    auto order = people_->order();
    if (place < order.size() && order[place] == slot) return place;
    auto moved = std::ranges::find(order, slot);
    if (moved != order.end()) return static_cast<std::size_t>(moved - order.begin());
    return std::min(place, order.size());
}

void Api::events(Call& call, const Asked& asked) {
    auto query = Query::parse(call.request.query, {"types", "person", "snapshot"});
    if (!query) return call.answer(problem(400, query.error().text));
    EventFilter filter;
    filter.reach = asked.reach;
    filter.token = asked.identity->token;
    filter.expires = asked.identity->expires;
    if (auto words = query->find("types")) {
        filter.types = 0;
        for (auto rest = *words; !rest.empty();) {
            auto word = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(word.size() + 1, rest.size()));
            auto type = event_type_named(word);
            if (!type) return call.answer(problem(400, "There is no such type of event."));
            filter.types |= bit(*type);
        }
    }
    if (!asked.identity->may(permission("calls.read")))
        filter.types &= static_cast<EventTypes>(~(bit(EventType::call) | bit(EventType::missed)));
    filter.sees_private = asked.identity->may(permission("calls.private"));
    filter.self = find_person(asked.identity->person).value_or(no_slot);
    if (auto ids = query->find("person")) {
        for (auto rest = *ids; !rest.empty();) {
            auto id = rest.substr(0, rest.find(','));
            rest.remove_prefix(std::min(id.size() + 1, rest.size()));
            auto slot = find_person(id, asked);
            if (!slot) return call.answer(unknown_person());
            filter.persons.push_back(*slot);
        }
        std::ranges::sort(filter.persons);
        if (filter.persons.empty() || filter.persons.size() > limits_.stream_filter)
            return call.answer(problem(400, fmt::format("person takes 1 to {} ids.", limits_.stream_filter)));
    }
    auto snapshot = query->find("snapshot").value_or("0");
    if (snapshot != "0" && snapshot != "1") return call.answer(problem(400, "snapshot is 0 or 1."));
    std::optional<std::string_view> last_id;
    if (!call.request.last_event_id.empty()) last_id = call.request.last_event_id;
    events_->subscribe(call, std::move(filter), last_id, snapshot == "1" ? people_ : nullptr);
}

} // namespace lamp::status
