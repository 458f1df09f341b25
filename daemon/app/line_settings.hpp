// Reads and writes what a line's calls do, as the forwarding room sees it, through Xsi-Actions. Lives on the ingress
// loop; `read` and `write` may be called on any loop and answer on the one that asks, once.
#pragma once
#include <functional>
#include <string>
#include <unordered_map>
#include <vector>

#include "forwarding/setting.hpp"
#include "loop/loop.hpp"
#include "xsi/actions.hpp"

namespace lamp {

class LineSettings {
public:
    /// The platforms that may have a line, by its user id, the likeliest first; of lines that nobody watches any more,
    /// too. Several: the one that knows the user has it.
    using ActionsOf = std::function<std::vector<xsi::Actions*>(const std::string& line)>;

    /// All outlive this object's tasks.
    LineSettings(Loop& ingress, ActionsOf actions) : ingress_(ingress), actions_(std::move(actions)) {}

    /// These parts; a service that is not assigned to the user is an error (forbidden, not_found).
    void read(Loop& asking, std::string line, forwarding::Parts parts,
              std::function<void(Result<forwarding::Setting>)> answer);
    /// These parts of `wanted`: what is switched on before what is switched off; the first error ends it.
    void write(Loop& asking, std::string line, forwarding::Parts parts, forwarding::Setting wanted,
               std::function<void(Result<void>)> answer);

private:
    [[nodiscard]] Task<Result<forwarding::Setting>> read_here(std::string line, forwarding::Parts parts);
    [[nodiscard]] Task<Result<void>> write_here(std::string line, forwarding::Parts parts, forwarding::Setting wanted);
    [[nodiscard]] static Task<Result<forwarding::Setting>> read_parts(xsi::Actions& actions, std::string line,
                                                                      forwarding::Parts parts);
    [[nodiscard]] static Task<Result<void>> write_part(xsi::Actions& actions, const std::string& line,
                                                       forwarding::Parts part, const forwarding::Setting& wanted);

    Loop& ingress_;
    ActionsOf actions_;
    std::unordered_map<std::string, xsi::Actions*> found_; // where lines were that several platforms may have
};

} // namespace lamp
