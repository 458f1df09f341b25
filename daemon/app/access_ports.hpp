// Tokens made at run time and the audit, between the status service and the store.
#pragma once
#include <string>
#include <vector>

#include "access/token.hpp"
#include "oidc/bearer.hpp"
#include "status/ports.hpp"
#include "store/audit.hpp"
#include "store/store.hpp"

namespace lamp {

/// Answers come on `serve`. `store` outlives it.
void add_access_ports(status::Ports& ports, store::Store& store, Loop& serve);

/// At the start, before any loop runs: waits for the store's thread. A disk that does not answer costs the tokens made
/// at run time, not the daemon: it is said in the log.
[[nodiscard]] std::vector<access::IssuedToken> read_issued_tokens(store::Store& store);

[[nodiscard]] status::BearerView bearer_view(oidc::Verdict verdict);

/// What somebody has changed just now, for the audit; nobody waits for it. `who` empty: nobody known.
void note_change(store::Store& store, Loop& loop, store::Audited row);

} // namespace lamp
