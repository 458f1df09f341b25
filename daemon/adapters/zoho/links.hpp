// Who of us is who in Zoho, and which of these links Zoho still has to be told, or to forget: wanted versus registered.
// A user of Zoho has one link. A machine: every question brings its `now`. Egress loop.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "adapters/zoho/call_machine.hpp"
#include "base/errors.hpp"
#include "fanout/adapter.hpp"
#include "fanout/links.hpp"
#include "proto/zoho/answers.hpp"

namespace lamp::zoho {

struct Link {
    enum class Origin : std::uint8_t {
        people,   // the column of the people file
        email,    // the same e-mail address
        command,  // `zoho link`: goes before the others
        unlinked, // `zoho unlink`: the others do not count for this user
    };
    std::string zohouser;
    std::string person;
    std::string line;
    std::string path; // in the addresses that Zoho calls: nobody else knows it
    std::string key;  // what Zoho shows there
    Origin origin = Origin::people;
    std::string registered; // what Zoho was told: addresses and line; empty: nothing
    bool operator==(const Link&) const = default;
};
[[nodiscard]] std::string_view name(Link::Origin origin);

class Links {
public:
    struct Job {
        enum class What : std::uint8_t { add, remove };
        What what{};
        Link link;
    };

    /// `base`: where Zoho reaches us, empty: nowhere, then nothing is registered.
    Links(std::string base, bool by_email) : base_(std::move(base)), by_email_(by_email) {}

    /// What is on disk. Nobody is linked before this.
    void load(std::vector<Link> kept);
    void use_people(const presence::People& people, const std::vector<fanout::LineName>& lines);
    void use_users(std::vector<User> users, Wall now);
    /// Disabled: all that is registered is taken back, the links stay.
    void enable(bool on);

    /// not_found: no such line or user; conflict: either is linked already; unavailable: not loaded yet.
    [[nodiscard]] Result<void> link(std::string_view line, std::string_view user);
    [[nodiscard]] Result<void> unlink(std::string_view line);

    /// Rows that have changed since they were asked for last, to be put on disk before anything is asked of Zoho.
    [[nodiscard]] std::vector<Link> take_unkept();
    [[nodiscard]] std::vector<std::string> take_forgotten(); // users whose rows go

    [[nodiscard]] std::optional<Job> next(Steady now) const;
    [[nodiscard]] Steady due() const;
    void done(const Job& job);
    void failed(const Job& job, std::string why, milliseconds again, Steady now);
    /// Zoho says that this user cannot be used.
    void broken(std::string_view zohouser, std::string why);
    /// Zoho has forgotten all of them.
    void all_forgotten();

    /// Whose calls these are; nothing: nobody's in Zoho.
    [[nodiscard]] std::optional<Agent> agent(std::string_view line, std::string_view person) const;
    [[nodiscard]] const Link* by_user(std::string_view zohouser) const;
    [[nodiscard]] std::vector<std::string> lines_of(const Link& link) const;
    [[nodiscard]] std::string number_of(const Link& link) const;
    [[nodiscard]] std::vector<Link> linked() const;
    [[nodiscard]] std::size_t registered() const;
    [[nodiscard]] std::vector<fanout::Doubt> doubts() const { return doubts_; }
    [[nodiscard]] std::vector<fanout::LinkView> view() const;
    [[nodiscard]] std::vector<fanout::LinkUser> users() const;
    [[nodiscard]] std::optional<Wall> users_read() const { return users_read_; }

private:
    struct Entry {
        Link link;
        std::string error{};
        Steady again{};
        bool wanted = true;
    };
    struct Seat { // a person of ours with lines
        presence::Slot slot{};
        std::string person;
        std::string email;
        std::string column;
        std::vector<std::string> texts; // user ids, numbers, extensions
    };
    void settle();
    void put(const Seat& seat, const std::string& user, Link::Origin origin);
    [[nodiscard]] std::string user_named(std::string_view text) const;
    [[nodiscard]] const Seat* seat_named(std::string_view text) const;
    [[nodiscard]] const Seat* seat_of(std::string_view person) const;
    [[nodiscard]] std::string expected(const Link& link) const;
    [[nodiscard]] bool due_for(const Entry& entry) const;
    void changed(const std::string& user) { unkept_.push_back(user); }

    std::string base_;
    bool by_email_;
    bool enabled_ = true;
    bool loaded_ = false;
    std::vector<Seat> seats_;
    std::unordered_map<std::string, std::size_t> seat_by_person_;
    std::unordered_map<std::string, std::size_t> seat_by_text_;
    std::vector<User> users_;
    std::optional<Wall> users_read_;
    std::map<std::string, Entry, std::less<>> entries_; // by zohouser
    std::unordered_map<std::string, std::string> user_by_person_;
    std::vector<fanout::Doubt> doubts_;
    std::vector<std::string> unkept_;
    std::vector<std::string> forgotten_;
};

/// So many hexadecimal digits that nobody can guess.
[[nodiscard]] std::string random_hex(std::size_t bytes);

} // namespace lamp::zoho
