// What a reload changes: key by key, what is in force at once and what waits for a restart.
//
//     auto answer = config::reload(schema, *running, path, sources);   // checked whole first
//     if (answer.reloaded) running = answer.reloaded->running;         // else: answer.problems, nothing touched
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"

namespace lamp::config {

struct Change {
    enum class What : std::uint8_t { changed, added, removed };
    What what = What::changed;
    std::string section; // the label: `http`, `broadworks "acme"`
    std::string key;     // empty when the whole entry was added or removed
    Reload reload = Reload::restart;

    bool operator==(const Change&) const = default;
};
/// `[broadworks "acme"] heartbeat`, `[broadworks "north"] added`.
[[nodiscard]] std::string to_string(const Change& change);

/// Every difference, in the order of the sections. Values are compared, not texts: a secret file with new contents is
/// a change, another spelling of the same duration is none. Named entries are matched by name, others by their place.
[[nodiscard]] std::vector<Change> diff(const Configuration& before, const Configuration& after);

struct Reloaded {
    /// What is in force from now on: the new file, but with the running values of all that needs a restart. The next
    /// reload is compared with this, so that what still waits is named again.
    std::shared_ptr<const Configuration> running;
    std::vector<Change> applied;
    std::vector<Change> needs_restart;
};
/// `fresh` has been read with the same sections as `running`.
[[nodiscard]] Reloaded apply(const Configuration& running, const Configuration& fresh);

struct ReloadAnswer {
    std::optional<Reloaded> reloaded; // nothing when the file has an error; then nothing changes
    Problems problems;                // warnings, too
};
[[nodiscard]] ReloadAnswer reload(const Schema& schema, const Configuration& running, const std::filesystem::path& path,
                                  const Sources& sources);

} // namespace lamp::config
