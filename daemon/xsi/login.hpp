// One platform login: what goes into the Authorization header, and whether the platform still accepts it. A refused
// login is a state of its own, because wrong passwords hammered long enough lock the account (xsi.md 3, 12.6).
// Lives on the ingress loop.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

class Login {
public:
    explicit Login(const BroadworksOptions& options);

    /// Basic, BroadWorksSSO or Bearer. Empty while a login token has still to be fetched.
    [[nodiscard]] const Secret& authorization() const { return authorization_; }
    /// Basic, to fetch a login token with.
    [[nodiscard]] const Secret& basic() const { return basic_; }
    [[nodiscard]] bool wants_token() const {
        return authentication_ == Authentication::login_token && authorization_.empty();
    }
    void use_token(const std::string& token) {
        authorization_ = Secret("BroadWorksSSO " + token);
        ++edition_;
    }
    /// Differs from one authorization to the next: whoever was refused can tell whether it was with the present one.
    [[nodiscard]] std::uint32_t edition() const { return edition_; }

    /// The platform answered 401. A login token is dropped once, to be fetched anew; else the login counts as
    /// refused for ten minutes.
    void on_unauthorised(Steady now);
    void on_accepted() {
        refused_until_ = {};
        renewed_ = false;
    }
    [[nodiscard]] bool refused(Steady now) const { return now < refused_until_; }
    [[nodiscard]] Steady refused_until() const { return refused_until_; }
    [[nodiscard]] const std::string& user() const { return user_; }

private:
    Authentication authentication_;
    std::string user_;
    Secret basic_;
    Secret authorization_;
    Steady refused_until_{};
    bool renewed_ = false;
    std::uint32_t edition_ = 0;
};

} // namespace lamp::xsi
