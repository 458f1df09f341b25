// The presence object of interface 5, appended without allocating. Pure.
#pragma once
#include <functional>
#include <string>

#include "presence/people.hpp"
#include "presence/table.hpp"
#include "status/ports.hpp"

namespace lamp::status {

/// The words of Teams for a report; without `words`, those that its state stands for.
[[nodiscard]] TeamsWord teams_word(const presence::TeamsReport& report,
                                   const std::function<TeamsWord(unsigned)>& words);

/// Opens a chat with the person in Teams; empty: Teams knows nobody of that address.
[[nodiscard]] std::string chat_link(const presence::Person& person);

/// Exactly interface 5. `words` may be empty.
void append_presence(std::string& out, const presence::Snapshot& snapshot, const presence::Person& person,
                     const std::function<TeamsWord(unsigned)>& words);

} // namespace lamp::status
