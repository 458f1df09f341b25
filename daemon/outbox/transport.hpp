// One attempt: how a letter gets to its receiver, over HTTP or as a mail. It tries once and says what it came to.
// Egress loop.
#pragma once
#include <memory>
#include <string>

#include "base/errors.hpp"
#include "loop/loop.hpp"
#include "outbox/letter.hpp"
#include "outbox/options.hpp"
#include "outbox/verdict.hpp"

namespace lamp::outbox {

class Transport {
public:
    Transport() = default;
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    /// One at a time; the letter outlives the attempt.
    [[nodiscard]] virtual Task<Verdict> send(const Letter& letter) = 0;
    /// Breaks an attempt off; it then says retry. Nothing is sent any more.
    virtual void stop() = 0;
    /// Where to, for people: no path, which may be a secret.
    [[nodiscard]] virtual const std::string& place() const = 0;
};

/// Errors: whatever of the options cannot be used. `user_agent` is "lamplighter/1.2".
[[nodiscard]] Result<std::unique_ptr<Transport>> http_transport(Loop& loop, const WebhookOptions& options,
                                                                const std::string& user_agent);
[[nodiscard]] Result<std::unique_ptr<Transport>> mail_transport(const MailOptions& options,
                                                                std::vector<std::string> to);

} // namespace lamp::outbox
