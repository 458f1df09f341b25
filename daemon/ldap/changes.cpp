#include "ldap/changes.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <unordered_map>

#include "ldap/filter.hpp"
#include "proto/text/text.hpp"

namespace lamp::ldap {
namespace {

constexpr std::string_view not_disabled = "(!(userAccountControl:1.2.840.113556.1.4.803:=2))";
constexpr std::string_view cursor_form = "ldap1";

/// What names an entry for good, and when it was changed; of these `bytes_attributes` are no text.
const std::vector<std::string>& identity_attributes() {
    static const std::vector<std::string> all{"entryUUID", "objectGUID", "modifyTimestamp"};
    return all;
}
const std::vector<std::string>& bytes_attributes() {
    static const std::vector<std::string> all{"objectGUID"};
    return all;
}

std::uint64_t digest_of(std::string_view id, const Entry& entry) {
    auto sum = text::fnv1a(id);
    for (const auto& attribute : entry.attributes) {
        sum = text::fnv1a(attribute.name, text::fnv1a("\n", sum));
        for (const auto& value : attribute.values)
            sum = text::fnv1a(value, text::fnv1a("\r", sum));
    }
    return sum;
}

/// One reading, on the session's thread.
class Reading {
public:
    Reading(Session& session, const Question& question, const Memory& memory, const Take& take)
        : session_(session), question_(question), before_(memory), take_(take) {
        next_.fingerprint = fingerprint_of(question);
        out_.memory.clock = memory.clock;
    }

    Result<Changes> run(std::string_view cursor) {
        begun_ = steady_now();
        auto root = session_.root();
        if (!root) return std::unexpected(root.error());
        root_ = std::move(*root);
        if (root_.active_directory && root_.last_usn) {
            next_.usn = root_.last_usn;
            next_.server = server_name();
        }
        auto before = parse_cursor(cursor);
        const bool same = before && before->fingerprint == next_.fingerprint && before->server == next_.server &&
                          before->usn.has_value() == next_.usn.has_value();
        out_.whole = !same;
        auto done = same ? changes(*before) : people(people_filter(question_, root_.active_directory));
        if (!done) return std::unexpected(done.error());
        settle_since(same ? before->since : std::nullopt);
        out_.cursor = to_text(next_);
        return std::move(out_);
    }

private:
    // A domain controller that was restored from a backup gives its numbers again, under another invocation id.
    std::string server_name() {
        std::string invocation;
        Search asked{
            .base = root_.service, .scope = Scope::base, .attributes = {"invocationId"}, .binary = {"invocationId"}};
        if (!root_.service.empty())
            static_cast<void>(session_.search(asked, [&](Entry&& entry) { // who may not read it does without
                invocation = guid_text(entry.first("invocationId"));
                return Result<void>();
            }));
        return fmt::format("{}/{}", root_.host, invocation);
    }

    // Whoever has changed; then who of them counts: the rest counts no more. In this order, since who changes in
    // between is in the second answer, too.
    Result<void> changes(const Cursor& before) {
        auto changed = changed_filter(before);
        std::vector<std::string> ids;
        Search asked{.base = question_.base,
                     .filter = changed,
                     .attributes = identity_attributes(),
                     .binary = bytes_attributes()};
        auto done = session_.search(asked, [&](Entry&& entry) {
            note(entry);
            ids.push_back(id_of(entry));
            return Result<void>();
        });
        if (!done) return done;
        done = people(fmt::format("(&{}{})", changed, people_filter(question_, root_.active_directory)));
        if (!done) return done;
        auto& found = out_.memory.changes;
        for (auto& id : ids) {
            if (auto one = counts_.find(id); one != counts_.end() && one->second) continue;
            found.push_back(text::fnv1a(id));
            out_.gone.push_back(std::move(id));
        }
        std::ranges::sort(found);
        out_.unchanged = found.empty() || found == before_.changes;
        return {};
    }

    Result<void> people(std::string filter) {
        Search asked{.base = question_.base,
                     .filter = std::move(filter),
                     .attributes = question_.attributes,
                     .binary = bytes_attributes()};
        add_once(asked.attributes, identity_attributes());
        return session_.search(asked, [&](Entry&& entry) -> Result<void> {
            note(entry);
            auto id = id_of(entry);
            auto [one, first] = counts_.try_emplace(id, false);
            if (!first) return {};
            auto counts = take_(std::move(id), entry);
            if (!counts) return std::unexpected(counts.error());
            one->second = *counts;
            if (*counts && !out_.whole) out_.memory.changes.push_back(digest_of(one->first, entry));
            return {};
        });
    }

    void note(const Entry& entry) {
        if (next_.usn) return;
        if (auto time = parse_time(entry.first("modifyTimestamp"))) latest_ = std::max(latest_.value_or(*time), *time);
    }
    // The server's clock is known by what it has stamped. What changed while we read may stand on a page before, so
    // what counts is where the clock stood when we began.
    void settle_since(std::optional<Wall> before) {
        if (next_.usn) return;
        auto& clock = out_.memory.clock;
        if (clock) *clock = {clock->at(begun_), begun_};
        auto took = std::chrono::ceil<milliseconds>(steady_now() - begun_);
        if (latest_ && (!clock || clock->least < *latest_ - took)) clock = {*latest_ - took, begun_};
        if (clock) next_.since = std::chrono::floor<seconds>(clock->least) - changes_overlap;
        if (before) next_.since = std::max(next_.since.value_or(*before), *before);
    }

    Session& session_;
    const Question& question_;
    const Memory& before_;
    const Take& take_;
    Changes out_;
    Root root_;
    Cursor next_;
    std::unordered_map<std::string, bool> counts_; // by id: one that changes meanwhile may come on two pages
    std::optional<Wall> latest_;
    Steady begun_{};
};

} // namespace

Result<Entry> read_entry(Session& session, const Question& question, const std::string& dn) {
    Search asked{.base = dn, .scope = Scope::base, .attributes = question.attributes, .binary = bytes_attributes()};
    add_once(asked.attributes, identity_attributes());
    std::optional<Entry> found;
    auto done = session.search(asked, [&](Entry&& entry) -> Result<void> {
        found = std::move(entry);
        return {};
    });
    if (!done) return std::unexpected(done.error());
    if (!found) return fail(Category::not_found, fmt::format("The server does not show \"{}\".", dn));
    return std::move(*found);
}

std::string people_filter(const Question& question, bool active_directory) {
    if (!question.filter.empty()) return read_filter(question.filter).value_or("(objectClass=*)");
    std::string any;
    for (const auto& attribute : question.any_of)
        any += fmt::format("({}=*)", attribute);
    return active_directory ? fmt::format("(&(|{}){})", any, not_disabled) : fmt::format("(|{})", any);
}

std::string id_of(const Entry& entry) {
    if (auto id = entry.first("entryUUID"); !id.empty()) return std::string(id);
    auto guid = guid_text(entry.first("objectGUID"));
    return guid.empty() ? entry.dn : guid;
}

void add_once(std::vector<std::string>& names, const std::vector<std::string>& more) {
    for (const auto& name : more)
        if (std::ranges::none_of(names, [&](const auto& one) { return text::same_letters(one, name); }))
            names.push_back(name);
}

std::string fingerprint_of(const Question& question) {
    auto all = fmt::format("{}\n{}\n{}\n{}\n{}\n{}", question.url, question.base, question.bind_dn, question.filter,
                           fmt::join(question.any_of, ","), fmt::join(question.attributes, ","));
    return fmt::format("{:016x}", text::fnv1a(all));
}

std::string to_text(const Cursor& cursor) {
    if (cursor.usn) return fmt::format("{} {} usn {} {}", cursor_form, cursor.fingerprint, *cursor.usn, cursor.server);
    if (!cursor.since) return {};
    return fmt::format("{} {} time {} {}", cursor_form, cursor.fingerprint, time_text(*cursor.since), cursor.server);
}

std::optional<Cursor> parse_cursor(std::string_view text) {
    auto word = [&] {
        auto end = std::min(text.find(' '), text.size());
        auto out = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        return out;
    };
    if (word() != cursor_form) return std::nullopt;
    Cursor out;
    out.fingerprint = word();
    auto way = word(), value = word();
    if (way == "usn") out.usn = text::number<std::uint64_t>(value);
    if (way == "time") out.since = parse_time(value);
    out.server = text;
    return out.usn || out.since ? std::optional(std::move(out)) : std::nullopt;
}

std::string changed_filter(const Cursor& cursor) {
    if (cursor.usn) return fmt::format("(uSNChanged>={})", *cursor.usn + 1);
    return fmt::format("(modifyTimestamp>={})", time_text(cursor.since.value_or(Wall())));
}

Result<Changes> read_changes(Session& session, const Question& question, std::string_view cursor, const Memory& memory,
                             const Take& take) {
    return Reading(session, question, memory, take).run(cursor);
}

} // namespace lamp::ldap
