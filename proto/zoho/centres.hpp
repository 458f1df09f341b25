// Zoho's data centres (crm-directory.md A.2): which API belongs to which login host, and which hosts may be believed
// when Zoho names one. Pure.
#pragma once
#include <optional>
#include <span>
#include <string_view>

namespace lamp::zoho {

struct Centre {
    std::string_view name;     // "eu"
    std::string_view accounts; // "https://accounts.zoho.eu"
    std::string_view api;      // "https://www.zohoapis.eu"
};
[[nodiscard]] std::span<const Centre> centres();
/// By the login host's address, with or without a slash at its end. Nothing: no data centre of Zoho's, so it gets no
/// secret of ours.
[[nodiscard]] std::optional<Centre> centre_of(std::string_view accounts_url);

} // namespace lamp::zoho
