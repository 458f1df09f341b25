#include "app/house_doctor.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <system_error>

#include "app/certificates.hpp"
#include "app/options.hpp"
#include "csta/options.hpp"
#include "net/listener.hpp"
#include "net/tls.hpp"
#include "sip/options.hpp"
#include "status/options.hpp"
#include "store/database.hpp"
#include "store/schema.hpp"

namespace lamp {
namespace {

namespace fs = std::filesystem;
using Teller = std::function<http::Tell(std::string section)>;

/// Passes a step on and remembers whether all passed.
class Steps {
public:
    explicit Steps(http::Tell tell) : tell_(std::move(tell)) {}
    void good(std::string what, std::string detail) { tell_({std::move(what), true, std::move(detail), ""}); }
    void bad(std::string what, std::string detail, std::string remedy) {
        tell_({std::move(what), false, std::move(detail), std::move(remedy)});
        all_ = false;
    }
    [[nodiscard]] bool all() const { return all_; }

private:
    http::Tell tell_;
    bool all_ = true;
};

constexpr std::uintmax_t megabyte = 1024UL * 1024UL;
constexpr std::uintmax_t space_wanted = 200 * megabyte;

/// What the start would meet: the folder is made then where it is not there yet.
void examine_state(const fs::path& folder, Steps& steps) {
    std::error_code error;
    auto seen = fs::status(folder, error);
    if (seen.type() == fs::file_type::not_found)
        return steps.good("state_dir", folder.string() + " is not there yet; the daemon makes it");
    if (error || ::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
        return steps.bad("state_dir",
                         fmt::format("{} cannot be written by us ({})", folder.string(), std::strerror(errno)),
                         "run this as the daemon's user or as root; else mend the rights of the folder");
    auto space = fs::space(folder, error);
    auto free = fmt::format("{}: {} MB are free", folder.string(), space.available / megabyte);
    if (!error && space.available < space_wanted)
        return steps.bad("state_dir", free, fmt::format("make room: {} MB at least", space_wanted / megabyte));
    steps.good("state_dir", std::move(free));
}

void examine_database(const fs::path& folder, Steps& steps) {
    auto file = folder / "lamplighter.db";
    std::error_code error;
    if (!fs::exists(file, error)) return;
    auto database = store::Database::open(file);
    auto version =
        database ? database->number("PRAGMA user_version") : Result<std::int64_t>(std::unexpected(database.error()));
    if (!version)
        return steps.bad("database", version.error().text,
                         "run this as the daemon's user or as root; else see the text");
    auto known = static_cast<std::int64_t>(store::migrations().size());
    if (*version > known)
        return steps.bad("database",
                         fmt::format("its tables are of version {}, this program knows {}", *version, known),
                         "install the newer Lamplighter again, or put a copy of state_dir/backups in its place");
    steps.good("database",
               *version == known
                   ? fmt::format("tables of version {}", *version)
                   : fmt::format("tables of version {}; the next start copies it and makes {} of it", *version, known));
}

/// A port that is taken is the daemon's, as far as we can see.
void examine_listen(const std::vector<config::Listen>& all, Steps& steps) {
    for (const auto& one : all) {
        if (one.scheme == "udp") continue;
        auto listener = net::Listener::open(one);
        if (listener || listener.error().text.find("taken") != std::string::npos) {
            steps.good("listen", fmt::format("{} {}", to_string(one),
                                             listener ? "is free" : "is in use, by the daemon if it runs"));
            continue;
        }
        steps.bad("listen", listener.error().text,
                  "give an address of this machine, or the right to a port below 1024");
    }
}

void examine_certificate(std::string_view section, const net::TlsFiles& files, Steps& steps) {
    if (files.certificate.empty()) return;
    auto context = net::server_context(files, nullptr);
    auto ends = net::certificate_end(files.certificate);
    if (!context || !ends)
        return steps.bad("certificate", context ? ends.error().text : context.error().text,
                         "give a PEM file with the certificate and its chain, and the key that belongs to it");
    auto day = rfc3339(*ends).substr(0, 10);
    auto now = wall_now();
    if (*ends <= now)
        return steps.bad("certificate", "it ended on " + day, "put a new one there: the daemon takes it by itself");
    auto soon = certificate_problem(section, files.certificate, *ends, now);
    steps.good("certificate", soon.empty() ? "until " + day : "until " + day + ", which is soon: put a new one there");
}

Task<bool> examine_proxy(Loop& loop, std::string proxy, http::Tell tell) {
    auto url = http::Url::parse(proxy);
    auto client = http::Client::make(loop.context(), {});
    if (!url || !client) co_return true; // checked with the configuration
    co_return co_await http::reach(*client, *url, std::move(tell));
}

bool examine_http(const status::HttpOptions& options, const Teller& teller) {
    Steps steps(teller("http"));
    examine_listen(options.listen, steps);
    examine_certificate("http", {options.certificate, options.key, options.client_ca}, steps);
    return steps.all();
}

bool examine_sip(const sip::SipOptions& options, const Teller& teller) {
    if (options.listen.empty()) return true;
    Steps steps(teller("sip"));
    examine_listen(options.listen, steps);
    examine_certificate("sip", {options.certificate, options.key, options.client_ca}, steps);
    return steps.all();
}

bool examine_csta(const csta::CstaOptions& options, const Teller& teller) {
    if (options.listen.empty()) return true;
    Steps steps(teller("csta"));
    examine_listen(options.listen, steps);
    examine_certificate("csta", {options.certificate, options.key}, steps);
    return steps.all();
}

} // namespace

Task<bool> examine_house(Loop& loop, const config::Configuration& configuration,
                         std::function<http::Tell(std::string section)> teller) {
    Steps daemon(teller("daemon"));
    const auto& folder = configuration.get<DaemonOptions>().state_dir;
    examine_state(folder, daemon);
    examine_database(folder, daemon);
    bool all = daemon.all();
    all = examine_http(configuration.get<status::HttpOptions>(), teller) && all;
    all = examine_sip(configuration.get<sip::SipOptions>(), teller) && all;
    all = examine_csta(configuration.get<csta::CstaOptions>(), teller) && all;
    if (const auto& proxy = configuration.get<NetOptions>().proxy; !proxy.empty())
        all = co_await examine_proxy(loop, proxy, teller("net")) && all;
    co_return all;
}

} // namespace lamp
