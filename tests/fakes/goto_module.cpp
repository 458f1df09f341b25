// See goto_module.hpp.
#include "goto_module.hpp"

#include "broadworks/model.hpp"
#include "broadworks/platform.hpp"
#include "command_module.hpp"
#include "gotomeeting/service.hpp"

#include <utility>

namespace sim {

namespace json = boost::json;

namespace {

class GoTo : public CommandModule {
public:
    GoTo(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        if (options.load > 0) service_.settings.log_size = 0;
        bw::Roster roster;
        roster.generate(bw::roster_options(options));
        for (const bw::Person& person : roster.people) {
            const auto space = person.name.find(' ');
            service_.add(person.email, person.name.substr(0, space),
                         space == std::string::npos ? "" : person.name.substr(space + 1));
        }
        if (service_.organisers.empty()) service_.add("admin@" + options.domain, "Ad", "Min");
        service_.organisers.front().admin = true;
        first_refresh_ = service_.issue_refresh(0);
        fill();
    }

    std::string_view name() const override { return "goto"; }

    void start() override {
        server_.listen(options_.address, 0);
        server_.limits.keep_alive = std::chrono::seconds(60);
    }

    void announce(json::object& line) const override {
        line["goto"] = server_.url(0);
        line["goto_client_id"] = service_.client_id;
        line["goto_client_secret"] = service_.client_secret;
        line["goto_refresh_token"] = first_refresh_;
        line["goto_owner"] = service_.organisers.front().email;
    }

private:
    std::size_t organiser(Arguments& a) {
        const std::string who = a.text("user");
        const auto found = service_.find(who);
        check(found.has_value(), "no organiser " + who);
        return *found;
    }

    json::object about(std::size_t who) const {
        const auto& one = service_.organisers[who];
        std::uint64_t running = 0;
        std::uint64_t listed = 0;
        for (const auto& meeting : service_.meetings) {
            if (meeting.organiser != who) continue;
            ++listed;
            running += meeting.active ? 1 : 0;
        }
        return {{"email", one.email}, {"key", std::to_string(one.key)},
                {"admin", one.admin}, {"removed", one.removed},
                {"meetings", listed}, {"running", running}};
    }

    void fill() {
        table_["goto/meeting"] = [this](Arguments& a) { return meeting(a); };
        table_["goto/organiser"] = [this](Arguments& a) { return change_organiser(a); };
        table_["goto/token"] = [this](Arguments& a) { return token(a); };
        table_["goto/settings"] = [this](Arguments& a) { return settings(a); };
        table_["goto/fault"] = [this](Arguments& a) { return fault(a); };
        table_["goto/faults/clear"] = [this](Arguments& a) {
            a.finish();
            service_.faults.clear();
            service_.down = false;
            return json::object{};
        };
        table_["goto/away"] = [this](Arguments& a) {
            const double seconds = a.real("seconds", 1);
            a.finish();
            return shut_for(seconds, server_, loop_);
        };
        table_["goto/state"] = [this](Arguments& a) { return state(a); };
        table_["goto/log"] = [this](Arguments& a) { return log(a); };
    }

    json::value meeting(Arguments& a) {
        const std::size_t who = organiser(a);
        const std::string what = a.text("what", "start");
        const std::string type = a.text("kind", "scheduled");
        const std::string subject = a.text("subject", what == "stop" || what == "cancel" ? "" : "Meeting");
        a.finish();
        check(type == "scheduled" || type == "recurring" || type == "immediate", "kind cannot be " + type);
        auto& all = service_.meetings;
        if (what == "stop") {
            check(service_.stop(who, subject), "no such meeting is running");
        } else if (what == "cancel") {
            std::erase_if(all, [&](const auto& one) {
                return one.organiser == who && (subject.empty() || one.subject == subject);
            });
        } else if (what == "start" || what == "schedule") {
            const bool active = what == "start";
            for (auto& one : all) // a planned one begins
                if (active && one.organiser == who && !one.active && one.subject == subject) {
                    one.active = true;
                    return about(who);
                }
            gotomeeting::Meeting fresh;
            fresh.organiser = who;
            fresh.subject = subject;
            fresh.type = type;
            fresh.active = active;
            service_.start(std::move(fresh));
        } else {
            throw CommandError("what cannot be " + what);
        }
        return about(who);
    }

    json::value change_organiser(Arguments& a) {
        if (a.text("what", "read") == "add") {
            const std::string email = a.text("user");
            const std::string first = a.text("first", "A");
            const std::string last = a.text("last", "B");
            a.finish();
            check(!service_.find(email), email + " is one already");
            return about(service_.add(email, first, last));
        }
        const std::size_t who = organiser(a);
        auto& one = service_.organisers[who];
        const bool admin = a.boolean("admin", one.admin);
        const bool removed = a.boolean("removed", one.removed);
        a.finish();
        one.admin = admin;
        one.removed = removed;
        return about(who);
    }

    json::value token(Arguments& a) {
        const bool revoke = a.boolean("revoke", false);
        const bool refresh_too = a.boolean("revoke_refresh", false);
        const bool down = a.boolean("down", service_.down);
        const std::string secret = a.text("secret", service_.client_secret);
        const bool issue = a.boolean("issue", false);
        const std::size_t who = a.has("user") ? organiser(a) : 0;
        a.finish();
        service_.down = down;
        service_.client_secret = secret;
        if (revoke || refresh_too) service_.revoke(refresh_too);
        json::object answer{{"down", down}, {"secret", secret}};
        if (issue) answer["refresh_token"] = service_.issue_refresh(who);
        return answer;
    }

    json::value settings(Arguments& a) {
        auto s = service_.settings;
        s.expires_in_s = a.number("expires_in_s", s.expires_in_s);
        s.rotate = a.boolean("rotate", s.rotate);
        s.principal = a.boolean("principal", s.principal);
        s.ids = a.text("ids", s.ids);
        s.status_word = a.text("status_word", s.status_word);
        s.tell_status = a.boolean("tell_status", s.tell_status);
        s.immediate_listed = a.boolean("immediate_listed", s.immediate_listed);
        s.unknown_is_empty = a.boolean("unknown_is_empty", s.unknown_is_empty);
        s.rate = a.number("rate", s.rate);
        s.rate_window_ms = a.number("rate_window_ms", s.rate_window_ms);
        s.retry_after_s = a.number("retry_after_s", s.retry_after_s);
        s.log_size = a.number("log_size", s.log_size);
        a.finish();
        check(s.ids == "both" || s.ids == "texts" || s.ids == "numbers", "ids cannot be " + s.ids);
        check(s.expires_in_s > 0, "expires_in_s must be positive");
        service_.settings = s;
        return json::object{{"expires_in_s", s.expires_in_s},
                            {"rotate", s.rotate},
                            {"principal", s.principal},
                            {"ids", s.ids},
                            {"status_word", s.status_word},
                            {"tell_status", s.tell_status},
                            {"immediate_listed", s.immediate_listed},
                            {"unknown_is_empty", s.unknown_is_empty},
                            {"rate", s.rate},
                            {"rate_window_ms", s.rate_window_ms},
                            {"retry_after_s", s.retry_after_s},
                            {"log_size", s.log_size}};
    }

    json::value fault(Arguments& a) {
        gotomeeting::Fault f;
        f.kind = a.text("kind");
        f.on = a.text("on", "any");
        f.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
        f.users = a.texts("users");
        f.status = a.number("status", 500);
        f.ms = a.number("ms", 1000);
        f.retry_after = a.number("retry_after", -1);
        a.finish();
        const std::string kind = f.kind;
        if (const std::string wrong = service_.add_fault(std::move(f)); !wrong.empty()) throw CommandError(wrong);
        return json::object{{"kind", kind}};
    }

    json::value state(Arguments& a) {
        a.finish();
        json::object requests;
        for (const auto& [kind, count] : service_.requests)
            requests[kind] = count;
        json::object statuses;
        for (const auto& [status, count] : service_.statuses)
            statuses[std::to_string(status)] = count;
        json::array running;
        for (const auto& meeting : service_.meetings)
            if (meeting.active) running.emplace_back(service_.organisers[meeting.organiser].email);
        return json::object{{"organisers", service_.organisers.size()},
                            {"requests", std::move(requests)},
                            {"statuses", std::move(statuses)},
                            {"tokens_issued", service_.tokens_issued},
                            {"tokens_refused", service_.tokens_refused},
                            {"throttled", service_.throttled},
                            {"running", std::move(running)}};
    }

    json::value log(Arguments& a) {
        const std::string kind = a.text("kind", "");
        const std::string contains = a.text("contains", "");
        const bool clear = a.boolean("clear", false);
        a.finish();
        json::array lines;
        for (const auto& line : service_.log)
            if ((kind.empty() || line.kind == kind) && line.target.find(contains) != std::string::npos)
                lines.emplace_back(json::object{{"time", line.time},
                                                {"kind", line.kind},
                                                {"method", line.method},
                                                {"target", line.target},
                                                {"status", line.status}});
        if (clear) service_.log.clear();
        return json::object{{"requests", std::move(lines)}};
    }

    const Options options_;
    Loop& loop_;
    gotomeeting::Service service_;
    http::Server server_;
    std::string first_refresh_;
};

} // namespace

std::unique_ptr<Module> make_goto(Loop& loop, const Options& options) {
    return std::make_unique<GoTo>(loop, options);
}

} // namespace sim
