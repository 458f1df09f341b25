#include "proto/ical/expand.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include <fmt/format.h>

#include "proto/ical/series.hpp"

namespace lamp::ical {

using namespace std::chrono;

namespace {

/// No window is longer than the time that clocks and dates are good for.
Question sane(const Question& question) {
    constexpr Wall least = sys_days{1y / January / 2}, most = sys_days{9997y / January / 1};
    Question made = question;
    made.from = std::clamp(made.from, least, most);
    made.until = std::clamp(made.until, made.from, most);
    return made;
}

using AllSeries = std::vector<Series>;

AllSeries read_all(const Components& components, const Question& question, Zones& zones, Warnings& warnings) {
    AllSeries all;
    std::map<std::string, std::size_t> by_uid;
    Tzids tzids(components, question, zones, warnings);
    EventReading reading{question, tzids, warnings};
    for (const Component& component : components.events) {
        reading.cancels = components.cancels[component.calendar];
        auto event = read_event(component, reading);
        if (!event) continue;
        auto [at, fresh] = by_uid.try_emplace(event->told.uid, all.size());
        if (fresh) all.emplace_back();
        all[at->second].add(std::move(*event));
    }
    for (Series& series : all)
        series.settle(warnings);
    return all;
}

/// Shares the work out: first each series gets a little, which all but hostile ones are content with; the others get
/// equal parts of what is left, and what one of them spares is the next one's.
class Expansion {
public:
    Expansion(const AllSeries& all, const Question& question, Warnings& warnings)
        : all_(all), question_(question), warnings_(warnings), left_(question.limits.all_steps) {}

    void run() {
        constexpr std::size_t little_least = 64, little_most = 20'000;
        if (all_.empty() || question_.from == question_.until) return;
        const auto little = std::clamp(left_ / 2 / all_.size(), little_least, little_most);
        std::vector<const Series*> heavy;
        for (const Series& series : all_)
            if (!full() && !attempt(series, little, false)) heavy.push_back(&series);
        for (std::size_t i = 0; i < heavy.size() && !full(); ++i)
            attempt(*heavy[i], std::min(question_.limits.series_steps, left_ / (heavy.size() - i)), true);
    }
    [[nodiscard]] bool full() const { return made_.size() > question_.limits.occurrences; }
    [[nodiscard]] std::vector<Occurrence> take() { return std::move(made_); }
    [[nodiscard]] std::size_t spent() const { return question_.limits.all_steps - left_; }

private:
    bool attempt(const Series& series, std::size_t steps, bool last) {
        const auto before = made_.size();
        Budget budget{std::min(steps, left_)};
        Warnings warned(1);
        const bool whole = series.expand(question_, budget, warned, made_);
        left_ -= std::min(left_, budget.spent);
        if (!whole && !last) {
            made_.resize(before);
            return false;
        }
        for (auto& warning : warned.take())
            warnings_.add(warning.line, warning.uid, std::move(warning.text));
        if (!whole)
            warnings_.add(series.line(), made_.size() > before ? made_[before].uid : "",
                          "The rules of the series ask for too much work; it is told in part.");
        return true;
    }

    const AllSeries& all_;
    const Question& question_;
    Warnings& warnings_;
    std::size_t left_;
    std::vector<Occurrence> made_{};
};

} // namespace

Result<Answer> expand(std::string_view bytes, const Question& asked, Zones& zones) {
    const Question question = sane(asked);
    Warnings warnings(question.limits.warnings);
    auto components = read_components(bytes, question.limits, warnings);
    if (!components) return std::unexpected(components.error());
    Answer answer;
    answer.events = components->events.size();
    answer.refresh = components->refresh;
    const AllSeries all = read_all(*components, question, zones, warnings);
    Expansion expansion(all, question, warnings);
    expansion.run();
    if (expansion.full())
        return fail(Category::limit,
                    fmt::format("More than {} events take place in the window.", question.limits.occurrences));
    answer.occurrences = expansion.take();
    answer.steps = expansion.spent();
    std::ranges::sort(answer.occurrences, [](const Occurrence& left, const Occurrence& right) {
        return std::tie(left.from, left.uid, left.original) < std::tie(right.from, right.uid, right.original);
    });
    answer.warned = warnings.count();
    answer.warnings = warnings.take();
    return answer;
}

} // namespace lamp::ical
