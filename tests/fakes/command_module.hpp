// A module whose control commands stand in one table, one function each.
#pragma once

#include "arguments.hpp"
#include "http_server.hpp"
#include "loop.hpp"
#include "module.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace sim {

class CommandModule : public Module {
public:
    bool command(std::string_view name, const boost::json::object& members, boost::json::value& answer) final {
        const auto found = table_.find(name);
        if (found == table_.end()) return false;
        Arguments arguments(members);
        answer = found->second(arguments);
        return true;
    }

protected:
    using Command = std::function<boost::json::value(Arguments&)>;

    static void check(bool condition, const std::string& otherwise) {
        if (!condition) throw CommandError(otherwise);
    }
    // The server's one listener refuses connections for so long; the answer to a command `away`.
    static boost::json::value shut_for(double seconds, http::Server& server, Loop& loop) {
        server.shut(0);
        loop.after(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)), [&server] { server.open(0); });
        return boost::json::object{{"seconds", seconds}};
    }

    std::map<std::string, Command, std::less<>> table_;
};

} // namespace sim
