#include "app/new_contacts.hpp"

#include <fmt/format.h>

#include "base/log.hpp"
#include "contacts/contact_json.hpp"
#include "proto/text/text.hpp"
#include "store/once.hpp"

namespace lamp {
namespace {

using contacts::Contact;
using status::MadeContact;

/// What of a contact another system is given. Of devices, roles and lines nobody else knows anything: they are told as
/// they stand, so that the source refuses them by name.
recognition::NewContact as_given(const Contact& contact) {
    recognition::NewContact out{.first_name = contact.first_name, .last_name = contact.last_name};
    for (const auto& one : contact.numbers)
        out.numbers.push_back({.kind = one.type, .written = one.number});
    auto field = [&](std::string_view name, std::string text) {
        if (!text.empty()) out.fields.emplace_back(name, std::move(text));
    };
    field("email", contact.email);
    field("company", contact.company);
    field("department", contact.department);
    field("title", contact.title);
    field("folder", contact.folder);
    field("extension", contact.extension);
    field("external_id", contact.external_id);
    field("default_line", contact.default_line);
    field("notes", contact.notes);
    field("lines", fmt::format("{}", fmt::join(contact.lines, " ")));
    field("devices", fmt::format("{}", fmt::join(contact.devices, " ")));
    field("roles", fmt::format("{}", fmt::join(contact.roles, " ")));
    if (contact.vip) field("vip", "yes");
    return out;
}

/// The same for the same wish, in every life.
std::string digest_of(const status::ContactOrder& order, const Contact& contact) {
    std::string text;
    JsonWriter json(text);
    contacts::write_item(json, contact, {});
    return fmt::format("{:016x}", text::fnv1a(text, text::fnv1a(order.target + "\n")));
}

/// What is kept of what was made, to be said again.
std::string outcome_of(const MadeContact& made) {
    return fmt::format("{}\n{}\n{}", made.key, made.url, made.item);
}
MadeContact said_again(std::string_view outcome) {
    const auto first = outcome.find('\n'), second = outcome.find('\n', first + 1);
    return {.key = std::string(outcome.substr(0, first)),
            .item = std::string(outcome.substr(second + 1)),
            .url = std::string(outcome.substr(first + 1, second - first - 1))};
}

/// Whether nothing has come of it for sure, so that the same request may be tried again.
bool surely_not_done(const Error& error) {
    switch (error.category) {
    case Category::network:
    case Category::timeout:
    case Category::protocol:
    case Category::cancelled: return false;
    default: return true;
    }
}

Error with_doubt(Error error) {
    if (!surely_not_done(error))
        error.text += " Whether the contact is there now is not known: look there before it is tried again.";
    return error;
}

} // namespace

void NewContacts::create(status::ContactOrder order, Answer answer) {
    auto contact = forms_.read(order.contact);
    if (!contact) return answer(std::unexpected(contact.error()));
    Wanted wanted{std::move(order), std::move(*contact)};
    if (wanted.elsewhere() && !wanted.contact.of.empty())
        return answer(
            fail(Category::invalid, "\"of\" is for contacts of the directory: an integration follows nobody."));
    if (wanted.order.once.empty() || wanted.order.dry_run) return carry_out(wanted, answer);
    begin(std::move(wanted), std::move(answer));
}

// A key is its asker's own: nobody learns from it what somebody else has made.
void NewContacts::begin(Wanted wanted, Answer answer) {
    const auto key = wanted.order.by + "\n" + wanted.order.once;
    const auto digest = digest_of(wanted.order, wanted.contact);
    auto decide = [this, wanted = std::move(wanted), answer = std::move(answer), key,
                   digest](const Result<std::optional<store::Once>>& known) {
        if (!known) return answer(std::unexpected(known.error()));
        if (!*known)
            return carry_out(wanted, [this, key, answer](Result<MadeContact> made) {
                settle(key, made);
                answer(std::move(made));
            });
        if ((*known)->request != digest)
            return answer(fail(Category::conflict, "This Idempotency-Key was given to another request already."));
        if (!(*known)->outcome)
            return answer(fail(Category::conflict,
                               "The request of this Idempotency-Key is still under way, or nobody knows what became of "
                               "it: look whether the contact is there, and give another key to try again."));
        answer(said_again(*(*known)->outcome));
    };
    store_.ask<std::optional<store::Once>>(
        loop_, [key, digest](store::Database& disk) { return store::begin_once(disk, key, digest, wall_now()); },
        std::move(decide));
}

void NewContacts::settle(const std::string& key, const Result<MadeContact>& made) {
    const auto* error = !made ? &made.error() : made->refused ? &*made->refused : nullptr;
    if (error && !surely_not_done(*error)) return;
    auto outcome = error ? std::string() : outcome_of(*made);
    store_.submit(
        loop_,
        [key, outcome = std::move(outcome)](store::Database& disk) {
            return outcome.empty() ? store::forget_once(disk, key) : store::settle_once(disk, key, outcome);
        },
        [](const Result<void>& done) {
            if (!done)
                log::error("directory", "what became of a request with a key could not be written to disk",
                           {{"why", done.error().text}});
        });
}

void NewContacts::carry_out(const Wanted& wanted, const Answer& answer) {
    if (wanted.elsewhere()) return put(wanted, answer);
    if (wanted.order.dry_run) return answer(MadeContact{.key = {}, .item = forms_.write(wanted.contact), .url = {}});
    directory_.create(wanted.contact, wanted.order.by, [this, answer](const Result<Contact>& made) {
        if (!made) return answer(std::unexpected(made.error()));
        answer(MadeContact{.key = made->key, .item = forms_.write(*made), .url = {}});
    });
}

void NewContacts::put(const Wanted& wanted, const Answer& answer) {
    if (!put_) return answer(fail(Category::unavailable, "No caller recognition is configured."));
    recognition::PutOrder order{.source = wanted.order.target,
                                .contact = as_given(wanted.contact),
                                .dry_run = wanted.order.dry_run,
                                .by = wanted.order.by};
    put_(std::move(order), [this, contact = wanted.contact, answer](Result<recognition::PutDone> done) mutable {
        if (!done) return answer(MadeContact{.key = {}, .item = {}, .url = {}, .refused = with_doubt(done.error())});
        contact.source = std::move(done->source);
        contact.key = std::move(done->key);
        if (!done->record.id.empty()) contact.external_id = std::move(done->record.id);
        auto& sent = done->outgoing;
        answer(MadeContact{.key = contact.key,
                           .item = forms_.write(contact),
                           .url = std::move(done->url),
                           .sent = status::SentView{std::move(sent.to), std::move(sent.what), std::move(sent.body)}});
    });
}

} // namespace lamp
