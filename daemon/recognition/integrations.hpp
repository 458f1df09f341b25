// All sources of contacts as one: they are synchronised, kept on disk, and asked whose number it is. Lives on a loop
// of its own ("recognition"), which it blocks while files are read and indices built; what is said to come from any
// loop does. Construction happens before the loops start. The store must be stopped before the loop goes.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "calls/call_record.hpp"
#include "calls/integration.hpp"
#include "loop/loop.hpp"
#include "recognition/lookup.hpp"
#include "recognition/options.hpp"
#include "recognition/source.hpp"
#include "recognition/words.hpp"
#include "store/store.hpp"

namespace lamp::recognition {

inline constexpr std::chrono::minutes live_life{10};
inline constexpr std::chrono::hours undo_life{24};

/// An integration as the directory's search finds it.
struct Searchable {
    std::string name;
    std::shared_ptr<const Words> words{}; // null: it is not searched
    std::string why{};                    // a sentence; empty where it is searched
};
struct Searchables {
    bool kept = false;             // words are kept from the time when somebody wanted them first
    std::vector<Searchable> all{}; // in the order of their priority, then as configured
};

/// Somebody wants a contact to be put into a source.
struct PutOrder {
    std::string source; // its name, or "crm." and its name
    NewContact contact{};
    bool dry_run = false;
    std::string by; // the token's name, for the audit
};
struct PutDone {
    std::string source;
    std::string key{}; // as audit and directory call the record; on a dry run empty, as its id is
    Record record{};
    std::string url{};   // of the record, for people
    Outgoing outgoing{}; // what was sent, or would be
};

class Integrations {
public:
    /// Instead of the sources that the options name: for tests.
    using Maker = std::function<Result<std::unique_ptr<Source>>(const IntegrationOptions&, asio::io_context&)>;
    template <class T>
    using Reply = std::function<void(T)>;

    /// `country` (ISO 3166): the tenant's, of sources that name none.
    Integrations(Loop& loop, store::Store& store, std::vector<IntegrationOptions> options, std::string country,
                 Maker maker = {});
    ~Integrations();
    Integrations(const Integrations&) = delete;
    Integrations& operator=(const Integrations&) = delete;

    /// The daemon's own contacts, as one more source of the name `directory_name`. Before `start`.
    void use_directory(std::function<std::unique_ptr<Source>()> make);
    /// They have changed: they are read again soon.
    void directory_changed();

    /// Reads what is on disk, then synchronises. Any loop, as are the others.
    void start();
    /// Ends what is under way.
    void stop();
    /// Sources that stay keep their contacts; those that have changed are read anew.
    void reload(std::vector<IntegrationOptions> options, std::string country);

    /// Whose number this is, out of what is kept: at once, the best first. None for withheld and service numbers.
    /// Category::invalid: no number.
    [[nodiscard]] Result<std::vector<calls::Match>> recognise(std::string_view number) const;
    /// The same; `live`: where nobody has it, sources that are searched by number are asked, once for all who ask, and
    /// not again for ten minutes. The reply comes from any loop.
    void recognise(std::string number, bool live, Reply<Result<std::vector<calls::Match>>> reply) const;

    /// All but the daemon's own contacts, as they can be searched now.
    [[nodiscard]] std::shared_ptr<const Searchables> searchables() const;
    /// The same once their words are kept, which is from now on: `words_bytes_max` of them, those of who comes first.
    /// The reply comes from the loop "recognition".
    void keep_searchable(Reply<std::shared_ptr<const Searchables>> reply) const;

    [[nodiscard]] std::vector<calls::IntegrationView> views() const;
    /// not_found; conflict: it is syncing, or deleted for good. A synchronisation is only begun. The reply comes from
    /// the loop "recognition".
    void order(calls::IntegrationOrder order, Reply<Result<calls::IntegrationView>> reply);
    /// Callers are recognised by it when the reply comes, from the loop "recognition". Errors: not_found and conflict
    /// (there is none of that name, it is off, it cannot) name those that can; invalid: what the source does not take;
    /// conflict: it has it already; what hinders the source (unauthorised, unavailable, throttled, limit); network,
    /// timeout, protocol and cancelled: it may be there all the same.
    void put(PutOrder order, Reply<Result<PutDone>> reply);
    /// What searches by number have brought for numbers that are so is asked anew; gives how many that were. `reread`:
    /// contacts were deleted from disk behind our back. The reply comes from the loop "recognition".
    void forget(std::function<bool(std::string_view number)> so, bool reread, Reply<std::size_t> reply);

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::recognition
