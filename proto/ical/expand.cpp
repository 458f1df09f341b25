#include "proto/ical/expand.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <tuple>

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

/// Shares work and room out: first each series gets a little, which all but hostile ones are content with; the others
/// get equal parts of what is left, and what one of them spares is the next one's.
class Expansion {
public:
    Expansion(const AllSeries& all, const Question& question, Warnings& warnings)
        : all_(all), question_(question), warnings_(warnings), left_(question.limits.all_steps) {}

    std::vector<Occurrence> run() {
        constexpr std::size_t little_least = 64, little_most = 20'000;
        if (all_.empty() || question_.from == question_.until) return {};
        const auto little = std::clamp(left_ / 2 / all_.size(), little_least, little_most);
        std::vector<const Series*> heavy;
        for (const Series& series : all_)
            if (!attempt(series, little, false)) heavy.push_back(&series);
        for (std::size_t i = 0; i < heavy.size(); ++i)
            attempt(*heavy[i], std::min(question_.limits.series_steps, left_ / (heavy.size() - i)), true);
        make_room(question_.limits.occurrences);
        std::vector<Occurrence> made;
        made.reserve(count_);
        for (Told& told : told_)
            std::ranges::move(told.times, std::back_inserter(made));
        return made;
    }
    [[nodiscard]] std::size_t spent() const { return question_.limits.all_steps - left_; }

private:
    struct Told {
        const Series* series;
        std::vector<Occurrence> times{};
    };

    bool attempt(const Series& series, std::size_t steps, bool last) {
        Told told{&series};
        Budget budget{std::min(steps, left_)};
        Warnings warned(1);
        const bool whole = series.expand(question_, budget, warned, told.times);
        left_ -= std::min(left_, budget.spent);
        if (!whole && !last) return false;
        for (auto& warning : warned.take())
            warnings_.add(warning.line, warning.uid, std::move(warning.text));
        if (!whole)
            warnings_.add(series.line(), series.uid(), "The series asks for too much work; it is told in part.");
        if (told.times.empty()) return true;
        count_ += told.times.size();
        told_.push_back(std::move(told));
        if (count_ > 2 * question_.limits.occurrences) make_room(question_.limits.occurrences);
        return true;
    }
    /// Those with the most occurrences go first.
    void make_room(std::size_t most) {
        if (count_ <= most) return;
        std::ranges::sort(told_, {}, [](const Told& one) { return one.times.size(); });
        for (; count_ > most; told_.pop_back()) {
            const Series& series = *told_.back().series;
            count_ -= told_.back().times.size();
            warnings_.add(series.line(), series.uid(), "There is no room for so many; the series is left out.");
        }
    }

    const AllSeries& all_;
    const Question& question_;
    Warnings& warnings_;
    std::size_t left_;
    std::vector<Told> told_{};
    std::size_t count_ = 0;
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
    answer.occurrences = expansion.run();
    answer.steps = expansion.spent();
    std::ranges::sort(answer.occurrences, [](const Occurrence& left, const Occurrence& right) {
        return std::tie(left.from, left.uid, left.original) < std::tie(right.from, right.uid, right.original);
    });
    answer.warned = warnings.count();
    answer.warnings = warnings.take();
    return answer;
}

} // namespace lamp::ical
