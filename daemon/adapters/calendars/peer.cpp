#include "adapters/calendars/peer.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>

#include "proto/sip/digest.hpp"
#include "proto/text/text.hpp"

namespace lamp::calendars {
namespace {

constexpr int redirections_max = 3;

std::string client_nonce() {
    static thread_local std::mt19937_64 random{std::random_device{}()};
    return fmt::format("{:016x}", random());
}

bool begins_with_word(std::string_view text, std::string_view word) {
    return text::same_letters(text.substr(0, word.size()), word);
}

} // namespace

Result<std::unique_ptr<Peer>> Peer::make(Loop& loop, const CalendarOptions& options, const http::Url& at,
                                         std::size_t body_bytes) {
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    wire.body_bytes = body_bytes;
    auto client = http::Client::make(loop.context(), wire);
    if (!client) return std::unexpected(std::move(client.error()));
    return std::unique_ptr<Peer>(new Peer(*std::move(client), at, options));
}

Peer::Peer(http::Client client, const http::Url& at, const CalendarOptions& options)
    : client_(std::move(client)),
      pool_(client_, at, http::PoolOptions{.parallel = 1}),
      username_(options.username),
      password_(options.password) {}

void Peer::move_to(const http::Url& origin) {
    pool_ = http::Pool(client_, origin, http::PoolOptions{.parallel = 1});
    digest_.reset();
    if (closed_) pool_.close();
}

void Peer::close() {
    closed_ = true;
    pool_.close();
}

Task<Result<http::Answer>> Peer::ask(http::Request request) {
    if (steady_now() < silent_until_) co_return fail(Category::throttled, silent_why_);
    if (request.limit == milliseconds(0)) request.limit = request_limit;
    auto at = origin();
    for (int followed = 0;; ++followed) {
        auto answer = co_await ask_logged_in(request);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        if (!answer->redirect()) co_return judge(*std::move(answer));
        if (followed == redirections_max)
            co_return fail(Category::protocol, fmt::format("{} redirects more than {} times; its address is set up "
                                                           "wrongly.",
                                                           origin().place(), redirections_max));
        at.path = request.target;
        auto target = http::redirect_target(at, *answer, {});
        if (!target && target.error().category == Category::forbidden)
            co_return fail(Category::forbidden,
                           fmt::format("{} redirects to another server ({}): not followed, for the login would go "
                                       "there; if that is right, write the address there as url.",
                                       origin().place(), target.error().text));
        if (!target) co_return std::unexpected(std::move(target.error()));
        request.target = target->path;
    }
}

Task<Result<http::Answer>> Peer::ask_openly(http::Request request) {
    if (request.limit == milliseconds(0)) request.limit = request_limit;
    co_return co_await pool_.exchange(std::move(request));
}

Task<Result<http::Answer>> Peer::ask_logged_in(http::Request request) {
    request.authorization = authorization(request);
    auto answer = co_await pool_.exchange(request);
    if (!answer || answer->status != 401 || !take_challenge(*answer)) co_return answer;
    request.authorization = authorization(request);
    co_return co_await pool_.exchange(std::move(request));
}

/// A first challenge, or one that only wants a younger nonce. Where Basic is offered and was refused, Digest would be.
bool Peer::take_challenge(const http::Head& head) {
    if (username_.empty()) return false;
    std::optional<std::string> digest;
    for (const auto value : head.headers.all("WWW-Authenticate")) {
        if (begins_with_word(value, "Basic")) return false;
        const auto challenge = sip::parse_challenge(value);
        if (!challenge || !*challenge || digest) continue;
        const bool usable = (*challenge)->algorithm != sip::Algorithm::other;
        if (usable && (!digest_ || (*challenge)->stale)) digest = value;
    }
    if (!digest) return false;
    digest_ = Challenge{*std::move(digest)};
    return true;
}

Secret Peer::authorization(const http::Request& request) {
    if (username_.empty()) return {};
    if (!digest_) return http::basic(username_, password_);
    const auto challenge = sip::parse_challenge(digest_->header);
    const auto count = fmt::format("{:08x}", ++digest_->used);
    const auto nonce = client_nonce();
    sip::Credentials ours;
    ours.username = username_;
    ours.realm = (*challenge)->realm;
    ours.nonce = (*challenge)->nonce;
    ours.uri = request.target;
    ours.opaque = (*challenge)->opaque;
    ours.algorithm = (*challenge)->algorithm;
    if ((*challenge)->qop_auth) ours.cnonce = nonce, ours.qop = "auth", ours.nc = count;
    const auto secret = sip::ha1(ours.algorithm, username_, ours.realm, password_.reveal());
    const auto response = sip::digest_response(ours, http::name(request.method), secret);
    ours.response = response;
    return Secret(sip::write_credentials(ours));
}

Result<http::Answer> Peer::judge(http::Answer answer) {
    const bool told_to_wait = answer.status == 429 || answer.status == 503;
    const auto told = told_to_wait ? answer.retry_after(wall_now()) : std::nullopt;
    if (answer.status == 429 || told) {
        const auto wait = std::clamp(told.value_or(silence_default), seconds(1), silence_longest);
        silent_until_ = steady_now() + wait;
        silent_why_ =
            fmt::format("{} wants to be left alone ({}) for {} s.", origin().place(), answer.status, wait.count());
        return fail(Category::throttled, silent_why_);
    }
    const bool for_caller = answer.status < 500 || answer.status == 501 || answer.status == 507;
    if (answer.status == 401 || !for_caller) return std::unexpected(refusal(answer));
    if (answer.success() && answer.looks_like_html())
        return fail(Category::protocol,
                    fmt::format("{} answers with a web page instead of a calendar: a login page, or "
                                "somebody in between; check url.",
                                origin().place()));
    return answer;
}

Error Peer::refusal(const http::Answer& answer) const {
    const auto place = origin().place();
    const auto category = answer.success() ? Category::protocol : http::category_of(answer.status);
    switch (category) {
    case Category::unauthorised:
        return {category, username_.empty() ? fmt::format("{} wants a login (401): give username and password.", place)
                                            : fmt::format("{} does not accept the login (401): check username and "
                                                          "password.",
                                                          place)};
    case Category::forbidden:
        return {category, fmt::format("{} does not let this login read the calendar (403): ask for access, or check "
                                      "url.",
                                      place)};
    case Category::not_found:
        return {category, fmt::format("{} has no calendar at this address ({}): check url.", place, answer.status)};
    case Category::unavailable:
        return {category, fmt::format("{} cannot serve now: {} {}.", place, answer.status, answer.reason)};
    default:
        return {
            category == Category::invalid ? Category::protocol : category,
            fmt::format("{} answers {} {} where a calendar was due; check url.", place, answer.status, answer.reason)};
    }
}

Result<std::string> Peer::target_of(std::string_view href) const {
    if (href.starts_with('/') && !href.starts_with("//")) return std::string(href);
    auto url = origin().resolve(href);
    if (!url) return std::unexpected(std::move(url.error()));
    // Behind a proxy a server takes itself for another scheme or port, never for another host.
    if (url->host != origin().host)
        return fail(Category::not_found, fmt::format("{} says that its calendars are at {}: write that as url.",
                                                     origin().place(), url->text()));
    return url->path;
}

} // namespace lamp::calendars
