// `lamplighter doctor`, the sources of [[recognition]]: each file and directory server is read, each CRM is asked for
// one page. Says how much there is and nothing of whom. The command's own loop.
#pragma once
#include <functional>
#include <string>
#include <string_view>

#include "config/reader.hpp"
#include "http/examine.hpp"
#include "loop/loop.hpp"

namespace lamp {

/// `teller` gives each source its own voice. True if all steps of all sources passed.
[[nodiscard]] Task<bool> examine_recognition(Loop& loop, const config::Configuration& configuration,
                                             std::function<http::Tell(std::string source)> teller);

/// `lamplighter config presets [WORD]`: the CRMs that are known, what each wants and can, as text. Empty: none has that
/// word.
[[nodiscard]] std::string presets_text(std::string_view word);

} // namespace lamp
