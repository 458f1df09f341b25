// The keys of `[history]`.
#include <algorithm>

#include "numbers/plain_number.hpp"
#include "records/options.hpp"

namespace lamp::records {

using namespace std::chrono_literals;
using enum config::Reload;

namespace {

constexpr std::size_t masked_digits = 4;

} // namespace

std::string kept_number(const std::string& number, Numbers numbers) {
    if (numbers == Numbers::whole) return number;
    if (numbers == Numbers::none) return {};
    auto plain = numbers::plain_number(number);
    return plain.substr(0, plain.size() - std::min(plain.size(), masked_digits));
}

config::Section<HistoryOptions> history_section() {
    using O = HistoryOptions;
    config::Section<O> s{"history", config::Shape::table,
                         "Records of calls: what is kept of them, and when a call counts as missed."};
    s.key("keep", &O::keep, config::range(1h, 3650 * 24h), restart, "How long records of calls are kept.");
    s.key("settle", &O::settle, config::range(0s, 60s), restart,
          "How long a call that nobody answered waits before it is told as missed: what rings elsewhere may still be "
          "answered.");
    s.key(
        "numbers", &O::numbers,
        config::choices<Numbers>({{"whole", Numbers::whole}, {"masked", Numbers::masked}, {"none", Numbers::none}}),
        restart,
        "What is kept of the other side: \"whole\" keeps number and name, \"masked\" the number without its last four "
        "digits, \"none\" neither. Events while a call goes on have both.");
    s.key("call_logs", &O::call_logs, restart,
          "Whether the platform's call logs are read for what went unheard while it was away.");
    return s;
}

} // namespace lamp::records
