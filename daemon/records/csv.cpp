#include "records/csv.hpp"

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <iterator>

namespace lamp::records {
namespace {

bool plain_telephone_number(std::string_view text) {
    if (text.starts_with('+')) text.remove_prefix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool looks_like_formula(std::string_view text) {
    return !text.empty() && std::string_view("=+-@\t\r\n").contains(text.front()) && !plain_telephone_number(text);
}

void append_field(std::string& out, std::string_view text) {
    if (looks_like_formula(text)) {
        out += '"';
        out += '\'';
    } else if (text.find_first_of(";\"\r\n") != std::string_view::npos) {
        out += '"';
    } else {
        out += text;
        return;
    }
    for (char c : text) {
        if (c == '"') out += '"';
        out += c;
    }
    out += '"';
}

void append_seconds(std::string& out, milliseconds time) {
    fmt::format_to(std::back_inserter(out), "{}.{:03}", time.count() / 1000, time.count() % 1000);
}

} // namespace

std::string_view csv_head() {
    return "call_id;start_utc;direction;user;line;remote;remote_name;ddi;queue;result;ring_s;talk_s;hold_s;"
           "transferred_from;transferred_to;source\r\n";
}

void append_csv(std::string& out, const calls::CallRecord& record, Wall now) {
    auto held = record.held;
    if (record.held_at && now > *record.held_at) held += now - *record.held_at;
    const std::string started = rfc3339(record.started);
    const std::array<std::string_view, 10> texts{record.id,
                                                 started,
                                                 record.incoming ? "in" : "out",
                                                 record.person,
                                                 record.line,
                                                 record.remote_number,
                                                 record.remote_name,
                                                 record.ddi,
                                                 record.queue,
                                                 record.result ? name(*record.result) : std::string_view()};
    for (std::string_view text : texts) {
        append_field(out, text);
        out += ';';
    }
    for (milliseconds time : {record.rang, std::max(milliseconds(0), record.talked(now)), held}) {
        append_seconds(out, time);
        out += ';';
    }
    append_field(out, record.transferred_from);
    out += ';';
    append_field(out, record.moved_to);
    out += ';';
    out += name(record.source);
    out += "\r\n";
}

} // namespace lamp::records
