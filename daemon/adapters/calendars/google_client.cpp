#include "adapters/calendars/google_client.hpp"

#include <fmt/format.h>
#include <utility>

#include "proto/google/error.hpp"

namespace lamp::calendars {
namespace {

std::optional<ApiRefusal> read_refusal(std::string_view body) {
    auto told = google::read_error(body);
    if (!told) return std::nullopt;
    auto text = fmt::format("{}{}{}", told->reason, told->message.empty() ? "" : ": ", told->message);
    bool fewer = google::asks_for_fewer(told->reason);
    return ApiRefusal{std::move(told->reason), std::move(text), fewer};
}

} // namespace

std::string google_endpoint(const CalendarOptions& options, std::string_view what) {
    auto base = std::string_view(options.login_url.text);
    while (base.ends_with('/'))
        base.remove_suffix(1);
    return fmt::format("{}/{}", base, what);
}

Result<std::unique_ptr<ApiClient>> make_google_client(Loop& loop, const CalendarOptions& options,
                                                      http::TokenOptions login) {
    auto api = http::Url::parse(options.api_url.text);
    if (!api) return std::unexpected(api.error());
    auto client = wire_of(loop, options);
    if (!client) return std::unexpected(client.error());
    login.token_url = google_endpoint(options, "token");
    return ApiClient::make(*client, *std::move(api), std::move(login), {"Google", read_refusal});
}

} // namespace lamp::calendars
