// Loop: ingress. Who asks what is at the end; how one request finds its host, its turn and its login comes first.
#include "xsi/actions.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>
#include <unordered_set>

#include "base/check.hpp"
#include "base/limits.hpp"
#include "http/url.hpp"
#include "xsi/answers.hpp"

namespace lamp::xsi {
namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);

constexpr seconds pass_over{30};         // a host that failed
constexpr seconds patience{30};          // a longer silence that the platform asks for is an error, not a wait
constexpr seconds default_silence{5};    // 429 without Retry-After
constexpr seconds longest_silence{1800}; // whatever Retry-After says
constexpr std::size_t page_size = 200;
constexpr std::size_t safe_page_size = 50; // xsi.md 9.5
constexpr int page_attempts = 3;

/// Texts for people hold no user ids and numbers: "/v2.0/user/alice%40example.net/calls?x=y" gives "…/calls".
std::string outline(http::Method method, std::string_view path) {
    path = path.substr(0, path.find('?'));
    for (int i = 0; i < 3 && !path.empty(); ++i)
        path = path.substr(std::min(path.find('/', 1), path.size()));
    return fmt::format("{} …{}", http::name(method), path);
}

bool bad_segment(std::string_view id) {
    return id.empty() || id == "." || id == ".."; // would name another resource, perhaps a larger one to delete
}

bool host_failed(const Result<http::Answer>& answer) {
    if (answer) return answer->status >= 500;
    return answer.error().category == Category::network || answer.error().category == Category::timeout;
}

/// The directory so far. Who moves from page to page while we read is still one person.
struct Everybody {
    std::vector<DirectoryEntry> entries;
    std::unordered_set<std::string> seen;

    /// Whether there was anybody new.
    bool add(std::vector<DirectoryEntry> page) {
        auto before = entries.size();
        for (auto& entry : page)
            if (seen.insert(entry.user_id).second) entries.push_back(std::move(entry));
        return entries.size() > before;
    }
};

Error explained(std::string_view what, const Error& error) {
    return {error.category, fmt::format("{} was answered with something else than expected: {}", what, error.text)};
}

} // namespace

struct Actions::State {
    struct Host {
        http::Pool* pool;
        Steady passed_over_until{};
    };
    struct Ask {
        http::Method method;
        std::string path; // relative to the actions root
        std::string body{};
        bool with_basic = false; // fetches the login token: no token yet, and a POST that may arrive twice
    };
    /// One fetch of a login token, for which others may wait.
    struct Flight {
        explicit Flight(asio::io_context& context) : landed(context, Steady::max()) {}
        asio::steady_timer landed;
        std::optional<Error> error = Error(Category::cancelled, "Fetching a login token was given up.");
    };

    State(const BroadworksOptions& options_, const std::vector<http::Pool*>& pools, Login& login_, Budget& budget_);

    // --- one request
    static Task<Result<std::string>> request(std::shared_ptr<State> self, Ask ask);
    static Task<Result<http::Answer>> ask_hosts(std::shared_ptr<State> self, const Ask& ask, Secret authorization);
    static Task<Result<Secret>> authorization(std::shared_ptr<State> self, bool with_basic);
    static Task<Result<void>> fetch_token(std::shared_ptr<State> self);
    static Task<Result<std::string>> login_token(std::shared_ptr<State> self);
    static Task<Result<void>> turn(std::shared_ptr<State> self);

    [[nodiscard]] http::Request request_of(const Ask& ask, Secret authorization) const;
    [[nodiscard]] std::vector<Host*> hosts_in_order(Steady now);
    [[nodiscard]] bool worth_repeating(const Ask& ask, const Secret& used);
    void heed_silence(const http::Answer& answer, bool last_host);
    [[nodiscard]] Result<void> welcome() const;
    [[nodiscard]] Result<std::string> user_path(std::string_view user, std::string_view rest) const;

    // --- what is made of it
    template <class Value, class Read>
    static Task<Result<Value>> get(std::shared_ptr<State> self, std::string user, std::string rest, Read read);
    static Task<Result<void>> command(std::shared_ptr<State> self, http::Method method, std::string user,
                                      std::string rest, std::string body = {});
    static Task<Result<void>> control(std::shared_ptr<State> self, http::Method method, std::string user,
                                      std::string call, std::string rest, std::optional<std::string> number = {});
    static Task<Result<CallStart>> dial(std::shared_ptr<State> self, std::string user, std::string number);
    static Task<Result<std::vector<CallDetails>>> calls(std::shared_ptr<State> self, std::string user);
    static Task<Result<void>> set(std::shared_ptr<State> self, std::string user, std::string_view service,
                                  Result<std::string> document);

    // --- directory
    using Progress = std::function<void(std::size_t, std::size_t)>;
    static Task<Result<std::vector<DirectoryEntry>>> directory(std::shared_ptr<State> self, std::string user,
                                                               Progress progress);
    static Task<Result<DirectoryPage>> page(std::shared_ptr<State> self, std::string user, std::size_t start,
                                            std::size_t size);
    static Task<Result<DirectoryPage>> first_page(std::shared_ptr<State> self, std::string user, std::size_t& size);

    [[nodiscard]] std::unexpected<Error> incomplete(Category category, const std::vector<DirectoryEntry>& got,
                                                    std::string_view why) const;

    const BroadworksOptions& options;
    Login& login;
    Budget& budget;
    std::vector<Host> hosts;
    std::vector<std::string> origins; // redirections go nowhere else
    std::shared_ptr<Flight> flight;   // while a token is being fetched
};

Actions::State::State(const BroadworksOptions& options_, const std::vector<http::Pool*>& pools, Login& login_,
                      Budget& budget_)
    : options(options_), login(login_), budget(budget_) {
    LAMP_CHECK(!pools.empty());
    for (auto* pool : pools) {
        hosts.push_back({pool});
        origins.push_back(pool->origin().origin());
    }
}

// ---------------------------------------------------------------- turns and hosts

Result<void> Actions::State::welcome() const {
    auto now = steady_now();
    if (!login.refused(now)) return {};
    auto minutes = std::chrono::ceil<std::chrono::minutes>(login.refused_until() - now).count();
    return fail(Category::unauthorised,
                fmt::format("{} refuses the login {}; nothing is asked of it for {} more minutes, lest the platform "
                            "locks the account. Check the password.",
                            options.name, login.user(), minutes));
}

/// The next request's turn within the budget.
Task<Result<void>> Actions::State::turn(std::shared_ptr<State> self) {
    for (;;) {
        if (auto fine = self->welcome(); !fine) co_return fine; // may have changed meanwhile
        auto wait = self->budget.take(steady_now());
        if (wait <= milliseconds(0)) co_return Result<void>();
        if (wait > patience)
            co_return fail(Category::throttled,
                           fmt::format("{} asked for silence for another {} s.", self->options.name,
                                       std::chrono::ceil<seconds>(wait).count()));
        bool waited = co_await sleep_for(wait);
        if (!waited) co_return fail(Category::cancelled, "We are stopping.");
    }
}

/// Healthy ones as configured, then those passed over: when nothing else is left they are better than nothing.
std::vector<Actions::State::Host*> Actions::State::hosts_in_order(Steady now) {
    std::vector<Host*> order(hosts.size());
    std::ranges::transform(hosts, order.begin(), [](Host& host) { return &host; });
    std::ranges::sort(order, {},
                      [now](const Host* host) { return std::pair(std::max(host->passed_over_until, now), host); });
    return order;
}

void Actions::State::heed_silence(const http::Answer& answer, bool last_host) {
    if (answer.status != 429 && answer.status != 503) return;
    auto told = answer.retry_after(wall_now());
    // A 503 is about one host: the login rests only when there is no other.
    if (answer.status == 503 && (!told || !last_host)) return;
    budget.close_until(steady_now() + std::min(told.value_or(default_silence), longest_silence));
}

http::Request Actions::State::request_of(const Ask& ask, Secret authorization) const {
    http::Request request{.method = ask.method,
                          .target = options.actions_root + ask.path,
                          .headers = {{"X-BroadWorks-No-AuthChallenge", "true"}},
                          .body = ask.body,
                          .authorization = std::move(authorization),
                          .safe_to_repeat = ask.with_basic};
    if (ask.method == http::Method::post || ask.method == http::Method::put)
        request.content_type = "application/xml; charset=UTF-8";
    return request;
}

Task<Result<http::Answer>> Actions::State::ask_hosts(std::shared_ptr<State> self, const Ask& ask,
                                                     Secret authorization) {
    auto request = self->request_of(ask, std::move(authorization));
    auto order = self->hosts_in_order(steady_now());
    if (!request.repeatable()) order.resize(1);
    Result<http::Answer> answer = fail(Category::cancelled, "Nothing was asked.");
    for (auto* host : order) {
        auto mine = co_await turn(self);
        if (!mine) co_return std::unexpected(std::move(mine.error()));
        answer = co_await http::follow(*host->pool, request, self->origins);
        if (answer) self->heed_silence(*answer, host == order.back());
        if (!host_failed(answer)) {
            host->passed_over_until = {};
            break;
        }
        host->passed_over_until = steady_now() + pass_over;
    }
    co_return answer;
}

// ---------------------------------------------------------------- the login

/// What to send as Authorization; fetches a login token first if there is none. Whoever comes meanwhile waits for it.
Task<Result<Secret>> Actions::State::authorization(std::shared_ptr<State> self, bool with_basic) {
    if (with_basic) co_return self->login.basic();
    if (!self->login.wants_token()) co_return self->login.authorization();
    if (auto flying = self->flight) {
        auto waited = co_await flying->landed.async_wait(no_throw);
        static_cast<void>(waited);
        if (flying->error) co_return std::unexpected(*flying->error);
    } else {
        auto fetched = co_await fetch_token(self);
        if (!fetched) co_return std::unexpected(std::move(fetched.error()));
    }
    if (self->login.wants_token())
        co_return fail(Category::unauthorised, fmt::format("{} refuses its own login token.", self->options.name));
    co_return self->login.authorization();
}

Task<Result<void>> Actions::State::fetch_token(std::shared_ptr<State> self) {
    /// Lets the others go on, however the fetch ends.
    struct Landing {
        State& state;
        std::shared_ptr<Flight> flight;
        ~Landing() {
            state.flight.reset();
            flight->landed.cancel();
        }
    };
    Landing landing{*self, std::make_shared<Flight>(self->hosts.front().pool->client().context())};
    self->flight = landing.flight;
    auto token = co_await login_token(self);
    if (!token) {
        landing.flight->error = token.error();
        co_return std::unexpected(std::move(token.error()));
    }
    self->login.use_token(*token);
    landing.flight->error.reset();
    co_return Result<void>();
}

Task<Result<std::string>> Actions::State::login_token(std::shared_ptr<State> self) {
    auto path = self->user_path(self->login.user(), "/profile/LoginToken");
    if (!path) co_return std::unexpected(std::move(path.error()));
    auto body = co_await request(self, Ask{.method = http::Method::post, .path = *path, .with_basic = true});
    if (!body) co_return body;
    auto token = read_login_token(*body);
    if (!token) co_return std::unexpected(explained("POST …/LoginToken", token.error()));
    co_return token;
}

/// After a 401: whether there is, or may be fetched, another authorization than the one that was refused.
bool Actions::State::worth_repeating(const Ask& ask, const Secret& used) {
    auto now = steady_now();
    if (ask.with_basic) {
        // Login takes a first 401 for a stale token; here it was the password itself.
        login.on_unauthorised(now);
        if (!login.refused(now)) login.on_unauthorised(now);
        return false;
    }
    // Several requests may come back with the same stale token; the first has seen to it.
    if (used != login.authorization()) return true;
    login.on_unauthorised(now);
    return login.wants_token();
}

// ---------------------------------------------------------------- one request

Task<Result<std::string>> Actions::State::request(std::shared_ptr<State> self, Ask ask) {
    auto what = outline(ask.method, ask.path);
    for (bool renewed = false;; renewed = true) {
        if (auto fine = self->welcome(); !fine) co_return std::unexpected(std::move(fine.error()));
        auto used = co_await authorization(self, ask.with_basic);
        if (!used) co_return std::unexpected(std::move(used.error()));
        auto answer = co_await ask_hosts(self, ask, *used);
        if (!answer) co_return std::unexpected(std::move(answer.error()));
        // A request that was answered 401 was not performed, so even a dial may be sent again with a new token.
        if (answer->status == 401 && self->worth_repeating(ask, *used) && !renewed) continue;
        auto body = checked(std::move(*answer), what);
        // A token that could be fetched is not yet one that is accepted.
        if (body && !ask.with_basic) self->login.on_accepted();
        co_return body;
    }
}

/// "/v2.0/user/alice%40example.net" and the rest, which is encoded already.
Result<std::string> Actions::State::user_path(std::string_view user, std::string_view rest) const {
    if (bad_segment(user)) return fail(Category::invalid, "A BroadWorks user id is missing.");
    std::string id(user);
    if (auto at = login.user().find('@'); at != std::string::npos && id.find('@') == std::string::npos)
        id += login.user().substr(at);
    return fmt::format("/v2.0/user/{}{}", http::encode_segment(id), rest);
}

template <class Value, class Read>
Task<Result<Value>> Actions::State::get(std::shared_ptr<State> self, std::string user, std::string rest, Read read) {
    auto path = self->user_path(user, rest);
    if (!path) co_return std::unexpected(std::move(path.error()));
    auto what = outline(http::Method::get, *path);
    auto body = co_await request(self, Ask{.method = http::Method::get, .path = std::move(*path)});
    if (!body) co_return std::unexpected(std::move(body.error()));
    Result<Value> value = read(*body);
    if (!value) co_return std::unexpected(explained(what, value.error()));
    co_return value;
}

Task<Result<void>> Actions::State::command(std::shared_ptr<State> self, http::Method method, std::string user,
                                           std::string rest, std::string body) {
    auto path = self->user_path(user, rest);
    if (!path) co_return std::unexpected(std::move(path.error()));
    auto done = co_await request(self, Ask{.method = method, .path = std::move(*path), .body = std::move(body)});
    if (!done) co_return std::unexpected(std::move(done.error()));
    co_return Result<void>();
}

// ---------------------------------------------------------------- calls

Task<Result<std::vector<CallDetails>>> Actions::State::calls(std::shared_ptr<State> self, std::string user) {
    using Ids = std::vector<std::string>;
    auto ids = co_await get<Ids>(self, user, "/calls", read_calls);
    if (!ids) co_return std::unexpected(std::move(ids.error()));
    if (ids->size() > limits::xsi_calls_per_line) ids->resize(limits::xsi_calls_per_line);
    std::vector<CallDetails> found;
    for (const auto& id : *ids) {
        if (bad_segment(id)) continue;
        auto rest = "/calls/" + http::encode_segment(id);
        auto call = co_await get<CallDetails>(self, user, rest, read_call);
        if (call)
            found.push_back(std::move(*call));
        else if (call.error().category != Category::not_found) // it has ended meanwhile
            co_return std::unexpected(std::move(call.error()));
    }
    co_return found;
}

Task<Result<CallStart>> Actions::State::dial(std::shared_ptr<State> self, std::string user, std::string number) {
    if (!dialable(number)) co_return fail(Category::invalid, "What is to be dialled is no telephone number.");
    auto path = self->user_path(user, "/calls/new?address=" + http::encode_query(number));
    if (!path) co_return std::unexpected(std::move(path.error()));
    auto body = co_await request(self, Ask{.method = http::Method::post, .path = std::move(*path)});
    if (!body) co_return std::unexpected(std::move(body.error()));
    auto start = read_call_start(*body);
    if (!start) co_return std::unexpected(explained("POST …/calls/new", start.error()));
    co_return start;
}

/// `rest` follows the call's id; `number` becomes the parameter address.
Task<Result<void>> Actions::State::control(std::shared_ptr<State> self, http::Method method, std::string user,
                                           std::string call, std::string rest, std::optional<std::string> number) {
    if (bad_segment(call)) co_return fail(Category::invalid, "A call id is missing.");
    if (number && !dialable(*number)) co_return fail(Category::invalid, "The new destination is no telephone number.");
    auto path = "/calls/" + http::encode_segment(call) + rest;
    if (number) path += "?address=" + http::encode_query(*number);
    co_return co_await command(std::move(self), method, std::move(user), std::move(path));
}

Task<Result<void>> Actions::State::set(std::shared_ptr<State> self, std::string user, std::string_view service,
                                       Result<std::string> document) {
    if (!document) co_return std::unexpected(std::move(document.error()));
    auto path = fmt::format("/services/{}", service);
    co_return co_await command(std::move(self), http::Method::put, std::move(user), std::move(path),
                               std::move(*document));
}

// ---------------------------------------------------------------- directory

/// `size` 0 asks without paging. A page that is refused for the moment is asked for again: pages before it count.
Task<Result<DirectoryPage>> Actions::State::page(std::shared_ptr<State> self, std::string user, std::size_t start,
                                                 std::size_t size) {
    std::string rest = self->options.target == TargetKind::group ? "/directories/Group" : "/directories/Enterprise";
    if (size > 0) rest += fmt::format("?start={}&results={}", start, size);
    for (int attempt = 1;; ++attempt) {
        auto page = co_await get<DirectoryPage>(self, user, rest, read_directory);
        if (page || page.error().category != Category::throttled || attempt == page_attempts) co_return page;
    }
}

/// Finds out which page size the server takes: some refuse a large one, some any (xsi.md 9.5).
Task<Result<DirectoryPage>> Actions::State::first_page(std::shared_ptr<State> self, std::string user,
                                                       std::size_t& size) {
    Result<DirectoryPage> first;
    for (auto tried : {page_size, safe_page_size, std::size_t(0)}) {
        size = tried;
        first = co_await page(self, user, 1, tried);
        if (first || first.error().category != Category::invalid) break;
    }
    co_return first;
}

Task<Result<std::vector<DirectoryEntry>>> Actions::State::directory(std::shared_ptr<State> self, std::string user,
                                                                    Progress progress) {
    std::size_t size = 0;
    std::size_t start = 1;
    Everybody everybody;
    auto page = co_await first_page(self, user, size);
    for (std::size_t pages = 1; page; ++pages) {
        bool any_new = everybody.add(std::move(page->entries));
        if (progress) progress(everybody.entries.size(), std::max(page->total, everybody.entries.size()));
        start += page->records;
        bool all = page->total > 0 ? start > page->total : size == 0;
        if (page->records == 0 || all) co_return std::move(everybody.entries);
        if (size == 0) co_return self->incomplete(Category::protocol, everybody.entries, "it refuses paging");
        if (!any_new) co_return self->incomplete(Category::protocol, everybody.entries, "it repeats the same page");
        if (pages == limits::xsi_directory_pages)
            co_return self->incomplete(Category::limit, everybody.entries, "it has too many pages");
        page = co_await State::page(self, user, start, size);
    }
    if (page.error().category != Category::not_found || user != self->login.user())
        co_return std::unexpected(std::move(page.error()));
    co_return fail(Category::not_found,
                   fmt::format("{} has no directory for the login {}: an administrator is no user, its directory is "
                               "read through one of its users ({})",
                               self->options.name, user, page.error().text));
}

std::unexpected<Error> Actions::State::incomplete(Category category, const std::vector<DirectoryEntry>& got,
                                                  std::string_view why) const {
    return fail(category, fmt::format("The directory of {} cannot be had whole: {} users came, and then {}.",
                                      options.name, got.size(), why));
}

// ---------------------------------------------------------------- the public face

Actions::Actions(const BroadworksOptions& options, const std::vector<http::Pool*>& pools, Login& login, Budget& budget)
    : state_(std::make_shared<State>(options, pools, login, budget)) {}

Task<Result<std::string>> Actions::request(http::Method method, std::string path, std::string body) {
    return State::request(state_, {.method = method, .path = std::move(path), .body = std::move(body)});
}
Task<Result<std::string>> Actions::login_token() {
    return State::login_token(state_);
}

Task<Result<std::vector<CallDetails>>> Actions::calls(std::string user) {
    return State::calls(state_, std::move(user));
}
Task<Result<HookStatus>> Actions::hook_status(std::string user) {
    return State::get<HookStatus>(state_, std::move(user), "/calls/HookStatus", read_hook_status);
}

Task<Result<MessageCounts>> Actions::messages(std::string user) {
    return State::get<MessageCounts>(state_, std::move(user), "/calls/messagesummary", read_messages);
}
Task<Result<CallStart>> Actions::dial(std::string user, std::string number) {
    return State::dial(state_, std::move(user), std::move(number));
}
Task<Result<void>> Actions::talk(std::string user, std::string call_id) {
    return State::control(state_, http::Method::put, std::move(user), std::move(call_id), "/Talk");
}
Task<Result<void>> Actions::hold(std::string user, std::string call_id) {
    return State::control(state_, http::Method::put, std::move(user), std::move(call_id), "/Hold");
}
Task<Result<void>> Actions::reconnect(std::string user, std::string call_id) {
    return State::control(state_, http::Method::put, std::move(user), std::move(call_id), "/Reconnect");
}
Task<Result<void>> Actions::hang_up(std::string user, std::string call_id, bool decline) {
    return State::control(state_, http::Method::del, std::move(user), std::move(call_id),
                          decline ? "?decline=true" : "");
}
Task<Result<void>> Actions::blind_transfer(std::string user, std::string call_id, std::string number) {
    return State::control(state_, http::Method::put, std::move(user), std::move(call_id), "/BlindTransfer",
                          std::move(number));
}
Task<Result<void>> Actions::consult_transfer(std::string user, std::string call_id, const std::string& other_call_id) {
    // A missing second id makes the whole path one that is refused.
    auto call = bad_segment(other_call_id) ? std::string() : std::move(call_id);
    return State::control(state_, http::Method::put, std::move(user), std::move(call),
                          "/ConsultTransfer/" + http::encode_segment(other_call_id));
}
Task<Result<void>> Actions::to_voicemail(std::string user, std::string call_id) {
    return State::control(state_, http::Method::put, std::move(user), std::move(call_id), "/VmTransfer");
}

Task<Result<std::vector<ServiceName>>> Actions::services(std::string user) {
    return State::get<std::vector<ServiceName>>(state_, std::move(user), "/services", read_services);
}
template <class Document>
Task<Result<Document>> Actions::service(std::string user) {
    return State::get<Document>(state_, std::move(user), fmt::format("/services/{}", Document::path),
                                read_service<Document>);
}
template <class Document>
Task<Result<void>> Actions::set_service(std::string user, const Document& wanted) {
    return State::set(state_, std::move(user), Document::path, write_service(wanted));
}

Task<Result<Profile>> Actions::profile(std::string user) {
    return State::get<Profile>(state_, std::move(user), "/profile", read_profile);
}
Task<Result<std::vector<DirectoryEntry>>> Actions::directory(std::function<void(std::size_t, std::size_t)> progress,
                                                             const std::string& through) {
    auto user = through.empty() ? state_->login.user() : through;
    return State::directory(state_, std::move(user), std::move(progress));
}
Task<Result<std::vector<CallLogEntry>>> Actions::call_log(std::string user, CallLog which) {
    constexpr std::array<std::string_view, 3> kinds{"missed", "placed", "received"};
    constexpr std::array<std::string_view, 3> names{"Missed", "Placed", "Received"};
    auto index = static_cast<std::size_t>(which);
    return State::get<std::vector<CallLogEntry>>(
        state_, std::move(user), fmt::format("/directories/CallLogs/{}", names[index]),
        [kind = kinds[index]](std::string_view body) { return read_call_log(body, kind); });
}
Task<Result<CallLogs>> Actions::call_logs(std::string user) {
    return State::get<CallLogs>(state_, std::move(user), "/directories/CallLogs", read_call_logs);
}

template Task<Result<DoNotDisturb>> Actions::service(std::string);
template Task<Result<CallForwardingAlways>> Actions::service(std::string);
template Task<Result<CallForwardingBusy>> Actions::service(std::string);
template Task<Result<CallForwardingNoAnswer>> Actions::service(std::string);
template Task<Result<CallForwardingNotReachable>> Actions::service(std::string);
template Task<Result<CommPilotExpress>> Actions::service(std::string);
template Task<Result<RemoteOffice>> Actions::service(std::string);
template Task<Result<SequentialRing>> Actions::service(std::string);
template Task<Result<SimultaneousRingPersonal>> Actions::service(std::string);
template Task<Result<CallCenter>> Actions::service(std::string);
template Task<Result<CallForwardingSelective>> Actions::service(std::string);
template Task<Result<BroadWorksAnywhere>> Actions::service(std::string);
template Task<Result<void>> Actions::set_service(std::string, const DoNotDisturb&);
template Task<Result<void>> Actions::set_service(std::string, const CallForwardingAlways&);
template Task<Result<void>> Actions::set_service(std::string, const CallForwardingBusy&);
template Task<Result<void>> Actions::set_service(std::string, const CallForwardingNoAnswer&);
template Task<Result<void>> Actions::set_service(std::string, const CallForwardingNotReachable&);
template Task<Result<void>> Actions::set_service(std::string, const CommPilotExpress&);
template Task<Result<void>> Actions::set_service(std::string, const RemoteOffice&);
template Task<Result<void>> Actions::set_service(std::string, const SequentialRing&);
template Task<Result<void>> Actions::set_service(std::string, const SimultaneousRingPersonal&);
template Task<Result<void>> Actions::set_service(std::string, const CallCenter&);

} // namespace lamp::xsi
