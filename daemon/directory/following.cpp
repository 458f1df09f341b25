// Directory, the part that lets contacts follow the entries that they were made of. The directory's loop.
#include <algorithm>
#include <fmt/format.h>

#include "base/log.hpp"
#include "contacts/columns.hpp"
#include "contacts/link.hpp"
#include "directory/directory.hpp"

namespace lamp::directory {
namespace {

using contacts::Change;
using contacts::Contact;

bool is_empty(const Contact& contact, std::string_view member) {
    if (member == "numbers") return contact.numbers.empty();
    const auto* column = std::ranges::find(contacts::columns, member, &contacts::Column::name);
    return column != contacts::columns.end() && contacts::written(contact, *column).empty();
}

} // namespace

Listed Directory::look_up(std::string_view key, const Snapshot& snapshot) const {
    if (const auto* known = snapshot.find(key)) {
        if (known->source == contacts::own_source) return {};
        return {.entry = *known};
    }
    return listed ? listed(key) : Listed();
}

Result<Contact> Directory::entry(std::string_view key) const {
    auto snapshot = snapshot_.load();
    if (const auto* known = snapshot->find(key); known && known->source == contacts::own_source)
        return fail(Category::conflict, "\"of\": this is a contact already, which no other one follows.");
    auto found = look_up(key, *snapshot);
    if (!found.entry) return fail(Category::invalid, "\"of\": there is nobody with this key in the directory.");
    return std::move(*found.entry);
}

Contact Directory::linked(const Contact& before, Contact after) const {
    after = contacts::noted(before, std::move(after));
    if (after.of.empty()) return after;
    auto found = look_up(after.of, *snapshot_.load());
    return found.entry ? contacts::followed(std::move(after), *found.entry) : after;
}

// A file that does not say what is a new contact's own means all that it says; a backup says what it was.
void Directory::link_rows(contacts::Plan& plan, const contacts::Reading& reading, bool restoring) const {
    auto snapshot = snapshot_.load();
    const bool says_own = std::ranges::find(reading.columns, "own") != reading.columns.end();
    std::erase_if(plan.changes, [&](Change& change) {
        auto& after = change.after;
        if (change.kind == Change::Kind::remove || (after.of.empty() && change.before.of.empty())) {
            after.own.clear();
            return false;
        }
        auto found = look_up(after.of, *snapshot);
        const bool chosen = !after.of.empty() && after.of != change.before.of;
        if (chosen && !found.entry && !restoring)
            plan.refusals.push_back(
                {change.line, 1, "of",
                 fmt::format("\"{}\" is nobody's key who is in the directory without being a contact",
                             after.of.substr(0, 80))});
        if (!found.entry && found.certain) after = contacts::unlinked(std::move(after));
        if (chosen && found.entry && !says_own) {
            auto said = contacts::linked_to(*found.entry);
            after = contacts::noted(said, std::move(after));
            std::erase_if(after.own, [&](const std::string& member) { return is_empty(after, member); });
        }
        if (!restoring)
            after = linked(change.before, std::move(after));
        else if (found.entry)
            after = contacts::followed(std::move(after), *found.entry);
        if (change.kind == Change::Kind::create) return false;
        change.fields = contacts::differences(change.before, after);
        plan.unchanged += change.fields.empty() ? 1 : 0;
        return change.fields.empty();
    });
}

void Directory::follow_entries() {
    loop_.post([this] {
        if (!snapshot_.load()) return; // it is done once the disk has been read
        jobs_.emplace_back([this] { return follow(); });
        bell_.ring();
    });
}

Task<> Directory::follow() {
    auto snapshot = snapshot_.load();
    std::vector<Change> changes;
    std::size_t let_go = 0;
    for (const auto& one : snapshot->contacts) {
        if (one.of.empty()) continue;
        auto found = look_up(one.of, *snapshot);
        if (!found.entry && !found.certain) continue;
        auto after = found.entry ? contacts::followed(one, *found.entry) : contacts::unlinked(one);
        let_go += found.entry ? 0 : 1;
        if (auto fields = contacts::differences(one, after); !fields.empty())
            changes.push_back({Change::Kind::modify, 0, one, std::move(after), std::move(fields)});
    }
    if (changes.empty()) co_return;
    auto text = fmt::format("{} contacts changed with their entries, {} lost theirs", changes.size() - let_go, let_go);
    if (auto done = co_await apply(std::move(changes)); !done)
        log::error("directory", "contacts could not be changed with their entries", {{"why", done.error().text}});
    else
        audit("directory", "followed", std::move(text));
}

} // namespace lamp::directory
