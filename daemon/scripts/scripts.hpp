// What people may do about a call: `[[script]]` tables become links and bodies for an event. Built whole from the
// configuration, immutable; any loop, several at once.
#pragma once
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/zone.hpp"
#include "calls/call_record.hpp"
#include "numbers/public_network.hpp"
#include "scripts/options.hpp"
#include "scripts/template.hpp"

namespace lamp::scripts {

/// What the directory knows, for device and DDI numbers and names.
struct Phonebook {
    std::map<std::string, Party, std::less<>> by_line{};   // BroadWorks user id
    std::map<std::string, Party, std::less<>> by_number{}; // E.164, as CallRecord::ddi has it
};

struct Setting {
    std::string country = "NL";
    std::string time_zone = "UTC";                            // of [daemon]; a script's own goes before it
    std::map<std::string, std::vector<std::string>> fields{}; // of each integration, as far as known
    std::shared_ptr<const Phonebook> phonebook{};             // may be null
};

class Scripts {
public:
    /// Scripts that the section's checks refuse are refused here, too: Category::invalid. `warnings`, if given, gets
    /// what only the integrations' fields can tell.
    [[nodiscard]] static Result<std::shared_ptr<const Scripts>>
    build(const std::vector<ScriptOptions>& options, Setting setting, std::vector<std::string>* warnings = nullptr);
    ~Scripts();

    /// What fits the event, in the order of the configuration; a script of an integration once for each of its matches.
    /// The built-in `pop`, which opens a match's own address, comes first unless a script has that name. Empty where
    /// nothing fits.
    [[nodiscard]] std::vector<calls::Action> actions(const calls::CallEvent& event) const;
    /// A body that belongs to no script (a webhook's template) for an event and its best match. Category::invalid: a
    /// template that is none.
    [[nodiscard]] Result<std::string> body(const std::string& text, const calls::CallEvent& event,
                                           Place place = Place::json) const;

    /// One script whatever its conditions say. not_found.
    [[nodiscard]] Result<std::string> render(std::string_view name, const Facts& facts) const;
    /// Why the script would not come for this call; empty: it would.
    [[nodiscard]] std::string objection(std::string_view name, const Facts& facts) const;
    [[nodiscard]] std::vector<std::string> names() const;

private:
    struct Data;
    explicit Scripts(std::unique_ptr<const Data> data);
    std::unique_ptr<const Data> data_;
};

} // namespace lamp::scripts
