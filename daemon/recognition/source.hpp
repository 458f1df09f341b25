// Where contacts come from: a file, a database, a directory, a CRM. A source lives on the loop "recognition", from
// which every call comes. It tries once: when, and when again, is `Integrations`' decision.
#pragma once
#include <string>
#include <vector>

#include "loop/loop.hpp"
#include "recognition/new_contact.hpp"
#include "recognition/record.hpp"

namespace lamp::recognition {

struct Synced {
    bool whole = true;               // `records` are all there are; else what has changed
    bool unchanged = false;          // as before; there are no records
    std::vector<Record> records{};   // each id once
    std::vector<std::string> gone{}; // ids; only where not whole
    std::string cursor{};            // for the next synchronisation; kept with the records
};

class Source {
public:
    Source() = default;
    virtual ~Source() = default;
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;

    /// Everything, or what has changed since `cursor` (of the last good one; empty: everything). A failure changes
    /// nothing: the cursor of before is still good.
    [[nodiscard]] virtual Task<Result<Synced>> sync(std::string cursor) = 0;
    /// Who has this number ("+31…") now; only where `live()`. Category::limit, throttled: not asked, for the budget.
    [[nodiscard]] virtual Task<Result<std::vector<Record>>> look_up(std::string e164) {
        static_cast<void>(e164);
        co_return std::vector<Record>();
    }
    [[nodiscard]] virtual bool live() const { return false; }
    /// Whether new contacts can be put there.
    [[nodiscard]] virtual bool creates() const { return false; }
    /// What `create` would send; it sends nothing. invalid: it does not go in there as it is, and why.
    [[nodiscard]] virtual Result<Outgoing> preview(const NewContact& contact) const {
        static_cast<void>(contact);
        return fail(Category::conflict, "New contacts cannot be put there.");
    }
    /// Puts it there, trying once; gives the record as it stands there. Errors: those of `preview`; what the source
    /// says (conflict: it is there already); network, timeout, protocol and unavailable: it may be there all the same.
    [[nodiscard]] virtual Task<Result<Record>> create(NewContact contact) {
        static_cast<void>(contact);
        co_return fail(Category::conflict, "New contacts cannot be put there.");
    }
    /// Whether a cursor spares reading everything.
    [[nodiscard]] virtual bool delta() const { return false; }
    [[nodiscard]] virtual std::string_view preset() const { return {}; }
    /// Ends what is under way; it fails as cancelled.
    virtual void close() {}
};

} // namespace lamp::recognition
