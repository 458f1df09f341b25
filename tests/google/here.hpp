// The fake Google in this process, a store in a folder that lives for one test, and a loop that the test turns itself.
#pragma once
#include <doctest/doctest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "adapters/calendars/options.hpp"
#include "adapters/calendars/provider.hpp"
#include "base/log.hpp"
#include "fakes/world.hpp"
#include "faults/folder.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

namespace testing {

using namespace lamp;
using namespace std::chrono_literals;
namespace json = boost::json;

inline constexpr const char* reception = "reception@example.net";

/// An instant, "2026-01-05T09:00:00Z".
inline Wall at(std::string_view text) {
    return parse_rfc3339(text).value(); // also before main begins
}

inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

/// What is logged goes nowhere.
class Quiet {
public:
    Quiet() { log::set_capture(&lines); }
    ~Quiet() { log::set_capture(nullptr); }
    std::string lines;
};

struct Here {
    Here() : world(sim_options()), store(open(folder.path())) {
        world.start();
        line = world.announcement();
    }
    ~Here() { store->stop(); }

    static sim::Options sim_options() {
        sim::Options options;
        options.people = 2;
        return options;
    }
    static std::unique_ptr<store::Store> open(const std::filesystem::path& folder) {
        store::StoreOptions options;
        options.folder = folder;
        auto opened = store::Store::open(options);
        REQUIRE_MESSAGE(opened, opened.error().text);
        return *std::move(opened);
    }

    /// The result, or a failed test.
    template <class T>
    T finish(Task<T> task) {
        std::optional<T> result;
        asio::co_spawn(loop.context(), std::move(task), [&](std::exception_ptr error, T value) {
            if (error) std::rethrow_exception(error);
            result.emplace(std::move(value));
        });
        loop.context().restart();
        auto until = steady_now() + 10s;
        while (!result && steady_now() < until)
            loop.context().run_one_until(until);
        REQUIRE_MESSAGE(result.has_value(), "the coroutine did not end within ten seconds");
        return std::move(*result);
    }

    json::object command(std::string_view name, json::object arguments = {}) {
        auto answer = world.command(name, std::move(arguments));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? std::string() : answer.error()));
        return answer->as_object();
    }
    std::string told(std::string_view name) const { return std::string(line.at(name).as_string()); }
    std::int64_t requests(std::string_view kind) {
        const auto state = command("google/state");
        const auto* count = state.at("requests").as_object().if_contains(kind);
        return count ? count->to_number<std::int64_t>() : 0;
    }
    std::string add(std::string_view start, std::string_view end, json::object more = {}) {
        json::object all{{"calendar", reception}, {"start", start}, {"end", end}};
        for (const auto& [key, value] : more)
            all[key] = value;
        return std::string(command("google/add", all).at("id").as_string());
    }

    calendars::CalendarOptions options() const {
        calendars::CalendarOptions options;
        options.name = "reception";
        options.api_url.text = told("google_api");
        options.login_url.text = told("google_login");
        options.consent_url.text = told("google_consent");
        return options;
    }
    calendars::CalendarOptions of_service() const {
        auto made = options();
        std::ifstream file(told("google_key_file"), std::ios::binary);
        std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
        made.service_account = Secret(text);
        made.subject = reception;
        return made;
    }
    calendars::CalendarOptions of_user() const {
        auto made = options();
        made.client_id = told("google_client_id");
        made.client_secret = Secret(told("google_client_secret"));
        return made;
    }

    Quiet quiet;
    faults::Folder folder{"google"};
    sim::World world;
    json::object line;
    Loop loop{"test"};
    std::unique_ptr<store::Store> store;
};

} // namespace testing
