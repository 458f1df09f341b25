#include "ldap/session.hpp"

#include <fmt/format.h>
#include <ldap.h>
#include <openldap.h>
#include <unistd.h>

#include "ldap/dial.hpp"
#include "ldap/refusal.hpp"
#include "proto/text/text.hpp"

namespace lamp::ldap {
namespace {

constexpr const char* system_certificates = "/etc/ssl/certs/ca-certificates.crt";
constexpr int empty_pages_max = 1000; // in a row: a server that goes in circles

struct Free {
    void operator()(LDAPMessage* message) const { ldap_msgfree(message); }
    void operator()(LDAPControl* control) const { ldap_control_free(control); }
    void operator()(LDAPControl** controls) const { ldap_controls_free(controls); }
    void operator()(BerElement* ber) const { ber_free(ber, 0); }
    void operator()(char* text) const { ldap_memfree(text); }
    void operator()(berval* values) const { ber_memfree(values); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;
using Each = std::function<Result<void>(Entry&&)>;

std::string_view view(const berval& bytes) {
    return bytes.bv_val ? std::string_view(bytes.bv_val, bytes.bv_len) : std::string_view();
}
std::string_view view(const Owned<char>& text) {
    return text ? std::string_view(text.get()) : std::string_view();
}

int scope_of(Scope scope) {
    switch (scope) {
    case Scope::base: return LDAP_SCOPE_BASE;
    case Scope::one_level: return LDAP_SCOPE_ONELEVEL;
    case Scope::subtree: break;
    }
    return LDAP_SCOPE_SUBTREE;
}

bool is_one(const std::vector<std::string>& names, std::string_view name) {
    for (const auto& one : names)
        if (text::same_letters(one, name)) return true;
    return false;
}

/// What ends an operation, besides its code.
struct Ending {
    std::string cookie; // of the next page
};

} // namespace

struct Session::State {
    Options options;
    Stop& stop;
    LDAP* handle = nullptr;
    Asked asked;
    Steady until{};
    std::size_t references = 0;

    State(Options options_, Stop& stop_) : options(std::move(options_)), stop(stop_) {
        asked.server = to_string(options.address);
        asked.logged_in = !options.bind_dn.empty();
        until = steady_now() + options.longest;
    }
    ~State() {
        if (handle) ldap_unbind_ext(handle, nullptr, nullptr);
    }
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    // --- failures

    std::unexpected<Error> refused(int code, std::string_view said = {}, std::string_view matched = {}) const {
        if (stop.cancelled()) return fail(Category::cancelled, "It was stopped.");
        char* text = nullptr;
        if (said.empty()) ldap_get_option(handle, LDAP_OPT_DIAGNOSTIC_MESSAGE, static_cast<void*>(&text));
        Owned<char> own(text);
        return std::unexpected(refusal(code, asked, said.empty() ? view(own) : said, matched));
    }
    std::unexpected<Error> refused_last() const {
        int code = LDAP_SERVER_DOWN;
        ldap_get_option(handle, LDAP_OPT_RESULT_CODE, &code);
        return refused(code == LDAP_SUCCESS ? LDAP_SERVER_DOWN : code);
    }

    // --- the way there

    Result<void> set(int option, const void* value) const {
        const int code = ldap_set_option(handle, option, value);
        if (code == LDAP_OPT_SUCCESS) return {};
        return fail(Category::invalid, fmt::format("libldap refuses its option {:#x}.", option));
    }

    Result<void> connect() {
        auto socket = dial(options.address, options.connect_wait, options.silence, stop);
        if (!socket) return std::unexpected(socket.error());
        stop.guard(*socket);
        const int code = ldap_init_fd(*socket, LDAP_PROTO_TCP, asked.server.c_str(), &handle);
        if (code != LDAP_SUCCESS) {
            ::close(*socket);
            handle = nullptr;
            return fail(Category::invalid, fmt::format("{}: {}.", asked.server, ldap_err2string(code)));
        }
        return prepare();
    }

    // Everything is said here, so that /etc/ldap/ldap.conf and the environment have no say.
    Result<void> prepare() const {
        const int version = LDAP_VERSION3, never = LDAP_DEREF_NEVER;
        const auto wait = timeval{.tv_sec = std::max<time_t>(1, options.silence.count() / 1000), .tv_usec = 0};
        for (auto [option, value] :
             std::initializer_list<std::pair<int, const void*>>{{LDAP_OPT_PROTOCOL_VERSION, &version},
                                                                {LDAP_OPT_REFERRALS, LDAP_OPT_OFF},
                                                                {LDAP_OPT_RESTART, LDAP_OPT_ON},
                                                                {LDAP_OPT_DEREF, &never},
                                                                {LDAP_OPT_NETWORK_TIMEOUT, &wait},
                                                                {LDAP_OPT_TIMEOUT, &wait}})
            if (auto done = set(option, value); !done) return done;
        Sockbuf* buffer = nullptr;
        ldap_get_option(handle, LDAP_OPT_SOCKBUF, static_cast<void*>(&buffer));
        auto most = static_cast<ber_len_t>(message_bytes_max);
        if (buffer) ber_sockbuf_ctrl(buffer, LBER_SB_OPT_SET_MAX_INCOMING, &most);
        return {};
    }

    Result<void> secure() {
        const int demand = LDAP_OPT_X_TLS_DEMAND, least = LDAP_OPT_X_TLS_PROTOCOL_TLS1_2, client = 0;
        const auto file = options.ca_file.empty() ? std::string(system_certificates) : options.ca_file.string();
        for (auto [option, value] :
             std::initializer_list<std::pair<int, const void*>>{{LDAP_OPT_X_TLS_REQUIRE_CERT, &demand},
                                                                {LDAP_OPT_X_TLS_PROTOCOL_MIN, &least},
                                                                {LDAP_OPT_X_TLS_CACERTFILE, file.c_str()}})
            if (auto done = set(option, value); !done) return done;
        if (!set(LDAP_OPT_X_TLS_NEWCTX, &client))
            return fail(Category::invalid, fmt::format("The certificates of {} cannot be used.", file));
        if (options.start_tls && !options.address.tls) {
            int id = 0;
            asked.step = Step::start_tls;
            if (const int code = ldap_start_tls(handle, nullptr, nullptr, &id); code != LDAP_SUCCESS)
                return refused(code);
            if (auto agreed = result(id); !agreed) return std::unexpected(agreed.error());
        }
        asked.step = Step::tls;
        const int code = ldap_install_tls(handle);
        return code == LDAP_SUCCESS ? Result<void>() : refused(code);
    }

    Result<void> log_in() {
        asked.step = Step::bind;
        const auto& word = options.password.reveal();
        berval secret{.bv_len = word.size(), .bv_val = const_cast<char*>(word.data())}; // libldap only reads it
        int id = 0;
        const int code =
            ldap_sasl_bind(handle, options.bind_dn.c_str(), LDAP_SASL_SIMPLE, &secret, nullptr, nullptr, &id);
        if (code != LDAP_SUCCESS) return refused(code);
        auto done = result(id);
        return done ? Result<void>() : std::unexpected(done.error());
    }

    // --- answers

    Result<Owned<LDAPMessage>> next(int id) {
        if (stop.cancelled()) return fail(Category::cancelled, "It was stopped.");
        auto left = std::chrono::ceil<milliseconds>(until - steady_now());
        if (left.count() <= 0)
            return fail(Category::limit,
                        fmt::format("{} took longer than {} minutes for all of it.", asked.server,
                                    std::chrono::floor<std::chrono::minutes>(options.longest).count()));
        auto wait = std::min(left, options.silence);
        timeval limit{.tv_sec = wait.count() / 1000, .tv_usec = wait.count() % 1000 * 1000};
        LDAPMessage* got = nullptr;
        const int kind = ldap_result(handle, id, LDAP_MSG_ONE, &limit, &got);
        Owned<LDAPMessage> message(got);
        if (kind == 0) return refused(LDAP_TIMEOUT);
        if (kind < 0) return refused_last();
        return message;
    }

    Result<Ending> settle(LDAPMessage* message) const {
        int code = LDAP_SUCCESS;
        char *matched = nullptr, *said = nullptr;
        LDAPControl** controls = nullptr;
        const int read = ldap_parse_result(handle, message, &code, &matched, &said, nullptr, &controls, 0);
        Owned<char> own_matched(matched), own_said(said);
        Owned<LDAPControl*> own_controls(controls);
        if (read != LDAP_SUCCESS) return refused(read);
        if (code != LDAP_SUCCESS) return refused(code, view(own_said), view(own_matched));
        Ending out;
        auto* page = ldap_control_find(LDAP_CONTROL_PAGEDRESULTS, controls, nullptr);
        if (!page) return out;
        ber_int_t estimate = 0;
        berval cookie{};
        if (const int bad = ldap_parse_pageresponse_control(handle, page, &estimate, &cookie); bad != LDAP_SUCCESS)
            return refused(bad);
        Owned<char> own_cookie(cookie.bv_val);
        out.cookie = view(cookie);
        return out;
    }
    /// Of an operation that has one answer only.
    Result<Ending> result(int id) {
        auto message = next(id);
        if (!message) return std::unexpected(message.error());
        return settle(message->get());
    }

    Entry entry_of(LDAPMessage* message, const Search& search) const {
        Entry out;
        BerElement* place = nullptr;
        berval name{};
        if (ldap_get_dn_ber(handle, message, &place, &name) != LDAP_SUCCESS) return out;
        Owned<BerElement> own(place);
        if (name.bv_len <= value_bytes_max && text::is_utf8(view(name))) out.dn = view(name);
        berval* values = nullptr;
        while (ldap_get_attribute_ber(handle, message, place, &name, &values) == LDAP_SUCCESS && name.bv_val) {
            Owned<berval> own_values(values);
            Attribute one{.name = std::string(view(name)), .values = {}};
            const bool bytes = is_one(search.binary, one.name);
            for (auto* value = values; value && value->bv_val && one.values.size() < values_max; ++value)
                if (value->bv_len <= value_bytes_max && (bytes || text::is_utf8(view(*value))))
                    one.values.emplace_back(view(*value));
            if (!one.values.empty()) out.attributes.push_back(std::move(one));
        }
        return out;
    }

    // --- new entries

    Result<void> add(const Entry& entry) {
        asked.step = Step::add;
        asked.base = entry.dn;
        until = steady_now() + options.silence;
        std::vector<std::vector<berval>> bytes;
        std::vector<std::vector<berval*>> values;
        std::vector<LDAPMod> parts;
        for (const auto& attribute : entry.attributes) { // libldap only reads all of it
            auto& own = bytes.emplace_back();
            for (const auto& value : attribute.values)
                own.push_back({.bv_len = value.size(), .bv_val = const_cast<char*>(value.data())});
            auto& places = values.emplace_back();
            for (auto& one : own)
                places.push_back(&one);
            places.push_back(nullptr);
            parts.push_back({.mod_op = LDAP_MOD_ADD | LDAP_MOD_BVALUES,
                             .mod_type = const_cast<char*>(attribute.name.c_str()),
                             .mod_vals = {.modv_bvals = places.data()}});
        }
        std::vector<LDAPMod*> list;
        for (auto& part : parts)
            list.push_back(&part);
        list.push_back(nullptr);
        int id = 0;
        if (const int code = ldap_add_ext(handle, entry.dn.c_str(), list.data(), nullptr, nullptr, &id);
            code != LDAP_SUCCESS)
            return refused(code);
        auto done = result(id);
        return done ? Result<void>() : std::unexpected(done.error());
    }

    // --- searches

    Result<int> send(const Search& search, std::string& cookie) const {
        std::vector<char*> names; // libldap only reads them
        for (const auto& one : search.attributes)
            names.push_back(const_cast<char*>(one.c_str()));
        names.push_back(nullptr);
        LDAPControl* made = nullptr;
        berval bytes{.bv_len = cookie.size(), .bv_val = cookie.data()};
        int code = search.scope == Scope::base ? LDAP_SUCCESS
                                               : ldap_create_page_control(handle, search.page, &bytes, 0, &made);
        Owned<LDAPControl> control(made);
        if (code != LDAP_SUCCESS) return refused(code);
        LDAPControl* controls[]{made, nullptr};
        int id = 0;
        code = ldap_search_ext(handle, search.base.c_str(), scope_of(search.scope), search.filter.c_str(),
                               search.attributes.empty() ? nullptr : names.data(), 0, controls, nullptr, nullptr,
                               LDAP_NO_LIMIT, &id);
        if (code != LDAP_SUCCESS) return refused(code);
        return id;
    }

    /// One page; how many entries it had, and the cookie of the next.
    Result<std::size_t> page(const Search& search, std::string& cookie, const Each& each) {
        auto id = send(search, cookie);
        if (!id) return std::unexpected(id.error());
        for (std::size_t count = 0;;) {
            auto message = next(*id);
            if (!message) return std::unexpected(message.error());
            switch (ldap_msgtype(message->get())) {
            case LDAP_RES_SEARCH_ENTRY:
                ++count;
                if (auto taken = each(entry_of(message->get(), search)); !taken) return std::unexpected(taken.error());
                break;
            case LDAP_RES_SEARCH_REFERENCE: ++references; break;
            case LDAP_RES_SEARCH_RESULT: {
                auto ending = settle(message->get());
                if (!ending) return std::unexpected(ending.error());
                cookie = std::move(ending->cookie);
                return count;
            }
            default: break; // an intermediate response of a control that we have not sent
            }
        }
    }

    Result<void> search(const Search& search, const Each& each) {
        asked.step = Step::search;
        asked.base = search.base;
        until = steady_now() + options.longest;
        std::string cookie;
        for (int empty = 0; empty < empty_pages_max;) {
            auto count = page(search, cookie, each);
            if (!count) return std::unexpected(count.error());
            if (cookie.empty()) return {};
            empty = *count == 0 ? empty + 1 : 0;
        }
        return fail(Category::protocol, fmt::format("{} gives empty pages without end.", asked.server));
    }
};

Session::Session(std::unique_ptr<State> state) : state_(std::move(state)) {}
Session::~Session() = default;

Result<std::unique_ptr<Session>> Session::open(const Options& options, Stop& stop) {
    auto state = std::make_unique<State>(options, stop);
    if (auto done = state->connect(); !done) return std::unexpected(done.error());
    if (options.address.tls || options.start_tls)
        if (auto done = state->secure(); !done) return std::unexpected(done.error());
    if (auto done = state->log_in(); !done) return std::unexpected(done.error());
    return std::unique_ptr<Session>(new Session(std::move(state)));
}

Result<Root> Session::root() {
    Root root;
    Search asked{.scope = Scope::base,
                 .attributes = {"supportedCapabilities", "supportedControl", "namingContexts", "dnsHostName",
                                "dsServiceName", "highestCommittedUSN"}};
    auto done = search(asked, [&](Entry&& entry) {
        root = root_of(entry);
        return Result<void>();
    });
    const bool hidden =
        !done && (done.error().category == Category::forbidden || done.error().category == Category::not_found);
    if (!done && !hidden) return std::unexpected(done.error());
    return root;
}

Result<void> Session::search(const Search& search, const Each& each) {
    return state_->search(search, each);
}

Result<void> Session::add(const Entry& entry) {
    return state_->add(entry);
}

std::size_t Session::references() const {
    return state_->references;
}

} // namespace lamp::ldap
