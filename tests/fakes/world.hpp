// The whole simulator in one object, on a thread of its own: for lamplighter-sim and for tests inside a process.
// Every method may be called from any thread. The destructor stops everything within a second.
#pragma once

#include "options.hpp"

#include <boost/json.hpp>

#include <expected>
#include <memory>
#include <string>
#include <string_view>

namespace sim {

class World {
public:
    explicit World(Options options = {});
    ~World();
    World(const World&) = delete;
    World& operator=(const World&) = delete;

    void start(); // throws when a port cannot be had

    std::string xsp_url(int number) const;
    std::string control_url() const;
    boost::json::object announcement() const; // the start line of lamplighter-sim

    // The same commands as POST /sim/<command>: the answer, or the text of what is wrong.
    std::expected<boost::json::value, std::string> command(std::string_view command,
                                                           boost::json::object arguments = {});

private:
    struct State;
    std::unique_ptr<State> state_;
};

} // namespace sim
