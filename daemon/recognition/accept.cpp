#include "recognition/accept.hpp"

#include <fmt/format.h>
#include <unordered_map>
#include <unordered_set>

namespace lamp::recognition {

Result<std::vector<Record>> accept(std::vector<Record> before, const Synced& synced, bool forced) {
    const auto count = before.size();
    std::vector<Record> now;
    if (synced.whole) {
        now = synced.records;
    } else {
        std::unordered_set<std::string_view> other(synced.gone.begin(), synced.gone.end());
        for (const auto& record : synced.records)
            other.insert(record.id);
        for (auto& record : before)
            if (!other.contains(record.id)) now.push_back(std::move(record));
        now.insert(now.end(), synced.records.begin(), synced.records.end());
    }
    if (!forced && now.empty())
        return fail(Category::conflict, "The source has no contacts at all; those of before are kept. A forced "
                                        "synchronisation takes it as it is.");
    if (!forced && now.size() * 100 < count * least_percent)
        return fail(Category::conflict,
                    fmt::format("The source has {} contacts, and had {}; those of before are kept. A forced "
                                "synchronisation takes it as it is.",
                                now.size(), count));
    return now;
}

} // namespace lamp::recognition
