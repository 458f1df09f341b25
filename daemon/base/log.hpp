// Log lines for journald: "<PRIORITY>room: short sentence key=value …", one write each, to standard error.
// error = a person must act; warning = degraded and going on; info = a connection or the configuration changed;
// debug = per event. Names and numbers of people appear at debug only. Callable from every loop.
#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace lamp::log {

enum class Level : std::uint8_t { error = 3, warning = 4, info = 6, debug = 7 };

/// One field of a line; numbers are written as such, texts are quoted when they need it.
struct Field {
    std::string_view key;
    std::string value;
    Field(std::string_view key_, std::string_view value_) : key(key_), value(value_) {}
    Field(std::string_view key_, const std::string& value_) : key(key_), value(value_) {}
    Field(std::string_view key_, const char* value_) : key(key_), value(value_) {}
    Field(std::string_view key_, std::integral auto value_) : key(key_), value(std::to_string(value_)) {}
    Field(std::string_view key_, double value_) : key(key_), value(std::to_string(value_)) {}
};
using Fields = std::initializer_list<Field>;

void set_level(Level level);
[[nodiscard]] bool enabled(Level level);
/// Tests read the lines instead of standard error; nullptr restores it.
void set_capture(std::string* lines);

void write(Level level, std::string_view room, std::string_view sentence, Fields fields = {});
inline void error(std::string_view room, std::string_view sentence, Fields fields = {}) {
    write(Level::error, room, sentence, fields);
}
inline void warning(std::string_view room, std::string_view sentence, Fields fields = {}) {
    write(Level::warning, room, sentence, fields);
}
inline void info(std::string_view room, std::string_view sentence, Fields fields = {}) {
    write(Level::info, room, sentence, fields);
}
inline void debug(std::string_view room, std::string_view sentence, Fields fields = {}) {
    if (enabled(Level::debug)) write(Level::debug, room, sentence, fields);
}

/// Lets one line a minute through and counts the rest: a peer's mistake must not fill the journal.
class OncePerMinute {
public:
    /// Nothing when this one is to be kept silent; else how many were since the last one shown.
    [[nodiscard]] bool allow(Steady now) {
        if (shown_ && now - last_ < std::chrono::minutes(1)) return ++suppressed_, false;
        shown_ = true;
        last_ = now;
        return true;
    }
    [[nodiscard]] std::uint64_t take_suppressed() { return std::exchange(suppressed_, 0); }

private:
    Steady last_{};
    bool shown_ = false;
    std::uint64_t suppressed_ = 0;
};

} // namespace lamp::log
