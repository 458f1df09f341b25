// What `[history]` says (interface 3). Defaults live here and nowhere else.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>

#include "base/clock.hpp"
#include "config/section.hpp"

namespace lamp::records {

/// How much of the other side's number and name is kept on disk.
enum class Numbers : std::uint8_t {
    whole,
    masked, // without the last four digits, and no name: enough for countries and sites
    none,
};
/// What is kept of a number.
[[nodiscard]] std::string kept_number(const std::string& number, Numbers numbers);

struct HistoryOptions {
    milliseconds keep = std::chrono::days(365);
    milliseconds settle = std::chrono::seconds(2);
    Numbers numbers = Numbers::whole;
    bool call_logs = true;
    milliseconds log_wait = std::chrono::seconds(5); // from the end of a gap to the first log; no key
};
[[nodiscard]] config::Section<HistoryOptions> history_section();

} // namespace lamp::records
