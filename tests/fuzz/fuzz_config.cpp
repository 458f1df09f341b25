// Any bytes as a configuration: no crash, every problem has a place and words, and what is accepted can be shown and
// read again with the same meaning.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "config/reader.hpp"
#include "config/reload.hpp"
#include "config/show.hpp"

using namespace lamp;
using namespace lamp::config;

namespace {

enum class Colour { red, green };
struct RowOptions {
    std::string when;
    std::vector<std::int64_t> numbers;
};
struct AllOptions {
    std::string text = "x";
    std::string zone = "UTC";
    std::string country = "NL";
    bool flag = false;
    std::int8_t small = 1;
    double real = 1;
    milliseconds wait{5000};
    Secret secret;
    std::filesystem::path file;
    Url url;
    Url hook;
    Listen listen{"127.0.0.1:1"};
    std::vector<Listen> transports;
    std::optional<Colour> colour;
    std::vector<std::string> texts;
    std::map<std::string, std::string> named;
    std::vector<RowOptions> rows;
};
struct EntryOptions {
    std::string name;
    std::optional<std::uint64_t> number;
};

Section<AllOptions> all_section() {
    using O = AllOptions;
    using enum Reload;
    Section<RowOptions> rows{"rows", Shape::array_of_tables, "Rows."};
    rows.key("when", &RowOptions::when, live, "When.").required();
    rows.key("numbers", &RowOptions::numbers, range(-5, 5), live, "Numbers.");
    Section<O> s{"a", Shape::table, "Every type."};
    s.key("text", &O::text, filled(), live, "T.");
    s.key("zone", &O::zone, time_zone(), live, "Z.");
    s.key("country", &O::country, country(), live, "C.");
    s.key("flag", &O::flag, live, "F.");
    s.key("small", &O::small, live, "S.");
    s.key("real", &O::real, range(-1e9, 1e9), live, "R.");
    s.key("wait", &O::wait, live, "W.");
    s.key("secret", &O::secret, live, "S.");
    s.key("file", &O::file, live, "F.");
    s.key("url", &O::url, live, "U.");
    s.key("hook", &O::hook, whole_url(), restart, "H.");
    s.key("listen", &O::listen, restart, "L.");
    s.key("transports", &O::transports, count(0, 4) & schemes({"udp", "tcp"}), restart, "T.");
    s.key("colour", &O::colour, choices<Colour>({{"red", Colour::red}, {"green", Colour::green}}), live, "C.");
    s.key("texts", &O::texts, live, "T.");
    s.key("named", &O::named, live, "N.");
    s.tables("rows", &O::rows, rows, live, "R.");
    return s;
}

Section<EntryOptions> entry_section() {
    Section<EntryOptions> s{"e", Shape::array_of_tables, "Entries."};
    s.key("name", &EntryOptions::name, Reload::live, "N.").required();
    s.key("number", &EntryOptions::number, Reload::live, "N.");
    return s;
}

Sources nothing_outside() {
    return {[](const std::filesystem::path&, std::size_t) -> Result<FileText> { return FileText{"secret\n", false}; },
            [](const std::filesystem::path&) { return FileKind::file; },
            [](const std::string&) { return std::optional<std::string>("secret"); },
            [] { return std::vector<std::string>{"UTC"}; }};
}

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto schema = Schema().add(all_section()).add(entry_section());
    static const auto sources = nothing_outside();
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto answer = read_text(schema, text, "/f/l.toml", sources);
    for (const auto& problem : answer.problems)
        require(problem.line >= 1 && problem.column >= 1 && !problem.message.empty());
    require(static_cast<bool>(answer.configuration) == !has_errors(answer.problems));
    if (!answer.configuration) return 0;
    const auto again = read_text(schema, show(*answer.configuration), "/f/l.toml", sources);
    require(again.configuration != nullptr);
    for (const auto& change : diff(*answer.configuration, *again.configuration))
        require(change.key == "secret"); // masked, so it reads as "***"
    return 0;
}
