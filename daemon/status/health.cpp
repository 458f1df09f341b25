// /readyz and /v1/status: what the other rooms say of themselves, as one picture.
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/health.hpp"
#include "status/json.hpp"
#include "status/sentence_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

/// What holds readiness back, one sentence each. Refused targets do not, nor does one host of several (interface 7.3).
void find_missing(const PlatformView& one, std::vector<std::string>& missing) {
    bool any_up = false;
    for (const ChannelView& channel : one.channels)
        any_up = any_up || channel.state == ChannelState::up;
    if (!any_up) missing.push_back(fmt::format("{}: no channel is up", one.name));
    if (!one.discovered) missing.push_back(fmt::format("{}: the directory is not in", one.name));
    if (one.pending > 0)
        missing.push_back(
            fmt::format("{}: {} of {} subscriptions are not answered", one.name, one.pending, one.wanted));
    if (one.first_known < one.first_total)
        missing.push_back(
            fmt::format("{}: the first state of {} of {} lines is not in ({:.1f} % of the organisation is "
                        "known)",
                        one.name, one.first_total - one.first_known, one.first_total,
                        100.0 * static_cast<double>(one.first_known) / static_cast<double>(one.first_total)));
}

void write_channel(JsonWriter& json, const PlatformView& platform, const ChannelView& one) {
    json.object([&] {
        json.member("platform", platform.name);
        json.member("host", one.host);
        json.member("state", name(one.state));
        json.member("since", one.since);
        json.member_or_null("channel_id", one.channel_id);
        json.member("last_event", one.last_event);
        json.member("last_heartbeat", one.last_heartbeat);
        json.member_or_null("reason", one.reason);
    });
}

void write_platform(JsonWriter& json, const PlatformView& one) {
    json.object([&] {
        json.member("name", one.name);
        json.member("target", one.target);
        json.member("wanted", one.wanted);
        json.member("live", one.live);
        json.member("pending", one.pending);
        json.member("refused", one.refused);
        json.member("events", one.events);
        json.member("gaps", one.gaps);
        json.key("first_state");
        json.object([&] {
            json.member("known", one.first_known);
            json.member("total", one.first_total);
        });
    });
}

void write_adapter(JsonWriter& json, const AdapterView& one) {
    json.object([&] {
        json.member("name", one.name);
        json.member("state", one.state);
        json.member("queue", one.queue);
        json.member("last_success", one.last_success);
        json.member_or_null("last_error", one.last_error);
    });
}

void write_watchers(JsonWriter& json, const WatcherCount& one) {
    json.object([&] {
        json.member("package", one.package);
        json.member("state", one.state);
        json.member("count", one.count);
    });
}

} // namespace

PlatformView sum_of(const std::vector<PlatformView>& platforms) {
    PlatformView all;
    for (const PlatformView& one : platforms) {
        all.wanted += one.wanted;
        all.live += one.live;
        all.pending += one.pending;
        all.refused += one.refused;
        all.events += one.events;
        all.gaps += one.gaps;
        all.first_known += one.first_known;
        all.first_total += one.first_total;
        all.problems.insert(all.problems.end(), one.problems.begin(), one.problems.end());
    }
    return all;
}

Task<std::optional<Api::Views>> Api::views() {
    auto until = patience();
    auto platforms = co_await ask<std::vector<PlatformView>>(ports_.platforms, until);
    auto adapters = co_await ask<std::vector<AdapterView>>(ports_.adapters, until);
    auto watchers = co_await ask<std::vector<WatcherCount>>(ports_.watcher_counts, until);
    auto problems = co_await ask<std::vector<std::string>>(ports_.problems, until);
    if (!platforms || !adapters || !watchers || !problems) co_return std::nullopt;
    Views made;
    made.platforms = std::move(*platforms);
    made.adapters = std::move(*adapters);
    made.watchers = std::move(*watchers);
    made.problems = std::move(*problems);
    co_return made;
}

Api::PeopleCount Api::count_people() const {
    PeopleCount count;
    for (auto slot : people_->order())
        ++count.by_status.at(static_cast<std::size_t>(table_.verdict(slot).conclusion.status));
    count.known = people_->size() - count.by_status.at(static_cast<std::size_t>(presence::Status::unknown));
    return count;
}

// --- readiness

void Api::readyz(Call& call, const Asked&) {
    defer(call, make_ready());
}

Task<Answer> Api::make_ready() {
    auto seen = co_await views();
    std::vector<std::string> missing;
    PlatformView all;
    if (!seen) {
        missing.emplace_back("another part of the daemon does not answer");
    } else {
        all = sum_of(seen->platforms);
        for (const PlatformView& one : seen->platforms)
            find_missing(one, missing);
        for (const AdapterView& one : seen->adapters)
            if (!one.not_ready.empty()) missing.push_back(fmt::format("{}: {}", one.name, one.not_ready));
    }
    if (!people_given_) missing.emplace_back("the people are not read yet");
    Answer answer;
    JsonWriter json(answer.body);
    json.object([&] {
        json.member("ready", missing.empty());
        write_texts(json, "missing", missing);
        json.key("first_state");
        json.object([&] {
            json.member("known", all.first_known);
            json.member("total", all.first_total);
        });
    });
    answer.status = missing.empty() ? 200 : 503;
    co_return answer;
}

// --- status

void Api::status(Call& call, const Asked&) {
    auto query = Query::parse(call.request.query, {});
    if (!query) return call.answer(problem(400, query.error().text));
    defer(call, make_status());
}

Task<Answer> Api::make_status() {
    auto seen = co_await views();
    if (!seen) co_return no_answer();
    Answer answer;
    note_total(sum_of(seen->platforms).events);
    write_status(answer.body, *seen);
    co_return answer;
}

void Api::write_status(std::string& out, const Views& seen) const {
    auto all = sum_of(seen.platforms);
    auto people = count_people();
    auto each = [](JsonWriter& json, const auto& list, auto&& write) {
        json.array([&] {
            for (const auto& one : list)
                write(json, one);
        });
    };
    JsonWriter json(out);
    json.object([&] {
        json.member("version", about_.version);
        json.member("started", about_.started);
        json.key("listen");
        each(json, about_.listening, [](JsonWriter& to, const std::string& url) { to.value(url); });
        json.key("people");
        json.object([&] {
            json.member("total", std::uint64_t{people_->size()});
            json.member("known", people.known);
            json.key("by_status");
            json.object([&] {
                for (std::size_t i = 0; i < people.by_status.size(); ++i)
                    json.member(presence::name(static_cast<presence::Status>(i)), people.by_status.at(i));
            });
        });
        json.key("channels");
        json.array([&] {
            for (const PlatformView& platform : seen.platforms)
                for (const ChannelView& channel : platform.channels)
                    write_channel(json, platform, channel);
        });
        json.key("subscriptions");
        json.object([&] {
            json.member("wanted", all.wanted);
            json.member("live", all.live);
            json.member("pending", all.pending);
            json.member("refused", all.refused);
            json.key("platforms");
            each(json, seen.platforms, write_platform);
        });
        json.key("adapters");
        each(json, seen.adapters, write_adapter);
        json.key("watchers");
        each(json, seen.watchers, write_watchers);
        json.key("events");
        json.object([&] {
            json.member("per_second", events_per_second_);
            json.member("total", all.events);
            json.member("gaps", all.gaps);
        });
        json.key("first_state");
        json.object([&] {
            json.member("known", all.first_known);
            json.member("total", all.first_total);
        });
        if (!about_.calling_code.empty()) {
            json.key("numbers");
            json.object([&] {
                json.member("code", about_.calling_code);
                json.member("trunk", about_.trunk_prefix);
            });
        }
        json.key("problems");
        for (const AdapterView& one : seen.adapters)
            all.problems.insert(all.problems.end(), one.problems.begin(), one.problems.end());
        all.problems.insert(all.problems.end(), seen.problems.begin(), seen.problems.end());
        each(json, all.problems, [](JsonWriter& to, const Sentence& text) { to.value(text); });
        json.key("alarms");
        each(json, all.problems, write_alarm);
    });
}

// --- rates

Task<> Api::sample_rates(Keep keep) {
    auto platforms = co_await ask<std::vector<PlatformView>>(ports_.platforms, patience());
    if (platforms) note_total(sum_of(*platforms).events);
    static_cast<void>(keep);
}

void Api::note_total(std::uint64_t events) {
    auto now = steady_now();
    auto passed = std::chrono::duration<double>(now - sampled_).count();
    if (passed < 1) return;
    bool first = sampled_ == Steady{};
    if (!first && events >= events_before_) events_per_second_ = static_cast<double>(events - events_before_) / passed;
    events_before_ = events;
    sampled_ = now;
}

} // namespace lamp::status
