// Many Zoho links at once, out of a file: first what it would change, then within limits.
#pragma once
#include <string>

#include "cli/command.hpp"

namespace lamp::cli {

/// `zoho link --file FILE [--replace]`: CSV (proto/csv) with the columns person or line, user (an id of Zoho's, or an
/// e-mail address) and any others, as `zoho links --format csv` prints it. A wrong row refuses the file. A row without
/// user, and who is not in the file, stay as they are; with --replace they are unlinked. The daemon takes one link at a
/// time: what it refuses is told and does not keep back the rest. What Zoho makes of it, `zoho links` tells later.
[[nodiscard]] int link_file(const Call& call, const std::string& file);

} // namespace lamp::cli
