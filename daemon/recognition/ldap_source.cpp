#include "recognition/ldap_source.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_set>

#include "ldap/client.hpp"
#include "recognition/ldap_records.hpp"

namespace lamp::recognition {
namespace {

/// What is known of the server's clock: at `seen` it was not before `least`.
struct ServerClock {
    Wall least;
    Steady seen;
    [[nodiscard]] Wall at(Steady time) const { return least + std::chrono::floor<milliseconds>(time - seen); }
};

/// What the next synchronisation gets from the one before, as long as the daemon runs.
struct Memory {
    std::string changes{}; // that were found, as one text: the next look begins before them
    std::optional<ServerClock> clock{};
};

/// One synchronisation, on the client's thread; what it needs is its own.
class Reading {
public:
    Reading(LdapOptions options, std::string fingerprint, std::string cursor, Memory memory)
        : options_(std::move(options)), cursor_(std::move(cursor)), memory_(std::move(memory)) {
        next_.fingerprint = std::move(fingerprint);
    }

    struct Got {
        Synced synced;
        Memory memory;
    };

    Result<Got> run(ldap::Session& session) {
        begun_ = steady_now();
        auto root = session.root();
        if (!root) return std::unexpected(root.error());
        root_ = std::move(*root);
        if (root_.active_directory && root_.last_usn) {
            next_.usn = root_.last_usn;
            next_.server = server_of(session);
        }
        auto before = parse_cursor(cursor_);
        const bool same = before && before->fingerprint == next_.fingerprint && before->server == next_.server &&
                          before->usn.has_value() == next_.usn.has_value();
        return same ? changes(session, *before) : everything(session);
    }

private:
    // A domain controller that was restored from a backup gives its numbers again, under another invocation id.
    std::string server_of(ldap::Session& session) const {
        std::string invocation;
        ldap::Search asked{.base = root_.service,
                           .scope = ldap::Scope::base,
                           .attributes = {"invocationId"},
                           .binary = {"invocationId"}};
        if (!root_.service.empty())
            static_cast<void>(session.search(asked, [&](ldap::Entry&& entry) { // who may not read it does without
                invocation = ldap::guid_text(entry.first("invocationId"));
                return Result<void>();
            }));
        return fmt::format("{}/{}", root_.host, invocation);
    }

    Result<Got> everything(ldap::Session& session) {
        Got out;
        if (auto done = people(session, people_filter(options_, root_.active_directory), out.synced.records); !done)
            return std::unexpected(done.error());
        settle_since();
        out.synced.cursor = to_text(next_);
        out.memory = {.clock = memory_.clock};
        return out;
    }

    // Who has changed and counts; then whoever has changed: the rest of them counts no more.
    Result<Got> changes(ldap::Session& session, const LdapCursor& before) {
        Got out;
        auto changed = changed_filter(before);
        auto filter = fmt::format("(&{}{})", changed, people_filter(options_, root_.active_directory));
        if (auto done = people(session, filter, out.synced.records); !done) return std::unexpected(done.error());
        std::unordered_set<std::string> theirs;
        for (const auto& one : out.synced.records) {
            theirs.insert(one.id);
            pack(out.memory.changes, one);
        }
        ldap::Search asked{.base = options_.base,
                           .filter = changed,
                           .attributes = identity_attributes(),
                           .binary = bytes_attributes()};
        auto done = session.search(asked, [&](ldap::Entry&& entry) {
            note(entry);
            auto id = id_of(entry);
            if (!theirs.contains(id)) out.synced.gone.push_back(std::move(id));
            return Result<void>();
        });
        if (!done) return std::unexpected(done.error());
        for (const auto& id : out.synced.gone)
            out.memory.changes += id + "\n";
        out.synced.whole = false;
        settle_since();
        if (before.since) next_.since = std::max(next_.since.value_or(*before.since), *before.since);
        out.synced.cursor = to_text(next_);
        out.memory.clock = memory_.clock;
        if (out.memory.changes.empty() || out.memory.changes == memory_.changes)
            out.synced = {.whole = false, .unchanged = true, .cursor = std::move(out.synced.cursor)};
        return out;
    }

    Result<void> people(ldap::Session& session, std::string filter, std::vector<Record>& out) {
        ldap::Search asked{.base = options_.base,
                           .filter = std::move(filter),
                           .attributes = wanted_attributes(options_),
                           .binary = bytes_attributes()};
        std::unordered_set<std::string> ids; // an entry that changes meanwhile may come on two pages
        return session.search(asked, [&](ldap::Entry&& entry) -> Result<void> {
            note(entry);
            auto record = record_of(entry, options_);
            if (!record || !ids.insert(record->id).second) return {};
            if (out.size() >= records_max) return fail(Category::limit, "There are more than four million contacts.");
            out.push_back(std::move(*record));
            return {};
        });
    }

    void note(const ldap::Entry& entry) {
        if (next_.usn) return;
        if (auto time = ldap::parse_time(entry.first("modifyTimestamp")))
            latest_ = std::max(latest_.value_or(*time), *time);
    }
    // The server's clock is known by what it has stamped. What changed while we read may stand on a page before, so
    // what counts is where the clock stood when we began.
    void settle_since() {
        if (next_.usn) return;
        auto& clock = memory_.clock;
        if (clock) *clock = {clock->at(begun_), begun_};
        auto took = std::chrono::ceil<milliseconds>(steady_now() - begun_);
        if (latest_ && (!clock || clock->least < *latest_ - took)) clock = {*latest_ - took, begun_};
        if (clock) next_.since = std::chrono::floor<seconds>(clock->least) - ldap_overlap;
    }

    LdapOptions options_;
    std::string cursor_;
    Memory memory_;
    ldap::Root root_;
    LdapCursor next_;
    std::optional<Wall> latest_;
    Steady begun_{};
};

class LdapSource final : public Source {
public:
    LdapSource(asio::io_context& context, ldap::Options way, LdapOptions options, std::string fingerprint)
        : client_(context, std::move(way)), options_(std::move(options)), fingerprint_(std::move(fingerprint)) {}

    Task<Result<Synced>> sync(std::string cursor) override {
        auto reading = std::make_shared<Reading>(options_, fingerprint_, std::move(cursor), memory_);
        std::function<Result<Reading::Got>(ldap::Session&)> work = [reading](ldap::Session& session) {
            return reading->run(session);
        };
        auto got = co_await client_.run<Reading::Got>(std::move(work));
        if (!got) co_return std::unexpected(got.error());
        memory_ = std::move(got->memory);
        knows_changes_ = !got->synced.cursor.empty();
        co_return std::move(got->synced);
    }
    /// Until a full reading has shown no times of changes.
    bool delta() const override { return knows_changes_; }
    void close() override { client_.close(); }

private:
    ldap::Client client_;
    LdapOptions options_;
    std::string fingerprint_;
    Memory memory_;
    bool knows_changes_ = true;
};

} // namespace

Result<std::unique_ptr<Source>> ldap_source(asio::io_context& context, const LdapOptions& options,
                                            const std::string& url, const Secret& password,
                                            const std::filesystem::path& ca_file) {
    auto address = ldap::parse_address(url);
    if (!address) return fail(Category::invalid, fmt::format("url {}.", address.error().text));
    ldap::Options way{.address = std::move(*address),
                      .start_tls = options.start_tls,
                      .bind_dn = options.bind_dn,
                      .password = password,
                      .ca_file = ca_file};
    return std::make_unique<LdapSource>(context, std::move(way), options, fingerprint_of(options, url));
}

} // namespace lamp::recognition
