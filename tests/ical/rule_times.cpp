// Reads lines "RULE start from until" (local times) and writes what the rule makes, a line each: for oracle.py.
#include <iostream>
#include <sstream>
#include <string>

#include <fmt/format.h>

#include "proto/ical/rule.hpp"

using namespace lamp::ical;

namespace {

std::string shown(lamp::Local time) {
    using namespace std::chrono;
    const auto day = floor<days>(time);
    const year_month_day date(day);
    const hh_mm_ss clock(time - day);
    return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}", int(date.year()), unsigned(date.month()),
                       unsigned(date.day()), clock.hours().count(), clock.minutes().count(), clock.seconds().count());
}

std::string answer(const std::string& line) {
    std::istringstream words(line);
    std::string text, start, from, until;
    words >> text >> start >> from >> until;
    auto rule = parse_rule(text);
    if (!rule) return "refused: " + rule.error().text;
    Reach reach{parse_stamp(start)->time, parse_stamp(from)->time, parse_stamp(until)->time};
    if (rule->until) reach.last = rule->until->time;
    std::vector<lamp::Local> times;
    Budget budget{10'000'000};
    std::string out = append_times(*rule, reach, budget, times) ? "" : "spent ";
    for (auto time : times)
        out += shown(time) + " ";
    return out;
}

} // namespace

int main() {
    for (std::string line; std::getline(std::cin, line);)
        std::cout << answer(line) << "\n";
}
