#include "sip/door.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/sip/digest.hpp"

namespace lamp::sip {
namespace {

constexpr std::array<std::string_view, 7> scanners{"friendly-scanner", "sipvicious", "sipcli",         "sip-scan",
                                                   "sundayddr",        "iwar",       "vaxsipuseragent"};

std::string lower(std::string_view text) {
    std::string out(text);
    std::ranges::transform(out, out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    return out;
}

bool is_scanner(const Message& request) {
    const auto agent = request.find(Header::user_agent);
    if (!agent) return false;
    const auto text = lower(agent->substr(0, 64));
    return std::ranges::any_of(scanners, [&](std::string_view name) { return text.starts_with(name); });
}

std::int64_t seconds_of(Steady at) {
    return std::chrono::floor<seconds>(at.time_since_epoch()).count();
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
    return lower(user);
}

Door::Door(Options options, std::array<std::uint64_t, 2> secret)
    : options_(std::move(options)), secret_(secret), users_(std::make_shared<const Users>()) {}

void Door::use(std::shared_ptr<const Users> users, net::Networks trusted) {
    users_ = std::move(users);
    trusted_ = std::move(trusted);
}

// --- sources

Door::Source& Door::source(const Address16& address, Steady now) {
    const Key key = sip_hash(secret_, {reinterpret_cast<const char*>(address.data()), address.size()});
    auto found = sources_.find(key);
    if (found == sources_.end()) {
        // Full: whoever is found first makes room. Nobody is locked out, and no table grows.
        if (sources_.size() >= options_.sources) sources_.erase(sources_.begin());
        found = sources_.try_emplace(key).first;
        found->second.tokens = options_.burst;
        found->second.at = now;
    }
    return found->second;
}

bool Door::may_knock(const Message& request, const Address16& address, Steady now) {
    if (trusted_.hold(address)) return true;
    if (is_scanner(request)) return ++counters_.dropped_scanners, false;
    Source& from = source(address, now);
    if (now < from.silent_until) return ++counters_.dropped_failures, false;
    if (request.find(Header::authorization)) return true; // a login is worth its price; wrong ones are counted
    const auto passed = std::chrono::duration<double>(now - from.at).count();
    from.at = now;
    from.tokens = std::min(options_.burst, from.tokens + passed * options_.per_second);
    if (from.tokens < 1) return ++counters_.dropped_rate, false;
    from.tokens -= 1;
    return true;
}

void Door::note_failure(Source& from, Steady now) {
    if (now - from.failing_since > std::chrono::minutes(1)) {
        from.failing_since = now;
        from.failures = 0;
    }
    if (++from.failures >= options_.failures) {
        from.silent_until = now + options_.silence;
        from.failures = 0;
    }
}

// --- nonces: a time, a number and a sum that nobody else can make; nothing is kept until one was used rightly

/// Never the same twice: a telephone with fifty keys asks fifty times within a second, and counts each from one.
std::string Door::nonce(Steady now) {
    const auto stamp = fmt::format("{:x}-{:x}", seconds_of(now), ++nonces_made_);
    const Key sum = sip_hash(secret_, fmt::format("{}\n{}", stamp, options_.realm));
    return fmt::format("{}.{:016x}{:016x}", stamp, sum.high, sum.low);
}

Door::Age Door::age_of(std::string_view text, Steady now) const {
    const auto dot = text.find('.');
    if (dot == std::string_view::npos || dot == 0 || dot > 33) return Age::foreign;
    const auto stamp = text.substr(0, dot);
    const Key sum = sip_hash(secret_, fmt::format("{}\n{}", stamp, options_.realm));
    if (!same_secret(text.substr(dot + 1), fmt::format("{:016x}{:016x}", sum.high, sum.low))) return Age::foreign;
    const auto made = std::strtoll(std::string(stamp).c_str(), nullptr, 16);
    const auto age = seconds_of(now) - made;
    return age >= 0 && age <= options_.nonce_lifetime.count() ? Age::good : Age::stale;
}

/// Each count of a nonce once, whatever order datagrams come in; without qop (RFC 2617) there is no count to check.
bool Door::fresh_count(const Credentials& credentials, Steady now) {
    if (credentials.qop.empty()) return true;
    const auto count = credentials.count();
    const Key key = sip_hash(secret_, fmt::format("{}\n{}", credentials.username, credentials.nonce));
    if (uses_.size() >= options_.nonces && !uses_.contains(key)) {
        std::erase_if(uses_, [&](const auto& one) { return now - one.second.at > options_.nonce_lifetime; });
        if (uses_.size() >= options_.nonces) uses_.clear(); // then an old request could be replayed once more
    }
    auto [place, first] = uses_.try_emplace(key);
    Uses& uses = place->second;
    uses.at = now;
    if (first || count > uses.highest) {
        const auto step = first ? 64 : count - uses.highest;
        uses.window = (step >= 64 ? 0 : uses.window << step) | 1;
        uses.highest = count;
        return true;
    }
    const auto behind = uses.highest - count;
    if (behind >= 64 || (uses.window >> behind & 1) != 0) return false;
    uses.window |= std::uint64_t{1} << behind;
    return true;
}

// --- judgement

Door::Judgement Door::challenge(bool stale, Steady now) {
    ++counters_.challenged;
    if (stale) ++counters_.stale;
    Judgement judgement{What::challenge};
    const auto fresh = nonce(now);
    for (const Algorithm algorithm : options_.algorithms)
        judgement.challenges.push_back(write_challenge(
            {.realm = options_.realm, .nonce = fresh, .opaque = {}, .algorithm = algorithm, .stale = stale}));
    return judgement;
}

Door::Judgement Door::judge(const Message& request, const Address16& address, Steady now) {
    if (trusted_.hold(address)) {
        ++counters_.trusted;
        return {What::let_in, {asserted_identity(request), true}};
    }
    for (const Field& field : request.fields()) {
        if (field.id != Header::authorization) continue;
        const auto read = parse_credentials(field.value);
        if (!read) return ++counters_.malformed, Judgement{What::malformed};
        if (!*read || (*read)->realm != options_.realm) continue; // another scheme, or meant for somebody else
        const Credentials& credentials = **read;
        if (std::ranges::find(options_.algorithms, credentials.algorithm) == options_.algorithms.end()) continue;
        const auto age = age_of(credentials.nonce, now);
        if (age == Age::foreign) return challenge(false, now);
        const auto ha1 = users_->ha1(credentials.username, options_.realm, credentials.algorithm);
        // The same work for who does not exist: nobody learns names from our clock.
        const auto wanted =
            digest_response(credentials, request.method_text(), ha1.value_or("0123456789abcdef0123456789abcdef"));
        const bool right = same_secret(credentials.response, wanted) && ha1;
        if (!right) {
            ++counters_.wrong;
            note_failure(source(address, now), now);
            return challenge(false, now);
        }
        if (age == Age::stale) return challenge(true, now);
        if (!fresh_count(credentials, now)) {
            ++counters_.replayed;
            return challenge(true, now);
        }
        ++counters_.accepted;
        return {What::let_in, {lower(credentials.username), false}};
    }
    return challenge(false, now);
}

} // namespace lamp::sip
