// Whose lines these are, where several daemons write into one journal.
#pragma once
#include <string>

namespace lamp::log {

/// Every line from now on says `tenant=NAME` before its fields; empty: no more. Before the first loop starts.
void set_tenant(const std::string& name);

} // namespace lamp::log
