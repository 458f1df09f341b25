#include "http/token_keeper.hpp"

#include <algorithm>
#include <utility>

namespace lamp::http {
namespace {

constexpr milliseconds early{300'000};      // a long life is renewed so long before its end
constexpr milliseconds jitter_most{60'000}; // and up to so much earlier still
constexpr milliseconds margin_most{10'000}; // a token on its way must not die there
constexpr milliseconds retry_after_most{600'000};
constexpr seconds young{30};
constexpr seconds newborn{3};
constexpr int young_rejections_free = 1;

} // namespace

TokenKeeper::TokenKeeper(std::uint64_t seed)
    : brief_(seconds(1), seconds(60), seed),
      long_(seconds(30), seconds(600), seed),
      unwanted_(seconds(1), seconds(60), seed),
      random_(static_cast<std::minstd_rand::result_type>(seed % 2147483646U + 1)) {}

TokenKeeper::Step TokenKeeper::step(Steady now) const {
    bool silent = now < silent_until_;
    if (!token_.empty() && now < expires_at_) return now >= renew_at_ && !silent ? Step::use_and_fetch : Step::use;
    return silent ? Step::refuse : Step::fetch;
}

void TokenKeeper::granted(const GrantedToken& granted, Steady asked) {
    if (!token_.empty()) young_rejections_ = 0; // the last one was never refused
    token_ = granted.access_token;
    milliseconds life(granted.life);
    // 300 s early, but a life of a few minutes or seconds is used for three quarters.
    auto good_for = std::max(life * 3 / 4, life - early);
    auto cut = std::min(jitter_most, life / 20);
    good_for -= milliseconds(std::uniform_int_distribution<milliseconds::rep>(0, cut.count())(random_));
    born_ = asked;
    renew_at_ = asked + good_for;
    expires_at_ = asked + life - std::min(margin_most, life / 10);
    error_.reset();
    failures_ = 0;
    silent_until_ = {};
    brief_.reset();
    long_.reset();
}

void TokenKeeper::failed(TokenFailure failure, Steady now) {
    ++failures_;
    auto wait = failure.patience == Patience::brief ? brief_.next() : long_.next();
    if (failure.retry_after) wait = std::max(wait, std::min(milliseconds(*failure.retry_after), retry_after_most));
    silent_until_ = now + wait;
    error_ = std::move(failure.error);
}

void TokenKeeper::reject(const Secret& token, Steady now) {
    if (token.empty() || token != token_) return;
    token_ = Secret();
    if (now - born_ >= young) {
        young_rejections_ = 0;
        unwanted_.reset();
        return;
    }
    if (++young_rejections_ <= young_rejections_free) return;
    silent_until_ = std::max(silent_until_, now + unwanted_.next());
    error_.emplace(Category::unauthorised, "The service refuses every new token at once.");
}

bool TokenKeeper::worth_renewing(Steady now) const {
    return !token_.empty() && now - born_ >= newborn && now >= silent_until_;
}

} // namespace lamp::http
