#include "xsi/login.hpp"

#include "http/message.hpp"

namespace lamp::xsi {
namespace {
constexpr std::chrono::minutes refused_for{10};
}

Login::Login(const BroadworksOptions& options)
    : authentication_(options.authentication),
      user_(options.username),
      basic_(http::basic(options.username, options.password)) {
    if (authentication_ == Authentication::basic) authorization_ = basic_;
    if (authentication_ == Authentication::bearer) authorization_ = http::bearer(options.password);
}

void Login::on_unauthorised(Steady now) {
    if (authentication_ == Authentication::login_token && !renewed_) {
        renewed_ = true;
        authorization_ = Secret();
        return;
    }
    refused_until_ = now + refused_for;
    // The next try begins from the password again.
    if (authentication_ == Authentication::login_token) authorization_ = Secret();
    renewed_ = false;
}

} // namespace lamp::xsi
