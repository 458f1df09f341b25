#include "proto/message_summary/summary.hpp"

#include <algorithm>

#include "proto/text/text.hpp"

namespace lamp::message_summary {
namespace {

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::protocol, "The message summary " + std::string(what) + ".");
}

void append_pair(std::string& out, std::uint32_t fresh, std::uint32_t old) {
    out += std::to_string(fresh) + '/' + std::to_string(old);
}

struct Pair {
    std::uint32_t fresh = 0;
    std::uint32_t old = 0;
};
std::optional<Pair> pair_in(std::string_view text) {
    const auto slash = text.find('/');
    if (slash == std::string_view::npos) return std::nullopt;
    const auto fresh = text::number<std::uint32_t>(text::trim(text.substr(0, slash)));
    const auto old = text::number<std::uint32_t>(text::trim(text.substr(slash + 1)));
    if (!fresh || !old) return std::nullopt;
    return Pair{*fresh, *old};
}

/// "2/8 (0/2)"
std::optional<Counts> counts_in(std::string_view text) {
    const auto bracket = text.find('(');
    const auto all = pair_in(text::trim(text.substr(0, bracket)));
    if (!all) return std::nullopt;
    Counts counts{all->fresh, all->old};
    if (bracket == std::string_view::npos) return counts;
    const auto rest = text.substr(bracket + 1);
    const auto urgent = rest.ends_with(')') ? pair_in(rest.substr(0, rest.size() - 1)) : std::nullopt;
    if (!urgent) return std::nullopt;
    counts.fresh_urgent = urgent->fresh;
    counts.old_urgent = urgent->old;
    return counts;
}

} // namespace

std::string write(const Summary& summary) {
    std::string out = "Messages-Waiting: ";
    out += summary.waiting ? "yes\r\n" : "no\r\n";
    if (!summary.account.empty()) {
        out += "Message-Account: ";
        std::ranges::copy_if(summary.account, std::back_inserter(out),
                             [](char c) { return static_cast<unsigned char>(c) >= 0x20 && c != 0x7f; });
        out += "\r\n";
    }
    if (!summary.voice) return out;
    out += "Voice-Message: ";
    append_pair(out, summary.voice->fresh, summary.voice->old);
    if (summary.voice->fresh_urgent != 0 || summary.voice->old_urgent != 0) {
        out += " (";
        append_pair(out, summary.voice->fresh_urgent, summary.voice->old_urgent);
        out += ')';
    }
    return out += "\r\n";
}

Result<Summary> read(std::string_view text) {
    std::optional<bool> waiting;
    Summary out;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = text::trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.empty()) break; // header fields of the newest messages follow
        const auto colon = line.find(':');
        if (colon == std::string_view::npos) return wrong("has a line without a colon");
        const auto name = text::trim(line.substr(0, colon));
        const auto value = text::trim(line.substr(colon + 1));
        if (text::same_letters(name, "Messages-Waiting")) {
            waiting = text::same_letters(value, "yes");
            if (!*waiting && !text::same_letters(value, "no")) return wrong("says neither yes nor no");
        } else if (text::same_letters(name, "Message-Account")) {
            out.account = value;
        } else if (text::same_letters(name, "Voice-Message")) {
            out.voice = counts_in(value);
            if (!out.voice) return wrong("has counts that cannot be read");
        }
    }
    if (!waiting) return wrong("does not say whether messages wait");
    out.waiting = *waiting;
    return out;
}

} // namespace lamp::message_summary
