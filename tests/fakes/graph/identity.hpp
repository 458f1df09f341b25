// The login host: client credentials (secret or certificate), device codes, refresh tokens, and the access tokens that
// the Graph host accepts (cloud-apis.md A1). Lives on the simulator's loop.
#pragma once

#include "../http_server.hpp"
#include "crypto.hpp"
#include "presences.hpp"
#include "settings.hpp"

#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace sim::graph {

struct Application {
    std::string id;
    std::string secret;
    std::vector<std::string> roles;  // application permissions with consent
    std::vector<std::string> scopes; // delegated ones
    std::vector<crypto::Key> certificates;
};

struct Token {
    std::uint32_t app = 0;
    UserIndex user = nobody; // whom a delegated token stands for
    bool delegated = false;
    std::vector<std::string> permissions;
    std::int64_t expires = 0;
};

class Identity {
public:
    using Form = std::vector<std::pair<std::string, std::string>>;

    Identity(const Settings& settings, std::string tenant, std::string domain);

    http::Response token(const http::Request& request, std::string_view tenant, const std::string& own_url);
    http::Response device_code(const http::Request& request, std::string_view tenant, const std::string& own_url);
    http::Response openid_configuration(const std::string& own_url) const;
    http::Response signing_keys();

    // Whose token this Authorization header carries, or what is wrong with it.
    std::expected<const Token*, std::string_view> check(std::string_view authorization) const;
    bool permits(const Token& token, std::string_view permission) const;

    // A delegated token without any ceremony, for tests.
    std::string issue(std::uint32_t app, UserIndex user);
    void revoke(bool refresh_too);
    // The next device code, or the one with this user code, is decided. False: there is none.
    bool decide(std::string_view user_code, UserIndex user, bool approved);

    std::int64_t now() const;                                         // skewed
    Application& application(std::string_view id, bool make = false); // the first one when it is unknown
    std::optional<std::uint32_t> find(std::string_view client_id) const;
    std::string rotate_key(); // new notifications are signed with another key; the id of the key
    std::string signed_token(const std::string& claims, bool foreign_key);

    const std::string tenant;
    std::vector<Application> applications;
    std::int64_t skew_ms = 0;
    bool down = false;
    std::string refuse; // the `error` with which the next refresh grants are refused, "" = none
    std::uint64_t issued = 0;
    std::uint64_t refused = 0;

private:
    struct Refresh {
        std::uint32_t app = 0;
        UserIndex user = nobody;
        bool revoked = false;
    };
    struct Device {
        std::string user_code;
        std::uint32_t app = 0;
        std::int64_t expires = 0;
        std::int64_t interval_ms = 0;
        std::int64_t polled = 0;
        UserIndex user = nobody;
        bool offline = false;
        enum class State { waiting, approved, declined, spent } state = State::waiting;
    };
    struct SigningKey {
        std::string id;
        crypto::Key key;
    };

    http::Response error(int status, std::string_view error, int code, std::string_view text);
    http::Response success(std::uint32_t app, UserIndex user, bool delegated, bool refresh);
    std::string make_token(std::uint32_t app, UserIndex user, bool delegated);
    std::optional<http::Response> form_of(const http::Request& request, Form& form);
    std::optional<http::Response> wrong_tenant(std::string_view name, bool app_only);
    std::optional<http::Response> authenticate(const http::Request& request, const Form& form, std::string_view path,
                                               const std::string& own_url, bool required, std::uint32_t& app);
    std::optional<http::Response> check_assertion(const std::string& assertion, const Application& app,
                                                  std::string_view path, const std::string& own_url);
    std::optional<http::Response> wrong_scope(const Form& form, bool app_only);
    http::Response client_credentials(const Form& form, std::uint32_t app);
    http::Response refresh(const Form& form, std::uint32_t app);
    http::Response device(const Form& form, std::uint32_t app);
    SigningKey& current_key();
    void forget_old_tokens();

    const Settings& settings_;
    const std::string domain_;
    std::unordered_map<std::string, Token> tokens_;
    std::unordered_map<std::string, Refresh> refresh_;
    std::map<std::string, Device> devices_;
    std::vector<SigningKey> keys_; // newest last
    std::optional<crypto::Key> foreign_;
};

const std::string* find_field(const Identity::Form& form, std::string_view name);

} // namespace sim::graph
