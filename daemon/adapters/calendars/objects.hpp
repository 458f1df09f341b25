// What is held of one CalDAV calendar: each resource's ETag and text, and what of it takes place in the window that was
// asked for last. Single-threaded, no Asio; limits instead of growth.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "adapters/calendars/reading.hpp"

namespace lamp::calendars {

class Objects {
public:
    static constexpr std::size_t objects_max = 20'000;
    static constexpr std::size_t bytes_max = 64U << 20U;

    Objects(Rules rules, std::size_t most = objects_max, std::size_t most_bytes = bytes_max)
        : rules_(std::move(rules)), most_(most), most_bytes_(most_bytes) {}

    /// Whether exactly this state is held. An empty ETag is never held: nobody knows what it stands for.
    [[nodiscard]] bool holds(const std::string& path, const std::string& etag) const;
    /// False: it would be one too many, or too long for all together; nothing has changed then.
    [[nodiscard]] bool put(const std::string& path, std::string etag, std::string text);
    void drop(const std::string& path);
    void keep_only(const std::set<std::string>& paths);
    void clear();

    /// All that overlaps, by start; nothing: the same window was told last, and nothing has changed since. What cannot
    /// be read is left out and warned about. Category::limit when there is more of it than can be meant.
    [[nodiscard]] Result<std::optional<std::vector<Occurrence>>> tell(Window window);

    [[nodiscard]] std::size_t size() const { return held_.size(); }
    [[nodiscard]] std::size_t bytes() const { return bytes_; }
    [[nodiscard]] std::size_t steps() const { return steps_; } // work on rules that the last telling took
    [[nodiscard]] std::size_t most() const { return most_; }

private:
    struct Held {
        std::string etag;
        std::string text;
        bool fresh = false; // `occurrences` are those of `window_`
        std::vector<Occurrence> occurrences{};
    };
    static std::size_t weight(const std::string& path, const Held& held);

    Rules rules_;
    std::size_t most_;
    std::size_t most_bytes_;
    std::map<std::string, Held> held_{};
    std::size_t bytes_ = 0;
    std::size_t steps_ = 0;
    bool changed_ = true;
    std::optional<Window> window_{};
    log::OncePerMinute unreadable_{};
};

} // namespace lamp::calendars
