// What people see of forwardings: lines, their claims, the log, status and metrics. Reads only. Egress loop.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "app/line_book.hpp"
#include "fanout/adapter.hpp"
#include "forwarding/forwardings.hpp"
#include "loop/loop.hpp"
#include "presence/people.hpp"
#include "status/ports.hpp"
#include "store/store.hpp"

namespace lamp {

/// All lines of this person. `heard`: lines whose events are being heard; what nobody told of them is that they are not
/// forwarded.
[[nodiscard]] status::PersonForwarding view_of(const forwarding::Forwardings& forwardings, const LineBook& lines,
                                               presence::Slot person, const std::vector<std::string>& heard);
/// Who has a line that forwarding knows something of, in the people's order.
[[nodiscard]] std::vector<presence::Slot> concerned(const forwarding::Forwardings& forwardings, const LineBook& lines,
                                                    const presence::People& people);
/// Nobody wants anything of it, it is not forwarded, and nothing is wrong.
[[nodiscard]] bool is_at_rest(const status::ForwardingView& line);
/// The newest entries first, of one line or (empty) of all; none when the disk cannot say.
void read_audit_views(store::Store& store, Loop& loop, std::string line, std::size_t most,
                      std::function<void(std::vector<status::AuditView>)> reply);
[[nodiscard]] status::AdapterView adapter_view(const forwarding::Forwardings& forwardings,
                                               const std::string& disk_problem);
[[nodiscard]] std::vector<fanout::Metric> forwarding_metrics(const forwarding::Forwardings& forwardings,
                                                             std::size_t disk_failures);

} // namespace lamp
