#include "tenants/groups.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <fmt/format.h>
#include <fstream>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <system_error>
#include <unistd.h>

namespace lamp::tenants {
namespace fs = std::filesystem;

namespace {

const fs::path mounted = "/sys/fs/cgroup";

/// A group's files take one write each, and say by it what they do not like.
Result<void> put(const fs::path& file, std::string_view text) {
    int opened = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
    bool good = opened >= 0 && ::write(opened, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    int error = errno;
    if (opened >= 0) ::close(opened);
    if (good) return {};
    return fail(Category::forbidden, fmt::format("{}: {}", file.string(), std::generic_category().message(error)));
}

Result<void> make(const fs::path& folder) {
    if (::mkdir(folder.c_str(), 0755) == 0 || errno == EEXIST) return {};
    return fail(Category::forbidden, fmt::format("{}: {}", folder.string(), std::generic_category().message(errno)));
}

/// systemd says so since 251; whoever merely may write there (root) has not been given it.
bool delegated(const fs::path& group) {
    std::array<char, 8> value{};
    return ::getxattr(group.c_str(), "user.delegate", value.data(), value.size()) > 0 && value[0] == '1';
}

Result<fs::path> own_group() {
    if (!fs::exists(mounted / "cgroup.controllers"))
        return fail(Category::unavailable, "this machine has no unified control groups (cgroup v2)");
    std::ifstream file("/proc/self/cgroup");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("0::/")) return mounted / line.substr(4);
    return fail(Category::unavailable, "this process is in no control group");
}

} // namespace

Result<Groups> Groups::divide() {
    auto own = own_group();
    if (!own) return std::unexpected(own.error());
    if (!delegated(*own)) return fail(Category::forbidden, "the unit does not say Delegate=cpu memory");
    return divide(*own);
}

Result<Groups> Groups::divide(const fs::path& own) {
    // A group that is divided may hold no process itself.
    if (auto made = make(own / "supervisor"); !made) return std::unexpected(made.error());
    if (auto moved = put(own / "supervisor/cgroup.procs", "0"); !moved) return std::unexpected(moved.error());
    if (auto given = put(own / "cgroup.subtree_control", "+cpu +memory"); !given) return std::unexpected(given.error());
    return Groups(own);
}

Result<std::string> Groups::prepare(const TenantOptions& tenant) const {
    auto group = own_ / ("tenant-" + tenant.name);
    if (auto made = make(group); !made) return std::unexpected(made.error());
    if (auto set = put(group / "cpu.weight", std::to_string(tenant.cpu_weight)); !set)
        return std::unexpected(set.error());
    if (auto set = put(group / "memory.max", tenant.memory_max.empty() ? "max" : tenant.memory_max); !set)
        return std::unexpected(set.error());
    return (group / "cgroup.procs").string();
}

void Groups::remove(const std::string& name) const {
    ::rmdir((own_ / ("tenant-" + name)).c_str());
}

} // namespace lamp::tenants
