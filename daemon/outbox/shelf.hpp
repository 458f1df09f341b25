// The outbox's tables on disk (store/schema.cpp): what is read and written there. For units of work: the functions run
// on the store's thread.
#pragma once
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "calls/webhooks.hpp"
#include "outbox/letter.hpp"
#include "store/database.hpp"

namespace lamp::outbox {

/// Which of them were new: a key that a webhook has already is passed over.
[[nodiscard]] Result<std::vector<bool>> put(store::Database& disk, std::span<const Letter> letters);

/// The first ones that wait, by id, behind `after`.
[[nodiscard]] Result<std::vector<Letter>> waiting(store::Database& disk, const std::string& webhook, std::int64_t after,
                                                  std::size_t most);

struct Counts {
    std::uint64_t waiting = 0;
    std::uint64_t dead = 0;
    std::optional<Wall> oldest{}; // of those that wait
};
[[nodiscard]] Result<Counts> count(store::Database& disk, const std::string& webhook);

[[nodiscard]] Result<void> remove(store::Database& disk, std::int64_t id);
/// It was tried, and stays.
[[nodiscard]] Result<void> note_attempt(store::Database& disk, const Letter& letter, const std::string& reason);
/// The oldest dead letters beyond the limits go.
[[nodiscard]] Result<void> bury(store::Database& disk, const Letter& letter, const std::string& reason, Wall now);
/// All that wait, since the webhook is gone: 410.
[[nodiscard]] Result<void> bury_all(store::Database& disk, const std::string& webhook, const std::string& reason,
                                    Wall now);

[[nodiscard]] Result<std::vector<calls::DeadLetter>> dead(store::Database& disk, const std::string& webhook,
                                                          std::size_t most);
/// They wait again, in their old places; gives how many.
[[nodiscard]] Result<std::uint64_t> replay(store::Database& disk, const std::string& webhook,
                                           std::optional<std::int64_t> id);
[[nodiscard]] Result<std::uint64_t> drop(store::Database& disk, const std::string& webhook,
                                         std::optional<std::int64_t> id);

/// What was gathered before `until` (the first limits::digest_lines of it) becomes one letter, made of their bodies by
/// `write`. Nothing gathered: no letter, and false.
[[nodiscard]] Result<bool> make_digest(store::Database& disk, const std::string& webhook, Wall until,
                                       const std::function<Letter(const std::vector<std::string>& lines)>& write);

/// Letters of webhooks that are not among these and that nobody has asked for since `before` are deleted.
[[nodiscard]] Result<void> forget_others(store::Database& disk, const std::vector<std::string>& webhooks, Wall before);

/// The receiver at `place` has said 410; another address is another matter.
[[nodiscard]] Result<bool> is_disabled(store::Database& disk, const std::string& webhook, const std::string& place);
[[nodiscard]] Result<void> disable(store::Database& disk, const std::string& webhook, const std::string& place,
                                   Wall now);
[[nodiscard]] Result<void> enable(store::Database& disk, const std::string& webhook);

} // namespace lamp::outbox
