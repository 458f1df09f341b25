#include "app/directory_source.hpp"

#include <fmt/format.h>

namespace lamp {
namespace {

using contacts::Contact;
using directory::Snapshot;
using recognition::Record;
using recognition::Synced;

constexpr milliseconds between_looks{100};
constexpr int looks_max = 100; // for the disk to be read

Record record_of(const Contact& contact) {
    Record record;
    record.id = contact.key;
    record.name = contacts::full_name(contact);
    for (const auto& one : contact.numbers)
        if (record.numbers.size() < recognition::numbers_max)
            record.numbers.push_back({one.type, one.number, one.type == "main"});
    auto field = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) record.fields.emplace_back(name, text);
    };
    field("first_name", contact.first_name);
    field("last_name", contact.last_name);
    field("company", contact.company);
    field("department", contact.department);
    field("title", contact.title);
    field("email", contact.email);
    field("folder", contact.folder);
    field("external_id", contact.external_id);
    if (contact.vip) field("vip", "yes");
    return record;
}

bool callable(const Contact* contact) {
    return contact && !contact->numbers.empty();
}

/// The same for the same contacts in any order, in every run.
std::string digest_of(const Snapshot& snapshot) {
    std::uint64_t sum = 0;
    std::string packed;
    for (const auto& one : snapshot.contacts) {
        if (!callable(&one)) continue;
        packed.clear();
        recognition::pack(packed, record_of(one));
        sum += std::hash<std::string>()(packed);
    }
    return fmt::format("{:016x}", sum);
}

class DirectorySource final : public recognition::Source {
public:
    explicit DirectorySource(std::function<std::shared_ptr<const Snapshot>()> snapshot)
        : snapshot_(std::move(snapshot)) {}
    bool delta() const override { return true; }

    Task<Result<Synced>> sync(std::string cursor) override {
        auto now = snapshot_();
        for (int look = 0; !now && look < looks_max; ++look) {
            if (!co_await sleep_for(between_looks)) break;
            now = snapshot_();
        }
        if (!now) co_return fail(Category::unavailable, "The contacts have not been read from the disk yet.");
        auto digest = now == given_ ? given_digest_ : digest_of(*now);
        auto synced = cursor == digest                    ? Synced{.unchanged = true}
                      : given_ && cursor == given_digest_ ? changes(*given_, *now)
                                                          : everything(*now);
        synced.cursor = digest;
        given_ = std::move(now);
        given_digest_ = std::move(digest);
        co_return synced;
    }

private:
    static Synced everything(const Snapshot& now) {
        Synced synced;
        for (const auto& one : now.contacts)
            if (callable(&one)) synced.records.push_back(record_of(one));
        return synced;
    }
    static Synced changes(const Snapshot& before, const Snapshot& now) {
        Synced synced;
        synced.whole = false;
        for (const auto& one : now.contacts) {
            const auto* was = before.find(one.key);
            if (callable(&one) && (!was || *was != one)) synced.records.push_back(record_of(one));
        }
        for (const auto& one : before.contacts)
            if (callable(&one) && !callable(now.find(one.key))) synced.gone.push_back(one.key);
        return synced;
    }

    std::function<std::shared_ptr<const Snapshot>()> snapshot_;
    std::shared_ptr<const Snapshot> given_;
    std::string given_digest_;
};

} // namespace

std::unique_ptr<recognition::Source>
directory_source(std::function<std::shared_ptr<const directory::Snapshot>()> snapshot) {
    return std::make_unique<DirectorySource>(std::move(snapshot));
}

} // namespace lamp
