// A person's consent: how it is asked for in a browser, which data centre it belongs to, and whose it is
// (crm-directory.md A.2). For the command `zoho login`; runs on the command's own loop.
#pragma once
#include <string>
#include <string_view>

#include "adapters/zoho/kept.hpp"
#include "adapters/zoho/options.hpp"
#include "loop/loop.hpp"

namespace lamp::zoho {

/// One question to a person, and what proves that an answer belongs to it.
struct Consent {
    std::string redirect;
    std::string state;

    struct Answer {
        Secret code;
        std::string login_url; // the data centre's
    };
    [[nodiscard]] static Consent begin(std::string redirect);
    /// What the person opens.
    [[nodiscard]] std::string url(const ZohoOptions& options) const;
    /// Of the address that the browser was sent to. Errors: unauthorised (declined), conflict (an answer to another
    /// question), forbidden (it names a login host that is none of Zoho's), invalid (no answer at all).
    [[nodiscard]] Result<Answer> answer_of(std::string_view address, const ZohoOptions& options) const;
};

/// Exchanges the code and, where `account` is set, asks who it was. unauthorised: another account than `account`;
/// nothing is kept then.
[[nodiscard]] Task<Result<Login>> finish_login(Loop& loop, ZohoOptions options, Consent consent,
                                               Consent::Answer answer);

} // namespace lamp::zoho
