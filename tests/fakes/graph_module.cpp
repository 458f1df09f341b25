// See graph_module.hpp. One function for each control command, in one table, like broadworks_module.cpp.
#include "graph_module.hpp"

#include "appointments.hpp"
#include "broadworks/model.hpp"
#include "command_module.hpp"
#include "graph/service.hpp"
#include "graph/subscriptions.hpp"
#include "graph/teams_office.hpp"

#include <algorithm>
#include <utility>

namespace sim {

namespace json = boost::json;
using graph::nobody;
using graph::Pair;
using graph::UserIndex;

namespace {

constexpr std::string_view tenant = "5b1a7c3e-4d2f-4b6a-9c8d-0e1f2a3b4c5d";
constexpr std::string_view client = "c11e47a0-2b3c-4d5e-8f60-718293a4b5c6";

std::string joined_lines(const std::vector<std::string>& lines) {
    std::string out;
    for (const std::string& line : lines)
        out += (out.empty() ? "" : "\n") + line;
    return out;
}

json::array texts(const std::vector<std::string>& lines) {
    return json::array(lines.begin(), lines.end());
}

class Graph : public CommandModule {
public:
    Graph(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          service_(loop, std::string(tenant), options.domain),
          office_(loop, service_, options.seed),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        service_.identity.applications.push_back(
            {std::string(client),
             "graph-secret",
             {"Presence.Read.All", "Presence.ReadWrite.All", "User.Read.All", "Calendars.Read"},
             {"Presence.Read.All", "Presence.ReadWrite", "User.ReadBasic.All"},
             {}});
        service_.settings.log_size = options.load > 0 ? 0 : options.log_size;
        if (options.load > 0) service_.settings.rate = 0;
        settings_changed();
        add_people();
        fill_people();
        fill_cloud();
        fill_reading();
    }

    std::string_view name() const override { return "graph"; }

    void start() override {
        server_.listen(options_.address, options_.graph_port);
        service_.url = server_.url(0);
        service_.port = server_.port(0);
        if (options_.office) loop_.post([this] { office_.start(); });
    }

    void announce(json::object& line) const override {
        line["graph"] = server_.url(0);
        line["tenant"] = tenant;
        line["client_id"] = client;
        line["client_secret"] = "graph-secret";
    }

    // People who join or leave the enterprise do so here as well.
    void noticed(std::string_view name, const json::value& answer) override {
        if (name != "users") return;
        for (const json::value& line : answer.at("lines").as_array()) {
            graph::User user;
            user.upn = std::string(line.at("id").as_string());
            if (service_.directory.find_upn(user.upn) != nobody) continue;
            user.id = graph::Guid::of(user.upn);
            user.name = std::string(line.at("name").as_string());
            user.mail = user.upn;
            user.phones = std::string(line.at("number").as_string());
            user.extension = line.at("extension").to_number<std::uint32_t>();
            const bool back = service_.directory.find_removed(user.id.text()) != nobody;
            if (back)
                service_.directory.restore(service_.directory.find_removed(user.id.text()));
            else
                service_.add_user(std::move(user));
        }
        for (const json::value& id : answer.at("removed_ids").as_array())
            if (const UserIndex user = service_.directory.find_upn(std::string_view(id.as_string())); user != nobody)
                service_.directory.remove(user, false);
    }

private:
    // The same people from the same seed as BroadWorks has.
    void add_people() {
        bw::Roster roster;
        roster.generate(bw::roster_options(options_));
        for (const bw::Person& person : roster.people) {
            graph::User user;
            user.id = graph::Guid::of(person.email);
            user.name = person.name;
            user.upn = person.email;
            user.mail = person.email;
            if (!person.lines.empty()) {
                const bw::User& line = roster[person.lines.front()];
                user.extension = line.extension;
                user.phones = "+" + std::to_string(line.number);
            }
            const bool desk = !person.lines.empty();
            const UserIndex index = service_.add_user(std::move(user));
            if (!desk && index + 1 == roster.people.size()) service_.presences.licensed(index, false, service_.now());
        }
    }

    UserIndex user(Arguments& a, std::string_view member = "user") {
        const std::string text = a.text(member);
        const UserIndex found = service_.directory.find_any(text);
        check(found != nobody, "no user " + text);
        return found;
    }

    Pair pair(Arguments& a) {
        const std::string availability = a.text("availability");
        const std::string activity = a.text("activity", availability);
        check(!availability.empty() && !activity.empty(), "availability is empty");
        return {service_.words.of(availability), service_.words.of(activity)};
    }

    json::object presence_of(UserIndex user) const {
        const graph::Effective now = service_.presences.effective(user, service_.now());
        return {{"availability", service_.words.text(now.pair.availability)},
                {"activity", service_.words.text(now.pair.activity)},
                {"out_of_office", now.out_of_office},
                {"since", now.since}};
    }

    // --- people -----------------------------------------------------------------------------------------------

    void fill_people() {
        auto& presences = service_.presences;
        table_["graph/presence"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const bool change = a.has("availability");
            const Pair wanted = change ? pair(a) : Pair{};
            a.finish();
            if (change) presences.client(who, wanted, service_.now());
            return presence_of(who);
        };
        table_["graph/offline"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            a.finish();
            presences.client(who, Pair{}, service_.now());
            return presence_of(who);
        };
        table_["graph/manual"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const bool clear = a.boolean("clear", false);
            const auto wanted = clear ? std::optional<Pair>() : std::optional(pair(a));
            const double seconds = a.real("seconds", 86'400);
            a.finish();
            presences.preferred(who, wanted, service_.now() + static_cast<std::int64_t>(seconds * 1000),
                                service_.now());
            return presence_of(who);
        };
        table_["graph/oof"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const bool active = a.boolean("active", true);
            const std::string message = a.text("message", "");
            a.finish();
            presences.out_of_office(who, active, message, service_.now());
            return presence_of(who);
        };
        table_["graph/calendar"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const bool active = a.boolean("active", true);
            a.finish();
            presences.calendar(who, active, service_.now());
            return presence_of(who);
        };
        table_["graph/user"] = [&](Arguments& a) { return change_user(a); };
        table_["graph/appointment"] = [&](Arguments& a) { return appointment(a); };
    }

    static void take_appointment(Arguments& a, google::Event& event) {
        event.summary = a.text("subject", event.summary);
        event.description = a.text("body", event.description);
        event.location = a.text("location", event.location);
        event.transparent = a.boolean("free", event.transparent);
        event.declined = a.boolean("declined", event.declined);
        event.visibility = a.text("sensitivity", event.visibility);
        appointments::take_times(a, event);
    }

    // Of a whole event or series everything can change, of one instance subject, start and end.
    json::value appointment(Arguments& a) {
        const UserIndex who = user(a);
        graph::Mailbox& mailbox = service_.mailboxes[who];
        google::Calendar& calendar = mailbox.calendar;
        const std::string what = a.text("what", "add");
        if (what == "forget") { // every token that was given
            a.finish();
            service_.syncs_lost_at = service_.now();
            return json::object{};
        }
        std::string id = a.text("id", "");
        if (what == "add") {
            google::Event event;
            event.id = id;
            check(a.has("start") && a.has("end"), "start and end are needed");
            take_appointment(a, event);
            a.finish();
            check(!calendar.events.contains(id), "id must be new");
            return json::object{{"id", calendar.add(std::move(event)).id}};
        }
        google::Exception one;
        std::optional<google::Event> fresh;
        if (const auto whole = calendar.events.find(id); whole != calendar.events.end()) fresh = whole->second;
        if (what == "change" || what == "move") {
            if (fresh) {
                take_appointment(a, *fresh);
            } else {
                one.start = appointments::when(a, "start");
                one.end = appointments::when(a, "end");
                if (a.has("subject")) one.summary = a.text("subject");
            }
        } else if (what == "decline") {
            check(fresh.has_value(), "only a whole event can be declined");
            fresh->declined = true;
        } else if (what == "remove") {
            one.cancelled = true;
        } else {
            check(what == "cancel", "what must be add, change, move, cancel, decline, remove or forget");
            mailbox.called_off.insert(id);
        }
        a.finish();
        check(calendar.change(id, one, fresh ? &*fresh : nullptr), "no appointment " + id);
        return json::object{{"id", id}};
    }

    void take_fields(Arguments& a, graph::User& fresh) {
        fresh.upn = a.text("upn", fresh.upn);
        fresh.name = a.text("name", fresh.name);
        fresh.mail = a.text("mail", fresh.mail);
        fresh.mobile = a.text("mobile", fresh.mobile);
        fresh.department = a.text("department", fresh.department);
        fresh.job = a.text("job", fresh.job);
        fresh.enabled = a.boolean("enabled", fresh.enabled);
        fresh.extension = static_cast<std::uint32_t>(a.number("extension", fresh.extension));
        if (a.has("phones")) fresh.phones = joined_lines(a.texts("phones"));
        if (a.has("proxies")) fresh.proxies = joined_lines(a.texts("proxies"));
    }

    json::value change_user(Arguments& a) {
        auto& directory = service_.directory;
        const std::string what = a.text("what", "read");
        UserIndex who = nobody;
        if (what == "add") {
            graph::User fresh;
            take_fields(a, fresh);
            const std::string id = a.text("id", "");
            a.finish();
            check(fresh.upn.find('@') != std::string::npos, "upn is missing");
            check(directory.find_upn(fresh.upn) == nobody, "upn must be new");
            const auto given = graph::Guid::parse(id);
            check(id.empty() || given, "id must be a GUID");
            fresh.id = given ? *given : graph::Guid::of(fresh.upn);
            if (fresh.name.empty()) fresh.name = fresh.upn;
            check(directory.find(fresh.id) == nobody, "id must be new");
            who = service_.add_user(std::move(fresh));
        } else if (what == "restore") {
            who = directory.find_removed(a.text("user"));
            a.finish();
            check(who != nobody, "no such removed user");
            directory.restore(who);
        } else {
            who = user(a);
            if (what == "change" || what == "rename") {
                graph::User fresh = directory[who];
                take_fields(a, fresh);
                if (a.has("licensed")) service_.presences.licensed(who, a.boolean("licensed", true), service_.now());
                a.finish();
                const UserIndex holder = directory.find_upn(fresh.upn);
                check(holder == nobody || holder == who, "upn must be free");
                directory.change(who, std::move(fresh));
            } else if (what == "remove") {
                const bool for_good = a.boolean("for_good", false);
                a.finish();
                directory.remove(who, for_good);
            } else if (what == "double") { // somebody else with the same address and number
                graph::User fresh = directory[who];
                fresh.upn = a.text("upn", "double." + fresh.upn);
                a.finish();
                check(directory.find_upn(fresh.upn) == nobody, "upn must be new");
                fresh.id = graph::Guid::of(fresh.upn);
                who = service_.add_user(std::move(fresh));
            } else {
                a.finish();
                check(what == "read", "what must be read, add, change, rename, remove, restore or double");
            }
        }
        const graph::User& now = directory[who];
        return json::object{{"id", now.id.text()},
                            {"upn", now.upn},
                            {"mail", now.mail},
                            {"name", now.name},
                            {"extension", now.extension},
                            {"enabled", now.enabled},
                            {"removed", now.life != graph::Life::present}};
    }

    // --- the cloud --------------------------------------------------------------------------------------------

    void fill_cloud() {
        table_["graph/permissions"] = [&](Arguments& a) { return permissions(a); };
        table_["graph/token"] = [&](Arguments& a) { return token(a); };
        table_["graph/notify"] = [&](Arguments& a) { return notify(a); };
        table_["graph/settings"] = [&](Arguments& a) { return set_settings(a); };
        table_["graph/fault"] = [&](Arguments& a) {
            graph::Fault fault;
            fault.kind = a.text("kind");
            fault.on = a.text("on", "any");
            fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
            for (const std::string& name : a.texts("users")) {
                const UserIndex who = service_.directory.find_any(name);
                fault.users.push_back(who == nobody ? name : service_.directory[who].id.text());
            }
            fault.status = a.number("status", 500);
            fault.ms = a.number("ms", fault.kind == "slow_drip" ? 20 : 1000);
            fault.retry_after = a.number("retry_after", -1);
            fault.to = a.text("to", service_.url + "/elsewhere");
            a.finish();
            check(fault.status >= 200 && fault.status <= 599, "status must be from 200 to 599");
            const std::string kind = fault.kind;
            if (const std::string wrong = service_.faults.add(std::move(fault)); !wrong.empty())
                throw CommandError(wrong);
            return json::object{{"kind", kind}};
        };
        table_["graph/faults/clear"] = [&](Arguments& a) {
            a.finish();
            service_.faults.clear();
            service_.identity.down = false;
            service_.identity.refuse.clear();
            service_.subscriptions->notifier.clear();
            return json::object{};
        };
        table_["graph/away"] = [&](Arguments& a) {
            const double seconds = a.real("seconds", -1);
            a.finish();
            check(seconds >= 0, "seconds is missing");
            return shut_for(seconds, server_, loop_);
        };
        table_["graph/office"] = [&](Arguments& a) {
            const bool active = a.boolean("active", true);
            a.finish();
            active ? office_.start() : office_.stop();
            return json::object{{"active", office_.running()}};
        };
    }

    json::value notify(Arguments& a) {
        auto& subscriptions = *service_.subscriptions;
        const std::string kind = a.text("kind");
        const auto count = a.boolean("forever", false) ? -1 : a.number("count", 1);
        const auto ms = a.number("ms", 2000);
        a.finish();
        if (kind == "reauthorizationRequired" || kind == "subscriptionRemoved" || kind == "missed")
            subscriptions.lifecycle(kind);
        else if (kind == "disappear")
            return json::object{{"subscriptions", subscriptions.disappear()}};
        else if (kind == "rotate_key")
            return json::object{{"key", service_.identity.rotate_key()}};
        else if (kind == "clear")
            subscriptions.notifier.clear();
        else if (const std::string wrong = subscriptions.notifier.spoil(kind, count, ms); !wrong.empty())
            throw CommandError(wrong);
        return json::object{{"kind", kind}};
    }

    json::value permissions(Arguments& a) {
        const std::string id = a.text("client_id", client);
        check(graph::Guid::parse(id).has_value(), "client_id must be a GUID");
        graph::Application& app = service_.identity.application(id, true);
        const bool roles = a.has("application");
        const bool scopes = a.has("delegated");
        const auto application = a.texts("application");
        const auto delegated = a.texts("delegated");
        const auto add = a.texts("add");
        const auto remove = a.texts("remove");
        a.finish();
        if (roles) app.roles = application;
        if (scopes) app.scopes = delegated;
        for (const std::string& name : remove)
            std::erase(app.roles, name);
        for (const std::string& name : add)
            if (std::find(app.roles.begin(), app.roles.end(), name) == app.roles.end()) app.roles.push_back(name);
        return json::object{{"client_id", app.id}, {"application", texts(app.roles)}, {"delegated", texts(app.scopes)}};
    }

    json::value token(Arguments& a) {
        auto& identity = service_.identity;
        const std::string id = a.text("client_id", client);
        check(identity.find(id).has_value(), "no application " + id + "; graph/permissions makes one");
        graph::Application& app = identity.application(id);
        const auto expires = a.number("expires_in", service_.settings.expires_in_s);
        const auto skew = a.number("skew_s", identity.skew_ms / 1000);
        const bool down = a.boolean("down", identity.down);
        const std::string refuse = a.text("refuse", identity.refuse);
        const std::string secret = a.text("secret", app.secret);
        const bool revoke = a.boolean("revoke", false);
        const bool revoke_refresh = a.boolean("revoke_refresh", false);
        const bool decide = a.has("approve") || a.has("deny");
        const std::string code = a.has("deny") ? a.text("deny") : a.text("approve", "");
        const bool approved = a.has("approve");
        const bool issue = a.boolean("issue", false);
        const UserIndex who = a.has("user") ? user(a) : UserIndex(0);
        std::optional<graph::crypto::Key> certificate;
        if (a.has("certificate")) {
            certificate = graph::crypto::Key::from_certificate_pem(a.text("certificate"));
            check(certificate && certificate->rsa(), "certificate must be the PEM of an RSA certificate");
        }
        a.finish();
        check(expires > 0, "expires_in must be positive");
        check(!decide || identity.decide(code == "any" ? std::string() : code, who, approved),
              "no device code waits" + (code.empty() ? "" : " as " + code));
        service_.settings.expires_in_s = expires;
        identity.skew_ms = skew * 1000;
        identity.down = down;
        identity.refuse = refuse;
        app.secret = secret;
        if (certificate) app.certificates.push_back(std::move(*certificate));
        if (revoke || revoke_refresh) identity.revoke(revoke_refresh);
        json::object answer{{"expires_in", expires}, {"skew_s", skew},       {"down", down},
                            {"refuse", refuse},      {"secret", app.secret}, {"certificates", app.certificates.size()}};
        if (issue) answer["access_token"] = identity.issue(*identity.find(id), who);
        return answer;
    }

    void settings_changed() { server_.limits.keep_alive = std::chrono::seconds(service_.settings.keep_alive_s); }

    json::value set_settings(Arguments& a) {
        auto& s = service_.settings;
        const std::pair<std::string_view, std::int64_t*> numbers[] = {{"clock_offset_ms", &s.clock_offset_ms},
                                                                      {"ids_max", &s.ids_max},
                                                                      {"wrong_session_status", &s.wrong_session_status},
                                                                      {"visibility_ms", &s.visibility_ms},
                                                                      {"stale_every", &s.stale_every},
                                                                      {"fade_ms", &s.fade_ms},
                                                                      {"rate", &s.rate},
                                                                      {"rate_window_ms", &s.rate_window_ms},
                                                                      {"retry_after_s", &s.retry_after_s},
                                                                      {"batch_max", &s.batch_max},
                                                                      {"expires_in_s", &s.expires_in_s},
                                                                      {"device_interval_s", &s.device_interval_s},
                                                                      {"device_expires_s", &s.device_expires_s},
                                                                      {"page_size", &s.page_size},
                                                                      {"empty_page_every", &s.empty_page_every},
                                                                      {"delta_life_s", &s.delta_life_s},
                                                                      {"photo_every", &s.photo_every},
                                                                      {"validation_ms", &s.validation_ms},
                                                                      {"subscription_max_s", &s.subscription_max_s},
                                                                      {"subscription_min_s", &s.subscription_min_s},
                                                                      {"events_max_s", &s.events_max_s},
                                                                      {"notify_delay_ms", &s.notify_delay_ms},
                                                                      {"notify_retries", &s.notify_retries},
                                                                      {"notify_retry_ms", &s.notify_retry_ms},
                                                                      {"slow_answer_ms", &s.slow_answer_ms},
                                                                      {"log_size", &s.log_size},
                                                                      {"keep_alive_s", &s.keep_alive_s}};
        const std::pair<std::string_view, bool*> flags[] = {{"swapped", &s.swapped},
                                                            {"optional_fields", &s.optional_fields},
                                                            {"sequence_number", &s.sequence_number},
                                                            {"permissions_live", &s.permissions_live},
                                                            {"batch_reversed", &s.batch_reversed},
                                                            {"refresh_once", &s.refresh_once},
                                                            {"delta_partial", &s.delta_partial},
                                                            {"basic_clear", &s.basic_clear},
                                                            {"bare_occurrences", &s.bare_occurrences},
                                                            {"shifted_days", &s.shifted_days}};
        struct Choice {
            std::string_view name;
            std::string* value;
            std::vector<std::string_view> words;
        };
        const Choice choices[] = {{"unknown_ids", &s.unknown_ids, {"omit", "presence_unknown", "not_found"}},
                                  {"casing", &s.casing, {"pascal", "camel"}},
                                  {"tie", &s.tie, {"latest", "client", "app"}},
                                  {"retry_after", &s.retry_after, {"seconds", "date", "absent"}},
                                  {"renew", &s.renew, {"ok", "unsupported", "forbidden", "not_found"}}};
        const graph::Settings before = s;
        try {
            for (const auto& [name, value] : numbers)
                *value = a.number(name, *value);
            for (const auto& [name, value] : flags)
                *value = a.boolean(name, *value);
            for (const Choice& choice : choices) {
                *choice.value = a.text(choice.name, *choice.value);
                check(std::find(choice.words.begin(), choice.words.end(), *choice.value) != choice.words.end(),
                      std::string(choice.name) + " cannot be " + *choice.value);
            }
            a.finish();
        } catch (const CommandError&) {
            s = before; // all or nothing
            throw;
        }
        settings_changed();
        json::object now;
        for (const auto& [name, value] : numbers)
            now[name] = *value;
        for (const auto& [name, value] : flags)
            now[name] = *value;
        for (const Choice& choice : choices)
            now[choice.name] = *choice.value;
        return now;
    }

    // --- reading ----------------------------------------------------------------------------------------------

    json::value state(Arguments& a) {
        const bool detail = a.boolean("detail", service_.directory.size() <= 5000);
        a.finish();
        json::object requests;
        for (std::size_t i = 0; i < service_.requests.size(); ++i)
            requests[graph::name_of(static_cast<graph::Kind>(i))] = service_.requests[i];
        json::object statuses;
        for (const auto& [status, count] : service_.statuses)
            statuses[std::to_string(status)] = count;
        json::object sessions;
        json::object presences;
        const std::int64_t now = service_.now();
        for (UserIndex i = 0; i < service_.directory.size(); ++i) {
            const graph::User& person = service_.directory[i];
            if (person.life != graph::Life::present) continue;
            for (const graph::AppSession& session : service_.presences[i].apps)
                if (session.expires > now)
                    sessions[person.upn] =
                        json::object{{"availability", service_.words.text(session.pair.availability)},
                                     {"activity", service_.words.text(session.pair.activity)},
                                     {"since", session.first},
                                     {"set", session.set},
                                     {"expires", session.expires},
                                     {"client_id", service_.identity.applications[session.app].id}};
            if (detail) presences[person.upn] = presence_of(i);
        }
        json::array subscriptions;
        for (const auto& [id, s] : service_.subscriptions->all())
            subscriptions.emplace_back(
                json::object{{"id", id},
                             {"user", s.owner == nobody ? std::string() : service_.directory[s.owner].upn},
                             {"mailbox", s.mailbox == nobody ? std::string() : service_.directory[s.mailbox].upn},
                             {"client_id", service_.identity.applications[s.app].id},
                             {"users", s.users.size()},
                             {"rich", s.rich},
                             {"certificate", s.certificate_id},
                             {"expires", s.expires},
                             {"url", s.url},
                             {"endpoint", service_.subscriptions->notifier.endpoint_state(s.url)}});
        const auto& told = service_.subscriptions->notifier.counters;
        json::object notifications{{"items", told.items},         {"posts", told.posts},
                                   {"delivered", told.delivered}, {"retried", told.retried},
                                   {"given_up", told.given_up},   {"dropped", told.dropped},
                                   {"lifecycle", told.lifecycle}};
        return json::object{{"time", now},
                            {"subscriptions", std::move(subscriptions)},
                            {"notifications", std::move(notifications)},
                            {"users", service_.directory.size()},
                            {"requests", std::move(requests)},
                            {"statuses", std::move(statuses)},
                            {"tokens_issued", service_.identity.issued},
                            {"tokens_refused", service_.identity.refused},
                            {"throttled", service_.throttled},
                            {"batch_items", service_.batch_items},
                            {"connections", server_.connections()},
                            {"office", office_.running()},
                            {"sessions", std::move(sessions)},
                            {"presences", std::move(presences)}};
    }

    json::value log(Arguments& a) {
        const std::string kind = a.text("kind", "");
        const std::string contains = a.text("contains", "");
        const std::string method = a.text("method", "");
        const auto status = a.number("status", 0);
        const auto limit = a.number("limit", 200);
        const bool clear = a.boolean("clear", false);
        a.finish();
        json::array lines;
        for (auto line = service_.log.rbegin();
             line != service_.log.rend() && lines.size() < static_cast<std::size_t>(limit); ++line) {
            const bool fits = (kind.empty() || graph::name_of(line->kind) == kind) &&
                              (method.empty() || line->method == method) && (status == 0 || line->status == status) &&
                              (contains.empty() || line->path.find(contains) != std::string::npos ||
                               line->body.find(contains) != std::string::npos);
            if (!fits) continue;
            json::object headers;
            for (const auto& [name, value] : line->headers)
                headers[name] = value;
            lines.emplace_back(json::object{{"time", line->time},
                                            {"kind", graph::name_of(line->kind)},
                                            {"method", line->method},
                                            {"path", line->path},
                                            {"headers", std::move(headers)},
                                            {"body", line->body},
                                            {"status", line->status},
                                            {"batch", line->in_batch}});
        }
        std::reverse(lines.begin(), lines.end());
        if (clear) service_.log.clear();
        return json::object{{"requests", std::move(lines)}};
    }

    void fill_reading() {
        table_["graph/state"] = [&](Arguments& a) { return state(a); };
        table_["graph/log"] = [&](Arguments& a) { return log(a); };
    }

    const Options options_;
    Loop& loop_;
    graph::Service service_;
    graph::TeamsOffice office_;
    http::Server server_;
};

} // namespace

std::unique_ptr<Module> make_graph(Loop& loop, const Options& options) {
    return std::make_unique<Graph>(loop, options);
}

} // namespace sim
