#include "recognition/rest/pager.hpp"

#include <fmt/format.h>
#include <functional>

#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

std::size_t hash_of(const std::vector<Item>& items) {
    std::size_t made = items.size();
    for (const auto& item : items)
        made = made * 1'000'003 ^ std::hash<std::string>{}(item.id);
    return made;
}

/// The target of rel="next" (RFC 8288).
std::string next_link(const http::Answer& answer) {
    for (auto field : answer.headers.all("Link"))
        while (!field.empty()) {
            auto open = field.find('<');
            auto close = open == std::string_view::npos ? open : field.find('>', open);
            if (close == std::string_view::npos) break;
            auto target = field.substr(open + 1, close - open - 1);
            field.remove_prefix(close + 1);
            auto end = std::min(field.find(",<"), std::min(field.find(", <"), field.size()));
            auto parameters = field.substr(0, end);
            field.remove_prefix(end);
            if (parameters.contains("rel=\"next\"") || parameters.contains("rel=next")) return std::string(target);
        }
    return {};
}

std::string text_at(const std::optional<Pointer>& pointer, const json::value& body) {
    const auto* value = pointer ? pointer->first(body) : nullptr;
    return value ? text_of(*value) : std::string();
}

} // namespace

Pager::Pager(const Listing& listing, Values values, std::string link)
    : listing_(&listing), values_(std::move(values)), link_(std::move(link)) {
    values_.set(Place::size, std::to_string(listing.paging.size));
    values_.set(Place::offset, "0");
    values_.set(Place::page, std::to_string(listing.paging.first));
}

Ask Pager::ask() const {
    if (!link_.empty()) return ask_link(*listing_, values_, link_);
    return ask_for(*listing_, values_);
}

std::string Pager::next_of(const http::Answer& answer, const json::value& body) const {
    const auto& paging = listing_->paging;
    switch (paging.kind) {
    case PagingKind::cursor:
    case PagingKind::link: {
        // "more: false" beside a cursor: the cursor is for another time.
        if (paging.more && !truthy(paging.more->first(body))) return {};
        return text_at(paging.at, body);
    }
    case PagingKind::link_header: return next_link(answer);
    case PagingKind::none:
    case PagingKind::page:
    case PagingKind::offset: break;
    }
    return {};
}

Result<void> Pager::check(const Page& page, const json::value& body, const std::string& next) const {
    if (pages_ >= pages_max)
        return fail(Category::protocol, fmt::format("The CRM's list has no end: {} pages.", pages_));
    if (!next.empty() && seen_cursors_.contains(std::hash<std::string>{}(next)))
        return fail(Category::protocol, "The CRM's list goes in a circle: it gave the same cursor twice.");
    if (!page.items.empty() && last_page_ != 0 && hash_of(page.items) == last_page_)
        return fail(Category::protocol,
                    "The CRM told the same page twice: it does not heed the page that is asked for.");
    if (page.items.empty() && !next.empty() && empty_ + 1 > empty_pages_max)
        return fail(Category::protocol, fmt::format("The CRM told {} empty pages in a row.", empty_ + 1));
    if (const auto& more = listing_->paging.more;
        more && truthy(more->first(body)) && next.empty() &&
        (listing_->paging.kind == PagingKind::cursor || listing_->paging.kind == PagingKind::link))
        return fail(Category::protocol, "The CRM says that there is more, and not where.");
    return {};
}

Result<void> Pager::check_total(const json::value& body) const {
    auto told = text::number<std::size_t>(text_at(listing_->paging.total, body));
    if (!told) return {};
    if (listing_->cap > 0 && *told > listing_->cap) return {};
    // A record that goes while the list is read is no loss.
    auto allowed = *told / 100;
    if (records_ + allowed >= *told) return {};
    return fail(Category::protocol,
                fmt::format("The CRM says that there are {} records, and told {}.", *told, records_));
}

/// A search tells no more than so many records: a new one begins where this one was cut.
Result<bool> Pager::new_window(const Page& page) {
    const Item* last = nullptr;
    for (const auto& item : page.items)
        if (item.updated) last = &item;
    auto since = last ? write_time(*last->updated, listing_->since_format) : std::string();
    if (since.empty() || since == values_[Place::since])
        return fail(Category::protocol,
                    fmt::format("The CRM tells no more than {} records of one search, and that many have one date.",
                                listing_->cap));
    values_.set(Place::since, since);
    values_.set(Place::cursor, {});
    values_.set(Place::offset, "0");
    values_.set(Place::page, std::to_string(listing_->paging.first));
    records_ = 0;
    window_turned_ = true;
    return true;
}

/// Where the next page is; false: there is none.
Result<bool> Pager::turn(const Page& page, std::string next, const json::value& body) {
    const auto& paging = listing_->paging;
    if (listing_->once) return false;
    auto told = page.items.size() + page.unreadable;
    bool capped = listing_->cap > 0 && records_ + paging.size > listing_->cap;
    bool goes_on = false;
    switch (paging.kind) {
    case PagingKind::none: return false;
    // A short page may be the server's own limit: only an empty one ends the list.
    case PagingKind::page:
    case PagingKind::offset: goes_on = paging.more ? truthy(paging.more->first(body)) : told > 0; break;
    case PagingKind::cursor:
    case PagingKind::link:
    case PagingKind::link_header: goes_on = !next.empty(); break;
    }
    if (!goes_on) return false;
    if (capped) return new_window(page);
    switch (paging.kind) {
    case PagingKind::page: values_.set(Place::page, std::to_string(paging.first + pages_ + 1)); break;
    case PagingKind::offset: values_.set(Place::offset, std::to_string(records_)); break;
    case PagingKind::cursor: values_.set(Place::cursor, next); break;
    default: link_ = next; break;
    }
    return true;
}

Result<std::vector<Item>> Pager::take(const http::Answer& answer, const json::value& body) {
    auto page = read_page(*listing_, body);
    if (!page) return std::unexpected(page.error());
    auto next = next_of(answer, body);
    if (auto good = check(*page, body, next); !good) return std::unexpected(good.error());
    auto records_before = records_;
    records_ += page->items.size() + page->unreadable;
    auto on = turn(*page, next, body);
    if (on && !*on)
        if (auto good = check_total(body); !good) on = std::unexpected(good.error());
    if (!on) {
        records_ = records_before;
        return std::unexpected(on.error());
    }
    if (window_turned_) {
        seen_cursors_.clear(); // cursors of a search are often its offsets
        last_page_ = 0;
        window_turned_ = false;
    } else {
        if (!next.empty()) seen_cursors_.insert(std::hash<std::string>{}(next));
        last_page_ = hash_of(page->items);
    }
    empty_ = page->items.empty() ? empty_ + 1 : 0;
    unreadable_ += page->unreadable;
    ++pages_;
    if (!*on) {
        over_ = true;
        token_ = text_at(listing_->token, body);
        delta_link_ = text_at(listing_->delta_link, body);
    }
    return std::move(page->items);
}

} // namespace lamp::recognition::rest
