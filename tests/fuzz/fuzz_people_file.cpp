// Any bytes as a people file: no crash, every mistake has a place and words, and what is usable builds a directory.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "roster/people_file.hpp"

using namespace lamp;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto reading = roster::read_people({reinterpret_cast<const char*>(data), size});
    for (const auto& one : reading.mistakes)
        require(one.line >= 1 && one.column >= 1 && !one.message.empty());
    if (!reading.usable()) return 0;
    auto people = presence::People::build(reading.people);
    require(people.has_value());
    require((*people)->size() == reading.people.size());
    for (const auto& row : reading.people)
        if (row.id.size() < 0xffff) require((*people)->find(row.id).has_value());
    for (presence::Slot slot = 0; slot < (*people)->slots(); ++slot)
        require((*people)->matches(slot, ""));
    return 0;
}
