// Prometheus text format 0.0.4, by hand. Counters are single-writer: the loop that owns one adds to it, any loop reads.
#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

namespace lamp::status {

/// Only one loop may `add`; no locked instruction is paid for it.
class Counter {
public:
    void add(std::uint64_t more = 1) {
        value_.store(value_.load(std::memory_order_relaxed) + more, std::memory_order_relaxed);
    }
    [[nodiscard]] std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<std::uint64_t> value_{0};
};

struct Label {
    std::string_view name;
    std::string_view value;
};
using Labels = std::initializer_list<Label>;

/// Appends families: one `counter` or `gauge` call, then its samples. Names begin with "lamplighter_" or "process_";
/// a counter's ends in "_total"; a name may come once.
class MetricsText {
public:
    explicit MetricsText(std::string& out) : out_(out) {}

    MetricsText& counter(std::string_view name, std::string_view help) { return family(name, help, "counter"); }
    MetricsText& gauge(std::string_view name, std::string_view help) { return family(name, help, "gauge"); }
    MetricsText& sample(std::uint64_t value) { return sample({}, value); }
    MetricsText& sample(Labels labels, std::uint64_t value);
    MetricsText& sample(Labels labels, double value);

private:
    MetricsText& family(std::string_view name, std::string_view help, std::string_view type);
    void begin(Labels labels);
    std::string& out_;
    std::string name_;
};

} // namespace lamp::status
