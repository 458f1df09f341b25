#include "app/state_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <fmt/format.h>
#include <system_error>
#include <vector>

#include "app/options.hpp"

namespace lamp {

namespace fs = std::filesystem;

StateFolder::StateFolder(const config::Configuration& configuration)
    : folder_(configuration.get<DaemonOptions>().state_dir) {}

bool StateFolder::has_database() const {
    return fs::exists(folder_ / "lamplighter.db");
}

Result<std::unique_ptr<store::Store>> StateFolder::open() const {
    std::error_code error;
    fs::create_directories(folder_, error); // the store says what is wrong
    store::StoreOptions options;
    options.folder = folder_;
    return store::Store::open(options);
}

void StateFolder::close(store::Store& store) const {
    hand_over(); // the files that closing may take away, too
    store.stop();
    hand_over();
}

Result<void> StateFolder::run(const std::function<Task<Result<void>>(Loop&, store::Store&)>& work) const {
    auto store = open();
    if (!store) return std::unexpected(store.error());
    Result<void> ended;
    Loop loop("login");
    loop.spawn([](Loop& here, store::Store& kept, const auto& task, Result<void>& how) -> Task<> {
        how = co_await task(here, kept);
        here.stop();
    }(loop, **store, work, ended));
    loop.run_here();
    close(**store);
    return ended;
}

void StateFolder::hand_over() const {
    struct stat owner{};
    if (::geteuid() != 0 || ::stat(folder_.c_str(), &owner) != 0) return;
    std::vector<fs::path> files{folder_ / "lamplighter.db", folder_ / "lamplighter.db-wal",
                                folder_ / "lamplighter.db-shm", folder_ / "backups"};
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(folder_ / "backups", error))
        files.push_back(entry.path());
    for (const auto& file : files)
        if (fs::exists(file) && ::lchown(file.c_str(), owner.st_uid, owner.st_gid) != 0)
            fmt::print(stderr, "{} could not be given to the owner of {}\n", file.string(), folder_.string());
}

Result<StateLock> StateLock::take(const fs::path& folder) {
    auto problem = [&](Category category, std::string_view what) {
        return fail(category, fmt::format("state_dir {} cannot be used: {}", folder.string(), what));
    };
    int file = ::open((folder / "lamplighter.lock").c_str(), O_RDONLY | O_CREAT | O_CLOEXEC, 0640);
    if (file < 0) return problem(Category::invalid, std::system_category().message(errno));
    StateLock lock(file);
    if (::flock(file, LOCK_EX | LOCK_NB) == 0) return lock;
    if (errno == EWOULDBLOCK) return problem(Category::conflict, "another lamplighter is running with it");
    return problem(Category::invalid, std::system_category().message(errno));
}

StateLock::~StateLock() {
    if (file_ >= 0) ::close(file_);
}

} // namespace lamp
