// The small functions that make rules, and how two of them join.
#include "config/rule.hpp"

namespace lamp::config {

namespace {
template <class T>
void take(std::optional<T>& own, const std::optional<T>& other) {
    if (other) own = other;
}
std::vector<std::string> strings(std::initializer_list<std::string_view> words) {
    return {words.begin(), words.end()};
}
} // namespace

Rule operator&(Rule left, const Rule& right) {
    take(left.low, right.low), take(left.high, right.high);
    take(left.low_ms, right.low_ms), take(left.high_ms, right.high_ms);
    take(left.low_real, right.low_real), take(left.high_real, right.high_real);
    take(left.fewest, right.fewest), take(left.most, right.most);
    take(left.schemes, right.schemes);
    left.filled = left.filled || right.filled;
    left.whole_url = left.whole_url || right.whole_url;
    left.hashed = left.hashed || right.hashed;
    if (!right.words.empty()) left.words = right.words, left.values = right.values;
    if (right.names != Rule::Names::none) left.names = right.names;
    if (right.presence != Rule::Presence::unchecked) left.presence = right.presence;
    return left;
}

Rule range(double low, double high) {
    Rule rule;
    rule.low_real = low, rule.high_real = high;
    return rule;
}

Rule one_of(std::initializer_list<std::string_view> words) {
    Rule rule;
    rule.words = strings(words);
    return rule;
}

Rule time_zone() {
    Rule rule;
    rule.names = Rule::Names::time_zone;
    return rule;
}

Rule country() {
    Rule rule;
    rule.names = Rule::Names::country;
    return rule;
}

Rule filled() {
    Rule rule;
    rule.filled = true;
    return rule;
}

Rule count(std::size_t fewest, std::size_t most) {
    Rule rule;
    rule.fewest = fewest, rule.most = most;
    return rule;
}

Rule schemes(std::initializer_list<std::string_view> schemes) {
    Rule rule;
    rule.schemes = strings(schemes);
    return rule;
}

Rule whole_url() {
    Rule rule;
    rule.whole_url = true;
    return rule;
}

Rule hashed() {
    Rule rule;
    rule.hashed = true;
    return rule;
}

Rule readable_file() {
    Rule rule;
    rule.presence = Rule::Presence::readable_file;
    return rule;
}

Rule existing_folder() {
    Rule rule;
    rule.presence = Rule::Presence::folder;
    return rule;
}

} // namespace lamp::config
