// What the tests of CSTA share: three lines, their calls, and events in a notation of one line each.
#pragma once
#include <doctest/doctest.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "csta/call_model.hpp"

namespace testing {

using namespace lamp;
using namespace std::string_literals;
using namespace std::string_view_literals;
using calls::CallState;
using calls::End;

inline constexpr std::string_view ada = "ada@pbx.example";     // 2101, +31201232101
inline constexpr std::string_view bob = "bob@pbx.example";     // 2102, +31201232102
inline constexpr std::string_view carol = "carol@pbx.example"; // no number, no extension

[[nodiscard]] std::vector<csta::DeviceRow> office_rows();
[[nodiscard]] std::shared_ptr<const csta::Devices> office();

/// A leg of a call from or to Grace outside, +31201230009.
[[nodiscard]] calls::Call incoming(std::string id, CallState state);
[[nodiscard]] calls::Call outgoing(std::string id, CallState state);
/// The same with one of ours.
[[nodiscard]] calls::Call with(calls::Call call, std::string_view line);

[[nodiscard]] calls::LineNews news(std::string_view line, std::vector<calls::Call> calls = {},
                                   std::vector<calls::EndedCall> ended = {});

/// "bob@pbx.example Delivered 1@2102 2102 from=+31201230009 to=2102 alerting newCall": line, event, connection,
/// subject, what else there is, local state, cause.
[[nodiscard]] std::string noted(const csta::LineEvent& told);
[[nodiscard]] std::vector<std::string> noted(const std::vector<csta::LineEvent>& told);
/// One text with a line for each, for messages.
[[nodiscard]] std::string joined(const std::vector<std::string>& lines);

} // namespace testing
