// `lamplighter doctor`: Zoho's two hosts, the login, PhoneBridge and its users, step by step. Nothing is changed there;
// one access token is asked for, within the limit that the daemon keeps to. The command's own loop.
#pragma once
#include "adapters/zoho/kept.hpp"
#include "adapters/zoho/options.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp::zoho {

/// `kept` is what a login and the daemon have left on disk. True if every step passed.
[[nodiscard]] Task<bool> examine(Loop& loop, ZohoOptions options, Memory kept, http::Tell tell);

} // namespace lamp::zoho
