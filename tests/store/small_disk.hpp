// A child with a file system of one megabyte, for what a full disk does to a program.
#pragma once
#include <sched.h>
#include <sys/mount.h>

#include "faults/child.hpp"
#include "here.hpp"

namespace testing {

/// Mounts it over the folder, in a mount namespace of this process alone. False, said in a message: no rights to.
inline bool become_small(const std::filesystem::path& folder) {
    if (::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
        ::mount("tmpfs", folder.c_str(), "tmpfs", 0, "size=1m") == 0)
        return true;
    MESSAGE("no rights to mount: not tested");
    return false;
}

/// Waits for the child's tests; what it wrote is shown if they fail.
inline void passes(faults::Child& child) {
    std::string told;
    for (auto more = child.read(); !more.empty(); more = child.read())
        told += more;
    INFO(told);
    CHECK(child.wait() == 0);
}

} // namespace testing
