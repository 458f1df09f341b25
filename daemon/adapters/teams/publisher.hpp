// Whether a delivery was published by Microsoft Graph and is for us: the validation tokens that come with encrypted
// contents (cloud-apis.md A7), and the keys that they are signed with. Lives on the egress loop.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/teams/options.hpp"
#include "base/clock.hpp"
#include "http/jwt.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"

namespace lamp::teams {

struct ExpectedToken {
    std::string client_id; // whom it is for
    std::string tenant_id; // a GUID; empty: not known, and then nothing fits
    std::string login_url; // issuer of tokens of version 2
};

/// The claims of a token whose signature is right. Category::unauthorised says which one is wrong. Pure.
[[nodiscard]] Result<void> check_claims(std::string_view claims, const ExpectedToken& expected, Wall now);

/// RSA keys for signatures by their id, of a key set (RFC 7517). Others are left out. Category::protocol. Pure.
using SigningKeys = std::map<std::string, http::VerifyingKey, std::less<>>;
[[nodiscard]] Result<SigningKeys> read_signing_keys(std::string_view body);

class Publisher {
public:
    static constexpr std::size_t tokens_max = 16; // of one delivery
    static constexpr milliseconds keys_last{24 * 3'600'000};
    static constexpr milliseconds ask_again{5'000}; // whatever ids are invented

    [[nodiscard]] static Result<std::unique_ptr<Publisher>> make(Loop& loop, const TeamsOptions& options);
    /// All of them must be good, and there must be one. Category::unauthorised: forged, foreign or out of time; others:
    /// the keys could not be had.
    [[nodiscard]] Task<Result<void>> vouches(const std::vector<std::string>& tokens, ExpectedToken expected);
    void stop() { pool_.close(); }
    [[nodiscard]] std::uint64_t key_fetches() const { return fetches_; }

private:
    Publisher(const http::Client& client, http::Url login) : login_(std::move(login)), pool_(client, login_) {}
    [[nodiscard]] Task<Result<http::VerifyingKey>> key(std::string id);
    [[nodiscard]] Task<Result<void>> fetch();
    [[nodiscard]] Task<Result<std::string>> get(std::string target);

    http::Url login_;
    http::Pool pool_;
    SigningKeys keys_;
    Steady fetched_{};
    Steady asked_{};
    std::uint64_t fetches_ = 0;
};

} // namespace lamp::teams
