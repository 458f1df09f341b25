// Keeps the directory's contacts of one source what another system says: everything at the start and once a night,
// changes every few minutes, and when somebody asks for it. While the system cannot be read, or would take too many
// with it, they stay as they were. The directory's loop, but for what says otherwise.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <optional>

#include "base/schedule.hpp"
#include "directory/directory.hpp"
#include "directory/people_reader.hpp"

namespace lamp::directory {

struct SourceHealth {
    std::string state = "opening"; // up, degraded (it was up), down (it never was)
    std::optional<Wall> last_success{};
    std::string last_error{};   // empty: the last reading was good
    std::size_t contacts = 0;   // of the last full reading
    std::size_t unreadable = 0; // of their numbers
};

struct SyncOrder {
    ImportOptions options{}; // dry_run and limits
    std::string by{};
    Directory::Reply<ImportReport> reply{};
};

class PeopleSource {
public:
    /// `name`: one of contacts::people_sources.
    PeopleSource(Loop& loop, Directory& directory, std::string_view name, std::unique_ptr<PeopleReader> reader,
                 Schedule schedule);

    /// Once, any loop, behind the directory's start.
    void start();
    /// Any loop. Reads everything, and answers when the directory says so. Errors: the system's, Directory's, limit
    /// while many others wait.
    void sync(SyncOrder order);
    /// Any loop.
    [[nodiscard]] const std::string& name() const { return name_; }
    [[nodiscard]] SourceHealth health() const { return *health_.load(); }
    /// After the loop has ended: what is under way ends, too.
    void close() { reader_->close(); }

    static constexpr std::size_t orders_max = 16; // that wait

private:
    [[nodiscard]] Task<> work();
    [[nodiscard]] Task<> turn(bool whole, SyncOrder order);
    [[nodiscard]] Task<Result<ImportReport>> apply(contacts::SourceReading reading, const SyncOrder& order);
    /// What came of a reading; `whole` and `unreadable` are a good one's.
    void tell(const Result<ImportReport>& report, bool whole, std::size_t unreadable);

    Loop& loop_;
    Directory& directory_;
    std::string name_;
    std::unique_ptr<PeopleReader> reader_;
    Schedule schedule_;
    std::deque<SyncOrder> orders_;
    Bell bell_;
    std::atomic<std::shared_ptr<const SourceHealth>> health_{std::make_shared<const SourceHealth>()};
};

} // namespace lamp::directory
