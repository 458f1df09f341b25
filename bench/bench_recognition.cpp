// Who is calling, out of a million numbers: building the index, its size, and look-ups; beside libphonenumber's own
// comparison of two numbers, for as many pairs.
#include <phonenumbers/phonenumberutil.h>
#include <random>

#include "bench/measure.hpp"
#include "recognition/index.hpp"

using namespace lamp;
using namespace lamp::recognition;

namespace {

std::string number(std::size_t i) {
    return fmt::format("+316{:08}", 10'000'000 + i * 7 % 80'000'000);
}

/// As people there write it.
std::string national(std::size_t i) {
    auto digits = number(i).substr(3);
    return fmt::format("0{}{}{}", digits.substr(0, 1), i % 2 == 0 ? "-" : " ", digits.substr(1));
}

std::vector<Record> people(std::size_t count, std::string (*written)(std::size_t)) {
    std::vector<Record> out;
    out.reserve(count);
    for (std::size_t i = 0; i < count; ++i)
        out.push_back({.id = std::to_string(i), .name = "Alice Adams", .numbers = {{"mobile", written(i)}}});
    return out;
}

double seconds_of(auto work) {
    const auto begin = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Nanoseconds of each look-up, the 99th of a hundred.
double p99_ns(const Index& index, std::span<const Key> keys, std::size_t& found) {
    std::vector<double> times;
    times.reserve(keys.size());
    for (const auto& key : keys)
        times.push_back(seconds_of([&] { found += index.find(key).size(); }) * 1e9);
    std::ranges::sort(times);
    return times[times.size() * 99 / 100];
}

/// libphonenumber's verdict against ours, on pairs that are equal and pairs that are not.
std::size_t disagreements(const Index& index, std::size_t count, double& theirs_s, double& ours_s) {
    using Util = i18n::phonenumbers::PhoneNumberUtil;
    const auto& util = *Util::GetInstance();
    std::vector<std::pair<std::string, std::string>> pairs;
    for (std::size_t i = 0; i < count; ++i)
        pairs.emplace_back(number(i), number(i % 3 == 0 ? i + 1 : i));
    std::vector<char> theirs, ours;
    theirs_s = seconds_of([&] {
        for (const auto& [stored, caller] : pairs) {
            auto verdict = util.IsNumberMatchWithTwoStrings(stored, caller);
            theirs.push_back(verdict == Util::EXACT_MATCH || verdict == Util::NSN_MATCH ? 1 : 0);
        }
    });
    ours_s = seconds_of([&] {
        for (std::size_t i = 0; i < count; ++i) {
            auto found = index.find(*index.read(pairs[i].second));
            ours.push_back(std::ranges::any_of(found, [&](const Found& one) { return one.record == i; }) ? 1 : 0);
        }
    });
    std::size_t wrong = 0;
    for (std::size_t i = 0; i < count; ++i)
        wrong += theirs[i] != ours[i] ? 1 : 0;
    return wrong;
}

/// How much faster a nationally written number is read than libphonenumber parses it.
double reading(const Index& index, std::size_t count, std::size_t& wrong) {
    using Util = i18n::phonenumbers::PhoneNumberUtil;
    const auto& util = *Util::GetInstance();
    std::vector<std::string> written;
    for (std::size_t i = 0; i < count; ++i)
        written.push_back(national(i));
    std::vector<std::uint64_t> ours;
    ours.reserve(count);
    const auto ours_s = seconds_of([&] {
        for (const auto& one : written)
            ours.push_back(index.read(one)->digits);
    });
    const auto theirs_s = seconds_of([&] {
        for (std::size_t i = 0; i < count; ++i) {
            i18n::phonenumbers::PhoneNumber parsed;
            util.Parse(written[i], "NL", &parsed);
            const bool valid = util.IsValidNumber(parsed);
            wrong += valid && ours[i] == 31 * 1'000'000'000ULL + parsed.national_number() ? 0 : 1;
        }
    });
    fmt::print("nationally written: {:.0f} ns\n", ours_s * 1e9 / static_cast<double>(count));
    return theirs_s / ours_s;
}

} // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    const std::size_t count = quick ? 20'000 : 1'000'000;
    auto records = people(count, number);
    std::shared_ptr<const Index> index;
    bool good =
        bench::result("recognition_build", seconds_of([&] { index = Index::build(records, {"NL"}); }), "s", 5, false);
    good &= bench::result("recognition_bytes_per_number",
                          static_cast<double>(index->bytes()) / static_cast<double>(index->numbers()), "B", 64, false);
    records.clear();
    records = people(count, national);
    good &=
        bench::result("recognition_build_national",
                      seconds_of([&] { good &= Index::build(records, {"NL"})->numbers() == count; }), "s", 5, false);
    std::mt19937 random(1);
    std::vector<Key> keys;
    std::vector<std::string> callers;
    for (std::size_t i = 0; i < count / 5; ++i) {
        callers.push_back(number(random() % count));
        keys.push_back(index->read(callers.back()).value());
    }
    std::size_t found = 0;
    good &= bench::result("recognition_lookup_p99", p99_ns(*index, keys, found), "ns", 2000, false);
    auto whole = seconds_of([&] {
        for (const auto& caller : callers)
            for (const auto& one : index->find(*index->read(caller)))
                found += index->record(one.record).name.size();
    });
    good &= bench::result("recognition_per_event", whole * 1e6 / static_cast<double>(callers.size()), "us", 5, false);
    double theirs = 0, ours = 0;
    auto wrong = disagreements(*index, quick ? 500 : 20'000, theirs, ours);
    good &= bench::result("recognition_disagreements", static_cast<double>(wrong), "pairs", 0, false);
    good &= bench::result("recognition_times_faster", theirs / ours, "x", 100);
    std::size_t misread = 0;
    const auto faster = reading(*index, quick ? 500 : 50'000, misread);
    good &= bench::result("recognition_read_national", faster, "x", 20);
    good &= bench::result("recognition_misread", static_cast<double>(misread), "numbers", 0, false);
    fmt::print("found {}\n", found > 0);
    return quick ? (wrong + misread == 0 ? 0 : 1) : (good ? 0 : 1);
}
