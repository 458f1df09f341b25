// Who is calling, and what may be done about it: contacts (room recognition) and scripts. `enrich` and everything that
// reads may be called on any loop; the rest is the control loop's.
#pragma once
#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "calls/call_record.hpp"
#include "config/reader.hpp"
#include "loop/loop.hpp"
#include "recognition/integrations.hpp"
#include "scripts/scripts.hpp"
#include "store/store.hpp"

namespace lamp {

/// `[[recognition]]`, with what [net] says where a table says nothing.
[[nodiscard]] std::vector<recognition::IntegrationOptions> integrations_of(const config::Configuration& configuration);

class Callers {
public:
    /// Before `start`. Errors: a script that cannot be used.
    [[nodiscard]] Result<void> prepare(const config::Configuration& configuration, store::Store& store);
    void start();
    /// Scripts that cannot be used leave those before in force.
    void reload(const config::Configuration& configuration);
    /// There are scripts: they want to know who has which numbers.
    [[nodiscard]] bool scripted() const { return !options_.empty(); }
    /// For device and DDI in scripts.
    void use_phonebook(std::shared_ptr<const scripts::Phonebook> phonebook);
    /// After the store was stopped.
    void end();

    /// The contacts of the remote number, and the actions that fit the event.
    void enrich(calls::CallEvent& event) const;
    /// A webhook's own body.
    [[nodiscard]] Result<std::string> body(const std::string& text, const calls::CallEvent& event) const;
    [[nodiscard]] recognition::Integrations& integrations() { return *integrations_; }
    [[nodiscard]] const recognition::Integrations& integrations() const { return *integrations_; }
    [[nodiscard]] Loop& loop() { return loop_; }

private:
    [[nodiscard]] Result<void> take(const config::Configuration& configuration);
    [[nodiscard]] Result<void> build(std::vector<scripts::ScriptOptions> options, std::vector<std::string>* warnings);

    Loop loop_{"recognition"};
    std::optional<recognition::Integrations> integrations_;
    std::shared_ptr<const scripts::Phonebook> phonebook_;
    std::atomic<std::shared_ptr<const scripts::Scripts>> scripts_;
    std::vector<scripts::ScriptOptions> options_; // what the scripts in force were built from
    std::string country_;
    std::string timezone_;
};

} // namespace lamp
