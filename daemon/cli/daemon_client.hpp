// Asks a running daemon over its HTTP interface and waits for the answer. For commands: blocks, owns its loop.
#pragma once
#include <boost/json/value.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/errors.hpp"
#include "base/secret.hpp"
#include "http/message.hpp"

namespace lamp::cli {

struct Address {
    std::string url = "http://127.0.0.1:8080";
    Secret token;
    std::string ca_file;
};

class DaemonClient {
public:
    explicit DaemonClient(Address address);
    ~DaemonClient();

    /// The JSON of a successful answer. An error tells what the daemon said (its problem's detail), or why it could
    /// not be reached and what to do.
    [[nodiscard]] Result<boost::json::value> get(const std::string& target);
    /// The body as it came, of a successful answer and of 503: that tells what is missing.
    [[nodiscard]] Result<std::string> text(const std::string& target);
    [[nodiscard]] Result<boost::json::value> post(const std::string& target, const boost::json::value& body);
    [[nodiscard]] Result<boost::json::value> put(const std::string& target, const boost::json::value& body);
    [[nodiscard]] Result<boost::json::value> remove(const std::string& target);
    /// An answer of any status, as it came.
    struct Plain {
        unsigned status = 0;
        std::string reason;
        std::string text;
    };
    /// For files: waits five minutes, takes up to 512 MB.
    [[nodiscard]] Result<Plain> exchange(std::string_view method, const std::string& target, std::string body,
                                         std::string content_type);
    /// A change by any method, with JSON or nothing; waits as long as other systems may take. `once`: the request's
    /// Idempotency-Key; empty: none.
    [[nodiscard]] Result<Plain> change(http::Method method, const std::string& target, std::string body,
                                       const std::string& once);
    /// What an answer that is no success says.
    [[nodiscard]] static Error complaint(const Plain& answer);
    /// Every page of a list.
    [[nodiscard]] Result<boost::json::array> list(const std::string& target);
    /// The event stream; `on_event(type, data)` returns false to stop. Ends with an error when the stream does.
    [[nodiscard]] Result<void> watch(const std::string& target,
                                     std::function<bool(std::string_view type, std::string_view data)> on_event);

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace lamp::cli
