// What the tests of this room share: a folder, times, lines that ring, and what is told of them as text.
#pragma once
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <fmt/format.h>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "faults/folder.hpp"
#include "faults/must.hpp"
#include "records/recorder.hpp"
#include "store/schema.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::records;
using namespace std::chrono_literals;

using Texts = std::vector<std::string>;

inline const Wall nine = std::chrono::sys_days(std::chrono::year(2026) / 11 / 26) + 9h;

using faults::must;

/// alice and bob have a line each, carol two, desk@x is dave's and erin's, hunt@x is the reception's.
inline std::vector<Owner> office() {
    return {{"alice@x", "p1", {"alice"}},  {"bob@x", "p1", {"bob"}},           {"carol@x", "p1", {"carol"}},
            {"carol2@x", "p1", {"carol"}}, {"desk@x", "p2", {"dave", "erin"}}, {"hunt@x", "p1", {"reception"}}};
}

inline calls::Call incoming(std::string id, std::string session = {}) {
    calls::Call call;
    call.id = std::move(id);
    call.session = std::move(session);
    call.state = calls::CallState::ringing;
    call.incoming = true;
    call.remote_number = "+31612345678";
    return call;
}
inline calls::Call outgoing(std::string id, std::string session = {}) {
    auto call = incoming(std::move(id), std::move(session));
    call.state = calls::CallState::dialling;
    call.incoming = false;
    return call;
}
inline calls::EndedCall ended(calls::Call call, calls::End why, calls::Redirect redirect = calls::Redirect::none,
                              std::string to = {}) {
    return {.call = std::move(call), .why = why, .to = std::move(to), .redirect = redirect};
}

/// "missed alice in +31612345678 missed"
inline std::string text_of(const calls::CallEvent& event) {
    auto what = name(event.what).substr(5);
    auto text = fmt::format("{} {} {}", what, event.call.person.empty() ? "-" : event.call.person,
                            event.call.incoming ? "in" : "out");
    if (event.call.result) text += fmt::format(" {}", name(*event.call.result));
    if (event.call.uncertain) text += " uncertain";
    return text;
}

/// Lines whose state a test changes step by step; each change is told as news, as the feed does.
class Lines {
public:
    explicit Lines(milliseconds settle = 2s) : recorder(settle) {
        recorder.use_owners(std::make_shared<Owners>(office()), now);
        for (const Owner& owner : office())
            lines[owner.line].line = owner.line;
    }
    /// All lines are known and at rest.
    void up() {
        for (auto& [id, news] : lines) {
            news.known = true;
            news.stale = false;
            tell(news);
        }
    }
    Texts put(const std::string& line, const calls::Call& call) {
        auto& news = lines.at(line);
        auto known = std::ranges::find(news.calls, call.id, &calls::Call::id);
        if (known == news.calls.end())
            news.calls.push_back(call);
        else
            *known = call;
        return tell(news);
    }
    Texts state(const std::string& line, const std::string& id, calls::CallState state) {
        for (auto& call : lines.at(line).calls)
            if (call.id == id) call.state = state;
        return tell(lines.at(line));
    }
    Texts answer(const std::string& line, const std::string& id) { return state(line, id, calls::CallState::active); }
    Texts end(const std::string& line, const std::string& id, calls::End why,
              calls::Redirect redirect = calls::Redirect::none, std::string to = {}) {
        auto& news = lines.at(line);
        auto known = std::ranges::find(news.calls, id, &calls::Call::id);
        REQUIRE(known != news.calls.end());
        auto call = *known;
        news.calls.erase(known);
        news.ended.push_back(ended(call, why, redirect, std::move(to)));
        auto heard = tell(news);
        news.ended.clear();
        return heard;
    }
    Texts tell(const calls::LineNews& news) { return keep(recorder.take(news, now)); }
    Texts after(milliseconds time) {
        now += time;
        return keep(recorder.due(now));
    }
    Texts keep(std::vector<calls::CallEvent> events) {
        Texts texts;
        for (auto& event : events) {
            texts.push_back(text_of(event));
            all.push_back(std::move(event));
        }
        for (auto& one : recorder.written())
            disk[{one.record.started, one.record.id, one.record.person}] = std::move(one);
        return texts;
    }
    [[nodiscard]] std::vector<calls::CallRecord> of(const std::string& person) const {
        std::vector<calls::CallRecord> records;
        for (const auto& [name, one] : disk)
            if (one.record.person == person) records.push_back(one.record);
        return records;
    }

    Wall now = nine;
    Recorder recorder;
    std::map<std::string, calls::LineNews> lines;
    std::vector<calls::CallEvent> all;
    std::map<std::tuple<Wall, std::string, std::string>, Written> disk;
};

} // namespace testing
