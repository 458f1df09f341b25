#include "proto/zoho/centres.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"

namespace lamp::zoho {
namespace {

constexpr std::array<Centre, 10> table{{
    {"us", "https://accounts.zoho.com", "https://www.zohoapis.com"},
    {"eu", "https://accounts.zoho.eu", "https://www.zohoapis.eu"},
    {"in", "https://accounts.zoho.in", "https://www.zohoapis.in"},
    {"au", "https://accounts.zoho.com.au", "https://www.zohoapis.com.au"},
    {"jp", "https://accounts.zoho.jp", "https://www.zohoapis.jp"},
    {"cn", "https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"},
    {"ca", "https://accounts.zohocloud.ca", "https://www.zohoapis.ca"},
    {"sa", "https://accounts.zoho.sa", "https://www.zohoapis.sa"},
    {"ae", "https://accounts.zoho.ae", "https://www.zohoapis.ae"},
    {"uk", "https://accounts.zoho.uk", "https://www.zohoapis.uk"},
}};

} // namespace

std::span<const Centre> centres() {
    return table;
}

std::optional<Centre> centre_of(std::string_view accounts_url) {
    while (accounts_url.ends_with('/'))
        accounts_url.remove_suffix(1);
    const auto* row = std::ranges::find_if(
        table, [accounts_url](const Centre& one) { return text::same_letters(one.accounts, accounts_url); });
    return row == table.end() ? std::nullopt : std::optional(*row);
}

} // namespace lamp::zoho
