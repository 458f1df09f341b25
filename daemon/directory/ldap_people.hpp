// Keeps the directory's contacts of the source "ldap" what a server says: everything at the start and once a night,
// changes every few minutes, and when somebody asks for it. While the server cannot be read, or would take too many
// with it, they stay as they were. The directory's loop, but for what says otherwise.
#pragma once
#include <atomic>
#include <deque>
#include <memory>
#include <optional>

#include "base/schedule.hpp"
#include "directory/directory.hpp"
#include "directory/ldap_contacts.hpp"
#include "ldap/client.hpp"

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

class LdapPeople {
public:
    /// Category::invalid: the address.
    [[nodiscard]] static Result<std::unique_ptr<LdapPeople>> make(Loop& loop, Directory& directory, LdapOptions options,
                                                                  contacts::Normal normal);
    LdapPeople(Loop& loop, Directory& directory, LdapOptions options, contacts::Normal normal, ldap::Options way);

    /// Once, any loop, behind the directory's start.
    void start();
    /// Any loop. Reads everything, and answers when the directory says so. Errors: the server's, Directory's, limit
    /// while many others wait.
    void sync(SyncOrder order);
    /// Any loop.
    [[nodiscard]] SourceHealth health() const { return *health_.load(); }
    /// After the loop has ended: what is under way ends, too.
    void close() { client_.close(); }

    static constexpr std::size_t orders_max = 16; // that wait

private:
    struct Read {
        contacts::SourceReading reading;
        ldap::Changes changes;
        std::size_t unreadable = 0;
    };
    [[nodiscard]] Task<> work();
    [[nodiscard]] Task<> turn(bool whole, SyncOrder order);
    [[nodiscard]] Task<Result<Read>> read(bool whole);
    [[nodiscard]] Task<Result<ImportReport>> apply(contacts::SourceReading reading, const SyncOrder& order);
    void tell(const Result<ImportReport>& report, const std::optional<Read>& read);

    Loop& loop_;
    Directory& directory_;
    LdapOptions options_;
    contacts::Normal normal_;
    std::vector<Part> parts_;
    ldap::Question question_;
    ldap::Client client_;
    Schedule schedule_;
    std::deque<SyncOrder> orders_;
    Bell bell_;
    std::string cursor_; // of the last reading that the directory took; empty: everything is read
    ldap::Memory memory_;
    std::atomic<std::shared_ptr<const SourceHealth>> health_{std::make_shared<const SourceHealth>()};
};

} // namespace lamp::directory
