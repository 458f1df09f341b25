// Who asks: trusted networks by their address, everybody else by Digest (RFC 7616, RFC 8760; sip-csta.md 9). Keeps no
// state for those who have not proven themselves but small tables of fixed size. Pure but for random bytes at its
// start. Lives on the sip loop.
#pragma once
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "net/networks.hpp"
#include "proto/sip/digest.hpp"
#include "proto/sip/message.hpp"
#include "proto/sip/users.hpp"
#include "sip/address.hpp"
#include "sip/knocks.hpp"
#include "sip/nonces.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

class Door {
public:
    struct Options {
        std::string realm;
        std::vector<Algorithm> algorithms{Algorithm::sha256, Algorithm::md5};
        Nonces::Limits nonces{};
        Knocks::Limits knocks{};
    };
    enum class What : std::uint8_t {
        let_in,    // `watcher`
        challenge, // 401 with `challenges`
        malformed, // 400: its Authorization cannot be read
    };
    struct Judgement {
        What what = What::challenge;
        Watcher watcher{};
        std::vector<std::string> challenges{}; // values of WWW-Authenticate, in order
    };
    struct Counters {
        std::uint64_t trusted = 0, accepted = 0, challenged = 0, stale = 0, wrong = 0, replayed = 0, malformed = 0;
        std::uint64_t dropped_rate = 0, dropped_failures = 0, dropped_scanners = 0;
    };

    Door(Options options, std::array<std::uint64_t, 2> secret);

    void use(std::shared_ptr<const Users> users, net::Networks trusted);
    [[nodiscard]] bool trusted(const Address16& source) const { return trusted_.hold(source); }

    /// Cheap, before anything else is done for a request: false drops it without an answer. Where too many came from
    /// one source, only those with a right password are heard.
    [[nodiscard]] bool may_knock(const Message& request, const Address16& source, Steady now);
    [[nodiscard]] Judgement judge(const Message& request, const Address16& source, Steady now);

    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    struct Login {
        Credentials credentials;
        Nonces::Age age = Nonces::Age::foreign;
    };
    /// One that is meant for us, the first with a nonce of ours if there is one. Nothing inside: there is none.
    [[nodiscard]] Parsed<std::optional<Login>> login_of(const Message& request, const Address16& source,
                                                        Steady now) const;
    /// Counts what is wrong.
    [[nodiscard]] bool knows_password(const Credentials& credentials, std::string_view method, const Address16& source,
                                      Steady now);
    [[nodiscard]] bool has_proof(const Message& request, const Address16& source, Steady now);
    [[nodiscard]] Judgement challenge(bool stale, const Address16& source, Steady now);

    Options options_;
    std::shared_ptr<const Users> users_;
    net::Networks trusted_;
    Nonces nonces_;
    Knocks knocks_;
    Counters counters_;
};

/// Whom a request says that it is from, believed of trusted peers only: P-Asserted-Identity, else From; user@host in
/// lower case.
[[nodiscard]] std::string asserted_identity(const Message& request);

} // namespace lamp::sip
