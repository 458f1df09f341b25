#include "sip/compositor.hpp"

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "proto/text/text.hpp"
#include "sip/composition.hpp"

namespace lamp::sip {
namespace {

struct Package {
    std::string_view name;
    std::string_view media_type;
};
constexpr std::array<Package, published_count> packages{{
    {"presence", pidf::media_type},
    {"dialog", dialoginfo::media_type},
}};

constexpr std::size_t tag_digits = 16; // of each half

void append_hex(std::string& out, std::uint64_t word) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (int shift = 60; shift >= 0; shift -= 4)
        out += digits[word >> shift & 15U];
}

std::string text_of(const Key& tag) {
    std::string out;
    out.reserve(2 * tag_digits);
    append_hex(out, tag.high);
    append_hex(out, tag.low);
    return out;
}

std::optional<std::uint64_t> hex(std::string_view text) {
    std::uint64_t word = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), word, 16);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return word;
}

std::optional<Key> tag_in(std::string_view text) {
    if (text.size() != 2 * tag_digits) return std::nullopt;
    const auto high = hex(text.substr(0, tag_digits));
    const auto low = hex(text.substr(tag_digits));
    if (!high || !low) return std::nullopt;
    return Key{*high, *low};
}

std::optional<Published> package_of(const Message& request) {
    if (!request.event()) return std::nullopt;
    const auto row = std::ranges::find(packages, request.event()->word, &Package::name);
    if (row == packages.end()) return std::nullopt;
    return static_cast<Published>(row - packages.begin());
}

PublishAnswer refuse(int status, std::string what = {}) {
    PublishAnswer answer;
    answer.status = status;
    answer.what = std::move(what);
    return answer;
}

PublishAnswer come_later(int status, seconds after, std::string what) {
    auto answer = refuse(status, std::move(what));
    answer.retry_after = after;
    return answer;
}

/// 415 if the body is nothing that this package is published as.
std::optional<PublishAnswer> wrong_type(const Message& request, Published package) {
    const auto type = request.content_type();
    if (!type || !text::same_letters(type->word, media_type(package))) {
        auto answer = refuse(415);
        answer.accept = media_type(package);
        return answer;
    }
    const auto encoding = request.find(Header::content_encoding);
    if (!encoding || text::same_letters(trimmed(*encoding), "identity")) return std::nullopt;
    auto answer = refuse(415);
    answer.encoded = true;
    return answer;
}

} // namespace

std::string_view name(Published package) {
    return packages.at(static_cast<std::size_t>(package)).name;
}
std::string_view media_type(Published package) {
    return packages.at(static_cast<std::size_t>(package)).media_type;
}

/// A document as it was read.
struct Compositor::Content {
    std::unique_ptr<const pidf::Document> presence;
    dialoginfo::Document dialogs;
};

/// What a request asks for, once it has been found to be well-formed.
struct Compositor::Wish {
    ResourceIndex resource;
    Published package;
    seconds expires{0};
    std::optional<std::uint32_t> known{}; // the publication that SIP-If-Match names
};

struct Compositor::Publication {
    Key tag;
    Steady expires_at{};
    ResourceIndex resource = 0;
    Published package = Published::presence;
    std::unique_ptr<const pidf::Document> presence;
    std::vector<dialoginfo::Dialog> dialogs;
};

struct Compositor::Resource {
    std::vector<std::uint32_t> publications; // the one whose document came last is first
    std::vector<const pidf::Document*> presence;
    std::vector<dialoginfo::Dialog> united;      // of several publications; a single one is shown as it is
    std::uint32_t single = none;                 // the only publication of dialogs
    std::array<bool, published_count> expired{}; // told by the tick that is under way

    static constexpr std::uint32_t none = 0xffff'ffff;
};

Compositor::Compositor(Limits limits, std::array<std::uint64_t, 2> secret, Allowed allowed, Steady start)
    : limits_(limits), secret_(secret), allowed_(std::move(allowed)), wheel_(start) {}

Compositor::~Compositor() = default;

PublishAnswer Compositor::on_publish(const Message& request, ResourceIndex resource, const Watcher& publisher,
                                     Steady now) {
    auto answer = decide(request, resource, publisher, now);
    if (answer.status != 200) ++counters_.refused;
    return answer;
}

PublishAnswer Compositor::decide(const Message& request, ResourceIndex resource, const Watcher& publisher, Steady now) {
    const auto package = package_of(request);
    if (!package) return refuse(489);
    if (!allowed_(publisher, resource)) return refuse(403);

    Wish wish{resource, *package, limits_.expires_default};
    const auto if_match = request.find(Header::sip_if_match);
    if (if_match) {
        wish.known = tagged(wish, *if_match, now);
        if (!wish.known) return refuse(412);
    }
    if (request.expires()) wish.expires = seconds(*request.expires());
    // A new document for a publication that exists is taken for however short a time: refusing the "terminated" that a
    // gateway publishes for ten seconds (Kamailio's pua_dialoginfo) would leave a lamp lit.
    const bool news = wish.known && !request.body().empty();
    if (wish.expires > seconds(0) && wish.expires < limits_.expires_min && !news) {
        auto answer = refuse(423);
        answer.min_expires = limits_.expires_min;
        return answer;
    }
    wish.expires = std::min(wish.expires, limits_.expires_max);
    if (wish.known && wish.expires == seconds(0)) return remove(wish);
    if (request.body().empty()) {
        if (!wish.known) return refuse(400, "There is neither a document nor a SIP-If-Match field.");
        ++counters_.refreshed;
        return granted(*wish.known, wish, now);
    }
    if (auto answer = wrong_type(request, *package)) return *std::move(answer);
    if (request.body().size() > limits_.document_bytes)
        return refuse(413, "A document may have " + std::to_string(limits_.document_bytes) + " bytes.");

    Content content;
    if (*package == Published::presence) {
        auto document = pidf::read(request.body());
        if (!document) return refuse(document.error().category == Category::limit ? 413 : 400, document.error().text);
        content.presence = std::make_unique<const pidf::Document>(*std::move(document));
    } else {
        auto document = dialoginfo::read(request.body());
        if (!document) return refuse(document.error().category == Category::limit ? 413 : 400, document.error().text);
        content.dialogs = *std::move(document);
    }
    return wish.known ? modify(wish, std::move(content), now) : begin(wish, std::move(content), now);
}

PublishAnswer Compositor::begin(const Wish& wish, Content content, Steady now) {
    if (wish.expires == seconds(0)) { // over as soon as it has begun
        auto answer = refuse(200);
        answer.etag = text_of(fresh_tag());
        return answer;
    }
    const auto* known = find(wish.resource);
    if (known && known->publications.size() >= limits_.per_resource)
        return come_later(413, first_expiry(*known, now),
                          "There are " + std::to_string(limits_.per_resource) + " publications already.");
    if (live_ >= limits_.publications) return come_later(503, limits_.expires_min, {});

    std::uint32_t index = 0;
    if (free_.empty()) {
        index = static_cast<std::uint32_t>(publications_.size());
        publications_.emplace_back();
    } else {
        index = free_.back();
        free_.pop_back();
    }
    ++live_;
    ++counters_.initial;
    publications_[index].resource = wish.resource;
    publications_[index].package = wish.package;
    if (wish.resource >= resources_.size()) resources_.resize(wish.resource + 1);
    auto& resource = resources_[wish.resource];
    if (!resource) resource = std::make_unique<Resource>();
    resource->publications.insert(resource->publications.begin(), index);
    put(index, std::move(content));
    auto answer = granted(index, wish, now);
    answer.changed = wish.package;
    return answer;
}

PublishAnswer Compositor::modify(const Wish& wish, Content content, Steady now) {
    const auto index = *wish.known;
    if (wish.package == Published::dialog && !content.dialogs.full) {
        auto held = publications_[index].dialogs;
        apply(std::move(content.dialogs), held);
        if (held.size() > dialoginfo::dialogs_max) return refuse(413, "The publication has more than 64 dialogs.");
        content.dialogs = {{}, 0, true, std::move(held)};
    }
    ++counters_.modified;
    auto& order = find(wish.resource)->publications;
    const auto place = std::ranges::find(order, index);
    std::rotate(order.begin(), place, place + 1);
    put(index, std::move(content));
    auto answer = granted(index, wish, now);
    answer.changed = wish.package;
    return answer;
}

PublishAnswer Compositor::remove(const Wish& wish) {
    ++counters_.removed;
    drop(*wish.known);
    auto answer = refuse(200);
    answer.etag = text_of(fresh_tag()); // RFC 3903 6 wants one in every 200; nothing has it
    answer.changed = wish.package;
    return answer;
}

PublishAnswer Compositor::granted(std::uint32_t index, const Wish& wish, Steady now) {
    auto& publication = publications_[index];
    publication.tag = fresh_tag();
    publication.expires_at = now + wish.expires;
    wheel_.arm(index, publication.expires_at);
    auto answer = refuse(200);
    answer.etag = text_of(publication.tag);
    answer.expires = wish.expires;
    return answer;
}

std::span<const Compositor::Change> Compositor::tick(Steady now) {
    changes_.clear();
    wheel_.expire(now, [&](std::uint32_t index) {
        const auto& publication = publications_[index];
        if (publication.expires_at > now) return wheel_.arm(index, publication.expires_at); // beyond the wheel's minute
        ++counters_.expired;
        const Change change{publication.resource, publication.package};
        auto& told = find(change.resource)->expired.at(static_cast<std::size_t>(change.package));
        if (!told) changes_.push_back(change);
        told = true;
        drop(index);
    });
    for (const Change& change : changes_)
        if (auto* resource = find(change.resource)) resource->expired = {};
    return changes_;
}

void Compositor::forget(ResourceIndex resource) {
    while (const auto* known = find(resource))
        drop(known->publications.front());
}

std::span<const dialoginfo::Dialog> Compositor::dialogs(ResourceIndex resource) const {
    const auto* known = find(resource);
    if (!known) return {};
    if (known->single != Resource::none) return publications_[known->single].dialogs;
    return known->united;
}

std::span<const pidf::Document* const> Compositor::presence(ResourceIndex resource) const {
    const auto* known = find(resource);
    if (!known) return {};
    return known->presence;
}

presence::PublicationReport Compositor::report(std::span<const ResourceIndex> resources, Steady now, Wall wall) const {
    presence::PublicationReport report;
    auto until = Steady::max();
    std::vector<const pidf::Document*> documents;
    for (const auto resource : resources) {
        const auto* known = find(resource);
        if (!known) continue;
        documents.insert(documents.end(), known->presence.begin(), known->presence.end());
        for (const auto index : known->publications) {
            const auto& publication = publications_[index];
            until = std::min(until, publication.expires_at);
            if (publication.package == Published::dialog)
                report.line = std::max(report.line, line_state(publication.dialogs));
        }
    }
    if (until == Steady::max()) return {};
    const auto said = said_by(documents);
    report.word = said.word;
    if (said.on_the_phone) report.line = std::max(report.line, presence::LineState::active);
    report.until = wall + std::chrono::ceil<milliseconds>(until - now);
    return report;
}

Compositor::Resource* Compositor::find(ResourceIndex resource) const {
    return resource < resources_.size() ? resources_[resource].get() : nullptr;
}

std::optional<std::uint32_t> Compositor::tagged(const Wish& wish, std::string_view etag, Steady now) const {
    const auto* resource = find(wish.resource);
    const auto tag = tag_in(trimmed(etag));
    if (!resource || !tag) return std::nullopt;
    for (const auto index : resource->publications) {
        const auto& publication = publications_[index];
        if (publication.tag == *tag && publication.package == wish.package && publication.expires_at > now)
            return index;
    }
    return std::nullopt;
}

/// A number that is never used twice, under the secret: different each time, and nobody else can make one.
Key Compositor::fresh_tag() {
    std::string text;
    append_hex(text, ++last_tag_);
    return sip_hash(secret_, text);
}

seconds Compositor::first_expiry(const Resource& resource, Steady now) const {
    auto first = Steady::max();
    for (const auto index : resource.publications)
        first = std::min(first, publications_[index].expires_at);
    return std::max(seconds(1), std::chrono::ceil<seconds>(first - now));
}

void Compositor::put(std::uint32_t index, Content content) {
    auto& publication = publications_[index];
    publication.presence = std::move(content.presence);
    apply(std::move(content.dialogs), publication.dialogs);
    compose(*find(publication.resource), publication.package);
}

void Compositor::drop(std::uint32_t index) {
    auto& publication = publications_[index];
    wheel_.disarm(index);
    auto& resource = resources_[publication.resource];
    std::erase(resource->publications, index);
    if (resource->publications.empty())
        resource.reset();
    else
        compose(*resource, publication.package);
    publication = {};
    free_.push_back(index);
    --live_;
}

void Compositor::compose(Resource& resource, Published package) {
    if (package == Published::presence) {
        resource.presence.clear();
        for (const auto index : resource.publications)
            if (const auto* document = publications_[index].presence.get()) resource.presence.push_back(document);
        return;
    }
    std::vector<std::span<const dialoginfo::Dialog>> lists;
    for (const auto index : resource.publications) {
        const auto& publication = publications_[index];
        if (publication.package != Published::dialog) continue;
        resource.single = index;
        lists.emplace_back(publication.dialogs);
    }
    if (lists.size() == 1)
        resource.united = {};
    else {
        resource.single = Resource::none;
        resource.united = united(lists);
    }
}

void write_answer(Writer& writer, const Message& request, const PublishAnswer& answer, std::string_view allowed_events,
                  std::string_view to_tag, const Origin& origin) {
    begin_answer(writer, request, answer.status, {}, to_tag, origin);
    if (answer.status == 200) {
        writer.field(Header::sip_etag, answer.etag);
        writer.number(Header::expires, static_cast<std::uint64_t>(answer.expires.count()));
    }
    if (answer.status == 423)
        writer.number(Header::min_expires, static_cast<std::uint64_t>(answer.min_expires.count()));
    if (answer.status == 489) writer.field(Header::allow_events, allowed_events);
    if (!answer.accept.empty()) writer.field(Header::accept, answer.accept);
    if (answer.encoded) writer.field(Header::accept_encoding, "identity");
    if (answer.retry_after > seconds(0))
        writer.number(Header::retry_after, static_cast<std::uint64_t>(answer.retry_after.count()));
    if (answer.what.empty()) return;
    std::string warning = "399 lamplighter ";
    append_quoted(warning, answer.what);
    writer.field(Header::warning, warning);
}

} // namespace lamp::sip
