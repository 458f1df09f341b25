// Takes out of texts what a support bundle must not carry: secrets, names, addresses and telephone numbers of people.
// The same thing has the same pseudonym within one bundle and another one in the next. Pure.
#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace lamp {

class Redaction {
public:
    /// `key` is random and forgotten with this object.
    explicit Redaction(std::string key) : key_(std::move(key)) {}

    /// Known texts, found as whole words wherever they stand. Texts of fewer than three characters are no use.
    void add_secret(std::string_view text);
    /// A name; each of its parts of three characters or more, too, when it begins with a capital letter.
    void add_name(std::string_view text);
    /// An id, an address, a line, an extension.
    void add_id(std::string_view text);

    /// Free text: logs, what doctor says. Known texts, e-mail addresses, telephone numbers of seven digits or more,
    /// and of URLs logins, queries and paths that may be secrets are replaced. Times, versions and IP addresses stay.
    [[nodiscard]] std::string text(std::string_view plain) const;
    /// JSON, metrics, the configuration as `config show` prints it: numbers stay where they are no strings, and a
    /// string that is nothing but a number goes, however short.
    [[nodiscard]] std::string quoted(std::string_view plain) const;

private:
    struct Known {
        std::string text;
        std::string_view kind;
    };
    void add(std::string_view text, std::string_view kind);
    [[nodiscard]] std::string pseudonym(std::string_view kind, std::string_view of) const;
    [[nodiscard]] const Known* known_at(std::string_view text, std::size_t at) const;
    [[nodiscard]] std::string url(std::string_view plain) const;
    /// Replaces what begins at `at`, if anything does; how many characters of `plain` that were.
    [[nodiscard]] std::size_t replace(std::string_view plain, std::size_t at, bool numbers, std::string& out) const;
    [[nodiscard]] std::string scan(std::string_view plain, bool numbers) const;

    std::string key_;
    std::unordered_map<std::string, std::vector<Known>> known_; // by their first word; the longest first
};

} // namespace lamp
