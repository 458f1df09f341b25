// Our own TLS certificates, one for each wire that shows one: looked at every minute and at a reload, taken into use
// when their files are new, and what is to be said of their ends. Control loop.
#pragma once
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/errors.hpp"
#include "fanout/adapter.hpp"
#include "net/tls.hpp"

namespace lamp {

class Certificates {
public:
    using Done = std::function<void(Result<void>)>; // called on the control loop, once
    /// Reads the files anew for whoever connects from then on; an error leaves the certificate before in use.
    using Renew = std::function<void(Done)>;

    /// Called when one was renewed, or could not be.
    std::function<void()> changed;
    /// What stands in the files is in use already. `section` lives for ever.
    void add(std::string_view section, net::TlsFiles files, Renew renew);
    /// Those whose files have changed since they were read.
    void look();
    /// All of them.
    void renew();

    /// For the status: what cannot be used, has ended or ends within `certificate_warning`, as whole sentences.
    [[nodiscard]] std::vector<std::string> problems(Wall now) const;
    /// When each ends, as seconds since 1970.
    [[nodiscard]] std::vector<fanout::Metric> metrics() const;

private:
    struct Row {
        std::string_view section;
        net::TlsFiles files;
        Renew renew;
        std::string stamp;
        std::optional<Wall> ends; // of the one in use
        std::string refused;      // why the files cannot be used; empty: they are in use
    };
    void renew(Row& row);
    void settle(Row& row, const Result<void>& taken);
    std::vector<Row> rows_; // all are there before the first is renewed: rows do not move
};

inline constexpr std::chrono::days certificate_warning{14};

/// One sentence of a certificate that has ended or is about to; empty: there is nothing to say.
[[nodiscard]] std::string certificate_problem(std::string_view section, const std::filesystem::path& file, Wall ends,
                                              Wall now);

} // namespace lamp
