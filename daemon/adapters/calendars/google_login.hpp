// A user's consent: how it is asked for in a browser (RFC 8252, PKCE of RFC 7636), where the refresh token is kept, and
// how it is given back (cloud-apis.md F1). For the commands `google login` and `google logout`, and for the provider.
#pragma once
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>

#include "adapters/calendars/options.hpp"
#include "loop/loop.hpp"
#include "store/store.hpp"

namespace lamp::calendars {

inline constexpr std::string_view google_scope = "https://www.googleapis.com/auth/calendar.readonly";

/// The kept refresh token of this calendar; empty: nobody has logged in.
[[nodiscard]] Task<Result<Secret>> read_google_login(store::Store& store, std::string calendar);
/// It replaces the one before. On disk when this returns.
[[nodiscard]] Task<Result<void>> keep_google_login(store::Store& store, std::string calendar, Secret refresh_token);
/// `fresh` takes the place of `old`, unless that was replaced or forgotten meanwhile.
[[nodiscard]] Task<Result<void>> replace_google_login(store::Store& store, std::string calendar, Secret old,
                                                      Secret fresh);
[[nodiscard]] Task<Result<void>> forget_google_login(store::Store& store, std::string calendar);

/// One question to a person, and what proves that an answer belongs to it.
struct GoogleConsent {
    std::string redirect; // "http://127.0.0.1:PORT"
    std::string state;
    std::string verifier;

    [[nodiscard]] static GoogleConsent begin(std::string redirect);
    /// What the person opens. It proposes the account that `subject`, else `calendar_id` names.
    [[nodiscard]] std::string url(const CalendarOptions& options) const;
    /// The code in the address that the browser was sent to, or in its path and query. Errors: unauthorised (declined),
    /// conflict (an answer to another question), invalid (no answer at all).
    [[nodiscard]] Result<Secret> code_of(std::string_view address) const;
};

/// Waits on 127.0.0.1 for the browser to bring the answer.
class GoogleRedirect {
public:
    /// Any free port. Error: unavailable.
    [[nodiscard]] static Result<GoogleRedirect> listen(Loop& loop);
    [[nodiscard]] std::string address() const;
    /// The path and query of the first request that answers, whatever it answers. The browser is shown what became of
    /// it. Error: timeout.
    [[nodiscard]] Task<Result<std::string>> wait(milliseconds longest);

private:
    explicit GoogleRedirect(asio::ip::tcp::acceptor acceptor) : acceptor_(std::move(acceptor)) {}
    asio::ip::tcp::acceptor acceptor_;
};

struct GoogleLogin {
    std::string account; // who has consented
    Secret refresh_token;
};
/// Exchanges the code and asks who it was. unauthorised: another account than `subject`; nothing is kept then.
[[nodiscard]] Task<Result<GoogleLogin>> finish_google_login(Loop& loop, CalendarOptions options, GoogleConsent consent,
                                                            Secret code);
/// Gives the consent back. A token that Google does not know any more is no error.
[[nodiscard]] Task<Result<void>> revoke_google_login(Loop& loop, CalendarOptions options, Secret refresh_token);

} // namespace lamp::calendars
