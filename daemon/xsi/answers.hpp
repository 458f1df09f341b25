// What an XSI server's answer means: success with a body that is XML, or an error with its category and a sentence
// (xsi.md 2.1, 2.2). 2xx with a web page is an error too (12.17).
#pragma once
#include <string>

#include "base/errors.hpp"
#include "http/message.hpp"

namespace lamp::xsi {

/// The body of a successful answer, in UTF-8. Else: unauthorised 401, forbidden 403, not_found 404, throttled 429,
/// conflict 409, unavailable 5xx, invalid other 4xx, protocol for HTML; `what` opens the sentence ("GET …/calls").
[[nodiscard]] Result<std::string> checked(http::Answer answer, std::string_view what);

} // namespace lamp::xsi
