// Who reads what another system says of people: one for each kind of system. The directory's loop.
#pragma once
#include "contacts/source.hpp"
#include "loop/loop.hpp"

namespace lamp::directory {

struct PeopleReading {
    contacts::SourceReading said{};
    bool unchanged = false;     // as at the last reading; nothing is said
    std::size_t unreadable = 0; // numbers, which were left out
};

class PeopleReader {
public:
    PeopleReader() = default;
    virtual ~PeopleReader() = default;
    PeopleReader(const PeopleReader&) = delete;
    PeopleReader& operator=(const PeopleReader&) = delete;

    /// Everything, or what has changed since the last reading that was taken; everything, too, where nobody can say
    /// what has changed. It tries once, and one reading at a time.
    [[nodiscard]] virtual Task<Result<PeopleReading>> read(bool whole) = 0;
    /// The directory has taken the last reading: changes are counted from it.
    virtual void taken() = 0;
    /// Ends what is under way.
    virtual void close() = 0;
};

/// As many of another system's people as the directory holds.
[[nodiscard]] Result<void> room_for_more(const contacts::SourceReading& reading);

} // namespace lamp::directory
