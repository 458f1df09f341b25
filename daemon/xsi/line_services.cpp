#include "xsi/line_services.hpp"

#include <array>
#include <fmt/format.h>

namespace lamp::xsi {
namespace {

std::string on_to(bool active, std::string_view where) {
    if (!active) return "off";
    return where.empty() ? "on" : fmt::format("on → {}", where);
}

template <class Forwarding>
std::string text_of(const Forwarding& service) {
    return on_to(service.active, service.forward_to.value_or(""));
}

std::string text_of(const RemoteOffice& service) {
    return on_to(service.active, service.number.value_or(""));
}

std::string text_of(const BroadWorksAnywhere& service) {
    std::string numbers;
    for (const auto& location : service.locations)
        if (location.active) numbers += (numbers.empty() ? "" : ", ") + location.number;
    return on_to(service.active, numbers);
}

std::string text_of(const CommPilotExpress& service) {
    auto word = [&]() -> std::string_view {
        switch (service.profile) {
        case CommPilotExpress::Profile::none: return "off";
        case CommPilotExpress::Profile::available_in_office: return "available_in_office";
        case CommPilotExpress::Profile::available_out_of_office: return "available_out_of_office";
        case CommPilotExpress::Profile::busy: return "busy";
        case CommPilotExpress::Profile::unavailable: return "unavailable";
        case CommPilotExpress::Profile::unknown: break;
        }
        return "a profile that we do not know";
    }();
    if (service.to_voicemail) return fmt::format("{} → voicemail", word);
    return service.forwards_to.empty() ? std::string(word) : fmt::format("{} → {}", word, service.forwards_to);
}

template <class Service>
Task<Result<std::string>> value_of(Actions& actions, std::string user) {
    auto service = co_await actions.service<Service>(std::move(user));
    if (!service) co_return std::unexpected(std::move(service.error()));
    co_return text_of(*service);
}

struct Row {
    std::string_view source;
    Task<Result<std::string>> (*read)(Actions&, std::string user);
};

// First what hides best.
constexpr std::array rows{
    Row{"commpilot_express", value_of<CommPilotExpress>},
    Row{"anywhere", value_of<BroadWorksAnywhere>},
    Row{"remote_office", value_of<RemoteOffice>},
    Row{"forwarding_always", value_of<CallForwardingAlways>},
    Row{"forwarding_selective", value_of<CallForwardingSelective>},
    Row{"forwarding_busy", value_of<CallForwardingBusy>},
    Row{"forwarding_no_answer", value_of<CallForwardingNoAnswer>},
    Row{"forwarding_not_reachable", value_of<CallForwardingNotReachable>},
};

bool not_assigned(const Error& error) {
    return error.category == Category::not_found || error.category == Category::forbidden;
}

} // namespace

struct LineServices::Entry {
    explicit Entry(asio::io_context& context, Steady now) : finished(context), asked(now) {}
    std::vector<ServiceSeen> seen;
    std::size_t rows_done = 0; // of `rows`; the rest is still unknown
    bool reading = true;
    bool broken = false;
    Bell finished;
    Steady asked;
};

Task<std::vector<ServiceSeen>> LineServices::of(std::vector<Wanted> lines) {
    auto until = steady_now() + timing_.limit;
    std::vector<std::shared_ptr<Entry>> found;
    for (const Wanted& wanted : lines) // all are being read before the first is waited for
        found.push_back(entry(wanted, steady_now()));
    std::vector<ServiceSeen> seen;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const auto& one = found.at(i);
        while (one && one->reading) {
            auto left = std::chrono::ceil<milliseconds>(until - steady_now());
            if (left.count() <= 0) break;
            co_await one->finished.wait(left);
        }
        if (one) seen.insert(seen.end(), one->seen.begin(), one->seen.end());
        for (std::size_t row = one ? one->rows_done : 0; row < rows.size(); ++row)
            seen.push_back({lines.at(i).line, rows.at(row).source, "unknown", std::nullopt});
    }
    co_return seen;
}

/// What is known or being read of the line; begins to read otherwise. Nothing while too many are being read.
std::shared_ptr<LineServices::Entry> LineServices::entry(const Wanted& wanted, Steady now) {
    if (auto known = entries_.find(wanted.line); known != entries_.end()) {
        const auto& entry = *known->second;
        if (entry.reading || now - entry.asked < (entry.broken ? timing_.kept_broken : timing_.kept))
            return known->second;
    }
    if (readers_ >= readers_max) return nullptr;
    if (entries_.size() >= lines_max) tidy(now);
    auto made = std::make_shared<Entry>(loop_.context(), now);
    entries_.insert_or_assign(wanted.line, made);
    ++readers_;
    loop_.spawn(read(wanted, made));
    return made;
}

Task<> LineServices::read(Wanted wanted, std::shared_ptr<Entry> entry) {
    for (const Row& row : rows) {
        auto value = co_await row.read(*wanted.actions, wanted.line);
        if (value)
            entry->seen.push_back({wanted.line, row.source, std::move(*value), wall_now()});
        else if (!not_assigned(value.error())) {
            entry->broken = true; // the platform is not well: the others need not be tried
            break;
        }
        ++entry->rows_done;
    }
    entry->reading = false;
    --readers_;
    entry->finished.ring();
}

/// Forgets what is too old, or everything that is not being read when that is not enough.
void LineServices::tidy(Steady now) {
    std::erase_if(entries_,
                  [&](const auto& one) { return !one.second->reading && now - one.second->asked >= timing_.kept; });
    if (entries_.size() >= lines_max) std::erase_if(entries_, [](const auto& one) { return !one.second->reading; });
}

} // namespace lamp::xsi
