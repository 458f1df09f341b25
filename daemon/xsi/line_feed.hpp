// Tells one other loop of every change of every line, whole, in order (calls/line_news.hpp): first all watched lines as
// they are, then each change once, with the calls that ended by it. What looks as it was told last is not told again.
// Lives on the ingress loop; nothing of it runs before `start`, and until then lines cost no more than a branch. Each
// reader has a feed of its own: one that is slow holds up nobody else.
#pragma once
#include <atomic>
#include <functional>
#include <vector>

#include "calls/line_news.hpp"
#include "loop/loop.hpp"
#include "xsi/lines.hpp"

namespace lamp::xsi {

class LineFeed {
public:
    /// Runs on the reading loop with what came up in one turn of the ingress loop, never empty.
    using Take = std::function<void(std::vector<calls::LineNews>)>;

    /// All outlive both loops' work. `waiting_max` (limits::line_news_waiting): news that the reader has not taken;
    /// with more the feed pauses, and tells what differs when the reader has caught up. What ended meanwhile is not
    /// told.
    LineFeed(Loop& ingress, Lines& lines, Loop& reader, Take take, std::size_t waiting_max);
    LineFeed(Loop& ingress, Lines& lines, Loop& reader, Take take);

    /// On the ingress loop, once, before platforms start: calls that are older lack their `remote_user`.
    void start();
    /// How often the reader was too slow.
    [[nodiscard]] std::uint64_t pauses() const { return pauses_.load(std::memory_order_relaxed); }

private:
    void tell_all();
    void append(LineIndex line, std::span<const EndedLeg> ended);
    void flush();
    void taken(std::size_t count);

    Loop& ingress_;
    Lines& lines_;
    Loop& reader_;
    Take take_;
    std::size_t waiting_max_;
    std::vector<calls::LineNews> batch_;
    std::vector<std::uint64_t> told_; // by line: a hash of what was told last, 0 = nothing
    bool paused_ = false;
    std::size_t waiting_ = 0; // news that the reader has not taken
    std::atomic<std::uint64_t> pauses_{0};
};

/// The line as it is, and what `ended` tells of calls that are over.
[[nodiscard]] calls::LineNews news_of(const Lines& lines, LineIndex line, std::span<const EndedLeg> ended = {});

} // namespace lamp::xsi
