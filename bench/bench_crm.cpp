// Question: what does a record cost from the bytes of HubSpot's answer to the list of all, by a preset's pointers,
// against Boost.JSON's parse of the same bytes alone? A first reading of 100 000 contacts is 1000 such answers.
#include <boost/json.hpp>
#include <cstdlib>
#include <cstring>

#include "bench/measure.hpp"
#include "recognition/rest/presets.hpp"
#include "recognition/rest/sync.hpp"

using namespace lamp;
using namespace lamp::recognition::rest;

namespace {

std::string page(unsigned from, unsigned pages) {
    std::string body = R"({"results":[)";
    for (unsigned i = from * 100; i < from * 100 + 100; ++i)
        body += fmt::format(
            R"({}{{"id":"{}","properties":{{"firstname":"Person","lastname":"{}","company":"Acme","jobtitle":null,)"
            R"("email":"p{}@example.net","phone":"020 {}","mobilephone":"+316{:08}","lifecyclestage":"lead",)"
            R"("lastmodifieddate":"2026-01-05T09:00:00.000Z"}},"createdAt":"2026-01-05T09:00:00.000Z",)"
            R"("updatedAt":"2026-01-05T09:00:00.000Z","archived":false}})",
            i % 100 == 0 ? "" : ",", i + 1, i, i, 1'000'000 + i, i);
    body += "]";
    if (from + 1 < pages) body += fmt::format(R"(,"paging":{{"next":{{"after":"{}"}}}})", from + 1);
    return body + "}";
}

std::size_t read_all(const Preset& preset, const std::vector<http::Answer>& answers) {
    Quota quota{Rates()};
    Sync sync(preset, quota, {}, Wall(), 1);
    Steady now{std::chrono::hours(1)};
    for (const auto& answer : answers) {
        if (!std::holds_alternative<Ask>(sync.next(now, Wall()))) std::abort();
        sync.answer(answer, now, Wall());
    }
    auto step = sync.next(now, Wall());
    const auto* done = std::get_if<Synced>(&step);
    return done ? done->items.size() : 0;
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    const unsigned pages = quick ? 20 : 1000;
    const int rounds = quick ? 1 : 5;
    auto preset = read_preset(preset_text("hubspot", {})->text, "hubspot.toml", {{"portal", "77"}});
    if (!preset) return 1;
    std::vector<http::Answer> answers(pages);
    for (unsigned i = 0; i < pages; ++i) {
        answers[i].status = 200;
        answers[i].body = page(i, pages);
    }
    std::vector<double> ours, parse;
    for (int i = 0; i < rounds; ++i) {
        auto start = bench::thread_cpu_s();
        if (read_all(*preset, answers) != pages * 100) return 1;
        ours.push_back(bench::thread_cpu_s() - start);
        start = bench::thread_cpu_s();
        for (const auto& answer : answers)
            if (boost::json::parse(answer.body).as_object().empty()) return 1;
        parse.push_back(bench::thread_cpu_s() - start);
    }
    double records = pages * 100.0;
    bool good = bench::result("crm_record_us", bench::median(ours) / records * 1e6, "us", quick ? 1000 : 20, false);
    good &= bench::result("crm_times_parse", bench::median(ours) / bench::median(parse), "x", quick ? 1000 : 6, false);
    return good ? 0 : 1;
}
