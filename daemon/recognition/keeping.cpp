#include "recognition/keeping.hpp"

#include <algorithm>
#include <span>

namespace lamp::recognition {

Task<Result<std::vector<Record>>> Keeping::read(std::string name, std::int64_t epoch) {
    std::vector<Record> records;
    while (true) {
        auto after = records.empty() ? std::string() : records.back().id;
        auto some = co_await store_.read<std::vector<Record>>(
            [name, after, epoch](store::Database& disk) { return read_records(disk, name, epoch, after); });
        if (!some) co_return std::unexpected(some.error());
        if (some->empty()) co_return records;
        std::ranges::move(*some, std::back_inserter(records));
    }
}

Task<Result<void>> Keeping::keep_row(std::string name, Kept kept) {
    co_return co_await store_.write([name, kept](store::Database& disk) { return keep(disk, name, kept); });
}

Task<Result<void>> Keeping::replace(std::string name, Kept& kept, std::shared_ptr<const std::vector<Record>> records) {
    const auto epoch = kept.epoch + 1;
    for (std::size_t at = 0; at < records->size(); at += piece) {
        auto done = co_await store_.write([=](store::Database& disk) {
            auto some = std::span(*records).subspan(at, std::min(piece, records->size() - at));
            return put_records(disk, name, epoch, some);
        });
        if (!done) co_return done;
    }
    kept.epoch = epoch;
    co_return co_await keep_row(name, kept);
}

Task<Result<void>> Keeping::change(std::string name, Kept kept, std::shared_ptr<const Synced> synced) {
    co_return co_await store_.write([name, kept, synced](store::Database& disk) -> Result<void> {
        if (auto done = drop_records(disk, name, kept.epoch, synced->gone); !done) return done;
        if (auto done = put_records(disk, name, kept.epoch, synced->records); !done) return done;
        return keep(disk, name, kept);
    });
}

Task<Result<void>> Keeping::drop_others(std::string name, std::int64_t epoch) {
    for (std::int64_t gone = 1; gone > 0;) {
        auto some = co_await store_.read<std::int64_t>(
            [=](store::Database& disk) { return recognition::drop_others(disk, name, epoch); });
        if (!some) co_return std::unexpected(some.error());
        gone = *some;
    }
    co_return Result<void>();
}

} // namespace lamp::recognition
