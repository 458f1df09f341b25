// Thompson's construction, then that of subsets: "Compilers", Aho, Sethi, Ullman, 3.7.
#include "numbers/digit_automaton.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace lamp::numbers {
namespace {

constexpr std::size_t nodes_max = 100'000;
constexpr unsigned repeats_max = 32;
constexpr int depth_max = 32;

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// A node has one way out over digits, any number without.
struct Node {
    std::uint16_t digits = 0; // bit 0: '0'
    std::uint32_t next = 0;
    std::vector<std::uint32_t> free;
    DigitAutomaton::Labels labels = 0;
};

/// Adds patterns to a graph without circles. After a mistake `good` is false, and the graph worth nothing.
class Compiler {
public:
    std::vector<Node> nodes{Node{}};
    bool good = true;

    void add(const DigitAutomaton::Pattern& pattern) {
        auto left = pattern.text;
        const auto end = alternatives(left, 0, 0);
        if (!left.empty()) good = false;
        nodes[end].labels |= pattern.labels;
    }

private:
    std::uint32_t fresh() {
        if (nodes.size() >= nodes_max) return good = false, 0;
        nodes.emplace_back();
        return static_cast<std::uint32_t>(nodes.size() - 1);
    }
    void join(std::uint32_t from, std::uint32_t to) { nodes[from].free.push_back(to); }

    /// One branch behind the other up to ')' or the end; the node where all of them meet.
    std::uint32_t alternatives(std::string_view& left, std::uint32_t from, int depth) {
        const auto end = fresh();
        if (depth > depth_max) good = false;
        for (bool more = good; more && good;) {
            auto at = fresh();
            join(from, at);
            while (good && !left.empty() && left.front() != '|' && left.front() != ')')
                at = piece(left, at, depth);
            join(at, end);
            more = !left.empty() && left.front() == '|';
            if (more) left.remove_prefix(1);
        }
        return end;
    }

    /// An atom and how often it comes. It is read anew for each time.
    std::uint32_t piece(std::string_view& left, std::uint32_t from, int depth) {
        const auto text = left;
        auto to = atom(left, from, depth);
        if (!good) return to;
        const auto [least, most] = repeats(left);
        if (least == 0) join(from, to);
        for (unsigned time = 2; time <= most && good; ++time) {
            auto again = text;
            const auto before = std::exchange(to, atom(again, to, depth));
            if (time > least) join(before, to);
        }
        return to;
    }

    std::uint32_t atom(std::string_view& left, std::uint32_t from, int depth) {
        if (left.starts_with('(')) {
            left.remove_prefix(left.starts_with("(?:") ? 3 : 1);
            const auto to = alternatives(left, from, depth + 1);
            if (!left.starts_with(')')) return good = false, to;
            left.remove_prefix(1);
            return to;
        }
        const auto at = fresh(), to = fresh();
        join(from, at);
        nodes[at].digits = digits(left);
        nodes[at].next = to;
        if (nodes[at].digits == 0) good = false;
        return to;
    }

    static std::uint16_t between(char first, char last) {
        std::uint16_t set = 0;
        for (char c = first; c <= last; ++c)
            set |= static_cast<std::uint16_t>(1U << static_cast<unsigned>(c - '0'));
        return set;
    }
    /// None: this is something else.
    static std::uint16_t digits(std::string_view& left) {
        if (left.starts_with("\\d")) return left.remove_prefix(2), between('0', '9');
        if (left.starts_with('[')) return one_of(left);
        if (left.empty() || !is_digit(left.front())) return 0;
        const char c = left.front();
        return left.remove_prefix(1), between(c, c);
    }
    static std::uint16_t one_of(std::string_view& left) {
        std::uint16_t set = 0;
        left.remove_prefix(1);
        while (!left.empty() && left.front() != ']') {
            const char first = left.front();
            const bool range = left.size() > 2 && left[1] == '-';
            const char last = range ? left[2] : first;
            if (!is_digit(first) || !is_digit(last)) return 0;
            set |= between(first, last);
            left.remove_prefix(range ? 3 : 1);
        }
        if (left.empty()) return 0;
        left.remove_prefix(1);
        return set;
    }

    static unsigned number(std::string_view& left) {
        unsigned value = 0;
        bool any = false;
        for (; !left.empty() && is_digit(left.front()) && value <= repeats_max; any = true) {
            value = value * 10 + static_cast<unsigned>(left.front() - '0');
            left.remove_prefix(1);
        }
        return any ? value : repeats_max + 1;
    }
    std::pair<unsigned, unsigned> repeats(std::string_view& left) {
        if (left.starts_with('?')) return left.remove_prefix(1), std::pair(0U, 1U);
        if (!left.starts_with('{')) return {1, 1};
        left.remove_prefix(1);
        const auto least = number(left);
        auto most = least;
        if (left.starts_with(',')) {
            left.remove_prefix(1);
            most = number(left);
        }
        if (!left.starts_with('}') || least > most || most == 0 || most > repeats_max)
            return good = false, std::pair(1U, 1U);
        left.remove_prefix(1);
        return {least, most};
    }
};

using Set = std::vector<std::uint32_t>; // nodes, in order

/// With all that is reached without a digit. A node without ways over digits and labels tells nothing: left out.
Set closed(const std::vector<Node>& nodes, Set reached) {
    Set out;
    std::vector<bool> seen(nodes.size());
    while (!reached.empty()) {
        const auto at = reached.back();
        reached.pop_back();
        if (seen[at]) continue;
        seen[at] = true;
        if (nodes[at].digits != 0 || nodes[at].labels != 0) out.push_back(at);
        reached.insert(reached.end(), nodes[at].free.begin(), nodes[at].free.end());
    }
    std::ranges::sort(out);
    return out;
}

} // namespace

std::optional<DigitAutomaton> DigitAutomaton::build(std::span<const Pattern> patterns) {
    Compiler compiler;
    for (const auto& pattern : patterns)
        compiler.add(pattern);
    if (!compiler.good) return std::nullopt;
    const auto& nodes = compiler.nodes;
    DigitAutomaton made;
    std::map<Set, std::uint16_t> known{{Set{}, 0}, {closed(nodes, {0}), 1}};
    std::vector<Set> sets{Set{}, closed(nodes, {0})};
    for (std::size_t at = 1; at < sets.size(); ++at) {
        if (sets.size() > states_max) return std::nullopt;
        for (auto node : sets[at])
            made.rows_[at].labels |= nodes[node].labels;
        for (unsigned digit = 0; digit < 10; ++digit) {
            Set reached;
            for (auto node : sets[at])
                if ((nodes[node].digits >> digit & 1U) != 0) reached.push_back(nodes[node].next);
            auto next = closed(nodes, std::move(reached));
            auto [found, fresh] = known.try_emplace(next, static_cast<std::uint16_t>(sets.size()));
            if (fresh) {
                sets.push_back(std::move(next));
                made.rows_.emplace_back();
            }
            made.rows_[at].next[digit] = found->second;
        }
    }
    return made;
}

DigitAutomaton::Labels DigitAutomaton::match(std::string_view digits) const {
    std::uint16_t at = 1;
    for (char c : digits)
        at = rows_[at].next[static_cast<std::size_t>(c - '0')];
    return rows_[at].labels;
}

DigitAutomaton::Beginnings DigitAutomaton::beginnings(std::string_view digits) const {
    Beginnings out;
    std::uint16_t at = 1;
    for (std::size_t length = 0; at != 0; ++length) {
        if (rows_[at].labels != 0) out = {out.count + 1, length};
        if (length == digits.size()) break;
        at = rows_[at].next[static_cast<std::size_t>(digits[length] - '0')];
    }
    return out;
}

} // namespace lamp::numbers
