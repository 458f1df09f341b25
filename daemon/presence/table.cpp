#include "presence/table.hpp"

#include <new>
#include <sys/mman.h>

namespace lamp::presence {

static_assert(std::atomic<std::uint64_t>::is_always_lock_free);
static_assert(sizeof(std::atomic<std::uint64_t>) == 8);

struct Table::SlotMemory {
    Table& table;
    Slot slot;

    void store_cell(Source source, Cell cell) const {
        table.cells_.at(static_cast<std::size_t>(source))[slot].store(cell, std::memory_order_seq_cst);
    }
    [[nodiscard]] Cells load_cells() const { return table.load_cells(slot); }
    [[nodiscard]] std::uint64_t load_verdict() const { return table.verdicts_[slot].load(std::memory_order_seq_cst); }
    [[nodiscard]] bool swap_verdict(std::uint64_t expected, std::uint64_t wanted) const {
        return table.verdicts_[slot].compare_exchange_strong(expected, wanted, std::memory_order_seq_cst);
    }
    [[nodiscard]] Conclusion conclude(const Cells& cells) const {
        return table.rules_.load(std::memory_order_acquire)->conclude(cells);
    }
};

Table::Table(std::size_t capacity, Rules rules)
    : capacity_(capacity), bytes_(capacity * sizeof(Word) * (source_count + 2)) {
    // Fresh anonymous pages read as zero and cost nothing until a slot is used; an all-zero word is a valid atomic.
    void* pages = ::mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (pages == MAP_FAILED) throw std::bad_alloc();
    memory_ = static_cast<Word*>(pages);
    for (std::size_t i = 0; i < source_count; ++i)
        cells_.at(i) = memory_ + i * capacity;
    verdicts_ = memory_ + source_count * capacity;
    since_ = memory_ + (source_count + 1) * capacity;
    install(std::move(rules));
}

Table::~Table() {
    ::munmap(memory_, bytes_);
}

void Table::install(Rules rules) {
    auto fresh = std::make_shared<const Rules>(std::move(rules));
    if (rules_owner_) retired_.push_back(rules_owner_);
    rules_.store(fresh.get(), std::memory_order_release);
    std::atomic_store(&rules_owner_, fresh);
}

Cells Table::load_cells(Slot slot) const {
    Cells cells;
    for (std::size_t i = 0; i < source_count; ++i)
        cells.at(i) = cells_.at(i)[slot].load(std::memory_order_seq_cst);
    return cells;
}

std::optional<Change> Table::report(Slot slot, Source source, Cell cell, Wall now) {
    LAMP_CHECK(slot < capacity_);
    Cell said_before = cells_.at(static_cast<std::size_t>(source))[slot].load(std::memory_order_relaxed);
    SlotMemory memory{*this, slot};
    ReportSteps<SlotMemory> steps(source, cell);
    while (!steps.step(memory)) {
    }
    auto before = steps.before();
    auto after = steps.after();
    // The first word about somebody is the beginning of the status that it leaves as it was.
    bool begins = since_[slot].load(std::memory_order_relaxed) == 0;
    if (begins || after.epoch != before.epoch) note_since(slot, after, now);
    if (same_content(said_before, cell) && after.conclusion == before.conclusion) return std::nullopt;
    return Change{slot, after.version, before.conclusion.status, after.conclusion.status};
}

std::optional<Change> Table::settle(Slot slot, Wall now) {
    SlotMemory memory{*this, slot};
    while (true) {
        auto old_word = memory.load_verdict();
        auto old = Verdict::unpack(old_word);
        auto conclusion = memory.conclude(memory.load_cells());
        bool moved = conclusion.status != old.conclusion.status;
        Verdict fresh{old.version + 1, conclusion, moved ? Verdict::next_epoch(old.epoch) : old.epoch};
        if (!memory.swap_verdict(old_word, fresh.pack())) continue;
        if (moved) note_since(slot, fresh, now);
        if (conclusion == old.conclusion) return std::nullopt;
        return Change{slot, fresh.version, old.conclusion.status, conclusion.status};
    }
}

// Two writers may finish their verdicts in one order and come here in the other: the newer epoch stays.
void Table::note_since(Slot slot, Verdict verdict, Wall now) {
    std::uint64_t fresh = std::uint64_t{verdict.epoch} << packing::time_bits | packing::pack_time(now);
    auto held = since_[slot].load(std::memory_order_relaxed);
    while (true) {
        auto held_epoch = static_cast<std::uint32_t>(held >> packing::time_bits);
        if (held != 0 && !Verdict::later(verdict.epoch, held_epoch)) return;
        if (since_[slot].compare_exchange_weak(held, fresh, std::memory_order_release, std::memory_order_relaxed))
            return;
    }
}

// While the writer of this very status is between its two stores, "since" is now.
Wall Table::since(Slot slot, Verdict verdict) const {
    auto word = since_[slot].load(std::memory_order_acquire);
    if (word != 0 && static_cast<std::uint32_t>(word >> packing::time_bits) == verdict.epoch)
        return packing::unpack_time(word);
    return wall_now();
}

Verdict Table::verdict(Slot slot) const {
    LAMP_CHECK(slot < capacity_);
    return Verdict::unpack(verdicts_[slot].load(std::memory_order_acquire));
}

Cell Table::cell(Slot slot, Source source) const {
    LAMP_CHECK(slot < capacity_);
    return cells_.at(static_cast<std::size_t>(source))[slot].load(std::memory_order_acquire);
}

Snapshot Table::read(Slot slot) const {
    LAMP_CHECK(slot < capacity_);
    constexpr int attempts = 8;
    Snapshot snapshot;
    for (int i = 0; i < attempts; ++i) {
        auto word = verdicts_[slot].load(std::memory_order_seq_cst);
        snapshot.cells = load_cells(slot);
        snapshot.verdict = Verdict::unpack(word);
        // A report under way has stored its cell and not yet its verdict: wait for it, a few times.
        auto conclusion = rules_.load(std::memory_order_acquire)->conclude(snapshot.cells);
        bool settled = conclusion == snapshot.verdict.conclusion || (word == 0 && snapshot.cells == Cells{});
        snapshot.verdict.conclusion = conclusion; // what the cells say is what is shown
        if (settled && verdicts_[slot].load(std::memory_order_seq_cst) == word) break;
    }
    snapshot.since = since(slot, snapshot.verdict);
    return snapshot;
}

} // namespace lamp::presence
