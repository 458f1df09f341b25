// Question: how many reports per second does the presence table take at a million presentities, with one writer and
// three readers, against std::shared_mutex + std::unordered_map? Both run in turn, several rounds, medians.
#include <atomic>
#include <cstring>
#include <mutex>
#include <random>
#include <shared_mutex>
#include <thread>
#include <unordered_map>

#include "bench/measure.hpp"
#include "presence/table.hpp"

using namespace lamp::presence;

namespace {

struct Sizes {
    std::uint32_t people;
    std::chrono::milliseconds span;
    int rounds;
};

std::uint32_t next(std::uint64_t& state) { // xorshift: cheap and the same for both rivals
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return static_cast<std::uint32_t>(state >> 32);
}

/// Runs one writer and three readers for a while; gives writes and reads per second.
template <class Write, class Read>
std::pair<double, double> race(const Sizes& sizes, Write write, Read read) {
    std::atomic<bool> stop{false};
    std::atomic<std::uint64_t> reads{0};
    std::vector<std::thread> readers;
    for (int r = 0; r < 3; ++r)
        readers.emplace_back([&, r] {
            std::uint64_t state = 88172645463325252ULL + static_cast<std::uint64_t>(r);
            std::uint64_t mine = 0, sum = 0;
            while (!stop.load(std::memory_order_relaxed))
                for (int i = 0; i < 256; ++i, ++mine)
                    sum += read(next(state) % sizes.people);
            reads.fetch_add(mine + (sum == 42 ? 1 : 0));
        });
    std::uint64_t state = 1234567891234567ULL, writes = 0;
    auto start = std::chrono::steady_clock::now();
    auto end = start + sizes.span;
    while (std::chrono::steady_clock::now() < end)
        for (int i = 0; i < 64; ++i, ++writes)
            write(next(state) % sizes.people, static_cast<unsigned>(writes));
    double took = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    stop = true;
    for (auto& reader : readers)
        reader.join();
    return {static_cast<double>(writes) / took, static_cast<double>(reads) / took};
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    Sizes sizes{quick ? 10'000U : 1'000'000U, std::chrono::milliseconds(quick ? 50 : 1000), quick ? 1 : 5};
    Table table(1 << 20);
    auto now = lamp::wall_now();
    std::unordered_map<std::uint32_t, std::uint64_t> map;
    std::shared_mutex mutex;
    for (std::uint32_t slot = 0; slot < sizes.people; ++slot) {
        LineReport idle{.state = LineState::idle, .at = now};
        table.report(slot, Source::telephony, idle.pack(), now);
        map[slot] = 0;
    }
    std::vector<double> ours, theirs, our_reads, their_reads;
    for (int round = 0; round < sizes.rounds; ++round) {
        auto [writes, reads] = race(
            sizes,
            [&](std::uint32_t slot, unsigned n) {
                LineReport report{.state = static_cast<LineState>(1 + n % 4), .calls = n % 3, .at = now};
                table.report(slot, Source::telephony, report.pack(), now);
            },
            [&](std::uint32_t slot) { return table.verdict(slot).pack(); });
        ours.push_back(writes);
        our_reads.push_back(reads);
        auto [naive_writes, naive_reads] = race(
            sizes,
            [&](std::uint32_t slot, unsigned n) {
                std::unique_lock lock(mutex);
                map[slot] = n;
            },
            [&](std::uint32_t slot) {
                std::shared_lock lock(mutex);
                return map.find(slot)->second;
            });
        theirs.push_back(naive_writes);
        their_reads.push_back(naive_reads);
    }
    fmt::print("table: {:.2f} M reports/s beside {:.1f} M reads/s; shared_mutex + unordered_map: {:.3f} M/s beside "
               "{:.1f} M/s\n",
               bench::median(ours) / 1e6, bench::median(our_reads) / 1e6, bench::median(theirs) / 1e6,
               bench::median(their_reads) / 1e6);
    bool reached = bench::result("table_reports_vs_locked_map", bench::median(ours) / bench::median(theirs), "x", 30);
    reached &=
        bench::result("table_slowest_vs_median_round", *std::ranges::min_element(ours) / bench::median(ours), "x", 0.2);
    return reached || quick ? 0 : 1;
}
