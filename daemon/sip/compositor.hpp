// The event state compositor (RFC 3903): what presentities publish of themselves, held until it expires, is modified or
// removed. A machine without sockets and clock: the server has read, authenticated and resolved the request; this
// decides, keeps, and says whose state changed. Lives on the sip loop.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "presence/report.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/writer.hpp"
#include "sip/timer_wheel.hpp"
#include "sip/transaction_key.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

/// The event packages that may be published.
enum class Published : std::uint8_t { presence, dialog };
inline constexpr std::size_t published_count = 2;
[[nodiscard]] std::string_view name(Published package);       // "presence"
[[nodiscard]] std::string_view media_type(Published package); // what its documents are sent as

/// What a PUBLISH is answered with. `write_answer` makes bytes of it; they go out before anybody is notified.
struct PublishAnswer {
    int status = 0;
    std::string etag{};        // 200: the new one; the one that was named is dead
    seconds expires{0};        // 200
    seconds min_expires{0};    // 423
    seconds retry_after{0};    // 413 and 503 that pass; 0: left out
    std::string_view accept{}; // 415: the media type that is wanted
    bool encoded = false;      // 415 because of Content-Encoding
    std::string what{};        // 400, 413: what is wrong and where, for a Warning field
    std::optional<Published>
        changed{}; // which watchers are due a NOTIFY; `report` may say something else after any 200
};

class Compositor {
public:
    struct Limits {
        seconds expires_min{60};
        seconds expires_max{3600};     // longer wishes are shortened
        seconds expires_default{3600}; // of a request that does not say
        std::size_t document_bytes = 32 * 1024;
        std::size_t per_resource = 10; // publications of one presentity, both packages together
        std::size_t publications = 100'000;
    };
    struct Change {
        ResourceIndex resource;
        Published package;
        bool operator==(const Change&) const = default;
    };
    struct Counters {
        std::uint64_t initial = 0, refreshed = 0, modified = 0, removed = 0, expired = 0;
        std::uint64_t refused = 0; // whatever is not answered with 200
    };
    /// Whether this user may publish for that resource: the presentity itself, or whom the operator lets.
    using Allowed = std::function<bool(const Watcher& publisher, ResourceIndex resource)>;

    /// `secret`: sixteen random bytes; entity tags are guessable by who knows them. Tags of another secret, of the
    /// time before a restart for instance, are unknown ones.
    Compositor(Limits limits, std::array<std::uint64_t, 2> secret, Allowed allowed, Steady start);
    ~Compositor();

    /// Decides on one PUBLISH, in the order of RFC 3903 6: 489, 403, 412, 423, 415, 413, 400. A request that is sent
    /// again must not come here (the transaction layer answers it): its entity tag is dead by then.
    [[nodiscard]] PublishAnswer on_publish(const Message& request, ResourceIndex resource, const Watcher& publisher,
                                           Steady now);

    /// Drops what has expired. Each change once; valid until the next call.
    [[nodiscard]] std::span<const Change> tick(Steady now);
    [[nodiscard]] Steady wake_at() const { return wheel_.next_at(); }
    /// Drops everything that was published for that resource (it is watched no longer); nobody is told.
    void forget(ResourceIndex resource);

    /// Published dialogs of all publications, each id once: one that lives before one that is terminated, the newest
    /// before older ones. Valid until the next call that is not const; fits View::dialogs.
    [[nodiscard]] std::span<const dialoginfo::Dialog> dialogs(ResourceIndex resource) const;
    /// Published presence documents, newest first; fits View::published. Valid likewise.
    [[nodiscard]] std::span<const pidf::Document* const> presence(ResourceIndex resource) const;
    /// What the publications of these resources, those of one person, say together for the presence table (source
    /// publication). `now` and `wall` are the same moment. Nothing published: a report whose cell is 0.
    [[nodiscard]] presence::PublicationReport report(std::span<const ResourceIndex> resources, Steady now,
                                                     Wall wall) const;

    [[nodiscard]] std::size_t publications() const { return live_; }
    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    struct Publication;
    struct Resource;
    struct Wish;
    struct Content;

    [[nodiscard]] PublishAnswer decide(const Message& request, ResourceIndex resource, const Watcher& publisher,
                                       Steady now);
    [[nodiscard]] PublishAnswer begin(const Wish& wish, Content content, Steady now);
    [[nodiscard]] PublishAnswer modify(const Wish& wish, Content content, Steady now);
    [[nodiscard]] PublishAnswer remove(const Wish& wish);
    [[nodiscard]] PublishAnswer granted(std::uint32_t index, const Wish& wish, Steady now);
    [[nodiscard]] Resource* find(ResourceIndex resource) const;
    [[nodiscard]] std::optional<std::uint32_t> tagged(const Wish& wish, std::string_view etag, Steady now) const;
    [[nodiscard]] Key fresh_tag();
    [[nodiscard]] seconds first_expiry(const Resource& resource, Steady now) const;
    void put(std::uint32_t index, Content content);
    void drop(std::uint32_t index);
    void compose(Resource& resource, Published package);

    Limits limits_;
    std::array<std::uint64_t, 2> secret_;
    Allowed allowed_;
    TimerWheel wheel_; // a node is an index of publications_
    Counters counters_;
    std::vector<Publication> publications_;
    std::vector<std::uint32_t> free_;
    std::vector<std::unique_ptr<Resource>> resources_; // by index; nothing where nothing is published
    std::vector<Change> changes_;
    std::uint64_t last_tag_ = 0;
    std::size_t live_ = 0;
};

/// Writes the answer: status line and fields of `begin_answer`, then SIP-ETag and Expires, Min-Expires, Allow-Events,
/// Accept or Accept-Encoding, Retry-After, Warning as the status wants. `allowed_events`: all packages of this server.
void write_answer(Writer& writer, const Message& request, const PublishAnswer& answer, std::string_view allowed_events,
                  std::string_view to_tag, const Origin& origin);

} // namespace lamp::sip
