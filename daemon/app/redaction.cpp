#include "app/redaction.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <functional>

namespace lamp {
namespace {

constexpr std::size_t shortest = 3;

bool digit(char c) {
    return c >= '0' && c <= '9';
}
/// Bytes of other alphabets count as letters.
bool letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool word(char c) {
    return letter(c) || digit(c) || c == '_';
}
bool capital(char c) {
    return (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}
bool mail_character(char c) {
    return word(c) || c == '.' || c == '+' || c == '-' || c == '%' || c == '\'';
}

std::size_t word_end(std::string_view text, std::size_t at) {
    while (at < text.size() && word(text[at]))
        ++at;
    return at;
}

/// The end of an e-mail address (or user id) that begins here; `at` itself if none does.
std::size_t mail_end(std::string_view text, std::size_t at) {
    auto end = at;
    while (end < text.size() && mail_character(text[end]))
        ++end;
    if (end == at || end == text.size() || text[end] != '@') return at;
    auto domain = ++end;
    while (end < text.size() && (word(text[end]) || text[end] == '.' || text[end] == '-'))
        ++end;
    while (end > domain && (text[end - 1] == '.' || text[end - 1] == '-'))
        --end;
    return end > domain ? end : at;
}

/// A date or a time of day, with whatever follows of it; `at` itself if none begins here.
std::size_t time_end(std::string_view text, std::size_t at) {
    auto like = [&](std::string_view pattern) {
        if (text.size() - at < pattern.size()) return false;
        for (std::size_t i = 0; i < pattern.size(); ++i)
            if (pattern[i] == '0' ? !digit(text[at + i]) : text[at + i] != pattern[i]) return false;
        return true;
    };
    if (!like("0000-00-00") && !like("00:00:00")) return at;
    auto end = at;
    while (end < text.size() && (digit(text[end]) || text[end] == '-' || text[end] == ':' || text[end] == '.' ||
                                 text[end] == 'T' || text[end] == 'Z' || text[end] == '+'))
        ++end;
    return end;
}

/// 192.0.2.1, and a port behind it; `at` itself if none begins here.
std::size_t address_end(std::string_view text, std::size_t at) {
    auto end = at;
    for (int group = 0; group < 4; ++group) {
        auto from = end;
        while (end < text.size() && digit(text[end]))
            ++end;
        if (end == from || end - from > 3) return at;
        if (group == 3) break;
        if (end == text.size() || text[end] != '.') return at;
        ++end;
    }
    if (end < text.size() && (word(text[end]) || (text[end] == '.' && end + 1 < text.size() && digit(text[end + 1]))))
        return at;
    return end;
}

/// A telephone number of seven digits or more as people write it; `at` itself if none begins here.
std::size_t number_end(std::string_view text, std::size_t at) {
    constexpr std::size_t fewest = 7;
    std::size_t digits = 0;
    auto end = at;
    for (auto i = at; i < text.size(); ++i) {
        char c = text[i];
        if (digit(c)) {
            ++digits;
            end = i + 1;
        } else if (!(c == '+' && i == at) &&
                   !(digits > 0 && (c == ' ' || c == '-' || c == '/' || c == '(' || c == ')') && i == end)) {
            break;
        }
    }
    return digits >= fewest && (end == text.size() || !word(text[end])) ? end : at;
}

bool all_number(std::string_view text) {
    std::size_t digits = 0;
    for (char c : text) {
        if (digit(c))
            ++digits;
        else if (c != '+' && c != ' ' && c != '-' && c != '*' && c != '#' && c != '(' && c != ')')
            return false;
    }
    return digits >= shortest;
}

/// What no service makes up for a customer: "com.broadsoft.xsi-actions", "v1.0".
bool plain_segment(std::string_view segment) {
    constexpr std::size_t longest = 32;
    return segment.size() <= longest && std::ranges::none_of(segment, [](char c) { return capital(c); }) &&
           std::ranges::count_if(segment, digit) <= 2 && segment.find_first_of("%@") == std::string_view::npos;
}

} // namespace

void Redaction::add(std::string_view text, std::string_view kind) {
    if (text.size() < shortest) return;
    auto& same = known_[std::string(text.substr(0, word_end(text, 0)))];
    if (std::ranges::find(same, text, &Known::text) != same.end()) return;
    same.push_back({std::string(text), kind});
    std::ranges::sort(same, std::greater(), [](const Known& one) { return one.text.size(); });
}

void Redaction::add_secret(std::string_view text) {
    add(text, "secret");
}

void Redaction::add_id(std::string_view text) {
    // As what nobody knows is called: the same address is the same word, known or not.
    add(text, text.find('@') != std::string_view::npos ? "mail" : all_number(text) ? "number" : "name");
}

void Redaction::add_name(std::string_view text) {
    add(text, "name");
    for (std::size_t at = 0; at < text.size();) {
        auto end = word_end(text, at);
        if (end > at && capital(text[at])) add(text.substr(at, end - at), "name");
        at = std::max(end, at + 1);
    }
}

std::string Redaction::pseudonym(std::string_view kind, std::string_view of) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
    unsigned size = 0;
    HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()), reinterpret_cast<const unsigned char*>(of.data()),
         of.size(), sum.data(), &size);
    // Letters only: a pseudonym must not look like a number.
    std::string name(kind);
    name += '-';
    for (std::size_t i = 0; i < 8; ++i)
        name += static_cast<char>('a' + sum.at(i) % 26);
    return name;
}

const Redaction::Known* Redaction::known_at(std::string_view text, std::size_t at) const {
    auto found = known_.find(std::string(text.substr(at, word_end(text, at) - at)));
    if (found == known_.end()) return nullptr;
    for (const Known& one : found->second) {
        auto end = at + one.text.size();
        bool whole = end >= text.size() || !word(one.text.back()) || !word(text[end]);
        if (whole && text.substr(at).starts_with(one.text)) return &one;
    }
    return nullptr;
}

/// "https://user:word@host/path?query" from its scheme on; host and plain paths stay.
std::string Redaction::url(std::string_view plain) const {
    auto from = plain.find("://") + 3;
    auto path = std::min(plain.find_first_of("/?#", from), plain.size());
    auto at = plain.substr(from, path - from).rfind('@');
    std::string out(plain.substr(0, from));
    if (at != std::string_view::npos) out += pseudonym("login", plain.substr(from, at)) + "@";
    out += plain.substr(at == std::string_view::npos ? from : from + at + 1,
                        path - (at == std::string_view::npos ? from : from + at + 1));
    auto query = std::min(plain.find_first_of("?#", path), plain.size());
    auto way = plain.substr(path, query - path);
    bool fine = true;
    for (std::size_t i = 0; i < way.size(); ++i)
        if (way[i] == '/')
            fine = fine && plain_segment(way.substr(i + 1, std::min(way.find('/', i + 1), way.size()) - i - 1));
    out += fine ? std::string(way) : "/" + pseudonym("path", way);
    if (query < plain.size()) out += "?" + pseudonym("query", plain.substr(query));
    return out;
}

std::size_t Redaction::replace(std::string_view plain, std::size_t at, bool numbers, std::string& out) const {
    if (const Known* known = known_at(plain, at)) {
        out += pseudonym(known->kind, known->text);
        return known->text.size();
    }
    auto rest = plain.substr(at);
    if (auto scheme = rest.substr(0, word_end(rest, 0)); rest.substr(scheme.size()).starts_with("://")) {
        auto size = std::min(rest.find_first_of(" \t\n\"'<>\\,;)]}"), rest.size());
        out += url(rest.substr(0, size));
        return size;
    }
    if (auto end = mail_end(plain, at); end > at) {
        out += pseudonym("mail", plain.substr(at, end - at));
        return end - at;
    }
    for (auto kept : {time_end(plain, at), address_end(plain, at)})
        if (kept > at) return out += plain.substr(at, kept - at), kept - at;
    if (auto end = number_end(plain, at); numbers && end > at) {
        out += pseudonym("number", plain.substr(at, end - at));
        return end - at;
    }
    return 0;
}

std::string Redaction::scan(std::string_view plain, bool numbers) const {
    std::string out;
    out.reserve(plain.size());
    for (std::size_t at = 0; at < plain.size();) {
        bool begins = word(plain[at]) || plain[at] == '+';
        if (auto taken = begins ? replace(plain, at, numbers, out) : 0; taken > 0) {
            at += taken;
            continue;
        }
        // On to the next beginning of a word.
        auto end = begins ? std::max(word_end(plain, at), at + 1) : at + 1;
        out += plain.substr(at, end - at);
        at = end;
    }
    return out;
}

std::string Redaction::text(std::string_view plain) const {
    return scan(plain, true);
}

std::string Redaction::quoted(std::string_view plain) const {
    std::string out;
    out.reserve(plain.size());
    for (std::size_t at = 0; at < plain.size();) {
        auto from = std::min(plain.find('"', at), plain.size());
        out += scan(plain.substr(at, from - at), false);
        if (from == plain.size()) break;
        auto end = from + 1;
        while (end < plain.size() && plain[end] != '"' && plain[end] != '\n')
            end += plain[end] == '\\' ? 2 : 1;
        end = std::min(end, plain.size());
        auto inside = plain.substr(from + 1, end - from - 1);
        out += '"';
        out += all_number(inside) ? pseudonym("number", inside) : scan(inside, true);
        if (end < plain.size()) out += plain[end];
        at = end + 1;
    }
    return out;
}

} // namespace lamp
