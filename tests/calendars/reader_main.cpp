// calendar_reader caldav|ics URL [USER]: reads windows ("2026-03-01T00:00:00Z 2026-03-15T00:00:00Z", one a line) from
// standard input and prints what the provider tells, one JSON object a line. The password is in LAMP_PASSWORD. For
// tests with real servers.
#include <boost/asio/co_spawn.hpp>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <iostream>
#include <string>

#include "adapters/calendars/providers.hpp"

using namespace lamp;

namespace {

template <class T>
T finish(asio::io_context& context, Task<T> task) {
    std::optional<T> result;
    asio::co_spawn(context, std::move(task), [&](std::exception_ptr error, T value) {
        if (error) std::rethrow_exception(error);
        result.emplace(std::move(value));
    });
    context.restart();
    while (!result)
        context.run_one();
    return std::move(*result);
}

boost::json::object told(const Result<std::optional<std::vector<calendars::Occurrence>>>& read) {
    if (!read) return {{"error", name(read.error().category)}, {"text", read.error().text}};
    if (!*read) return {{"same", true}};
    boost::json::array rows;
    for (const auto& one : **read)
        rows.push_back(boost::json::object{{"key", one.key},
                                           {"title", one.title},
                                           {"from", rfc3339(one.from)},
                                           {"until", rfc3339(one.until)},
                                           {"all_day", one.all_day},
                                           {"cancelled", one.cancelled},
                                           {"declined", one.declined},
                                           {"free", one.free}});
    return {{"occurrences", std::move(rows)}};
}

int wrong(std::string_view text) {
    std::cerr << text << '\n';
    return 2;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) return wrong("usage: calendar_reader caldav|ics URL [USER]");
    calendars::CalendarOptions options;
    options.name = "test";
    options.line = "desk@example.net";
    auto url = config::parse_url(argv[2], config::UrlShape::whole);
    if (!url) return wrong(url.error().text);
    options.url = *url;
    if (argc > 3) options.username = argv[3];
    if (const char* password = std::getenv("LAMP_PASSWORD")) options.password = Secret(password);
    auto folder = (std::filesystem::temp_directory_path() / "lamp-reader-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr) return wrong("no temporary folder");
    auto store = store::Store::open({.folder = folder});
    std::filesystem::remove_all(folder);
    if (!store) return wrong(store.error().text);
    Loop loop("egress");
    const calendars::ProviderParts parts{
        .loop = loop, .options = options, .store = store->get(), .zone = "Europe/Amsterdam"};
    auto provider = std::string_view(argv[1]) == "ics" ? calendars::make_ics(parts) : calendars::make_caldav(parts);
    if (!provider) return wrong(provider.error().text);
    for (std::string from, until; std::cin >> from >> until;) {
        const auto begin = parse_rfc3339(from);
        const auto end = parse_rfc3339(until);
        if (!begin || !end) return wrong("a window is two times");
        const auto begun = steady_now();
        auto answer = told(finish(loop.context(), (*provider)->read({*begin, *end})));
        answer["ms"] = std::chrono::duration<double, std::milli>(steady_now() - begun).count();
        std::cout << boost::json::serialize(answer) << std::endl;
    }
    return 0;
}
