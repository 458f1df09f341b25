// What Zoho sends to our addresses when somebody clicks a number or a button (crm-directory.md A.4): a query, a form or
// JSON, since the documents do not say which. Pure.
#pragma once
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace lamp::zoho {

class Parameters {
public:
    static constexpr std::size_t most = 64;
    static constexpr std::size_t longest = 2048; // of one value; longer ones are left out

    /// Those of the query, then those of the body: JSON when it begins with '{', else a form.
    [[nodiscard]] static Parameters read(std::string_view query, std::string_view body);
    /// The first that has one of these names, in any letter case; empty: none.
    [[nodiscard]] std::string_view find(std::initializer_list<std::string_view> names) const;

private:
    void add(std::string name, std::string value);
    void read_form(std::string_view text);
    void read_json(std::string_view text);
    std::vector<std::pair<std::string, std::string>> pairs_;
};

} // namespace lamp::zoho
