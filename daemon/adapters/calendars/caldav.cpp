#include "adapters/calendars/caldav.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <map>

#include "adapters/calendars/providers.hpp"
#include "base/limits.hpp"
#include "base/log.hpp"
#include "proto/caldav/href.hpp"
#include "proto/caldav/requests.hpp"

namespace lamp::calendars {
namespace {

bool gone(int status) {
    return status == 404 || status == 410;
}

std::unexpected<Error> no_progress(const Peer& peer) {
    return fail(Category::protocol, fmt::format("{} says again and again that there is more, and gives none of it.",
                                                peer.origin().place()));
}

} // namespace

Task<Result<std::optional<std::vector<Occurrence>>>> CalDav::read(Window window) {
    auto updated = co_await update(window);
    if (!updated && updated.error().category == Category::not_found) target_.clear(); // it may have moved
    if (!updated) co_return std::unexpected(std::move(updated.error()));
    co_return objects_.tell(window);
}

Task<Result<void>> CalDav::update(Window window) {
    if (target_.empty())
        if (auto found = co_await find(); !found) co_return found;
    auto done = way_ == Way::sync ? co_await update_by_token(window) : co_await update_by_list(window);
    if (done || done.error().category != Category::limit || way_ == Way::query) co_return done;
    log::info("calendars", "a calendar is too large to be held whole: only what is near is read",
              {{"server", peer_->origin().place()}});
    way_ = Way::query;
    forget();
    co_return co_await update_by_list(window);
}

void CalDav::forget() {
    objects_.clear();
    token_.clear();
    ctag_.clear();
    covered_ = {};
}

Task<Result<void>> CalDav::find() {
    if (peer_->origin().origin() != start_.origin()) peer_->move_to(start_); // /.well-known/caldav had led elsewhere
    auto found = co_await discover(*peer_, start_);
    if (!found) co_return std::unexpected(std::move(found.error()));
    const auto& properties = found->properties;
    auto place = peer_->origin().origin() + found->target;
    if (place != last_place_) {
        forget();
        const bool tokens = properties.sync_collection || (!properties.reports_told && !properties.sync_token.empty());
        way_ = tokens ? Way::sync : Way::listing;
    }
    has_ctag_ = !properties.ctag.empty();
    target_ = std::move(found->target);
    last_place_ = std::move(place);
    co_return Result<void>();
}

// ---------------------------------------------------------------- by sync tokens

Task<Result<void>> CalDav::update_by_token(Window window) {
    if (!token_.empty()) {
        auto followed = co_await follow_changes();
        if (!followed) co_return std::unexpected(std::move(followed.error()));
        if (*followed) co_return Result<void>();
        log::debug("calendars", "a sync token is no longer accepted: all is listed again");
        token_.clear();
    }
    std::set<std::string> seen;
    std::string token;
    for (std::size_t page = 0; page < pages_max; ++page) {
        auto changes = co_await changes_since(token);
        if (!changes) co_return std::unexpected(std::move(changes.error()));
        if (!*changes && page == 0) {
            auto listed = co_await update_by_list(window);
            if (listed) way_ = Way::listing;
            co_return listed;
        }
        if (!*changes) co_return no_progress(*peer_);
        const bool stuck = (*changes)->more && ((*changes)->token == token || (*changes)->token.empty());
        token = (*changes)->token;
        for (const auto& listed : (*changes)->there)
            seen.insert(listed.path);
        for (const auto& path : (*changes)->gone)
            seen.erase(path);
        if (seen.size() > objects_.most()) co_return std::unexpected(too_large());
        auto fetched = co_await fetch(std::move((*changes)->there));
        if (!fetched) co_return fetched;
        if (stuck) co_return no_progress(*peer_);
        if ((*changes)->more) continue;
        objects_.keep_only(seen);
        token_ = std::move(token);
        if (token_.empty()) way_ = Way::listing;
        co_return Result<void>();
    }
    co_return no_progress(*peer_);
}

/// False: the token is not accepted.
Task<Result<bool>> CalDav::follow_changes() {
    for (std::size_t page = 0; page < pages_max; ++page) {
        auto changes = co_await changes_since(token_);
        if (!changes) co_return std::unexpected(std::move(changes.error()));
        if (!*changes || (*changes)->token.empty()) co_return false;
        auto fetched = co_await fetch(std::move((*changes)->there));
        if (!fetched) co_return std::unexpected(std::move(fetched.error()));
        for (const auto& path : (*changes)->gone)
            objects_.drop(path);
        const bool stuck = (*changes)->token == token_;
        token_ = std::move((*changes)->token);
        if (!(*changes)->more) co_return true;
        if (stuck) break;
    }
    co_return no_progress(*peer_);
}

/// Nothing: the server refuses this token, or, when it is empty, such reports. The standard's 403 with valid-sync-token
/// comes as 400, 409, 410 and 412 too, with and without it.
Task<Result<std::optional<CalDav::Changes>>> CalDav::changes_since(std::string token) {
    auto answer = co_await report(*peer_, target_, 0, caldav::write_sync(token));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    if (answer->status == 404) co_return std::unexpected(peer_->refusal(*answer));
    if (answer->status >= 400) co_return std::nullopt;
    auto read = multistatus_of(*peer_, *answer);
    if (!read) co_return std::unexpected(std::move(read.error()));
    co_return sorted(*std::move(read));
}

CalDav::Changes CalDav::sorted(caldav::Multistatus multistatus) const {
    Changes changes;
    changes.token = std::move(multistatus.sync_token);
    for (auto& resource : multistatus.resources) {
        if (resource.status == 507) changes.more = true;
        auto path = caldav::path_of(resource.href);
        if (!path || path->ends_with('/') || resource.properties.collection) continue;
        if (caldav::same_collection(resource.href, target_)) continue;
        if (gone(resource.status))
            changes.gone.push_back(*std::move(path));
        else if (resource.status < 300)
            changes.there.push_back({*std::move(path), std::move(resource.href), std::move(resource.properties.etag)});
    }
    return changes;
}

// ---------------------------------------------------------------- by lists of ETags

Task<Result<void>> CalDav::update_by_list(Window window) {
    std::string ctag; // as it was before the list, so that no change falls between
    auto same = co_await unchanged(window, ctag);
    if (!same) co_return std::unexpected(std::move(same.error()));
    if (*same) co_return Result<void>();
    const Window wider{window.from - zones_apart, window.until + zones_apart + ahead};
    auto listed = co_await list(wider);
    if (!listed) co_return std::unexpected(std::move(listed.error()));
    if (listed->there.size() > objects_.most()) co_return std::unexpected(too_large());
    std::set<std::string> seen;
    for (const auto& one : listed->there)
        seen.insert(one.path);
    // Within the limits there may be no room for old and new together.
    objects_.keep_only(seen);
    auto fetched = co_await fetch(std::move(listed->there));
    if (!fetched) co_return fetched;
    ctag_ = std::move(ctag);
    covered_ = wider;
    co_return Result<void>();
}

Task<Result<bool>> CalDav::unchanged(Window window, std::string& ctag) {
    if (!has_ctag_) co_return false;
    auto at = target_;
    auto looked = co_await propfind(*peer_, at, 0, caldav::write_ctag());
    if (!looked) co_return std::unexpected(std::move(looked.error()));
    if (looked->resources.size() == 1) ctag = std::move(looked->resources.front().properties.ctag);
    const bool covers = way_ != Way::query ||
                        (covered_.from + zones_apart <= window.from && window.until + zones_apart <= covered_.until);
    co_return !ctag.empty() && ctag == ctag_ && covers;
}

Task<Result<CalDav::Changes>> CalDav::list(Window window) {
    if (way_ != Way::query) {
        auto at = target_;
        auto listed = co_await propfind(*peer_, at, 1, caldav::write_listing());
        if (!listed) co_return std::unexpected(std::move(listed.error()));
        co_return sorted(*std::move(listed));
    }
    auto answer = co_await report(*peer_, target_, 1, caldav::write_query(window.from, window.until));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    auto listed = multistatus_of(*peer_, *answer);
    if (!listed) co_return std::unexpected(std::move(listed.error()));
    co_return sorted(*std::move(listed));
}

// ---------------------------------------------------------------- texts

Task<Result<void>> CalDav::fetch(std::vector<Listed> wanted) {
    std::erase_if(wanted, [this](const Listed& one) { return objects_.holds(one.path, one.etag); });
    std::size_t batch = multiget_most;
    for (std::size_t done = 0; done < wanted.size();) {
        const auto count = std::min(batch, wanted.size() - done);
        const auto some = std::span(wanted).subspan(done, count);
        auto answered = co_await multiget(some);
        const bool too_long = !answered && answered.error().category == Category::limit;
        if (too_long && count > 1) {
            batch = count / 2;
            continue;
        }
        if (too_long) {
            log::warning("calendars", "an appointment is too long to be read and is left out",
                         {{"server", peer_->origin().place()}});
            answered = caldav::Multistatus{.resources = {{.href = some.front().href}}};
        }
        if (!answered) co_return std::unexpected(std::move(answered.error()));
        if (auto kept = keep(some, *std::move(answered)); !kept) co_return kept;
        done += count;
    }
    co_return Result<void>();
}

Task<Result<caldav::Multistatus>> CalDav::multiget(std::span<const Listed> wanted) {
    std::vector<std::string> hrefs;
    for (const auto& one : wanted)
        hrefs.push_back(one.href);
    auto answer = co_await report(*peer_, target_, 1, caldav::write_multiget(hrefs));
    if (!answer) co_return std::unexpected(std::move(answer.error()));
    co_return multistatus_of(*peer_, *answer);
}

/// The ETag kept is the list's: should the resource have changed since, the next list shows another one.
Result<void> CalDav::keep(std::span<const Listed> wanted, caldav::Multistatus answered) {
    std::map<std::string_view, const Listed*> open;
    for (const auto& one : wanted)
        open.emplace(one.path, &one);
    for (auto& resource : answered.resources) {
        const auto path = caldav::path_of(resource.href);
        const auto found = path ? open.find(*path) : open.end();
        if (found == open.end()) continue;
        const auto& one = *found->second;
        if (resource.status >= 500)
            return fail(Category::unavailable, fmt::format("{} cannot give an appointment now ({}).",
                                                           peer_->origin().place(), resource.status));
        open.erase(found);
        if (gone(resource.status)) {
            objects_.drop(one.path);
            continue;
        }
        // Without a text it is no appointment, or none for this login: not asked for again until it changes.
        if (!objects_.put(one.path, one.etag, std::move(resource.properties.calendar_data).value_or("")))
            return std::unexpected(too_large());
    }
    if (open.empty()) return {};
    return fail(Category::protocol, fmt::format("{} was asked for {} appointments and says nothing of {} of them.",
                                                peer_->origin().place(), wanted.size(), open.size()));
}

Error CalDav::too_large() const {
    return {Category::limit,
            fmt::format("The calendar at {} holds more than {} appointments or {} MB: that is too large.",
                        peer_->origin().place(), objects_.most(), Objects::bytes_max >> 20U)};
}

Made make_caldav(const ProviderParts& parts) {
    auto url = http::Url::parse(parts.options.url.text);
    if (!url) return std::unexpected(std::move(url.error()));
    auto rules = rules_of(parts);
    if (!rules) return std::unexpected(std::move(rules.error()));
    auto peer = Peer::make(parts.loop, parts.options, *url, limits::answer_body_bytes);
    if (!peer) return std::unexpected(std::move(peer.error()));
    return std::make_unique<CalDav>(*std::move(peer), *std::move(url), Objects(*std::move(rules)));
}

} // namespace lamp::calendars
