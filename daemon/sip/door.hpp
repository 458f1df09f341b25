// Who asks: trusted networks by their address, everybody else by Digest (RFC 7616, RFC 8760; sip-csta.md 9). Keeps no
// state for those who have not proven themselves but small tables of fixed size. Pure but for random bytes at its
// start. Lives on the sip loop.
#pragma once
#include <array>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"
#include "net/networks.hpp"
#include "proto/sip/message.hpp"
#include "sip/address.hpp"
#include "sip/transaction_key.hpp"
#include "sip/users.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

class Door {
public:
    struct Options {
        std::string realm;
        std::vector<Algorithm> algorithms{Algorithm::sha256, Algorithm::md5};
        seconds nonce_lifetime{300};
        std::size_t nonces = 100'000; // whose counts are remembered against replays
        // Without a login, from one source:
        double per_second = 50; // requests, then silence
        double burst = 200;
        std::size_t sources = 65'536;
        unsigned failures = 10; // wrong passwords within a minute, then silence
        seconds silence{300};
    };
    enum class What : std::uint8_t {
        let_in,    // `watcher`
        challenge, // 401 with `challenges`
        malformed, // 400: its Authorization cannot be read
        drop,      // no answer at all
    };
    struct Judgement {
        What what = What::drop;
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

    /// Cheap, before anything else is done for a request: false drops it without an answer.
    [[nodiscard]] bool may_knock(const Message& request, const Address16& source, Steady now);
    [[nodiscard]] Judgement judge(const Message& request, const Address16& source, Steady now);

    [[nodiscard]] const Counters& counters() const { return counters_; }

private:
    struct Source {
        double tokens = 0;
        Steady at{};
        unsigned failures = 0;
        Steady failing_since{};
        Steady silent_until{};
    };
    struct Uses {
        std::uint32_t highest = 0;
        std::uint64_t window = 0; // bit n: highest - n was used
        Steady at{};
    };
    [[nodiscard]] std::string nonce(Steady now);
    enum class Age : std::uint8_t { good, stale, foreign };
    [[nodiscard]] Age age_of(std::string_view nonce, Steady now) const;
    [[nodiscard]] bool fresh_count(const Credentials& credentials, Steady now);
    [[nodiscard]] Judgement challenge(bool stale, Steady now);
    void note_failure(Source& source, Steady now);
    [[nodiscard]] Source& source(const Address16& address, Steady now);

    Options options_;
    std::array<std::uint64_t, 2> secret_;
    std::shared_ptr<const Users> users_;
    net::Networks trusted_;
    std::unordered_map<Key, Source, KeyHash> sources_;
    std::unordered_map<Key, Uses, KeyHash> uses_;
    std::uint64_t nonces_made_ = 0;
    Counters counters_;
};

/// Whom a request says that it is from, believed of trusted peers only: P-Asserted-Identity, else From; user@host in
/// lower case.
[[nodiscard]] std::string asserted_identity(const Message& request);

} // namespace lamp::sip
