// The seam for further services (Graph, Zoom, Google …): a Module is one fake service with its own listeners and
// control commands. modules.cpp holds the one list; a new service is one line there and its own files.
#pragma once

#include "loop.hpp"
#include "options.hpp"

#include <boost/json.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

class Module {
public:
    virtual ~Module() = default;
    virtual std::string_view name() const = 0;
    virtual void start() = 0;                                   // opens its listeners
    virtual void announce(boost::json::object& line) const = 0; // adds its URLs to the start line

    // True when `command` is one of its own; throws CommandError. GET and POST share one name space.
    virtual bool command(std::string_view command, const boost::json::object& arguments,
                         boost::json::value& answer) = 0;

    // Another module has done `command`; for services that know the same people.
    virtual void noticed(std::string_view /*command*/, const boost::json::value& /*answer*/) {}
};

std::vector<std::unique_ptr<Module>> make_modules(Loop& loop, const Options& options);

} // namespace sim
