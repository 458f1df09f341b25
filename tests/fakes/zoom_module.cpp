// See zoom_module.hpp. One function for each control command, in one table, like graph_module.cpp.
#include "zoom_module.hpp"

#include "broadworks/model.hpp"
#include "command_module.hpp"
#include "zoom/account.hpp"
#include "zoom/hooks.hpp"
#include "zoom/office.hpp"
#include "zoom/service.hpp"

#include <utility>

namespace sim {

namespace json = boost::json;
using zoom::nobody;
using zoom::UserIndex;

namespace {

constexpr std::string_view account_id = "AcmeZoomAccount01";
constexpr std::string_view client_id = "zoomClientIdOfAcme";
constexpr std::string_view client_secret = "zoom-client-secret";
constexpr std::string_view hook_secret = "zoom-secret-token-1";
constexpr std::chrono::milliseconds hook_again{1000};

class Zoom : public CommandModule {
public:
    Zoom(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          hooks_(loop),
          account_(std::string(account_id),
                   [this](const std::string& event, json::object object, std::int64_t at_ms) {
                       hooks_.send(event, std::move(object), at_ms, account_.id);
                   }),
          service_(account_),
          office_(loop, account_, options.seed, [this] { return service_.now_ms(); }),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        service_.client_id = client_id;
        service_.client_secret = client_secret;
        bw::Roster roster;
        roster.generate(bw::roster_options(options));
        for (const bw::Person& person : roster.people)
            account_.add(person.email, person.name);
        fill_people();
        fill_hooks();
        fill_rest();
    }

    std::string_view name() const override { return "zoom"; }

    void start() override {
        server_.listen(options_.address, options_.zoom_port);
        if (options_.office) loop_.post([this] { office_.start(); });
        if (!options_.zoom_hook.empty()) loop_.post([this] { knock(); });
    }

    void announce(json::object& line) const override {
        line["zoom"] = server_.url(0);
        line["zoom_account_id"] = account_id;
        line["zoom_client_id"] = client_id;
        line["zoom_client_secret"] = client_secret;
        line["zoom_webhook_secret"] = hook_secret;
    }

private:
    // The address of the command line: tried until it proves itself.
    void knock() {
        if (hooks_.state().at("validated").as_bool()) return;
        hooks_.use(options_.zoom_hook, std::string(hook_secret));
        loop_.after(hook_again, [this] { knock(); });
    }

    UserIndex user(Arguments& a) {
        const std::string text = a.text("user");
        const UserIndex found = account_.find(text);
        check(found != nobody, "no user " + text);
        return found;
    }

    json::object told_of(UserIndex who) const {
        const zoom::User& user = account_.users[who];
        return {{"id", user.id},
                {"email", user.email},
                {"presence", user.presence},
                {"attends", account_.attended_by(who)}};
    }

    void fill_people() {
        table_["zoom/presence"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string word = a.text("status", "");
            const bool told = a.boolean("told", true);
            const double minutes = a.real("minutes", 0);
            a.finish();
            if (!word.empty()) account_.show(who, word, service_.now_ms(), told);
            if (minutes > 0)
                account_.users[who].disturb_until_ms = service_.now_ms() + static_cast<std::int64_t>(minutes * 60'000);
            return told_of(who);
        };
        table_["zoom/user"] = [&](Arguments& a) {
            const std::string email = a.text("add", "");
            if (!email.empty()) {
                a.finish();
                return told_of(account_.add(email, email));
            }
            const UserIndex who = user(a);
            account_.users[who].active = a.boolean("active", account_.users[who].active);
            account_.users[who].email = a.text("email", account_.users[who].email);
            a.finish();
            return told_of(who);
        };
        table_["zoom/meeting"] = [&](Arguments& a) { return meeting(a); };
        table_["zoom/office"] = [&](Arguments& a) {
            const bool active = a.boolean("active", true);
            a.finish();
            active ? office_.start() : office_.stop();
            return json::object{{"active", office_.running()}};
        };
    }

    json::value meeting(Arguments& a) {
        const std::string what = a.text("what");
        const std::string name = a.text("meeting", "m");
        const bool told = a.boolean("told", true);
        const bool client = a.boolean("presence", true); // the desktop client shows it
        const std::string guest = a.text("guest", "");
        const UserIndex who = a.has("user") ? user(a) : nobody;
        const std::string device = a.text("device", who == nobody ? guest : account_.users[who].email);
        a.finish();
        const std::int64_t now = service_.now_ms();
        if (what == "start") {
            account_.open(name, who, now, told);
        } else if (what == "join") {
            check(who != nobody || !guest.empty(), "user or guest is missing");
            account_.join(account_.open(name, who, now, told), device, who, guest, now, told);
            if (who != nobody && client) account_.show(who, "In_Meeting", now, told);
        } else if (what == "leave") {
            zoom::Meeting* there = account_.find_meeting(name);
            check(there && account_.leave(*there, device, now, told), "nobody of that name is there");
            if (who != nobody && client && account_.attended_by(who) == 0) account_.show(who, "Available", now, told);
        } else if (what == "end") {
            check(account_.find_meeting(name) != nullptr, "no such meeting");
            account_.end(name, now, told);
        } else {
            check(false, "what must be start, join, leave or end");
        }
        return who == nobody ? json::object{} : told_of(who);
    }

    void fill_hooks() {
        table_["zoom/endpoint"] = [&](Arguments& a) {
            const std::string url = a.text("url");
            const std::string secret = a.text("secret", hook_secret);
            hooks_.sign_tests = a.boolean("sign_tests", true);
            a.finish();
            hooks_.use(url, secret);
            return hooks_.state();
        };
        table_["zoom/test"] = [&](Arguments& a) {
            a.finish();
            hooks_.test();
            return hooks_.state();
        };
        table_["zoom/send"] = [&](Arguments& a) {
            const std::string body = a.text("body");
            a.finish();
            hooks_.send_raw(body);
            return hooks_.state();
        };
        table_["zoom/release"] = [&](Arguments& a) {
            a.finish();
            hooks_.release();
            return hooks_.state();
        };
        table_["zoom/hook_fault"] = [&](Arguments& a) {
            zoom::HookFault fault;
            fault.kind = a.text("kind");
            fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
            fault.ms = a.number("ms", 2000);
            a.finish();
            const std::string wrong = hooks_.add(fault);
            check(wrong.empty(), wrong);
            return json::object{{"kind", fault.kind}};
        };
    }

    void fill_rest() {
        table_["zoom/fault"] = [&](Arguments& a) {
            zoom::Fault fault;
            fault.kind = a.text("kind");
            fault.on = a.text("on", "any");
            fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
            fault.status = a.number("status", 500);
            fault.ms = a.number("ms", 1000);
            fault.users = a.texts("users");
            a.finish();
            const std::string wrong = service_.add(fault);
            check(wrong.empty(), wrong);
            return json::object{{"kind", fault.kind}};
        };
        table_["zoom/faults/clear"] = [&](Arguments& a) {
            a.finish();
            hooks_.clear();
            service_.clear();
            service_.refuse.clear();
            return json::object{};
        };
        table_["zoom/token"] = [&](Arguments& a) {
            if (a.boolean("revoke", false)) service_.revoke();
            service_.refuse = a.text("refuse", service_.refuse);
            service_.client_secret = a.text("secret", service_.client_secret);
            a.finish();
            return service_.state();
        };
        table_["zoom/away"] = [&](Arguments& a) {
            const double seconds = a.real("seconds", 1);
            a.finish();
            return shut_for(seconds, server_, loop_);
        };
        table_["zoom/settings"] = [&](Arguments& a) { return change(a); };
        table_["zoom/state"] = [&](Arguments& a) {
            a.finish();
            json::object state = service_.state();
            state["endpoint"] = hooks_.state();
            json::object users;
            for (UserIndex i = 0; i < account_.users.size(); ++i)
                if (account_.users[i].presence != "Available" || account_.attended_by(i) > 0)
                    users[account_.users[i].email] = told_of(i);
            state["users"] = std::move(users);
            state["meetings"] = account_.meetings.size();
            return state;
        };
        table_["zoom/log"] = [&](Arguments& a) {
            const auto limit = a.number("limit", 200);
            const bool clear = a.boolean("clear", false);
            a.finish();
            return json::object{{"log", service_.log(static_cast<std::size_t>(limit), clear)}};
        };
    }

    json::value change(Arguments& a) {
        auto& s = service_.settings;
        s.clock_offset_ms = a.number("clock_offset_ms", s.clock_offset_ms);
        hooks_.clock_offset_ms = s.clock_offset_ms;
        s.expires_in_s = a.number("expires_in_s", s.expires_in_s);
        s.per_second = a.number("per_second", s.per_second);
        s.per_day = a.number("per_day", s.per_day);
        s.page_size = a.number("page_size", s.page_size);
        s.rest_lag_ms = a.number("rest_lag_ms", s.rest_lag_ms);
        s.spelling = a.text("spelling", s.spelling);
        s.lists_users = a.boolean("lists_users", s.lists_users);
        s.reads_presence = a.boolean("reads_presence", s.reads_presence);
        account_.app_member = a.boolean("app_member", account_.app_member);
        hooks_.answer_limit_ms = a.number("answer_limit_ms", hooks_.answer_limit_ms);
        if (a.has("retry_ms")) hooks_.retry_ms.assign(3, a.number("retry_ms", 0));
        a.finish();
        check(s.spelling == "rest" || s.spelling == "hook", "spelling must be rest or hook");
        check(s.page_size > 0, "page_size must be positive");
        return json::object{{"clock_offset_ms", s.clock_offset_ms},
                            {"expires_in_s", s.expires_in_s},
                            {"per_second", s.per_second},
                            {"per_day", s.per_day},
                            {"page_size", s.page_size},
                            {"rest_lag_ms", s.rest_lag_ms},
                            {"spelling", s.spelling},
                            {"lists_users", s.lists_users},
                            {"reads_presence", s.reads_presence},
                            {"app_member", account_.app_member}};
    }

    const Options& options_;
    Loop& loop_;
    zoom::Hooks hooks_;
    zoom::Account account_;
    zoom::Service service_;
    zoom::Office office_;
    http::Server server_;
};

} // namespace

std::unique_ptr<Module> make_zoom(Loop& loop, const Options& options) {
    return std::make_unique<Zoom>(loop, options);
}

} // namespace sim
