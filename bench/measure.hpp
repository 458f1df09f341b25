// What all benchmarks share: CPU time of this thread or process, medians, and the one RESULT line per question.
#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <ctime>
#include <fmt/format.h>
#include <string_view>
#include <sys/resource.h>
#include <vector>

namespace bench {

inline double thread_cpu_s() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double process_cpu_s() {
    timespec now{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    return values[values.size() / 2];
}

inline double resident_bytes() {
    long total = 0, resident = 0;
    if (FILE* file = std::fopen("/proc/self/statm", "r")) {
        if (std::fscanf(file, "%ld %ld", &total, &resident) != 2) resident = 0;
        std::fclose(file);
    }
    return static_cast<double>(resident) * 4096;
}

/// "RESULT name value unit target ok|SHORT": one line a question. Returns whether the target is reached.
inline bool result(std::string_view name, double value, std::string_view unit, double target,
                   bool more_is_better = true) {
    bool reached = more_is_better ? value >= target : value <= target;
    fmt::print("RESULT {} {:.3f} {} target {}{} {}\n", name, value, unit, more_is_better ? ">=" : "<=", target,
               reached ? "ok" : "SHORT");
    std::fflush(stdout);
    return reached;
}

} // namespace bench
