// The presence table: one slot per presentity, an array of 64-bit cells per source and one array of verdict words.
// Lock-free: each source's cells have a single writing loop; verdicts are settled by compare-and-swap; readers never
// wait. Memory is reserved for `capacity` slots and becomes resident only where slots are used.
#pragma once
#include <atomic>
#include <memory>

#include "base/check.hpp"
#include "presence/rules.hpp"

namespace lamp::presence {

/// What the rules concluded of a slot, packed in one word:
/// version 32 | status 4 | rule 5 | source 4 | epoch 19 (counts changes of status, and wraps).
struct Verdict {
    std::uint32_t version = 0;
    Conclusion conclusion{};
    std::uint32_t epoch = 0;

    static constexpr std::uint32_t epochs = 1U << 19;

    [[nodiscard]] static constexpr std::uint32_t next_epoch(std::uint32_t epoch) { return (epoch + 1) % epochs; }
    /// True if epoch `a` came after `b`, as long as fewer than 262 144 changes of status lie between them: that many
    /// would have to happen to one presentity while one writer stands between its verdict and its "since".
    [[nodiscard]] static constexpr bool later(std::uint32_t a, std::uint32_t b) {
        auto ahead = (a - b) % epochs;
        return ahead != 0 && ahead < epochs / 2;
    }

    [[nodiscard]] constexpr std::uint64_t pack() const {
        return std::uint64_t{version} | std::uint64_t{static_cast<unsigned>(conclusion.status)} << 32 |
               std::uint64_t{conclusion.rule} << 36 | std::uint64_t{static_cast<unsigned>(conclusion.source)} << 41 |
               std::uint64_t{epoch} << 45;
    }
    [[nodiscard]] static constexpr Verdict unpack(std::uint64_t word) {
        return {static_cast<std::uint32_t>(word),
                {static_cast<Status>(word >> 32 & 15), static_cast<std::uint8_t>(word >> 36 & 31),
                 static_cast<Source>(word >> 41 & 15)},
                static_cast<std::uint32_t>(word >> 45)};
    }
};

/// A visible change: who, and the version that it made.
struct Change {
    Slot slot;
    std::uint32_t version;
    Status before;
    Status after;
};

/// Everything that is shown of a presentity, read at one moment.
struct Snapshot {
    Verdict verdict;
    Cells cells{};
    Wall since{};
    [[nodiscard]] LineReport line() const {
        return LineReport::unpack(cells[static_cast<std::size_t>(Source::telephony)]);
    }
    [[nodiscard]] TeamsReport teams() const {
        return TeamsReport::unpack(cells[static_cast<std::size_t>(Source::teams)]);
    }
    [[nodiscard]] PublicationReport publication() const {
        return PublicationReport::unpack(cells[static_cast<std::size_t>(Source::publication)]);
    }
    [[nodiscard]] bool said(Source source) const { return cells[static_cast<std::size_t>(source)] != 0; }
};

/// The steps of one report, one access to shared memory each, so that a test can enumerate every interleaving of two
/// writers. `Memory` gives store_cell, load_cells, load_verdict, swap_verdict(expected, wanted) and conclude.
/// The swap is made even when nothing seems to change: skipping it leaves a stale verdict (see the enumeration test).
template <class Memory>
class ReportSteps {
public:
    ReportSteps(Source source, Cell cell) : source_(source), cell_(cell) {}

    /// Makes one step; true when the report is through.
    bool step(Memory& memory) {
        switch (next_) {
        case Step::store:
            memory.store_cell(source_, cell_);
            next_ = Step::load_verdict;
            return false;
        case Step::load_verdict:
            old_ = memory.load_verdict();
            next_ = Step::load_cells;
            return false;
        case Step::load_cells:
            new_ = concluded(memory);
            next_ = Step::swap;
            return false;
        case Step::swap:
            if (memory.swap_verdict(old_, new_)) return next_ = Step::done, true;
            next_ = Step::load_verdict;
            return false;
        case Step::done: return true;
        }
        return true;
    }
    [[nodiscard]] Verdict before() const { return Verdict::unpack(old_); }
    [[nodiscard]] Verdict after() const { return Verdict::unpack(new_); }

private:
    enum class Step : std::uint8_t { store, load_verdict, load_cells, swap, done };

    std::uint64_t concluded(Memory& memory) const {
        auto old = Verdict::unpack(old_);
        auto conclusion = memory.conclude(memory.load_cells());
        bool moved = conclusion.status != old.conclusion.status;
        return Verdict{old.version + 1, conclusion, moved ? Verdict::next_epoch(old.epoch) : old.epoch}.pack();
    }

    Source source_;
    Cell cell_;
    Step next_ = Step::store;
    std::uint64_t old_ = 0;
    std::uint64_t new_ = 0;
};

class Table {
public:
    explicit Table(std::size_t capacity, Rules rules = Rules());
    ~Table();
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    /// Stores what `source` says of `slot` and settles the verdict. Gives a change only if what is shown has moved.
    /// Only the loop that owns `source` may call it.
    std::optional<Change> report(Slot slot, Source source, Cell cell, Wall now);

    /// One atomic load.
    [[nodiscard]] Verdict verdict(Slot slot) const;
    /// Verdict and cells that belong together.
    [[nodiscard]] Snapshot read(Slot slot) const;
    [[nodiscard]] Cell cell(Slot slot, Source source) const;

    /// Replaces the rules and settles the first `slots` slots anew. Control loop only; `changed` hears of each change.
    template <class Changed>
    void replace_rules(Rules rules, std::size_t slots, Wall now, Changed&& changed) {
        install(std::move(rules));
        for (Slot slot = 0; slot < slots; ++slot)
            if (auto change = settle(slot, now)) changed(*change);
    }
    [[nodiscard]] std::shared_ptr<const Rules> rules() const { return std::atomic_load(&rules_owner_); }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

private:
    using Word = std::atomic<std::uint64_t>;

    struct SlotMemory; // what ReportSteps works on
    void install(Rules rules);
    std::optional<Change> settle(Slot slot, Wall now);
    void note_since(Slot slot, Verdict verdict, Wall now);
    [[nodiscard]] Wall since(Slot slot, Verdict verdict) const;
    [[nodiscard]] Cells load_cells(Slot slot) const;

    std::size_t capacity_;
    std::size_t bytes_;
    Word* memory_; // source_count arrays of cells, one of verdicts, one of "since" words
    std::array<Word*, source_count> cells_{};
    Word* verdicts_ = nullptr;
    Word* since_ = nullptr; // epoch 19 | milliseconds 40
    std::shared_ptr<const Rules> rules_owner_;
    std::atomic<const Rules*> rules_{nullptr};
    std::vector<std::shared_ptr<const Rules>> retired_; // a writer may still look at them; a few kB a reload
};

} // namespace lamp::presence
