#include "sip/door.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

constexpr std::array<std::string_view, 7> scanners{"friendly-scanner", "sipvicious", "sipcli",         "sip-scan",
                                                   "sundayddr",        "iwar",       "vaxsipuseragent"};

constexpr std::size_t authorizations_max = 8; // more are not looked at

bool is_scanner(const Message& request) {
    const auto agent = request.find(Header::user_agent);
    if (!agent) return false;
    return std::ranges::any_of(
        scanners, [&](std::string_view name) { return text::same_letters(agent->substr(0, name.size()), name); });
}

/// Stands in for the sum of who does not exist.
std::string_view nobodys_sum(Algorithm algorithm) {
    constexpr std::string_view sum = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    return sum.substr(0, algorithm == Algorithm::md5 ? 32 : 64);
}

} // namespace

std::string asserted_identity(const Message& request) {
    const Uri* uri = &request.from().uri;
    std::optional<Parsed<Address>> asserted;
    if (const auto value = request.find(Header::p_asserted_identity)) {
        auto rest = *value;
        if (const auto first = next_element(rest)) {
            asserted = parse_address(*first);
            if (*asserted) uri = &(*asserted)->uri;
        }
    }
    auto user = uri->user_text();
    if (uri->is_sip() && !uri->host.empty()) user += fmt::format("@{}", uri->host);
    return text::lower(user);
}

Door::Door(Options options, std::array<std::uint64_t, 2> secret)
    : options_(std::move(options)),
      users_(std::make_shared<const Users>()),
      nonces_(options_.nonces, secret),
      knocks_(options_.knocks, secret) {}

void Door::use(std::shared_ptr<const Users> users, net::Networks trusted) {
    users_ = std::move(users);
    trusted_ = std::move(trusted);
}

bool Door::may_knock(const Message& request, const Address16& source, Steady now) {
    if (trusted_.hold(source)) return true;
    if (is_scanner(request)) return ++counters_.dropped_scanners, false;
    switch (knocks_.knock(source, now)) {
    case Knocks::Answer::welcome: return true;
    case Knocks::Answer::silenced: return ++counters_.dropped_failures, false;
    case Knocks::Answer::too_often: break;
    }
    if (has_proof(request, source, now)) return knocks_.lend(source, now), true;
    return ++counters_.dropped_rate, false;
}

Parsed<std::optional<Door::Login>> Door::login_of(const Message& request, const Address16& source, Steady now) const {
    std::optional<Login> best;
    std::size_t count = 0;
    for (const Field& field : request.fields()) {
        if (field.id != Header::authorization) continue;
        if (++count > authorizations_max) break;
        const auto read = parse_credentials(field.value);
        if (!read) return std::unexpected(read.error());
        if (!*read || (*read)->realm != options_.realm) continue; // another scheme, or meant for somebody else
        if (std::ranges::find(options_.algorithms, (*read)->algorithm) == options_.algorithms.end()) continue;
        const auto age = nonces_.age_of((*read)->nonce, source, now);
        best = Login{**read, age};
        if (age != Nonces::Age::foreign) break;
    }
    return best;
}

bool Door::knows_password(const Credentials& credentials, std::string_view method, const Address16& source,
                          Steady now) {
    const auto sum = users_->ha1(credentials.username, options_.realm, credentials.algorithm);
    // The same work for who does not exist: nobody learns names from our clock.
    const auto wanted = digest_response(credentials, method, sum.value_or(nobodys_sum(credentials.algorithm)));
    if (same_secret(credentials.response, wanted) && sum) return true;
    ++counters_.wrong;
    knocks_.note_wrong_password(source, now);
    return false;
}

/// Guessing costs as much here as in `judge`: the nonce is one that this source was given.
bool Door::has_proof(const Message& request, const Address16& source, Steady now) {
    const auto login = login_of(request, source, now);
    return login && *login && (*login)->age == Nonces::Age::good &&
           knows_password((*login)->credentials, request.method_text(), source, now);
}

Door::Judgement Door::challenge(bool stale, const Address16& source, Steady now) {
    ++counters_.challenged;
    if (stale) ++counters_.stale;
    Judgement judgement{What::challenge};
    const auto nonce = nonces_.make(source, now);
    for (const Algorithm algorithm : options_.algorithms)
        judgement.challenges.push_back(write_challenge(
            {.realm = options_.realm, .nonce = nonce, .opaque = {}, .algorithm = algorithm, .stale = stale}));
    return judgement;
}

Door::Judgement Door::judge(const Message& request, const Address16& source, Steady now) {
    if (trusted_.hold(source)) {
        ++counters_.trusted;
        return {What::let_in, {asserted_identity(request), true}};
    }
    const auto login = login_of(request, source, now);
    if (!login) return ++counters_.malformed, Judgement{What::malformed};
    if (!*login) return challenge(false, source, now);
    const Credentials& credentials = (*login)->credentials;
    // Stale without a look at the password (RFC 7616 3.3): after a restart of ours no telephone asks its owner for it.
    if ((*login)->age == Nonces::Age::foreign) return challenge(true, source, now);
    if (!knows_password(credentials, request.method_text(), source, now)) return challenge(false, source, now);
    if ((*login)->age == Nonces::Age::stale) return challenge(true, source, now);
    // Without qop (RFC 2617) there is no count: such a nonce is good once.
    const auto count = credentials.qop.empty() ? 1 : credentials.count();
    if (!nonces_.use(credentials.nonce, credentials.username, count, now)) {
        ++counters_.replayed;
        return challenge(true, source, now);
    }
    ++counters_.accepted;
    knocks_.forgive(source, now);
    return {What::let_in, {text::lower(credentials.username), false}};
}

} // namespace lamp::sip
