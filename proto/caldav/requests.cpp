#include "proto/caldav/requests.hpp"

#include <array>
#include <fmt/format.h>

#include "proto/xml/writer.hpp"

namespace lamp::caldav {
namespace {

constexpr std::string_view dav = "DAV:";
constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";
constexpr std::string_view calendar_server = "http://calendarserver.org/ns/";

xml::Writer begin(std::string_view root) {
    xml::Writer writer(root, dav);
    writer.attribute("xmlns:C", caldav);
    return writer;
}

void empty(xml::Writer& writer, std::string_view name) {
    writer.open(name).close();
}

/// "20260301T000000Z", which is all that a time-range takes (RFC 4791 section 9.9).
std::string utc(Wall time) {
    const auto day = std::chrono::floor<std::chrono::days>(time);
    const std::chrono::year_month_day date(day);
    const std::chrono::hh_mm_ss clock(std::chrono::floor<seconds>(time - day));
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                       clock.minutes().count(), clock.seconds().count());
}

} // namespace

std::string write_discovery() {
    static constexpr std::array asked{"resourcetype",
                                      "displayname",
                                      "current-user-principal",
                                      "C:calendar-home-set",
                                      "C:supported-calendar-component-set",
                                      "supported-report-set",
                                      "CS:getctag",
                                      "sync-token"};
    auto writer = begin("propfind");
    writer.attribute("xmlns:CS", calendar_server).open("prop");
    for (const auto* name : asked)
        empty(writer, name);
    return writer.done();
}

std::string write_ctag() {
    auto writer = begin("propfind");
    writer.attribute("xmlns:CS", calendar_server).open("prop");
    empty(writer, "CS:getctag");
    return writer.done();
}

std::string write_listing() {
    auto writer = begin("propfind");
    writer.open("prop");
    empty(writer, "resourcetype");
    empty(writer, "getetag");
    return writer.done();
}

std::string write_sync(std::string_view token) {
    auto writer = begin("sync-collection");
    writer.element("sync-token", token).element("sync-level", 1).open("prop");
    empty(writer, "getetag");
    return writer.done();
}

std::string write_query(Wall from, Wall until) {
    auto writer = begin("C:calendar-query");
    writer.open("prop");
    empty(writer, "getetag");
    writer.close().open("C:filter");
    writer.open("C:comp-filter").attribute("name", "VCALENDAR").open("C:comp-filter").attribute("name", "VEVENT");
    writer.open("C:time-range").attribute("start", utc(from)).attribute("end", utc(until));
    return writer.done();
}

std::string write_multiget(std::span<const std::string> hrefs) {
    auto writer = begin("C:calendar-multiget");
    writer.open("prop");
    empty(writer, "getetag");
    empty(writer, "C:calendar-data");
    writer.close();
    for (const auto& href : hrefs)
        writer.element("href", href);
    return writer.done();
}

} // namespace lamp::caldav
