// Carries out what is asked about a number: everywhere on disk (kept_data.hpp), and in the places that other rooms add,
// which keep something in memory or files. One order at a time, each behind the ones before. Lives on one loop; `add`
// and `settle_first` come before it starts. The store and the loop outlive this object.
#pragma once
#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "calls/privacy.hpp"
#include "loop/loop.hpp"
#include "privacy/rows.hpp"
#include "store/store.hpp"

namespace lamp::privacy {

/// What a place is asked. Values only: it may travel to other loops.
struct Request {
    WantedNumber number;
    Wish wish;
    [[nodiscard]] bool erases() const { return wish.what == Wish::What::erase; }
};

class Eraser {
public:
    template <class T>
    using Reply = std::function<void(T)>;
    /// Answers from any loop, once; its rows on disk are not its business.
    using Place = std::function<void(Request, Reply<calls::PrivacyPlace>)>;
    /// Calls back, from any loop, once what it holds in memory is on disk.
    using Settle = std::function<void(std::function<void()>)>;

    /// `country` (ISO 3166): where numbers that are written nationally belong.
    Eraser(Loop& loop, store::Store& store, std::string country);

    void settle_first(Settle settle) { settles_.push_back(std::move(settle)); }
    /// `wait`: how long it may take.
    void add(Place place, milliseconds wait = place_wait) { places_.push_back({std::move(place), wait}); }

    // Any loop; the answers come on this one. Category::invalid: no number; timeout: a part of the daemon did not
    // answer, and nothing can be said, but what was erased before is gone and noted; limit: too many orders wait.
    void erase(calls::PrivacyOrder order, Reply<Result<calls::PrivacyDone>> reply);
    /// All that is on disk, for whoever asks what is kept of them.
    void tell(std::string number, Reply<Result<calls::PrivacyExport>> reply);
    /// The newest first.
    void erasures(std::size_t most, Reply<Result<std::vector<calls::PrivacyErasure>>> reply);

    static constexpr std::size_t orders_max = 16;        // that wait
    static constexpr std::size_t rows_told_max = 10'000; // of one place
    static constexpr milliseconds place_wait{10'000};

private:
    using Job = std::function<Task<>()>;
    [[nodiscard]] bool enqueue(Job job);
    [[nodiscard]] Task<> work();
    [[nodiscard]] Task<Result<calls::PrivacyDone>> carry_out(calls::PrivacyOrder order);
    [[nodiscard]] Task<Result<calls::PrivacyExport>> gather(std::string number);
    [[nodiscard]] Task<Result<void>> settle_all();
    [[nodiscard]] Task<Result<void>> look_everywhere(Request request, std::vector<calls::PrivacyPlace>& places);
    [[nodiscard]] Task<Result<void>> look_through(const KeptTable& table, Request request, Page& sum);
    [[nodiscard]] Task<Result<void>> note(const calls::PrivacyDone& done, std::string by);
    [[nodiscard]] Task<Result<void>> scrub();
    template <class T>
    [[nodiscard]] Task<Result<T>> answer(std::function<void(Reply<T>)> ask, milliseconds wait = place_wait);

    struct Timed {
        Place place;
        milliseconds wait;
    };

    Loop& loop_;
    store::Store& store_;
    std::string country_;
    std::vector<Settle> settles_;
    std::vector<Timed> places_;
    std::deque<Job> jobs_;
    bool working_ = false;
};

} // namespace lamp::privacy
