#include "base/log.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <unistd.h>

#include "base/log_mask.hpp"
#include "base/log_tenant.hpp"

namespace lamp::log {
namespace {

std::atomic<Level> threshold{Level::info};
std::mutex capture_mutex; // the log is the one place where loops may meet at a lock
std::string* capture = nullptr;
std::atomic<bool> capturing{false};
std::string tenant; // " tenant=NAME", or nothing
std::atomic<std::shared_ptr<const Mask>> mask_in_force;

bool plain(std::string_view value) {
    if (value.empty()) return false;
    for (unsigned char c : value)
        if (c <= ' ' || c == '"' || c == '\\' || c == '=' || c == 0x7f) return false;
    return true;
}

void append_value(std::string& line, std::string_view value) {
    if (plain(value)) {
        line += value;
        return;
    }
    line += '"';
    for (char c : value) {
        if (c == '"' || c == '\\') line += '\\';
        line += static_cast<unsigned char>(c) < ' ' || c == 0x7f ? ' ' : c; // a peer's text must not forge lines
    }
    line += '"';
}

} // namespace

void set_level(Level level) {
    threshold.store(level, std::memory_order_relaxed);
}
bool enabled(Level level) {
    return level <= threshold.load(std::memory_order_relaxed);
}

void set_tenant(const std::string& name) {
    tenant = name.empty() ? std::string() : " tenant=" + name;
}

void set_capture(std::string* lines) {
    std::lock_guard lock(capture_mutex);
    capture = lines;
    capturing.store(lines != nullptr, std::memory_order_release);
}

void set_mask(Mask mask) {
    mask_in_force.store(mask ? std::make_shared<const Mask>(std::move(mask)) : nullptr);
}

void write(Level level, std::string_view room, std::string_view sentence, Fields fields) {
    if (!enabled(level)) return;
    std::string line;
    line.reserve(160);
    line += '<';
    line += static_cast<char>('0' + static_cast<int>(level));
    line += '>';
    line += room;
    line += ": ";
    line += sentence;
    line += tenant;
    auto mask = level == Level::debug ? mask_in_force.load() : nullptr;
    for (const Field& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        append_value(line, mask ? (*mask)(field.key, field.value) : field.value);
    }
    line += '\n';
    if (capturing.load(std::memory_order_acquire)) {
        std::lock_guard lock(capture_mutex);
        if (capture) {
            *capture += line;
            return;
        }
    }
    // A log that cannot be written (closed pipe, full disk) must not stop a loop.
    [[maybe_unused]] auto written = ::write(STDERR_FILENO, line.data(), line.size());
}

} // namespace lamp::log
