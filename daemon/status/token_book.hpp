// Every token that is in force: those of the configuration and those made at run time, compiled anew at each change;
// and when each was last used. Serve loop.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "status/access.hpp"

namespace lamp::status {

class TokenBook {
public:
    /// Roles and tokens of the configuration, which has been checked.
    void use_options(AccessOptions options);
    /// All that were made at run time.
    void use_issued(std::vector<access::IssuedToken> issued);
    void add(access::IssuedToken token);
    /// Nothing: there was none of that name.
    std::optional<access::IssuedToken> remove(std::string_view name);

    [[nodiscard]] const std::shared_ptr<const Access>& access() const { return access_; }
    [[nodiscard]] std::size_t issued() const { return issued_.size(); }
    /// Null: there is none of that name; one of the configuration comes before one that was made.
    [[nodiscard]] const Identity* find(std::string_view name) const;
    /// When tokens were used that were made at run time, as far as nobody was told yet.
    [[nodiscard]] std::vector<access::Use> take_uses();

private:
    void compile();

    AccessOptions options_;
    std::vector<access::IssuedToken> issued_;
    std::shared_ptr<const Access> access_ = std::make_shared<const Access>();
};

} // namespace lamp::status
