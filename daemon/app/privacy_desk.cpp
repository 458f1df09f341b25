#include "app/privacy_desk.hpp"

#include <utility>

#include "adapters/zoho/zoho.hpp"
#include "base/log.hpp"
#include "base/log_mask.hpp"
#include "outbox/outbox.hpp"
#include "privacy/files.hpp"
#include "privacy/keyed_hash.hpp"
#include "privacy/pseudonyms.hpp"

namespace lamp {
namespace {

constexpr milliseconds files_wait{600'000}; // there may be many gigabytes

using privacy::Request;
using PlaceReply = privacy::Eraser::Reply<calls::PrivacyPlace>;

auto test_of(const Request& request) {
    return [number = request.number](std::string_view text) { return number.is(text) || number.occurs_in(text); };
}

/// Something of which all is gone that was found.
calls::PrivacyPlace all_gone(std::string place, std::size_t count) {
    return {.place = std::move(place), .found = count, .erased = count};
}

} // namespace

PrivacyDesk::PrivacyDesk(Parts parts)
    : parts_(std::move(parts)),
      eraser_(parts_.egress, parts_.store, parts_.country),
      retention_(parts_.egress, parts_.store, [this](privacy::Kind kind, Wall than) { aged(kind, than); }) {
    settle_first();
    add_places();
}

void PrivacyDesk::settle_first() {
    // Questions wait for what is to be written before them.
    eraser_.settle_first([this](std::function<void()> done) {
        parts_.history.calls({.limit = 1}, [done = std::move(done)](const auto&) { done(); });
    });
    eraser_.settle_first(
        [this](std::function<void()> done) { parts_.adapters.outbox().when_on_disk(std::move(done)); });
}

// What stands in the same place as rows of a table is no more of it, and counts nothing.
void PrivacyDesk::add_places() {
    eraser_.add([this](const Request& request, const PlaceReply& reply) {
        if (request.erases()) parts_.adapters.outbox().look_again();
        reply({.place = "webhooks"});
    });
    eraser_.add([this](const Request& request, const PlaceReply& reply) {
        if (request.erases() && request.wish.contacts) parts_.directory.read_again();
        reply({.place = "contacts"});
    });
    if (parts_.adapters.zoho() != nullptr)
        eraser_.add([this](const Request& request, const PlaceReply& reply) {
            if (request.erases()) parts_.adapters.zoho()->forget(test_of(request));
            reply({.place = "zoho"});
        });
    eraser_.add([this](const Request& request, const PlaceReply& reply) {
        if (!request.erases()) return reply({.place = "recognition"});
        parts_.callers.integrations().forget(test_of(request), request.wish.contacts,
                                             [reply](std::size_t) { reply({.place = "recognition"}); });
    });
    eraser_.add([this](const Request& request, const PlaceReply& reply) {
        if (!request.erases()) return reply({.place = "events"});
        parts_.service().forget(test_of(request), [reply](std::size_t count) { reply(all_gone("events", count)); });
    });
    eraser_.add(
        [this](const Request& request, const PlaceReply& reply) { // the only loop that may block
            parts_.callers.loop().post([folder = parts_.state_dir, request, reply] {
                reply(privacy::look_into_files(folder, request.number, request.wish));
            });
        },
        files_wait);
}

void PrivacyDesk::add_ports(status::Ports& ports) {
    ports.private_calls = [this](std::string_view person, std::string_view line) {
        return private_calls()->hides(person, line);
    };
    ports.privacy_erase = [this](calls::PrivacyOrder order, auto reply) {
        eraser_.erase(std::move(order), std::move(reply));
    };
    ports.privacy_export = [this](std::string number, auto reply) {
        eraser_.tell(std::move(number), std::move(reply));
    };
    ports.privacy_erasures = [this](std::size_t most, auto reply) { eraser_.erasures(most, std::move(reply)); };
}

/// What was deleted from disk is forgotten in memory, too.
void PrivacyDesk::aged(privacy::Kind kind, Wall than) {
    if (kind == privacy::Kind::dead_letters) parts_.adapters.outbox().look_again();
    if (kind == privacy::Kind::recognition)
        parts_.callers.integrations().forget([](std::string_view) { return false; }, true, [](std::size_t) {});
    if (kind == privacy::Kind::backups)
        parts_.callers.loop().post([folder = parts_.state_dir, than] { privacy::remove_old_backups(folder, than); });
}

void PrivacyDesk::use_options(const privacy::PrivacyOptions& options) {
    retention_.use_options(options);
    if (options.pseudonymise_logs == std::exchange(pseudonyms_, options.pseudonymise_logs)) return;
    // Until the key is here nothing else is shown either.
    if (pseudonyms_) log::set_mask([](std::string_view, std::string_view) { return std::string("~"); });
    parts_.egress.post([this, wanted = pseudonyms_] { show_pseudonyms(wanted); });
}

void PrivacyDesk::show_pseudonyms(bool wanted) {
    pseudonyms_shown_ = wanted;
    if (!wanted) return log::set_mask({});
    parts_.store.ask<Secret>(parts_.egress, privacy::read_key, [this](const Result<Secret>& key) {
        if (!key) return log::warning("privacy", "logs show no pseudonyms", {{"why", key.error().text}});
        if (!pseudonyms_shown_) return; // no longer wanted
        log::set_mask([key = *key, country = parts_.country](std::string_view field, std::string_view value) {
            return privacy::pseudonym(key, country, field, value);
        });
    });
}

calls::CallEvent PrivacyDesk::published(const calls::CallEvent& event) const {
    auto shown = event;
    if (private_calls()->hides(event.call.person, event.call.line)) calls::hide_other_side(shown);
    return shown;
}

} // namespace lamp
