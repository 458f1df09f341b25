// How Google's API is spoken to: its addresses, its refusals (cloud-apis.md F4).
// Egress loop, or a command's own.
#pragma once
#include <memory>
#include <string>

#include "adapters/calendars/api_client.hpp"
#include "adapters/calendars/options.hpp"

namespace lamp::calendars {

/// `options` gives the addresses, certificates and proxy; `login` the grant. Category::invalid when one of them cannot
/// be used.
[[nodiscard]] Result<std::unique_ptr<ApiClient>> make_google_client(Loop& loop, const CalendarOptions& options,
                                                                    http::TokenOptions login);

/// "https://oauth2.googleapis.com" and "token" -> the address of the endpoint.
[[nodiscard]] std::string google_endpoint(const CalendarOptions& options, std::string_view what);

} // namespace lamp::calendars
