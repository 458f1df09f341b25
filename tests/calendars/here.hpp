// What the tests of this folder share: a provider and the server beside it on one thread, and appointments as texts.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fmt/format.h>
#include <optional>

#include "adapters/calendars/provider.hpp"
#include "adapters/calendars/providers.hpp"
#include "dav_server.hpp"
#include "loop/loop.hpp"

namespace testing {

using namespace lamp;
using namespace std::chrono_literals;
using calendars::Occurrence;
using calendars::Window;

using Told = Result<std::optional<std::vector<Occurrence>>>;

inline Wall at(std::string_view text) {
    auto time = parse_rfc3339(text);
    REQUIRE(time);
    return *time;
}

inline const Window march{parse_rfc3339("2026-03-01T00:00:00Z").value(), parse_rfc3339("2026-03-15T00:00:00Z").value()};

struct Event {
    std::string uid{};
    std::string title{};
    std::string start = "20260303T090000Z";
    std::string end = "20260303T100000Z";
    std::string more{}; // further lines
};

inline std::string calendar_of(const std::vector<Event>& events, const std::string& more = {}) {
    std::string out = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//test//EN\r\n" + more;
    for (const auto& event : events)
        out += fmt::format("BEGIN:VEVENT\r\nUID:{}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:{}\r\nDTEND:{}\r\n"
                           "SUMMARY:{}\r\n{}END:VEVENT\r\n",
                           event.uid, event.start, event.end, event.title, event.more);
    return out + "END:VCALENDAR\r\n";
}
inline std::string one_event(const Event& event) {
    return calendar_of(std::vector{event});
}

/// The titles in order, "2001 2002"; "same" for nothing new; "unauthorised: …" for an error.
inline std::string titles(const Told& told) {
    if (!told) return fmt::format("{}: {}", name(told.error().category), told.error().text);
    if (!*told) return "same";
    std::string out;
    for (const auto& occurrence : **told)
        out += (out.empty() ? "" : " ") + occurrence.title;
    return out;
}

inline std::string category(const Told& told) {
    return told ? "none" : std::string(name(told.error().category));
}

inline bool has(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

/// A server and the loop of a provider.
class Bench {
public:
    Bench() : loop("egress"), server(fake_loop_), other(fake_loop_) {}
    Bench(const Bench&) = delete;
    Bench& operator=(const Bench&) = delete;

    /// Runs both until the coroutine ends, at most ten seconds.
    template <class T>
    T finish(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop.context(), std::move(task), [&](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            result.emplace(std::move(value));
        });
        const auto until = steady_now() + 10s;
        while (!result && steady_now() < until) {
            fake_loop_.context().restart();
            fake_loop_.context().poll();
            loop.context().restart();
            loop.context().run_one_for(1ms);
            loop.context().poll();
        }
        REQUIRE_MESSAGE(result.has_value(), "the coroutine did not end within ten seconds");
        return std::move(*result);
    }
    Told read(calendars::Provider& provider, Window window = march) { return finish(provider.read(window)); }

    calendars::CalendarOptions options(const std::string& path) const {
        calendars::CalendarOptions made;
        made.name = "desk";
        made.line = "desk@example.net";
        made.url = config::Url(server.url());
        made.url.text = server.url(path);
        if (server.manner.login != "none") {
            made.username = DavServer::user;
            made.password = Secret(DavServer::password);
        }
        return made;
    }

    std::unique_ptr<calendars::Provider> caldav(const calendars::CalendarOptions& options) {
        return made(calendars::make_caldav(parts(options)));
    }
    std::unique_ptr<calendars::Provider> caldav(const std::string& path = "/dav/anna/desk/") {
        return caldav(options(path));
    }
    std::unique_ptr<calendars::Provider> ics(const calendars::CalendarOptions& options) {
        return made(calendars::make_ics(parts(options)));
    }
    std::unique_ptr<calendars::Provider> ics(const std::string& path) { return ics(options(path)); }
    calendars::ProviderParts parts(const calendars::CalendarOptions& options) {
        return {.loop = loop, .options = options, .store = &store(), .zone = "Europe/Amsterdam"};
    }

private:
    static std::unique_ptr<calendars::Provider> made(calendars::Made made) {
        REQUIRE_MESSAGE(made, made.error().text);
        return *std::move(made);
    }
    /// One for all: these providers keep nothing on disk.
    static store::Store& store() {
        static const auto opened = [] {
            log::set_level(log::Level::error);
            auto folder = (std::filesystem::temp_directory_path() / "lamp-calendars-XXXXXX").string();
            REQUIRE(::mkdtemp(folder.data()) != nullptr);
            auto made = store::Store::open({.folder = folder});
            REQUIRE_MESSAGE(made, made.error().text);
            std::filesystem::remove_all(folder);
            return *std::move(made);
        }();
        return *opened;
    }
    sim::Loop fake_loop_;

public:
    Loop loop;
    DavServer server;
    DavServer other; // another origin
};

} // namespace testing
