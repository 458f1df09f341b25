// An integration's contacts on disk, piece by piece, so that no unit of work is long. For coroutines of one loop; the
// store outlives this.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "recognition/shelf.hpp"
#include "recognition/source.hpp"
#include "store/store.hpp"

namespace lamp::recognition {

class Keeping {
public:
    explicit Keeping(store::Store& store) : store_(store) {}

    [[nodiscard]] Task<Result<std::vector<Record>>> read(std::string name, std::int64_t epoch);
    [[nodiscard]] Task<Result<void>> keep_row(std::string name, Kept kept);
    /// All of them under the next epoch, which counts once the row names it; `kept` gets it.
    [[nodiscard]] Task<Result<void>> replace(std::string name, Kept& kept,
                                             std::shared_ptr<const std::vector<Record>> records);
    /// Those that have changed or are gone, and the row.
    [[nodiscard]] Task<Result<void>> change(std::string name, Kept kept, std::shared_ptr<const Synced> synced);
    /// Of every epoch but this one; -1: of every epoch.
    [[nodiscard]] Task<Result<void>> drop_others(std::string name, std::int64_t epoch);

private:
    store::Store& store_;
};

} // namespace lamp::recognition
