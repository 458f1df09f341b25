#include "calls/call_csv.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/csv/csv.hpp"

namespace lamp::calls {
namespace {

std::string in_seconds(milliseconds time) {
    auto count = std::max<milliseconds::rep>(0, time.count());
    return fmt::format("{}.{:03}", count / 1000, count % 1000);
}

} // namespace

std::string_view csv_head() {
    return "call_id;start_utc;direction;user;line;remote;remote_name;ddi;queue;result;ring_s;talk_s;hold_s;"
           "transferred_from;transferred_to;source\r\n";
}

void append_csv(std::string& out, const CallRecord& record, Wall now) {
    auto held = record.held + (record.held_at ? record.ended.value_or(now) - *record.held_at : milliseconds(0));
    const auto started = rfc3339(record.started), rang = in_seconds(record.rang),
               talked = in_seconds(record.talked(now)), holding = in_seconds(held);
    csv::write_row(out, {record.id, started, record.incoming ? "in" : "out", record.person, record.line,
                         record.remote_number, record.remote_name, record.ddi, record.queue,
                         record.result ? name(*record.result) : std::string_view(), rang, talked, holding,
                         record.transferred_from, record.moved_to, name(record.source)});
}

} // namespace lamp::calls
