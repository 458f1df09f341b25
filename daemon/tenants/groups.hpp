// Control groups (cgroup v2), where the unit hands us ours (Delegate=): one for each tenant, with its weight and its
// limit. Nothing of it is needed to go on. Control loop.
#pragma once
#include <filesystem>
#include <string>

#include "base/errors.hpp"
#include "tenants/house.hpp"

namespace lamp::tenants {

class Groups {
public:
    /// Our own group, if it is ours to divide: moves this process into the sub-group `supervisor` and hands cpu and
    /// memory to its neighbours. The error says why tenants are not apart in this respect.
    [[nodiscard]] static Result<Groups> divide();
    /// The same with a folder that is said to be our group (tests).
    [[nodiscard]] static Result<Groups> divide(const std::filesystem::path& own);

    /// The file that takes a process into the tenant's group, which then has these limits. Errors: what the kernel did
    /// not take.
    [[nodiscard]] Result<std::string> prepare(const TenantOptions& tenant) const;
    /// Of a tenant that is gone.
    void remove(const std::string& name) const;

private:
    explicit Groups(std::filesystem::path own) : own_(std::move(own)) {}
    std::filesystem::path own_;
};

} // namespace lamp::tenants
