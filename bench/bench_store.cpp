// Does group commit pay? Units of work through the Store against one transaction each; and how long one alone takes.
#include <cstdlib>
#include <cstring>
#include <future>
#include <semaphore>
#include <string>

#include "bench/folder.hpp"
#include "bench/measure.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

using namespace lamp;
using namespace lamp::store;

namespace {

double seconds_since(Steady begun) {
    return std::chrono::duration<double>(steady_now() - begun).count();
}

Result<void> put(Database& database, int number) {
    return database.run("INSERT OR REPLACE INTO teams_session VALUES (?1, ?2, ?3, ?3, ?3)", "tenant",
                        std::to_string(number), number);
}

void must(bool good) {
    if (!good) std::abort();
}

double alone_per_s(Sync sync, int units) {
    bench::Folder folder{"store"};
    auto opened = open_current(folder.path, sync);
    must(opened.has_value());
    auto begun = steady_now();
    for (int i = 0; i < units; ++i)
        must(put(opened->database, i).has_value());
    return units / seconds_since(begun);
}

double grouped_per_s(Sync sync, int units) {
    bench::Folder folder{"store"};
    Loop loop("bench");
    auto store = Store::open({.folder = folder.path, .sync = sync});
    must(store.has_value());
    loop.start();
    std::promise<void> all;
    int done = 0;
    auto begun = steady_now();
    for (int i = 0; i < units; ++i)
        (*store)->submit(
            loop, [i](Database& database) { return put(database, i); },
            [&](const Result<void>& result) {
                must(result.has_value());
                if (++done == units) all.set_value();
            });
    all.get_future().wait();
    auto rate = units / seconds_since(begun);
    auto report = (*store)->report();
    fmt::print("  grouped: {} units in {} commits, largest {}, longest commit {} us\n", report.units, report.commits,
               report.largest_batch, report.longest.count());
    return rate;
}

/// From submission to the answer on the loop, with nothing else to do.
double one_us(Sync sync, int units) {
    bench::Folder folder{"store"};
    Loop loop("bench");
    auto store = Store::open({.folder = folder.path, .sync = sync});
    must(store.has_value());
    loop.start();
    std::vector<double> took;
    std::binary_semaphore answered(0);
    for (int i = 0; i < units; ++i) {
        auto begun = steady_now();
        (*store)->submit(
            loop, [i](Database& database) { return put(database, i); },
            [&](const Result<void>& result) {
                must(result.has_value());
                took.push_back(seconds_since(begun) * 1e6);
                answered.release();
            });
        answered.acquire();
    }
    auto middle = bench::median(took);
    std::ranges::sort(took);
    fmt::print("  one alone: median {:.0f} us, p99 {:.0f} us\n", middle, took[took.size() * 99 / 100]);
    return middle;
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    log::set_level(log::Level::warning);
    const int many = quick ? 2000 : 50'000;
    const int few = quick ? 50 : 2000;
    const int rounds = quick ? 1 : 5;
    std::vector<double> ratios;
    for (auto sync : {Sync::normal, Sync::full}) {
        fmt::print("synchronous={}\n", sync == Sync::full ? "full" : "normal");
        std::vector<double> alone, grouped;
        for (int round = 0; round < rounds; ++round) {
            alone.push_back(alone_per_s(sync, sync == Sync::full ? few : many));
            grouped.push_back(grouped_per_s(sync, many));
            if (sync == Sync::normal) ratios.push_back(grouped.back() / alone.back());
        }
        fmt::print("  alone {:.0f}/s, grouped {:.0f}/s\n", bench::median(alone), bench::median(grouped));
        static_cast<void>(one_us(sync, few));
    }
    bench::result("store_grouped_against_alone", bench::median(ratios), "x", 2.0);
    return 0;
}
