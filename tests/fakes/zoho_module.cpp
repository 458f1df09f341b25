// See zoho_module.hpp.
#include "zoho_module.hpp"

#include "broadworks/model.hpp"
#include "broadworks/platform.hpp"
#include "command_module.hpp"
#include "zoho/service.hpp"

#include <utility>

namespace sim {

namespace json = boost::json;

namespace {

json::object object_of(const std::map<std::string, std::string>& pairs) {
    json::object made;
    for (const auto& [name, value] : pairs)
        made[name] = value;
    return made;
}

class Zoho : public CommandModule {
public:
    Zoho(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        bw::Roster roster;
        roster.generate(bw::roster_options(options));
        for (const bw::Person& person : roster.people)
            service_.users.push_back(
                {std::to_string(5'550'001 + service_.users.size()), person.name, person.email, true, {}, {}});
        service_.settings.account = "admin@" + options.domain;
        fill();
    }

    std::string_view name() const override { return "zoho"; }

    void start() override {
        server_.listen(options_.address, 0);
        server_.limits.keep_alive = std::chrono::seconds(60);
    }

    void announce(json::object& line) const override {
        line["zoho"] = server_.url(0);
        line["zoho_client_id"] = service_.client_id;
        line["zoho_client_secret"] = service_.client_secret;
        line["zoho_refresh_token"] = service_.refresh_token;
    }

private:
    void fill() {
        table_["zoho/user"] = [this](Arguments& a) { return user(a); };
        table_["zoho/account"] = [this](Arguments& a) { return account(a); };
        table_["zoho/settings"] = [this](Arguments& a) { return settings(a); };
        table_["zoho/fault"] = [this](Arguments& a) { return fault(a); };
        table_["zoho/faults/clear"] = [this](Arguments& a) {
            a.finish();
            service_.faults.clear();
            return json::object{};
        };
        table_["zoho/away"] = [this](Arguments& a) {
            const double seconds = a.real("seconds", 1);
            a.finish();
            return shut_for(seconds, server_, loop_);
        };
        table_["zoho/state"] = [this](Arguments& a) { return state(a); };
        table_["zoho/calls"] = [this](Arguments& a) { return calls(a); };
    }

    json::value user(Arguments& a) {
        const std::string who = a.text("user");
        zoho::User* found = service_.find(who);
        check(found != nullptr, "no Zoho user " + who);
        found->usable = a.boolean("usable", found->usable);
        found->email = a.text("email", found->email);
        a.finish();
        return json::object{{"id", found->id},
                            {"name", found->name},
                            {"email", found->email},
                            {"usable", found->usable},
                            {"clicktodial", object_of(found->dial)},
                            {"callcontrol", object_of(found->control)}};
    }

    json::value account(Arguments& a) {
        service_.code = a.text("code", service_.code);
        service_.settings.account = a.text("account", service_.settings.account);
        service_.integrated = a.boolean("integrated", service_.integrated);
        service_.client_secret = a.text("secret", service_.client_secret);
        const bool revoke = a.boolean("revoke", false);
        a.finish();
        if (revoke) service_.revoke();
        return json::object{{"account", service_.settings.account}, {"integrated", service_.integrated}};
    }

    json::value settings(Arguments& a) {
        auto s = service_.settings;
        s.expires_in_s = a.number("expires_in_s", s.expires_in_s);
        s.tokens_most = a.number("tokens_most", s.tokens_most);
        s.token_window_ms = a.number("token_window_ms", s.token_window_ms);
        s.takes_unattended = a.boolean("takes_unattended", s.takes_unattended);
        s.strict_pairs = a.boolean("strict_pairs", s.strict_pairs);
        s.registered = a.boolean("registered", s.registered);
        s.other_provider = a.boolean("other_provider", s.other_provider);
        a.finish();
        check(s.expires_in_s > 0, "expires_in_s must be positive");
        service_.settings = s;
        return json::object{{"expires_in_s", s.expires_in_s},       {"tokens_most", s.tokens_most},
                            {"token_window_ms", s.token_window_ms}, {"takes_unattended", s.takes_unattended},
                            {"strict_pairs", s.strict_pairs},       {"registered", s.registered},
                            {"other_provider", s.other_provider}};
    }

    json::value fault(Arguments& a) {
        zoho::Fault f;
        f.kind = a.text("kind");
        f.on = a.text("on", "any");
        f.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
        f.status = a.number("status", 500);
        f.retry_after = a.number("retry_after", -1);
        f.ms = a.number("ms", 1000);
        a.finish();
        check(f.kind == "status" || f.kind == "html" || f.kind == "close" || f.kind == "slow",
              "kind cannot be " + f.kind);
        service_.faults.push_back(f);
        return json::object{{"kind", f.kind}};
    }

    json::value state(Arguments& a) {
        a.finish();
        json::object requests;
        for (const auto& [kind, count] : service_.requests)
            requests[kind] = count;
        json::object statuses;
        for (const auto& [status, count] : service_.statuses)
            statuses[std::to_string(status)] = count;
        json::array linked;
        for (const auto& one : service_.users)
            if (!one.dial.empty() && !one.control.empty()) linked.emplace_back(one.id);
        return json::object{{"integrated", service_.integrated},
                            {"users", service_.users.size()},
                            {"linked", std::move(linked)},
                            {"requests", std::move(requests)},
                            {"statuses", std::move(statuses)},
                            {"tokens_issued", service_.tokens_issued},
                            {"tokens_refused", service_.tokens_refused}};
    }

    json::value calls(Arguments& a) {
        const bool clear = a.boolean("clear", false);
        a.finish();
        json::object answer{{"notices", service_.notices}, {"dial_errors", service_.dial_errors}};
        if (clear) service_.notices.clear(), service_.dial_errors.clear();
        return answer;
    }

    const Options options_;
    Loop& loop_;
    zoho::Service service_;
    http::Server server_;
};

} // namespace

std::unique_ptr<Module> make_zoho(Loop& loop, const Options& options) {
    return std::make_unique<Zoho>(loop, options);
}

} // namespace sim
