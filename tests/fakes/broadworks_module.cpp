// BroadWorks as a module: listeners, and the control commands of README.md, one function each in one table.
#include "broadworks_module.hpp"

#include "broadworks/services.hpp"
#include "command_module.hpp"
#include "http_server.hpp"
#include "load.hpp"
#include "office.hpp"
#include "payloads.hpp"

#include <algorithm>
#include <map>

namespace sim {

namespace json = boost::json;
using bw::LegId;
using bw::nobody;
using bw::ServiceId;
using bw::UserIndex;

namespace {

json::object counted(const bw::Counters& c) {
    return {{"events", c.events},
            {"acks", c.acks},
            {"late_acks", c.late_acks},
            {"unknown_acks", c.unknown_acks},
            {"refused_acks", c.refused_acks},
            {"resent", c.resent},
            {"dropped", c.dropped},
            {"heartbeats", c.heartbeats},
            {"channels_opened", c.channels_opened},
            {"channels_ended", c.channels_ended},
            {"non_responsive", c.non_responsive},
            {"ack_ms_max", c.ack_ms_max}};
}

class BroadWorks : public CommandModule {
public:
    BroadWorks(Loop& loop, const Options& options)
        : options_(options),
          loop_(loop),
          platform_(loop, bw::roster_options(options)),
          office_(loop, platform_, options.seed),
          load_(loop, platform_, options.seed),
          server_(
              loop,
              [this](const http::Request& request, http::Reply reply) { platform_.handle(request, std::move(reply)); },
              http::TlsFiles{options.certificate, options.key}) {
        auto& settings = platform_.settings;
        settings.heartbeat_limit_ms = static_cast<std::int64_t>(options.heartbeat_limit_s * 1000);
        settings.ack_limit_ms = static_cast<std::int64_t>(options.ack_limit_s * 1000);
        settings.log_size = options.load > 0 ? 0 : options.log_size;
        settings.call_logs = options.people <= 2000;
        settings_changed();
        fill_table();
    }

    std::string_view name() const override { return "broadworks"; }

    void start() override {
        for (int i = 0; i < options_.xsps; ++i)
            server_.listen(options_.address,
                           options_.port ? static_cast<std::uint16_t>(options_.port + i) : std::uint16_t(0));
        if (options_.office) loop_.post([this] { office_.start(); });
        if (options_.load > 0) loop_.post([this] { load_.set_rate(options_.load); });
    }

    void announce(json::object& line) const override {
        json::array urls;
        for (int i = 0; i < options_.xsps; ++i)
            urls.emplace_back(server_.url(i));
        line["xsp"] = std::move(urls);
        line["login"] = "ctiadmin@" + options_.domain;
        line["password"] = "secret";
        line["enterprise"] = options_.enterprise;
    }

private:
    // --- reading arguments ------------------------------------------------------------------------------------

    UserIndex user_of(const std::string& text) const {
        const UserIndex user = platform_.roster.find_address(text);
        if (user == nobody) throw CommandError("no user " + text);
        return user;
    }
    UserIndex user(Arguments& a, std::string_view member = "user") { return user_of(a.text(member)); }

    LegId leg(Arguments& a, std::string_view member = "leg") { return static_cast<LegId>(a.number(member, 0)); }

    int host(Arguments& a) {
        const auto number = a.number("host", -1);
        if (number < -1 || number >= options_.xsps)
            throw CommandError("host must be 0 to " + std::to_string(options_.xsps - 1) + " or -1 for all");
        return static_cast<int>(number);
    }

    static json::value done(const bw::Engine::Result& result) {
        if (!result) throw CommandError(result.error());
        return json::object{{"call", *result}};
    }

    // --- commands ---------------------------------------------------------------------------------------------

    void fill_table() {
        fill_calls();
        fill_services();
        fill_faults();
        fill_reading();
    }

    void fill_calls() {
        auto& engine = platform_.engine;
        table_["call"] = [&](Arguments& a) {
            const UserIndex from = user(a, "from");
            const std::string to = dial_string(a.text("to"));
            const bool click = a.boolean("click", false);
            a.finish();
            return done(click ? engine.click_to_dial(from, to) : engine.dial(from, to));
        };
        table_["incoming"] = [&](Arguments& a) {
            const std::string to = dial_string(a.text("to"));
            bw::Caller caller;
            caller.number = a.text("number", "+31612345678");
            caller.name = a.text("name", "");
            caller.privacy = a.boolean("privacy", false);
            a.finish();
            check(caller.number.empty() || bw::dialable(caller.number) || caller.number.starts_with("sip:"),
                  "number cannot be dialled");
            return done(engine.incoming(to, caller));
        };
        const auto simple = [&](std::string_view command, bw::Engine::Result (bw::Engine::*method)(UserIndex, LegId)) {
            table_[std::string(command)] = [this, method](Arguments& a) {
                const UserIndex who = user(a);
                const LegId which = leg(a);
                a.finish();
                return done((platform_.engine.*method)(who, which));
            };
        };
        simple("answer", &bw::Engine::answer);
        simple("hold", &bw::Engine::hold);
        simple("retrieve", &bw::Engine::retrieve);
        simple("decline", &bw::Engine::decline);
        simple("voicemail", &bw::Engine::voicemail_transfer);
        table_["hangup"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const LegId which = leg(a);
            const bool far = a.boolean("far", false);
            a.finish();
            return done(far ? engine.far_end(who, "hangup", which) : engine.hang_up(who, which));
        };
        table_["far"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string what = a.text("what");
            const LegId which = leg(a);
            a.finish();
            check(what == "answer" || what == "hangup" || what == "busy" || what == "elsewhere",
                  "what must be answer, hangup, busy or elsewhere");
            return done(engine.far_end(who, what, which));
        };
        table_["transfer"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string kind = a.text("kind", "blind");
            const std::string to = a.has("to") ? dial_string(a.text("to")) : std::string();
            const LegId which = leg(a);
            const LegId second = leg(a, "second");
            a.finish();
            check(kind == "blind" || kind == "consult", "kind must be blind or consult");
            if (kind == "blind") {
                check(!to.empty(), "to is missing");
                return done(engine.blind_transfer(who, to, which));
            }
            if (to.empty()) // completes: both calls are there
                return done(engine.consult_transfer(who, which, second));
            (void)engine.hold(who, which); // begins: hold and call the third party
            return done(engine.dial(who, to));
        };
        table_["conference"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string what = a.text("what", "start");
            a.finish();
            if (what == "start") return done(engine.start_conference(who, {}));
            if (what == "end") return done(engine.end_conference(who));
            check(what == "hold" || what == "retrieve", "what must be start, hold, retrieve or end");
            return done(engine.hold_conference(who, what == "hold"));
        };
        table_["park"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string at = a.has("at") ? dial_string(a.text("at")) : std::string();
            const LegId which = leg(a);
            a.finish();
            return done(engine.park(who, at, which));
        };
        table_["unpark"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string at = a.has("at") ? dial_string(a.text("at")) : std::string();
            a.finish();
            return done(engine.retrieve_parked(who, at));
        };
        table_["pickup"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const UserIndex of = user(a, "of");
            a.finish();
            return done(engine.pick_up(who, of));
        };
        table_["barge"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const UserIndex of = user(a, "of");
            a.finish();
            return done(engine.barge_in(who, of));
        };
        table_["record"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const std::string what = a.text("what", "Record");
            a.finish();
            return done(engine.record(who, what));
        };
    }

    // User ids are dialled by extension; numbers stay as they are.
    std::string dial_string(const std::string& text) const {
        if (text.find('@') == std::string::npos || text.starts_with("sip:")) return text;
        return std::to_string(platform_.roster[user_of(text)].extension);
    }

    void change(UserIndex who, ServiceId service, std::string_view element, std::optional<std::string> value) {
        bw::set_service_text(platform_.roster[who], service, element, std::move(value));
    }

    void fill_services() {
        table_["dnd"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const bool active = a.boolean("active", true);
            a.finish();
            change(who, ServiceId::do_not_disturb, "active", active ? "true" : "false");
            platform_.engine.service_changed(who, ServiceId::do_not_disturb);
            return json::object{{"active", active}};
        };
        table_["forward"] = [&](Arguments& a) {
            static const std::map<std::string, ServiceId, std::less<>> kinds = {
                {"always", ServiceId::forwarding_always},
                {"busy", ServiceId::forwarding_busy},
                {"no_answer", ServiceId::forwarding_no_answer},
                {"not_reachable", ServiceId::forwarding_not_reachable},
                {"selective", ServiceId::forwarding_selective}};
            const UserIndex who = user(a);
            const std::string kind = a.text("kind", "always");
            const bool active = a.boolean("active", true);
            const bool has_to = a.has("to");
            const std::string to = has_to ? a.text("to") : std::string();
            const auto rings = a.number("rings", -1);
            a.finish();
            const auto found = kinds.find(kind);
            check(found != kinds.end(), "kind must be always, busy, no_answer, not_reachable or selective");
            const std::string_view number = found->second == ServiceId::forwarding_selective
                                                ? "defaultForwardToPhoneNumber"
                                                : "forwardToPhoneNumber";
            if (has_to) change(who, found->second, number, dial_string(to));
            check(!active || !bw::service_text(platform_.roster[who], found->second, number).empty(), "to is missing");
            if (rings >= 0 && found->second == ServiceId::forwarding_no_answer)
                change(who, found->second, "numberOfRings", std::to_string(rings));
            change(who, found->second, "active", active ? "true" : "false");
            platform_.engine.service_changed(who, found->second);
            return json::object{{"active", active}};
        };
        table_["voice_mail"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            auto& box = platform_.roster[who].voice_mail;
            box.assigned = a.boolean("assigned", true);
            for (const auto& [name, count] :
                 {std::pair{"new", &box.fresh}, std::pair{"old", &box.old}, std::pair{"new_urgent", &box.fresh_urgent},
                  std::pair{"old_urgent", &box.old_urgent}}) {
                *count = a.number(name, *count);
                check(*count >= 0, "messages are counted from 0");
            }
            a.finish();
            if (box.assigned) platform_.engine.messages_changed(who);
            return json::object{{"new", box.fresh}, {"old", box.old}};
        };
        table_["reachable"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            platform_.roster[who].registered = a.boolean("active", true);
            a.finish();
            return json::object{{"active", platform_.roster[who].registered}};
        };
        table_["agent"] = [&](Arguments& a) {
            const UserIndex who = user(a);
            const auto state = bw::agent_state_of(a.text("state"));
            const std::string code = a.text("code", "");
            a.finish();
            check(state.has_value(), "state must be Sign-In, Available, Unavailable, Wrap-Up or Sign-Out");
            if (const auto result = platform_.engine.set_agent(who, *state, code); !result)
                throw CommandError(result.error());
            return json::object{{"state", std::string(bw::name_of(*state))}};
        };
        table_["users"] = [&](Arguments& a) {
            const auto* add = a.find("add");
            const auto removed = a.texts("remove");
            a.finish();
            json::array added;
            json::array lines;
            if (add) {
                check(add->is_array(), "add must be a list of objects");
                for (const auto& item : add->as_array()) {
                    const bw::User& line = platform_.roster[user_of(add_user(item))];
                    added.emplace_back(line.id);
                    lines.emplace_back(json::object{{"id", line.id},
                                                    {"name", line.name()},
                                                    {"extension", line.extension},
                                                    {"number", "+" + std::to_string(line.number)}});
                }
            }
            for (const std::string& id : removed)
                platform_.remove_user(user_of(id));
            return json::object{{"added", std::move(added)},
                                {"lines", std::move(lines)},
                                {"removed", removed.size()},
                                {"removed_ids", json::array(removed.begin(), removed.end())}};
        };
        table_["password"] = [&](Arguments& a) {
            const std::string login = a.text("login");
            const std::string password = a.text("password");
            a.finish();
            check(platform_.accounts.change_password(login, password), "no login " + login);
            return json::object{{"login", login}};
        };
        table_["bearer"] = [&](Arguments& a) {
            const std::string token = a.text("token");
            platform_.accounts.accept_bearer(token, a.text("login"));
            a.finish();
            return json::object{{"token", token}};
        };
        table_["revoke"] = [&](Arguments& a) {
            a.finish();
            platform_.accounts.revoke_tokens();
            return json::object{};
        };
    }

    std::string add_user(const json::value& item) {
        check(item.is_object(), "add must be a list of objects");
        Arguments a(item.as_object());
        bw::User fresh;
        fresh.id = a.text("id");
        fresh.first = a.text("first", "New");
        fresh.last = a.text("last", "Testperson");
        const std::string folder = a.text("folder", "Sales");
        a.finish();
        check(fresh.id.find('@') != std::string::npos && platform_.roster.find(fresh.id) == nobody,
              "id must be new and of the form user@domain");
        const auto& departments = platform_.roster.departments;
        const auto department = std::find(departments.begin(), departments.end(), folder);
        check(department != departments.end(), "unknown folder " + folder);
        fresh.department = static_cast<std::uint16_t>(department - departments.begin());
        bw::Person person{fresh.id, fresh.name(), fresh.id, fresh.department, {}};
        const std::string id = fresh.id;
        person.lines.push_back(platform_.roster.add(std::move(fresh)));
        platform_.roster.people.push_back(std::move(person));
        return id;
    }

    void fill_faults() {
        table_["fault"] = [&](Arguments& a) { return inject(a); };
        table_["faults/clear"] = [&](Arguments& a) {
            a.finish();
            platform_.faults.clear();
            for (bw::Channel* channel : platform_.channels.on_host(-1)) {
                channel->framing.flush(channel->stream);
                channel->framing = bw::Framing();
            }
            platform_.channels.new_framing = bw::Framing();
            auto& channels = platform_.channels;
            channels.duplicate_next = channels.reorder_next = channels.lose_next = channels.latin1_next = 0;
            platform_.subscriptions.hole_next = platform_.subscriptions.unknown_next =
                platform_.subscriptions.no_target_next = 0;
            platform_.settings.refuse_paging = false;
            return json::object{};
        };
        table_["failover"] = [&](Arguments& a) {
            const std::string variant = a.text("kind", "resync");
            const auto delay = a.number("delay_ms", 200);
            a.finish();
            check(platform_.failover(variant, delay), "kind must be resync, snapshot or none");
            return json::object{};
        };
        table_["away"] = [&](Arguments& a) {
            const double seconds = a.real("seconds", -1);
            const int which = host(a);
            a.finish();
            check(seconds >= 0, "seconds is missing");
            for (int i = 0; i < options_.xsps; ++i)
                if (which < 0 || which == i) {
                    server_.shut(i);
                    loop_.after(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000)),
                                [this, i] { server_.open(i); });
                }
            return json::object{{"seconds", seconds}};
        };
        table_["kill_channel"] = [&](Arguments& a) {
            const int which = host(a);
            const std::string how = a.text("how", "eof");
            a.finish();
            static const std::vector<std::string> reasons = {
                "DuplicateChannelSet", "UserDeleted", "NonResponsiveChannel",
                "ExplicitDelete",      "Expired",     "UnknownChannel"};
            const bool reason = std::find(reasons.begin(), reasons.end(), how) != reasons.end();
            check(reason || how == "eof" || how == "close" || how == "rst" || how == "stall",
                  "how must be eof, close, rst, stall or a ChannelTerminated reason");
            std::vector<std::string> ids;
            for (const bw::Channel* channel : platform_.channels.on_host(which))
                ids.push_back(channel->id);
            for (const std::string& id : ids)
                if (bw::Channel* channel = platform_.channels.find(id)) {
                    if (reason)
                        platform_.channels.terminate(*channel, how);
                    else
                        platform_.channels.kill(*channel, how);
                }
            return json::object{{"channels", ids.size()}};
        };
        table_["raw"] = [&](Arguments& a) {
            const std::string bytes = a.text("bytes");
            const int which = host(a);
            a.finish();
            platform_.channels.write_raw(which, bytes);
            return json::object{{"bytes", bytes.size()}};
        };
        table_["settings"] = [&](Arguments& a) { return set_settings(a); };
        table_["office"] = [&](Arguments& a) {
            const bool active = a.boolean("active", true);
            a.finish();
            active ? office_.start() : office_.stop();
            return json::object{{"active", office_.running()}};
        };
        table_["load"] = [&](Arguments& a) {
            const double rate = a.real("rate", 0);
            load_.set_talk_ms(a.number("talk_ms", 2000));
            a.finish();
            load_.set_rate(rate);
            return json::object{{"rate", rate}};
        };
    }

    json::value inject(Arguments& a) {
        const std::string kind = a.text("kind");
        auto& channels = platform_.channels;
        auto& subscriptions = platform_.subscriptions;
        const auto& requests = bw::Faults::request_kinds();
        if (std::find(requests.begin(), requests.end(), kind) != requests.end()) return inject_request(kind, a);
        const auto count = a.number("count", 1);
        const int which = host(a);
        if (kind == "framing") {
            const std::string mode = a.text("mode");
            a.finish();
            const auto framing = bw::Framing::named(mode);
            check(framing.has_value(), "unknown framing mode " + mode);
            if (which < 0) channels.new_framing = *framing;
            for (bw::Channel* channel : channels.on_host(which)) {
                channel->framing.flush(channel->stream);
                channel->framing = *framing;
            }
            return json::object{{"mode", mode}};
        }
        if (kind == "subscription_terminated") {
            const std::string who = a.text("user", "");
            const std::string package = a.text("package", "");
            a.finish();
            const UserIndex target = who.empty() ? nobody : user_of(who);
            const bw::PackageName* wanted = package.empty() ? nullptr : bw::find_package(package);
            check(package.empty() || wanted, "unknown package " + package);
            return json::object{{"ended", subscriptions.terminate_matching([&](const bw::Subscription& s) {
                                     return (target == nobody ||
                                             (s.kind == bw::TargetKind::user && s.target == target)) &&
                                            (!wanted || (s.packages & bw::mask_of(wanted->package)));
                                 })}};
        }
        if (kind == "huge" || kind == "deep") {
            const auto size = a.number("size", kind == "huge" ? 10'000'000 : 100'000);
            a.finish();
            check(size > 0 && size <= 200'000'000, "size is out of range");
            channels.write_document(which, kind == "huge" ? payloads::huge(static_cast<std::size_t>(size))
                                                          : payloads::deep(static_cast<std::size_t>(size)));
            return json::object{{"bytes", size}};
        }
        a.finish();
        check(count > 0 && count <= 1'000'000, "count is out of range");
        if (kind == "duplicate")
            channels.duplicate_next += count;
        else if (kind == "reorder")
            channels.reorder_next += count;
        else if (kind == "lose")
            channels.lose_next += count;
        else if (kind == "latin1")
            channels.latin1_next += count;
        else if (kind == "hole")
            subscriptions.hole_next += count;
        else if (kind == "unknown_event")
            subscriptions.unknown_next += count;
        else if (kind == "no_target")
            subscriptions.no_target_next += count;
        else if (kind == "near_wrap")
            subscriptions.jump_sequences(2147483646);
        else if (kind == "no_paging")
            platform_.settings.refuse_paging = true;
        else if (kind == "garbage")
            for (std::int64_t i = 0; i < count; ++i)
                channels.write_document(which, payloads::garbage(static_cast<std::size_t>(i)));
        else if (kind == "error_event")
            channels.write_document(which, payloads::error_event());
        else if (kind == "malformed")
            channels.write_document(which, payloads::malformed());
        else if (kind == "xml_bomb")
            channels.write_document(which, payloads::bomb());
        else if (kind == "external_entity")
            channels.write_document(which, payloads::external_entity());
        else
            throw CommandError("unknown fault kind " + kind);
        return json::object{{"kind", kind}};
    }

    json::value inject_request(const std::string& kind, Arguments& a) {
        bw::Fault fault;
        fault.kind = kind;
        fault.on = a.text("on", "any");
        fault.remaining = a.boolean("forever", false) ? -1 : a.number("count", 1);
        fault.host = host(a);
        fault.users = a.texts("users");
        fault.status = a.number("status", 500);
        fault.ms = a.number("ms", 1000);
        fault.retry_after = a.number("retry_after", -1);
        fault.to = a.text("to", "");
        a.finish();
        if (kind == "redirect" && fault.to.empty())
            fault.to = server_.url(options_.xsps > 1 && fault.host != 1 ? 1 : 0);
        if (const std::string wrong = platform_.faults.add(std::move(fault)); !wrong.empty()) throw CommandError(wrong);
        return json::object{{"kind", kind}};
    }

    void settings_changed() { server_.limits.keep_alive = std::chrono::seconds(platform_.settings.keep_alive_s); }

    json::value set_settings(Arguments& a) {
        auto& s = platform_.settings;
        const std::pair<std::string_view, std::int64_t*> numbers[] = {{"heartbeat_limit_ms", &s.heartbeat_limit_ms},
                                                                      {"ack_limit_ms", &s.ack_limit_ms},
                                                                      {"set_linger_ms", &s.set_linger_ms},
                                                                      {"expires_min", &s.expires_min},
                                                                      {"expires_max", &s.expires_max},
                                                                      {"expires_forced", &s.expires_forced},
                                                                      {"unknown_ack_status", &s.unknown_ack_status},
                                                                      {"queue_max", &s.queue_max},
                                                                      {"queue_wait_ms", &s.queue_wait_ms},
                                                                      {"backlog_max", &s.backlog_max},
                                                                      {"channels_max", &s.channels_max},
                                                                      {"first_sequence", &s.first_sequence},
                                                                      {"ring_ms", &s.ring_ms},
                                                                      {"no_answer_ms", &s.no_answer_ms},
                                                                      {"treatment_ms", &s.treatment_ms},
                                                                      {"voicemail_ms", &s.voicemail_ms},
                                                                      {"park_recall_ms", &s.park_recall_ms},
                                                                      {"wrap_up_ms", &s.wrap_up_ms},
                                                                      {"lift_ms", &s.lift_ms},
                                                                      {"clock_offset_ms", &s.clock_offset_ms},
                                                                      {"chunked_every", &s.chunked_every},
                                                                      {"keep_alive_s", &s.keep_alive_s},
                                                                      {"page_cap", &s.page_cap},
                                                                      {"lock_after", &s.lock_after},
                                                                      {"log_size", &s.log_size}};
        const std::pair<std::string_view, bool*> flags[] = {{"require_cookie", &s.require_cookie},
                                                            {"initial_early", &s.initial_early},
                                                            {"target_id", &s.target_id},
                                                            {"client_id", &s.client_id},
                                                            {"uuid_ids", &s.uuid_ids},
                                                            {"voicemail", &s.voicemail},
                                                            {"redirected_on_forward", &s.redirected_on_forward},
                                                            {"supervisor", &s.supervisor},
                                                            {"call_logs", &s.call_logs},
                                                            {"enhanced_call_logs", &s.enhanced_call_logs},
                                                            {"latin1_errors", &s.latin1_errors},
                                                            {"refuse_paging", &s.refuse_paging}};
        const std::pair<std::string_view, std::string*> texts[] = {{"actions_root", &s.actions_root},
                                                                   {"events_root", &s.events_root},
                                                                   {"async_root", &s.async_root},
                                                                   {"detached_release", &s.detached_release},
                                                                   {"language", &s.language}};
        const bw::Settings before = s;
        try {
            for (const auto& [name, value] : numbers)
                *value = a.number(name, *value);
            for (const auto& [name, value] : flags)
                *value = a.boolean(name, *value);
            for (const auto& [name, value] : texts)
                *value = a.text(name, *value);
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
        for (const auto& [name, value] : texts)
            now[name] = *value;
        return now;
    }

    // --- reading ----------------------------------------------------------------------------------------------

    json::object truth_of(UserIndex index) const {
        const bw::User& person = platform_.roster[index];
        const bw::Truth truth = platform_.engine.truth(index);
        const auto forwarding = [&](ServiceId id) { return bw::service_active(person, id); };
        json::object out{{"line", std::string(bw::name_of(truth.state))},
                         {"calls", truth.calls},
                         {"dnd", forwarding(ServiceId::do_not_disturb)},
                         {"extension", person.extension},
                         {"hook", person.off_hook ? "Off-Hook" : "On-Hook"},
                         {"forwarding_always", forwarding(ServiceId::forwarding_always)}};
        int active = 0;
        std::string word = "none";
        for (const auto& [id, name] :
             {std::pair{ServiceId::forwarding_always, "always"}, std::pair{ServiceId::forwarding_busy, "busy"},
              std::pair{ServiceId::forwarding_no_answer, "no_answer"},
              std::pair{ServiceId::forwarding_not_reachable, "not_reachable"},
              std::pair{ServiceId::forwarding_selective, "selective"}})
            if (forwarding(id)) {
                word = ++active > 1 ? "multiple" : name;
            }
        out["forwarding"] = word;
        const std::string_view to = bw::service_text(person, ServiceId::forwarding_always, "forwardToPhoneNumber");
        out["forward_to"] = std::string(to);
        if (person.agent) out["agent"] = std::string(bw::name_of(person.agent->state));
        return out;
    }

    json::object person_truth(const bw::Person& person) const {
        bw::Truth sum;
        bool dnd = false;
        json::array lines;
        const auto urgency = [](bw::LineState state) {
            return state == bw::LineState::ringing  ? 3
                   : state == bw::LineState::held   ? 2
                   : state == bw::LineState::active ? 1
                                                    : 0;
        };
        for (const UserIndex line : person.lines) {
            const bw::Truth truth = platform_.engine.truth(line);
            if (urgency(truth.state) > urgency(sum.state)) sum.state = truth.state;
            sum.calls += truth.calls;
            dnd = dnd || bw::service_active(platform_.roster[line], ServiceId::do_not_disturb);
            lines.emplace_back(platform_.roster[line].id);
        }
        return {{"line", person.lines.empty() ? "unknown" : std::string(bw::name_of(sum.state))},
                {"calls", sum.calls},
                {"dnd", dnd},
                {"lines", std::move(lines)},
                {"name", person.name},
                {"folder", platform_.roster.departments[person.department]}};
    }

    json::value state(Arguments& a) {
        const bool detail = a.boolean("detail", platform_.roster.size() <= 5000);
        a.finish();
        auto& p = platform_;
        json::object out;
        out["people"] = p.roster.people.size();
        out["users"] = p.roster.size();
        out["legs"] = p.engine.calls();
        out["connections"] = server_.connections();
        out["office"] = office_.running();
        out["load"] = load_.rate();
        out["subscriptions"] = p.subscriptions.count();
        out["unacknowledged"] = p.channels.unacknowledged();
        out["counters"] = counted(p.channels.counters);
        json::object requests;
        for (std::size_t i = 0; i < p.requests.size(); ++i)
            requests[bw::name_of(static_cast<bw::RequestKind>(i))] = p.requests[i];
        out["requests"] = std::move(requests);
        json::object statuses;
        for (std::size_t i = 0; i < p.statuses.size(); ++i)
            statuses[std::to_string(i) + "xx"] = p.statuses[i];
        out["statuses"] = std::move(statuses);
        json::array channels;
        for (const auto& [number, channel] : p.channels.all()) {
            const bw::ChannelSet* set = p.channels.set(channel->set);
            channels.emplace_back(json::object{{"id", channel->id},
                                               {"set", set->id},
                                               {"application", set->application},
                                               {"host", channel->listener},
                                               {"login", std::string(p.accounts.name_of(set->login))},
                                               {"priority", channel->priority},
                                               {"weight", channel->weight},
                                               {"expires", channel->expires},
                                               {"events", channel->events},
                                               {"stalled", channel->mute},
                                               {"backlog", channel->stream.backlog()}});
        }
        out["channels"] = std::move(channels);
        if (detail) add_detail(out);
        return out;
    }

    void add_detail(json::object& out) {
        json::array calls;
        json::object users;
        for (UserIndex i = 0; i < platform_.roster.size(); ++i) {
            const bw::User& person = platform_.roster[i];
            if (person.removed) continue;
            users[person.id] = json::object{{"name", person.name()},
                                            {"extension", person.extension},
                                            {"number", "+" + std::to_string(person.number)},
                                            {"group", platform_.roster.groups[person.group].id},
                                            {"folder", platform_.roster.departments[person.department]},
                                            {"kind", person.kind == bw::UserKind::person ? "person" : "virtual"},
                                            {"agent", person.agent != nullptr}};
            for (const LegId id : person.legs) {
                const bw::Leg& leg = *platform_.engine.find(id);
                calls.emplace_back(json::object{{"user", person.id},
                                                {"leg", id},
                                                {"call", leg.call},
                                                {"call_id", platform_.engine.call_id(leg)},
                                                {"tracking", platform_.engine.tracking_id(leg.tracking)},
                                                {"state", std::string(platform_.engine.state_of(leg))},
                                                {"remote", leg.remote.address},
                                                {"conference", leg.conference}});
            }
        }
        out["line_users"] = std::move(users);
        out["calls"] = std::move(calls);
        json::array subscriptions;
        platform_.subscriptions.each([&](bw::SubIndex index, const bw::Subscription& s) {
            const std::string target = s.kind == bw::TargetKind::user    ? platform_.roster[s.target].id
                                       : s.kind == bw::TargetKind::group ? platform_.roster.groups[s.target].id
                                                                         : platform_.roster.enterprise;
            std::string packages;
            for (unsigned bit = 0; bit < static_cast<unsigned>(bw::Package::count); ++bit)
                if (s.packages & (1U << bit))
                    packages +=
                        (packages.empty() ? "" : ", ") + std::string(bw::name_of(static_cast<bw::Package>(bit)));
            subscriptions.emplace_back(json::object{{"id", platform_.subscriptions.id_of(index)},
                                                    {"target", target},
                                                    {"packages", packages},
                                                    {"next_sequence", s.sequence},
                                                    {"expires", s.expires}});
        });
        out["subscription_list"] = std::move(subscriptions);
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
        for (auto line = platform_.log.rbegin();
             line != platform_.log.rend() && lines.size() < static_cast<std::size_t>(limit); ++line) {
            const bool fits = (kind.empty() || bw::name_of(line->kind) == kind) &&
                              (method.empty() || line->method == method) && (status == 0 || line->status == status) &&
                              (contains.empty() || line->target.find(contains) != std::string::npos ||
                               line->body.find(contains) != std::string::npos);
            if (fits)
                lines.emplace_back(json::object{{"time", line->time},
                                                {"host", line->host},
                                                {"kind", std::string(bw::name_of(line->kind))},
                                                {"method", line->method},
                                                {"target", line->target},
                                                {"login", line->login},
                                                {"status", line->status},
                                                {"body", line->body}});
        }
        std::reverse(lines.begin(), lines.end());
        if (clear) platform_.log.clear();
        return json::object{{"requests", std::move(lines)}};
    }

    void fill_reading() {
        table_["state"] = [&](Arguments& a) { return state(a); };
        table_["log"] = [&](Arguments& a) { return log(a); };
        table_["truth"] = [&](Arguments& a) -> json::value {
            const std::string one = a.text("user", "");
            a.finish();
            if (!one.empty()) return truth_of(user_of(one));
            json::object users;
            for (UserIndex i = 0; i < platform_.roster.size(); ++i)
                if (!platform_.roster[i].removed) users[platform_.roster[i].id] = truth_of(i);
            json::object people;
            for (const bw::Person& person : platform_.roster.people)
                people[person.id] = person_truth(person);
            return json::object{{"users", std::move(users)}, {"people", std::move(people)}};
        };
        table_["people_csv"] = [&](Arguments& a) {
            a.finish();
            return json::object{{"csv", platform_.roster.people_csv()}};
        };
    }

    const Options options_;
    Loop& loop_;
    bw::Platform platform_;
    Office office_;
    Load load_;
    http::Server server_;
};

} // namespace

std::unique_ptr<Module> make_broadworks(Loop& loop, const Options& options) {
    return std::make_unique<BroadWorks>(loop, options);
}

} // namespace sim
