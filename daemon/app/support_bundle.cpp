#include "app/support_bundle.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <poll.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <fstream>
#include <sstream>
#include <vector>

#include "app/options.hpp"
#include "app/redaction.hpp"
#include "base/log.hpp"
#include "cli/commands.hpp"
#include "config/credentials.hpp"
#include "config/show.hpp"
#include "roster/people_file.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"
#include "tenants/environment.hpp"

#ifndef LAMP_VERSION
#define LAMP_VERSION "0"
#endif

namespace lamp {
namespace {

namespace fs = std::filesystem;
namespace json = boost::json;

constexpr std::size_t output_limit = 16U << 20U; // of another program
constexpr seconds program_limit{120};

struct Outcome {
    std::string out; // both of its outputs
    int status = -1; // as waitpid tells it; -1: it could not be started, or was ended by us
};

/// Another program to its end, at most `program_limit`; no shell is in between.
Outcome run_program_for(const std::vector<std::string>& words) {
    Outcome outcome;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return outcome;
    std::vector<char*> arguments;
    for (const std::string& one : words)
        arguments.push_back(const_cast<char*>(one.c_str()));
    arguments.push_back(nullptr);
    pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], STDOUT_FILENO);
        ::dup2(ends[1], STDERR_FILENO);
        ::execvp(arguments[0], arguments.data());
        ::_exit(127);
    }
    ::close(ends[1]);
    auto until = steady_now() + program_limit;
    std::array<char, 65536> space{};
    bool ended = child < 0;
    while (!ended) {
        auto left = std::chrono::duration_cast<milliseconds>(until - steady_now()).count();
        pollfd readable{ends[0], POLLIN, 0};
        if (left <= 0 || outcome.out.size() > output_limit || ::poll(&readable, 1, static_cast<int>(left)) == 0) {
            ::kill(child, SIGKILL);
            outcome.out += "\n(cut off here: it took too long, or said too much)\n";
            break;
        }
        auto size = ::read(ends[0], space.data(), space.size());
        if (size > 0) outcome.out.append(space.data(), static_cast<std::size_t>(size));
        ended = size == 0 || (size < 0 && errno != EINTR);
    }
    ::close(ends[0]);
    if (child > 0) ::waitpid(child, &outcome.status, 0);
    return outcome;
}

/// Reads the configuration and remembers what was read as secrets on the way: files and the environment.
struct Read {
    config::Answer answer;
    std::vector<std::string> secrets;
};

void note_literals(Read& read) {
    for (const auto& problem : read.answer.problems) {
        if (!problem.message.starts_with("holds the secret itself")) continue;
        std::ifstream file(problem.file);
        std::string line;
        for (int i = 0; i < problem.line; ++i)
            std::getline(file, line);
        auto from = line.find_first_of("\"'", static_cast<std::size_t>(std::max(problem.column - 1, 0)));
        if (from == std::string::npos) continue;
        auto end = line.find(line[from], from + 1);
        if (end != std::string::npos) read.secrets.push_back(line.substr(from + 1, end - from - 1));
    }
}

Read read_configuration(const std::string& file) {
    Read read;
    auto machine = config::Sources::machine();
    auto sources = machine;
    sources.read = [&](const fs::path& path, std::size_t most) {
        auto text = machine.read(path, most);
        if (text && path != file && text->bytes.size() <= 8192) {
            auto secret = text->bytes;
            while (secret.ends_with('\n') || secret.ends_with('\r'))
                secret.pop_back();
            if (secret.find('\n') == std::string::npos) read.secrets.push_back(std::move(secret));
        }
        return text;
    };
    sources.environment = [&](const std::string& name) {
        auto value = machine.environment(name);
        if (value && name != "CREDENTIALS_DIRECTORY" && name != config::credentials_prefix)
            read.secrets.push_back(*value);
        return value;
    };
    read.answer = config::read(schema(), file, sources);
    note_literals(read);
    return read;
}

void learn_people(Redaction& redaction, const config::Configuration& configuration) {
    std::ifstream stream(configuration.get<PeopleOptions>().file, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    for (const auto& person : roster::read_people(text).people) {
        redaction.add_name(person.name);
        for (const auto* one : {&person.id, &person.email, &person.teams, &person.zoom, &person.go_to})
            redaction.add_id(*one);
        for (const auto& line : person.lines)
            redaction.add_id(line);
    }
}

void learn_people(Redaction& redaction, cli::DaemonClient& daemon) {
    auto people = daemon.list("/v1/presence");
    if (!people) return;
    for (const auto& person : *people) {
        const auto* object = person.if_object();
        auto text = [&](const char* member) -> std::string_view {
            const auto* value = object ? object->if_contains(member) : nullptr;
            return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view();
        };
        redaction.add_name(text("name"));
        redaction.add_id(text("id"));
        redaction.add_id(text("email"));
    }
}

/// Logins of services, which may be people's: what `config show` says behind these keys.
void learn_logins(Redaction& redaction, std::string_view shown) {
    constexpr std::array keys{"username = \"", "user = \"", "mailbox = \"", "subject = \"", "bind_dn = \""};
    for (std::string_view key : keys)
        for (auto at = shown.find(key); at != std::string_view::npos; at = shown.find(key, at + 1)) {
            auto from = at + key.size();
            auto end = shown.find('"', from);
            bool whole = at == 0 || shown[at - 1] == '\n';
            if (whole && end != std::string_view::npos) redaction.add_id(shown.substr(from, end - from));
        }
}

/// Opened beside a daemon that may be running; nothing is changed.
std::string schema_text(const fs::path& folder) {
    auto file = folder / "lamplighter.db";
    std::error_code none;
    if (!fs::exists(file, none)) return "none here";
    sqlite3* handle = nullptr;
    sqlite3_stmt* statement = nullptr;
    std::string text = "cannot be read";
    if (sqlite3_open_v2(file.c_str(), &handle, SQLITE_OPEN_READONLY, nullptr) == SQLITE_OK &&
        sqlite3_prepare_v2(handle, "PRAGMA user_version", -1, &statement, nullptr) == SQLITE_OK &&
        sqlite3_step(statement) == SQLITE_ROW)
        text = fmt::format("{}, {} bytes", sqlite3_column_int(statement, 0), fs::file_size(file, none));
    sqlite3_finalize(statement);
    sqlite3_close(handle);
    return text;
}

std::string versions(const config::Configuration* configuration) {
    utsname machine{};
    ::uname(&machine);
    std::string system;
    std::ifstream release("/etc/os-release");
    for (std::string line; std::getline(release, line);)
        if (line.starts_with("PRETTY_NAME=")) system = line.substr(sizeof "PRETTY_NAME=" - 1);
    auto text = fmt::format("lamplighter {}\nsystem {} {} {} {}\nOpenSSL {}\nSQLite {}\n", LAMP_VERSION, system,
                            machine.sysname, machine.release, machine.machine, OpenSSL_version(OPENSSL_VERSION_STRING),
                            sqlite3_libversion());
    text += fmt::format("schema known {}\n", store::migrations().size());
    if (configuration)
        text += fmt::format("schema found {}\n", schema_text(configuration->get<DaemonOptions>().state_dir));
    return text;
}

std::string or_reason(const Result<std::string>& text) {
    return text ? *text : "not available: " + text.error().text + "\n";
}

class Bundle {
public:
    [[nodiscard]] Result<void> begin() {
        auto pattern = (fs::temp_directory_path() / "lamplighter-support-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr)
            return fail(Category::unavailable, fmt::format("{} cannot be made.", pattern));
        folder_ = pattern; // mode 0700
        fs::create_directory(folder_ / name);
        return {};
    }
    Bundle() = default;
    Bundle(const Bundle&) = delete;
    Bundle& operator=(const Bundle&) = delete;
    ~Bundle() {
        std::error_code none;
        if (!folder_.empty()) fs::remove_all(folder_, none);
    }

    void add(const std::string& file, const std::string& text) {
        std::ofstream(folder_ / name / file, std::ios::binary) << text;
    }
    [[nodiscard]] Result<void> pack(const fs::path& out) const {
        int made = ::open(out.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (made < 0)
            return fail(Category::conflict, fmt::format("{} cannot be made: {}.", out.string(), std::strerror(errno)));
        ::close(made);
        auto packed =
            run_program_for({"tar", "--owner=0", "--group=0", "-czf", out.string(), "-C", folder_.string(), name});
        if (packed.status == 0) return {};
        std::error_code none;
        fs::remove(out, none);
        return fail(Category::unavailable, fmt::format("tar could not write {}: {}", out.string(), packed.out));
    }

private:
    static constexpr const char* name = "lamplighter-support";
    fs::path folder_;
};

std::string random_key() {
    std::string key(32, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(key.data()), static_cast<int>(key.size())) != 1) std::abort();
    return key;
}

fs::path default_name() {
    auto time = rfc3339(wall_now()).substr(0, 19);
    std::erase_if(time, [](char c) { return c == ':' || c == '-'; });
    return "lamplighter-support-" + time + ".tar.gz";
}

std::string problems_text(const config::Problems& problems) {
    return problems.empty() ? "none\n" : to_string(problems);
}

void add_configuration(Bundle& bundle, const Redaction& redaction, const Read& read) {
    bundle.add("versions.txt", versions(read.answer.configuration.get()));
    bundle.add("configuration-problems.txt", redaction.text(problems_text(read.answer.problems)));
    bundle.add("configuration.toml", read.answer.configuration
                                         ? redaction.quoted(config::show(*read.answer.configuration))
                                         : "not available: it has mistakes, see configuration-problems.txt\n");
}

void add_daemon(Bundle& bundle, const Redaction& redaction, cli::DaemonClient& daemon) {
    for (const auto& [file, target] :
         {std::pair("status.json", "/v1/status"), std::pair("ready.json", "/readyz"),
          std::pair("metrics.txt", "/metrics"), std::pair("people-doubts.json", "/v1/people/doubts"),
          std::pair("integrations.json", "/v1/integrations")})
        bundle.add(file, redaction.quoted(or_reason(daemon.text(target))));
}

/// A tenant's bundle tells nothing of its neighbours, with whom it shares the unit's journal.
std::string lines_of_tenant(const std::string& journal) {
    auto tenant = config::Sources::machine().environment(std::string(tenants::tenant_variable));
    if (!tenant) return journal;
    std::string kept;
    std::istringstream lines(journal);
    for (std::string line; std::getline(lines, line);)
        if ((line + ' ').contains(fmt::format(" tenant={} ", *tenant))) kept += line + '\n';
    return kept;
}

void add_programs(Bundle& bundle, const Redaction& redaction, const std::string& config_file) {
    auto doctor = run_program_for({"/proc/self/exe", "doctor", "--config", config_file});
    bundle.add("doctor.txt", redaction.text(doctor.out));
    // Without what is logged at debug: that may hold names of callers, whom nobody here knows.
    auto journal = run_program_for({"journalctl", "--no-pager", "--quiet", "-o", "short-iso", "-p", "info", "-n",
                                    "5000", "-u", "lamplighter.service"});
    bundle.add("journal.txt", journal.status == 0 ? redaction.text(lines_of_tenant(journal.out))
                                                  : "not available: journalctl failed\n");
}

} // namespace

int support_bundle(const cli::Arguments& arguments, const std::string& config_file, const cli::Address& address) {
    auto complain = [](const Error& error) {
        fmt::print(stderr, "lamplighter support-bundle: {}\n", error.text);
        return cli::failed;
    };
    Bundle bundle;
    if (auto begun = bundle.begin(); !begun) return complain(begun.error());
    auto read = read_configuration(config_file);
    cli::DaemonClient daemon(address);
    Redaction redaction(random_key());
    for (const auto& secret : read.secrets)
        redaction.add_secret(secret);
    redaction.add_secret(address.token.reveal());
    if (read.answer.configuration) {
        learn_people(redaction, *read.answer.configuration);
        learn_logins(redaction, config::show(*read.answer.configuration));
    }
    learn_people(redaction, daemon);
    add_configuration(bundle, redaction, read);
    add_daemon(bundle, redaction, daemon);
    add_programs(bundle, redaction, config_file);
    bundle.add("README.txt",
               "Made by lamplighter support-bundle. Secrets, names, addresses and numbers of people are replaced:\n"
               "the same thing has the same word within this bundle, and what stands behind a word is nowhere kept.\n");
    fs::path out = arguments.value("out").value_or(default_name().string());
    if (auto packed = bundle.pack(out); !packed) return complain(packed.error());
    fmt::print("{}\n", out.string());
    return cli::done;
}

} // namespace lamp
