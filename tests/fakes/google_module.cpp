// See google_module.hpp. One function for each control command, in one table, like graph_module.cpp.
#include "google_module.hpp"

#include "appointments.hpp"
#include "command_module.hpp"
#include "google/service.hpp"
#include "graph/times.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <utility>

namespace sim {

namespace json = boost::json;

namespace {

constexpr std::chrono::seconds office_period{60};

using google::Calendar;
using google::Event;

class Google : public CommandModule {
public:
    Google(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          service_(loop, options.domain),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        service_.log_size = options.log_size;
        fill_calendars();
        fill_cloud();
        fill_reading();
    }
    ~Google() override {
        std::error_code ignored;
        if (!key_file_.empty()) std::filesystem::remove(key_file_, ignored);
    }

    std::string_view name() const override { return "google"; }

    void start() override {
        server_.listen(options_.address, options_.google_port);
        service_.url = server_.url(0);
        const std::string name =
            "lamplighter-sim-google-" + std::to_string(::getpid()) + "-" + std::to_string(server_.port(0)) + ".json";
        key_file_ = std::filesystem::temp_directory_path() / name;
        std::ofstream(key_file_) << service_.identity.key_file(service_.url);
        std::filesystem::permissions(key_file_,
                                     std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
        if (options_.office) loop_.post([this] { start_office(); });
    }

    void announce(json::object& line) const override {
        const std::string url = server_.url(0);
        line["google_api"] = url + "/calendar/v3";
        line["google_login"] = url;
        line["google_consent"] = url + "/o/oauth2/v2/auth";
        line["google_key_file"] = key_file_.string();
        line["google_client_id"] = service_.identity.client_id;
        line["google_client_secret"] = service_.identity.client_secret;
    }

private:
    // The reception's appointments in a living office: every minute somebody else takes its calls for a while.
    void start_office() {
        if (std::exchange(office_, true)) return;
        appoint();
        if (std::exchange(appointing_, true)) return; // what runs on the loop runs for good
        loop_.every(office_period, [this] {
            if (office_) appoint();
        });
    }

    void appoint() {
        Calendar& reception = *service_.find("reception@" + options_.domain);
        const std::int64_t now = graph::system_ms();
        std::erase_if(reception.events, [now](const auto& one) { return one.second.end.ms < now - 3'600'000; });
        Event event;
        event.summary = std::to_string(2005 + appointed_++ % 5);
        event.start = {false, now + 5'000};
        event.end = {false, now + 45'000};
        reception.add(std::move(event));
        service_.changed(reception);
    }

    Calendar& calendar(Arguments& a) {
        const std::string id = a.text("calendar");
        Calendar* found = service_.find(id);
        check(found != nullptr, "no calendar " + id);
        return *found;
    }

    static void take(Arguments& a, Event& event) {
        event.summary = a.text("summary", event.summary);
        event.description = a.text("description", event.description);
        event.location = a.text("location", event.location);
        event.transparent = a.boolean("transparent", event.transparent);
        event.declined = a.boolean("declined", event.declined);
        event.visibility = a.text("visibility", event.visibility);
        event.type = a.text("type", event.type);
        appointments::take_times(a, event);
    }

    void fill_calendars() {
        table_["google/calendar"] = [&](Arguments& a) {
            const std::string id = a.text("calendar");
            if (a.boolean("make", false)) service_.calendars[id].id = id; // one that is nobody's own
            Calendar& it = calendar(a);
            it.zone = a.text("zone", it.zone);
            it.offset_min = a.number("offset_min", it.offset_min);
            const std::string reader = a.text("share", "");
            const std::string role = a.text("role", "reader");
            a.finish();
            check(role == "reader" || role == "freeBusyReader" || role == "none", "unknown role " + role);
            if (!reader.empty()) it.readers[reader] = role;
            if (role == "none") it.readers.erase(reader);
            return json::object{{"id", it.id}, {"zone", it.zone}, {"events", it.events.size()}, {"seq", it.seq}};
        };
        table_["google/add"] = [&](Arguments& a) {
            Calendar& it = calendar(a);
            Event event;
            event.id = a.text("id", "");
            check(a.has("start") && a.has("end"), "start and end are needed");
            take(a, event);
            a.finish();
            check(!it.events.contains(event.id), "id must be new");
            const std::string id = it.add(std::move(event)).id;
            service_.changed(it);
            return json::object{{"id", id}};
        };
        // Of an event all members of google/add; of an instance of a series summary, start and end.
        table_["google/change"] = [&](Arguments& a) {
            Calendar& it = calendar(a);
            const std::string id = a.text("id");
            google::Exception what;
            const auto whole = it.events.find(id);
            std::optional<Event> fresh;
            if (whole != it.events.end()) {
                fresh = whole->second;
                take(a, *fresh);
            } else {
                what.start = appointments::when(a, "start");
                what.end = appointments::when(a, "end");
                if (a.has("summary")) what.summary = a.text("summary");
            }
            a.finish();
            check(it.change(id, what, fresh ? &*fresh : nullptr), "no event " + id);
            service_.changed(it);
            return json::object{{"id", id}};
        };
        table_["google/remove"] = [&](Arguments& a) {
            Calendar& it = calendar(a);
            const std::string id = a.text("id");
            a.finish();
            check(it.remove(id), "no event " + id);
            service_.changed(it);
            return json::object{{"id", id}};
        };
        table_["google/events"] = [&](Arguments& a) {
            const Calendar& it = calendar(a);
            a.finish();
            json::array list;
            for (const auto& item : it.items(true))
                list.push_back(json::object{{"id", item.id},
                                            {"summary", item.summary},
                                            {"start", graph::iso_seconds(it.instant(item.start))},
                                            {"end", graph::iso_seconds(it.instant(item.end))},
                                            {"cancelled", item.cancelled}});
            return json::object{{"events", std::move(list)}};
        };
        table_["google/office"] = [&](Arguments& a) {
            const bool active = a.boolean("active", true);
            a.finish();
            active ? start_office() : static_cast<void>(office_ = false);
            return json::object{{"active", office_}};
        };
        table_["google/expire_tokens"] = [&](Arguments& a) {
            a.finish();
            service_.expire_sync_tokens();
            return json::object{};
        };
    }

    json::value token(Arguments& a) {
        auto& identity = service_.identity;
        json::object answer;
        if (a.boolean("forget_access", false)) identity.forget_access();
        if (a.has("revoke")) answer["revoked"] = identity.forget_refresh(a.text("revoke")); // "" = everybody's
        if (a.has("issue")) {
            const std::string user = a.text("issue");
            check(identity.user_exists(user), "no user " + user);
            answer["refresh_token"] = identity.issue_refresh(user);
        }
        if (a.has("delegated")) {
            const auto scopes = a.texts("delegated");
            identity.delegated = {scopes.begin(), scopes.end()};
        }
        if (a.has("unknown")) {
            const auto users = a.texts("unknown");
            identity.unknown = {users.begin(), users.end()};
        }
        a.finish();
        answer["issued"] = identity.issued;
        answer["refused"] = identity.refused;
        return answer;
    }

    json::value set_settings(Arguments& a) {
        google::Settings s = service_.settings;
        s.clock_offset_ms = a.number("clock_offset_ms", s.clock_offset_ms);
        s.skew_ms = a.number("skew_ms", s.skew_ms);
        s.token_life_s = a.number("token_life_s", s.token_life_s);
        s.refresh_life_s = a.number("refresh_life_s", s.refresh_life_s);
        s.consent = a.text("consent", s.consent);
        s.consent_account = a.text("consent_account", s.consent_account);
        s.page_max = a.number("page_max", s.page_max);
        s.empty_pages = a.boolean("empty_pages", s.empty_pages);
        s.bounded_sync = a.boolean("bounded_sync", s.bounded_sync);
        s.http_watch = a.boolean("http_watch", s.http_watch);
        s.watch_life_s = a.number("watch_life_s", s.watch_life_s);
        s.notify_ms = a.number("notify_ms", s.notify_ms);
        a.finish();
        check(s.consent == "accept" || s.consent == "decline", "consent must be accept or decline");
        check(s.page_max >= 1 && s.page_max <= 2500, "page_max must be from 1 to 2500");
        service_.settings = s;
        return json::object{{"clock_offset_ms", s.clock_offset_ms},
                            {"skew_ms", s.skew_ms},
                            {"token_life_s", s.token_life_s},
                            {"refresh_life_s", s.refresh_life_s},
                            {"consent", s.consent},
                            {"consent_account", s.consent_account},
                            {"page_max", s.page_max},
                            {"empty_pages", s.empty_pages},
                            {"bounded_sync", s.bounded_sync},
                            {"http_watch", s.http_watch},
                            {"watch_life_s", s.watch_life_s},
                            {"notify_ms", s.notify_ms}};
    }

    void fill_cloud() {
        table_["google/token"] = [&](Arguments& a) { return token(a); };
        table_["google/settings"] = [&](Arguments& a) { return set_settings(a); };
        table_["google/fault"] = [&](Arguments& a) {
            google::Fault fault;
            fault.kind = a.text("kind");
            fault.on = a.text("on", "any");
            fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
            fault.status = a.number("status", 500);
            fault.ms = a.number("ms", 1000);
            fault.retry_after = a.number("retry_after", -1);
            a.finish();
            check(fault.status >= 200 && fault.status <= 599, "status must be from 200 to 599");
            const std::string kind = fault.kind;
            if (const std::string wrong = service_.add_fault(std::move(fault)); !wrong.empty())
                throw CommandError(wrong);
            return json::object{{"kind", kind}};
        };
        table_["google/faults/clear"] = [&](Arguments& a) {
            a.finish();
            service_.faults.clear();
            service_.watches.lose = service_.watches.duplicate = service_.watches.wrong_token = 0;
            return json::object{};
        };
        table_["google/notify"] = [&](Arguments& a) {
            const std::string kind = a.text("kind");
            const std::int64_t count = a.number("count", 1);
            a.finish();
            auto& watches = service_.watches;
            check(kind == "lose" || kind == "duplicate" || kind == "wrong_token", "unknown kind " + kind);
            (kind == "lose" ? watches.lose : kind == "duplicate" ? watches.duplicate : watches.wrong_token) = count;
            return json::object{{"kind", kind}};
        };
        table_["google/away"] = [&](Arguments& a) {
            const double seconds = a.real("seconds", -1);
            a.finish();
            check(seconds >= 0, "seconds is missing");
            return shut_for(seconds, server_, loop_);
        };
    }

    void fill_reading() {
        table_["google/state"] = [&](Arguments& a) {
            a.finish();
            json::object requests;
            for (const auto& [kind, count] : service_.requests)
                requests[kind] = count;
            json::array channels;
            for (const auto& [id, watch] : service_.watches.open_ones)
                channels.push_back(json::object{{"id", id},
                                                {"calendar", watch.calendar},
                                                {"address", watch.address},
                                                {"token", watch.token},
                                                {"resource_id", watch.resource},
                                                {"expires", watch.expires}});
            return json::object{
                {"requests", std::move(requests)},
                {"issued", service_.identity.issued},
                {"refused", service_.identity.refused},
                {"channels", std::move(channels)},
                {"notifications", json::object{{"sent", service_.watches.sent}, {"taken", service_.watches.taken}}}};
        };
        table_["google/log"] = [&](Arguments& a) {
            const std::string kind = a.text("kind", "");
            const bool clear = a.boolean("clear", false);
            a.finish();
            json::array lines;
            for (const auto& line : service_.log)
                if (kind.empty() || line.kind == kind)
                    lines.push_back(json::object{{"kind", line.kind},
                                                 {"method", line.method},
                                                 {"target", line.target},
                                                 {"body", line.body},
                                                 {"status", line.status}});
            if (clear) service_.log.clear();
            return json::object{{"requests", std::move(lines)}};
        };
    }

    const Options options_;
    Loop& loop_;
    google::Service service_;
    http::Server server_;
    std::filesystem::path key_file_;
    bool office_ = false;
    bool appointing_ = false;
    std::int64_t appointed_ = 0;
};

} // namespace

std::unique_ptr<Module> make_google(Loop& loop, const Options& options) {
    return std::make_unique<Google>(loop, options);
}

} // namespace sim
