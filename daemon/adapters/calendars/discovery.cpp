#include "adapters/calendars/discovery.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <iterator>
#include <optional>
#include <ranges>
#include <vector>

#include "proto/caldav/href.hpp"
#include "proto/caldav/requests.hpp"

namespace lamp::calendars {
namespace {

constexpr std::size_t homes_max = 8;
constexpr std::size_t named_max = 10; // calendars in a sentence
constexpr std::string_view well_known = "/.well-known/caldav";

using Calendars = std::vector<FoundCalendar>;

http::Request asking(http::Method method, std::string target, int depth, std::string body) {
    return {.method = method,
            .target = std::move(target),
            .headers = {{"Depth", std::to_string(depth)}},
            .body = std::move(body),
            .content_type = std::string(caldav::xml_type)};
}

/// Nothing is here, nothing that is understood, or nothing for this login: worth looking elsewhere.
bool elsewhere(const Error& error) {
    return error.category == Category::not_found || error.category == Category::protocol ||
           error.category == Category::forbidden;
}

/// What the answer says of the address itself; servers behind proxies write it in their own way.
const caldav::Properties& self_of(const caldav::Multistatus& multistatus, const std::string& target) {
    static const caldav::Properties nothing;
    for (const auto& resource : multistatus.resources)
        if (caldav::same_collection(resource.href, target)) return resource.properties;
    return multistatus.resources.size() == 1 ? multistatus.resources.front().properties : nothing;
}

Task<Result<Calendars>> calendars_in(Peer& peer, std::string home) {
    auto listed = co_await propfind(peer, home, 1, caldav::write_discovery());
    if (!listed) co_return std::unexpected(std::move(listed.error()));
    Calendars found;
    for (auto& resource : listed->resources) {
        if (!resource.properties.holds_events()) continue;
        auto target = peer.target_of(resource.href);
        if (target) found.push_back({*std::move(target), std::move(resource.properties)});
    }
    co_return found;
}

Result<FoundCalendar> only_one(const Peer& peer, Calendars calendars) {
    if (calendars.size() == 1) return std::move(calendars.front());
    if (calendars.empty())
        return fail(Category::not_found,
                    fmt::format("{} has no calendar for appointments at this address, or none that "
                                "this login may see: check url and username.",
                                peer.origin().place()));
    std::string names;
    for (const auto& calendar : calendars | std::views::take(named_max))
        names += fmt::format("{}{}{}", names.empty() ? "" : ", ", peer.origin().origin(), calendar.target);
    if (calendars.size() > named_max) names += " and others";
    return fail(Category::not_found, fmt::format("{} has {} calendars at this address; write one of them as url: {}.",
                                                 peer.origin().place(), calendars.size(), names));
}

Task<Result<FoundCalendar>> in_homes(Peer& peer, std::vector<std::string> homes) {
    Calendars found;
    if (homes.size() > homes_max) homes.resize(homes_max);
    for (const auto& href : homes) {
        auto home = peer.target_of(href);
        if (!home) co_return std::unexpected(std::move(home.error()));
        auto calendars = co_await calendars_in(peer, *std::move(home));
        if (!calendars) co_return std::unexpected(std::move(calendars.error()));
        std::ranges::move(*calendars, std::back_inserter(found));
    }
    co_return only_one(peer, std::move(found));
}

Task<Result<FoundCalendar>> of_principal(Peer& peer, std::string href) {
    auto target = peer.target_of(href);
    if (!target) co_return std::unexpected(std::move(target.error()));
    auto looked = co_await propfind(peer, *target, 0, caldav::write_discovery());
    if (!looked) co_return std::unexpected(std::move(looked.error()));
    auto homes = self_of(*looked, *target).homes;
    if (homes.empty())
        co_return fail(Category::not_found, fmt::format("{} tells of no calendars of this login: write the calendar's "
                                                        "own address as url.",
                                                        peer.origin().place()));
    co_return co_await in_homes(peer, std::move(homes));
}

/// Where /.well-known/caldav leads, which may be another server; nothing when it leads nowhere.
Task<Result<std::optional<std::string>>> ask_well_known(Peer& peer) {
    auto answer =
        co_await peer.ask_openly(asking(http::Method::propfind, std::string(well_known), 0, caldav::write_discovery()));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (!answer->redirect())
        co_return (answer->status == 401 || answer->status == 207) ? std::optional(std::string(well_known))
                                                                   : std::nullopt;
    auto from = peer.origin();
    from.path = well_known;
    auto to = from.resolve(*answer->headers.find("Location"));
    if (!to) co_return std::unexpected(std::move(to.error()));
    if (from.tls && !to->tls)
        co_return fail(Category::forbidden, fmt::format("{} sends us from https to {}, which is plain: not followed.",
                                                        from.place(), to->origin()));
    if (to->origin() != from.origin()) peer.move_to(*to);
    co_return std::optional(to->path);
}

struct Steps {
    bool asked_well_known = false;
};

/// One address on the way: it is a calendar, or it tells of homes, holds calendars, or names a principal.
Task<Result<FoundCalendar>> look_at(Peer& peer, std::string target, Steps steps) {
    const bool root = target == "/" && !steps.asked_well_known;
    auto looked = co_await propfind(peer, target, 0, caldav::write_discovery());
    if (!looked && !(root && elsewhere(looked.error()))) co_return std::unexpected(std::move(looked.error()));
    const auto properties = looked ? self_of(*looked, target) : caldav::Properties{};
    if (properties.calendar && !properties.holds_events())
        co_return fail(Category::not_found,
                       "The calendar at this address holds no appointments (no VEVENT): check url.");
    if (properties.calendar) co_return FoundCalendar{std::move(target), properties};
    if (!properties.homes.empty()) co_return co_await in_homes(peer, properties.homes);
    if (looked && target != "/") {
        auto calendars = co_await calendars_in(peer, target);
        if (calendars && !calendars->empty()) co_return only_one(peer, *std::move(calendars));
        if (!calendars && !elsewhere(calendars.error())) co_return std::unexpected(std::move(calendars.error()));
    }
    if (!properties.principal.empty()) co_return co_await of_principal(peer, properties.principal);
    if (!root) co_return only_one(peer, {});
    const auto here = peer.origin();
    auto next = co_await ask_well_known(peer);
    if (!next) co_return std::unexpected(std::move(next.error()));
    const bool circle = *next == "/" && peer.origin() == here;
    if (!*next || circle) co_return only_one(peer, {});
    co_return co_await look_at(peer, **std::move(next), {.asked_well_known = true});
}

} // namespace

Result<caldav::Multistatus> multistatus_of(const Peer& peer, const http::Answer& answer) {
    if (!answer.success()) return std::unexpected(peer.refusal(answer));
    auto read = caldav::parse_multistatus(answer.body);
    if (!read)
        return fail(read.error().category,
                    fmt::format("{} answers {} with something that is no whole answer of a CalDAV server ({}); check "
                                "url.",
                                peer.origin().place(), answer.status, read.error().text));
    return read;
}

Task<Result<caldav::Multistatus>> propfind(Peer& peer, std::string& target, int depth, std::string body) {
    auto answer = co_await peer.ask(asking(http::Method::propfind, target, depth, std::move(body)));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (auto ended = http::Url::parse(answer->url); ended) target = ended->path;
    co_return multistatus_of(peer, *answer);
}

Task<Result<http::Answer>> report(Peer& peer, const std::string& target, int depth, std::string body) {
    co_return co_await peer.ask(asking(http::Method::report, target, depth, std::move(body)));
}

Task<Result<FoundCalendar>> discover(Peer& peer, http::Url start) {
    co_return co_await look_at(peer, start.path, {});
}

} // namespace lamp::calendars
