// One integration: what is known of it, and how it stands. Of the room alone; the loop "recognition".
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "base/schedule.hpp"
#include "calls/integration.hpp"
#include "recognition/index.hpp"
#include "recognition/integrations.hpp"
#include "recognition/options.hpp"
#include "recognition/shelf.hpp"
#include "recognition/source.hpp"
#include "recognition/words.hpp"

namespace lamp::recognition {

struct Integration {
    IntegrationOptions options;
    std::string tenant;             // its country
    std::unique_ptr<Source> source; // null: it cannot be, see `trouble`
    Schedule schedule;
    Kept kept;
    std::shared_ptr<const Index> index;
    std::shared_ptr<const Words> words; // of `worded`; null: they would be too many, or nobody wants them
    std::shared_ptr<const Index> worded;
    bool loaded = false;
    bool syncing = false;
    bool gone = false; // of no configuration any more
    bool again_forced = false;
    bool changed = false;              // while it was synchronising, perhaps
    bool reread = false;               // contacts were deleted from disk behind our back
    std::vector<Record> put_meanwhile; // while it was synchronising: the answer may not hold them yet
    std::size_t room_then = 0;         // for words, when they were made
    std::optional<milliseconds> took;
    std::string trouble;

    Integration(IntegrationOptions options_, std::string tenant_)
        : options(std::move(options_)),
          tenant(std::move(tenant_)),
          schedule(minutes_of(options.sync).value_or(std::chrono::minutes()), options.delta,
                   std::hash<std::string>()(options.name)) {}

    [[nodiscard]] const std::string& country() const { return options.country.empty() ? tenant : options.country; }
    [[nodiscard]] Reading reading() const {
        return {country(), tenant, options.country_field, static_cast<unsigned>(options.suffix)};
    }
    /// Whether each login may replace its refresh token.
    [[nodiscard]] bool rotates() const { return options.type == Type::rest && !options.rest.refresh_token.empty(); }
    [[nodiscard]] bool on() const { return kept.enabled && !kept.deleted_at && !gone; }
    /// What a search goes through, made anew where the contacts are others, or there is more room than before.
    void keep_words(std::size_t room) {
        if (worded == index && (words ? words->text_bytes() <= room : room <= room_then)) return;
        words = Words::build(index, options.name, room);
        worded = index;
        room_then = room;
        if (!words)
            log::warning("recognition", "there are too many contacts to be searched by words",
                         {{"integration", options.name}, {"contacts", index->contacts()}});
    }
    void drop_words() {
        words.reset();
        worded.reset();
    }
    [[nodiscard]] std::string why_not_searched() const {
        if (!on()) return "It is switched off.";
        if (!options.search) return "Its configuration says search = false.";
        if (!loaded) return "Its contacts are being read from disk.";
        return words ? std::string() : "It has too many contacts to be searched by words.";
    }
    [[nodiscard]] std::string state() const {
        if (!on()) return "off";
        if (syncing) return "syncing";
        if (trouble.empty()) return loaded && kept.last_sync ? "up" : "syncing";
        return index && index->contacts() > 0 ? "degraded" : "down";
    }
    [[nodiscard]] calls::IntegrationView view() const {
        calls::IntegrationView out;
        out.name = options.name;
        out.type = name(options.type);
        out.preset = source ? std::string(source->preset()) : std::string();
        out.enabled = kept.enabled;
        out.deleted = kept.deleted_at.has_value();
        if (kept.deleted_at) out.gone_at = *kept.deleted_at + undo_life;
        out.state = state();
        if (index) {
            out.contacts = index->contacts();
            out.numbers = index->numbers();
            out.unusable = index->unusable();
            out.fields = index->fields();
        }
        out.last_sync = kept.last_sync;
        if (on() && loaded) out.next_sync = schedule.next();
        out.took = took;
        out.last_error = trouble;
        if (source && source->delta()) out.capabilities.emplace_back("delta");
        if (source && source->live()) out.capabilities.emplace_back("live");
        out.can.emplace_back("recognise");
        if (source && source->live()) out.can.emplace_back("search");
        if (source && source->creates()) out.can.emplace_back("create");
        return out;
    }
};

} // namespace lamp::recognition
