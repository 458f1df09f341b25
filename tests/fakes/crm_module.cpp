// See crm_module.hpp.
#include "crm_module.hpp"

#include "command_module.hpp"
#include "crm/service.hpp"

namespace sim {

namespace json = boost::json;

namespace {

class Crm : public CommandModule {
public:
    Crm(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { service_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        fill_book();
        fill_rest();
    }

    std::string_view name() const override { return "crm"; }

    void start() override {
        server_.listen(options_.address, options_.crm_port);
        service_.url = server_.url(0);
    }

    void announce(json::object& line) const override {
        line["crm"] = server_.url(0);
        line["crm_key"] = service_.key;
        line["crm_client_id"] = service_.client_id;
        line["crm_client_secret"] = service_.client_secret;
        line["crm_refresh_token"] = service_.refresh_token;
    }

private:
    static void read(Arguments& a, crm::Contact& contact) {
        contact.first = a.text("first", contact.first);
        contact.last = a.text("last", contact.last);
        contact.company = a.text("company", contact.company);
        contact.email = a.text("email", contact.email);
        contact.phone = a.text("phone", contact.phone);
        contact.mobile = a.text("mobile", contact.mobile);
    }
    crm::Contact& contact(Arguments& a) {
        auto* found = service_.book.find(a.number("id", 0));
        check(found != nullptr, "no such contact");
        return *found;
    }

    void fill_book() {
        table_["crm/add"] = [&](Arguments& a) {
            crm::Contact made;
            read(a, made);
            const auto at = a.number("updated_ms", crm::Service::now_ms());
            a.finish();
            return json::object{{"id", service_.book.add(std::move(made), at).id}};
        };
        table_["crm/fill"] = [&](Arguments& a) { // people with numbers of their own
            const auto count = a.number("count", 100);
            const auto step = a.number("step_ms", 1); // between their last changes
            a.finish();
            const auto now = crm::Service::now_ms();
            for (std::int64_t i = 0; i < count; ++i) {
                crm::Contact made;
                made.first = "Person";
                made.last = std::to_string(i);
                made.phone = "+3120" + std::to_string(2'000'000 + i);
                service_.book.add(std::move(made), now - (count - i) * step);
            }
            return json::object{{"contacts", service_.book.contacts.size()}};
        };
        table_["crm/change"] = [&](Arguments& a) {
            auto& one = contact(a);
            read(a, one);
            const auto at = a.number("updated_ms", crm::Service::now_ms());
            a.finish();
            service_.book.touch(one, at);
            return json::object{{"id", one.id}};
        };
        table_["crm/remove"] = [&](Arguments& a) {
            auto& one = contact(a);
            a.finish();
            one.deleted = true;
            service_.book.touch(one, crm::Service::now_ms());
            return json::object{{"id", one.id}};
        };
    }

    void fill_rest() {
        table_["crm/fault"] = [&](Arguments& a) {
            crm::Fault fault;
            fault.kind = a.text("kind");
            fault.on = a.text("on", "any");
            fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
            fault.skip = a.number("skip", 0);
            fault.status = a.number("status", 500);
            fault.ms = a.number("ms", 1000);
            a.finish();
            const std::string wrong = service_.add(fault);
            check(wrong.empty(), wrong);
            return json::object{{"kind", fault.kind}};
        };
        table_["crm/faults/clear"] = [&](Arguments& a) {
            a.finish();
            service_.clear();
            return json::object{};
        };
        table_["crm/settings"] = [&](Arguments& a) {
            auto& s = service_.settings;
            s.per_second = a.number("per_second", s.per_second);
            s.per_day = a.number("per_day", s.per_day);
            s.page_max = a.number("page_max", s.page_max);
            s.cap = a.number("cap", s.cap);
            s.expires_in_s = a.number("expires_in_s", s.expires_in_s);
            a.finish();
            return json::object{{"per_second", s.per_second},
                                {"per_day", s.per_day},
                                {"page_max", s.page_max},
                                {"cap", s.cap},
                                {"expires_in_s", s.expires_in_s}};
        };
        table_["crm/expire"] = [&](Arguments& a) {
            a.finish();
            service_.expire();
            return json::object{};
        };
        table_["crm/token"] = [&](Arguments& a) {
            if (a.boolean("revoke", false)) service_.revoke();
            service_.key = a.text("key", service_.key);
            a.finish();
            return service_.state();
        };
        table_["crm/away"] = [&](Arguments& a) {
            const double seconds = a.real("seconds", 1);
            a.finish();
            return shut_for(seconds, server_, loop_);
        };
        table_["crm/state"] = [&](Arguments& a) {
            a.finish();
            return service_.state();
        };
        table_["crm/log"] = [&](Arguments& a) {
            const bool clear = a.boolean("clear", false);
            a.finish();
            return json::object{{"requests", service_.log(clear)}};
        };
    }

    const Options& options_;
    Loop& loop_;
    crm::Service service_;
    http::Server server_;
};

} // namespace

std::unique_ptr<Module> make_crm(Loop& loop, const Options& options) {
    return std::make_unique<Crm>(loop, options);
}

} // namespace sim
