#include "xsi/answers.hpp"

#include <fmt/format.h>

#include "proto/text/text.hpp"
#include "proto/xsi/documents.hpp"

namespace lamp::xsi {
Result<std::string> checked(http::Answer answer, std::string_view what) {
    if (answer.looks_like_html())
        return fail(answer.success() ? Category::protocol : http::category_of(answer.status),
                    fmt::format("{} was answered {} with a web page instead of XSI: blocked by the operator's front "
                                "end (is this address allowed?)",
                                what, answer.status));
    auto charset = answer.charset();
    // The header's charset counts before the document's own declaration (xsi.md 2).
    if ((charset.starts_with("iso-8859") || charset.starts_with("windows-125")) && !text::is_utf8(answer.body))
        answer.body = text::from_latin1(answer.body);
    if (answer.success()) return std::move(answer.body);
    auto info = read_error(answer.body);
    auto reason = info ? fmt::format("{} (error {})", info->summary, info->code) : answer.reason;
    return fail(http::category_of(answer.status), fmt::format("{} was answered {}: {}", what, answer.status, reason));
}

} // namespace lamp::xsi
