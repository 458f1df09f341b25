#include "app/certificates.hpp"

#include <sys/stat.h>

#include <fmt/format.h>

#include "base/log.hpp"

namespace lamp {
namespace {

/// Differs when one of the files was written or put in another's place.
std::string stamp_of(const net::TlsFiles& files) {
    std::string stamp;
    for (const auto* file : {&files.certificate, &files.key, &files.client_ca}) {
        struct stat seen{};
        if (file->empty() || ::stat(file->c_str(), &seen) != 0)
            stamp += "- ";
        else
            stamp += fmt::format("{}:{}:{}.{} ", seen.st_ino, seen.st_size, seen.st_mtim.tv_sec, seen.st_mtim.tv_nsec);
    }
    return stamp;
}

std::optional<Wall> end_of(const net::TlsFiles& files) {
    auto end = net::certificate_end(files.certificate);
    return end ? std::optional(*end) : std::nullopt;
}

std::string day(Wall time) {
    return rfc3339(time).substr(0, 10);
}

} // namespace

std::string certificate_problem(std::string_view section, const std::filesystem::path& file, Wall ends, Wall now) {
    auto what = fmt::format("The certificate of [{}], {},", section, file.string());
    if (ends <= now)
        return fmt::format("{} ended on {}: whoever checks it is refused; put a new one there, it is taken by itself.",
                           what, day(ends));
    if (ends - now < certificate_warning)
        return fmt::format("{} ends on {}: put a new one there, it is taken by itself.", what, day(ends));
    return {};
}

void Certificates::add(std::string_view section, net::TlsFiles files, Renew renew) {
    rows_.push_back({section, std::move(files), std::move(renew), {}, {}, {}});
    auto& row = rows_.back();
    row.stamp = stamp_of(row.files);
    row.ends = end_of(row.files);
    if (!row.ends) return;
    auto problem = certificate_problem(section, row.files.certificate, *row.ends, wall_now());
    if (!problem.empty()) log::warning("app", problem);
}

void Certificates::look() {
    for (Row& row : rows_)
        if (stamp_of(row.files) != row.stamp) renew(row);
}

void Certificates::renew() {
    for (Row& row : rows_)
        renew(row);
}

void Certificates::renew(Row& row) {
    row.stamp = stamp_of(row.files); // before they are read: what is written meanwhile is found at the next look
    row.renew([this, &row](const Result<void>& taken) { settle(row, taken); });
}

void Certificates::settle(Row& row, const Result<void>& taken) {
    if (taken) {
        row.refused.clear();
        row.ends = end_of(row.files);
        log::info("app", "a certificate was read anew",
                  {{"section", row.section}, {"ends", row.ends ? rfc3339(*row.ends) : std::string("?")}});
    } else {
        row.refused = taken.error().text;
        log::error("app", "a certificate stays as it was: its files cannot be used",
                   {{"section", row.section}, {"why", row.refused}});
    }
    if (changed) changed();
}

std::vector<std::string> Certificates::problems(Wall now) const {
    std::vector<std::string> all;
    for (const Row& row : rows_) {
        if (!row.refused.empty())
            all.push_back(fmt::format("The new certificate of [{}] cannot be used, the one before goes on: {}",
                                      row.section, row.refused));
        if (!row.ends) continue;
        auto problem = certificate_problem(row.section, row.files.certificate, *row.ends, now);
        if (!problem.empty()) all.push_back(std::move(problem));
    }
    return all;
}

std::vector<fanout::Metric> Certificates::metrics() const {
    std::vector<fanout::Metric> all;
    for (const Row& row : rows_)
        if (row.ends)
            all.push_back({fanout::Metric::Kind::gauge, "lamplighter_certificate_expiry_seconds",
                           "When the TLS certificate that is shown ends, in seconds since 1970.", "section",
                           row.section, static_cast<double>(row.ends->time_since_epoch().count()) / 1000});
    return all;
}

} // namespace lamp
