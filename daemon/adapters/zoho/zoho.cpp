#include "adapters/zoho/zoho.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "http/url.hpp"

namespace lamp::zoho {
namespace {

constexpr milliseconds look_at_least_every{1'000};
constexpr milliseconds login_again{10'000}; // a login by command is found that soon
constexpr milliseconds blocked_again{300'000};
constexpr milliseconds link_again{60'000};
constexpr milliseconds users_retry{30'000};
constexpr milliseconds tidy_every{3'600'000};
constexpr int users_per_page = 500;
constexpr int pages_max = 200;

Links make_links(const ZohoOptions& options, bool by_email) {
    auto base = options.public_url;
    while (base.ends_with('/'))
        base.pop_back();
    return {base.empty() ? base : base + "/hooks/zoho", by_email};
}

bool a_person_must_act(Verdict verdict) {
    return verdict == Verdict::not_registered || verdict == Verdict::other_provider || verdict == Verdict::forbidden;
}

} // namespace

Result<std::unique_ptr<Zoho>> Zoho::make(Loop& loop, ZohoOptions options, const std::vector<std::string>& match,
                                         store::Store& store) {
    bool by_email = std::ranges::find(match, "email") != match.end();
    // Made once more when the kept token is known; what is wrong with the options must be known now.
    auto tried = Client::make(loop, options, Secret("none yet"), {}, {});
    if (!tried) return std::unexpected(tried.error());
    return std::unique_ptr<Zoho>(new Zoho(loop, std::move(options), by_email, store));
}

Zoho::Zoho(Loop& loop, ZohoOptions options, bool by_email, store::Store& store)
    : loop_(loop),
      options_(std::move(options)),
      store_(store),
      calls_(options_.internal_calls),
      links_(make_links(options_, by_email)),
      hooks_(loop),
      bell_(loop.context()),
      notice_bell_(loop.context()) {
    hooks_.use([this](Clicked clicked) { act(std::move(clicked)); });
}

Zoho::~Zoho() = default;

void Zoho::start() {
    loop_.spawn(follow());
    loop_.spawn(tell_all());
}

void Zoho::shut_down(milliseconds, std::function<void()> done) {
    stopping_ = true;
    if (client_) client_->stop();
    bell_.ring();
    notice_bell_.ring();
    done();
}

void Zoho::use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>& lines) {
    links_.use_people(*people, lines);
    keep_links();
    bell_.ring();
}

std::optional<fanout::HookAnswer> Zoho::deliver(const fanout::HookCall& call) {
    constexpr std::string_view mine = "zoho/";
    if (!call.path.starts_with(mine)) return std::nullopt;
    return hooks_.deliver(call.path.substr(mine.size()), call);
}

Result<void> Zoho::order(const fanout::LinkOrder& order) {
    using enum fanout::LinkOrder::Verb;
    Result<void> done;
    switch (order.verb) {
    case enable:
    case disable:
        enabled_ = order.verb == enable;
        parted_ = false;
        links_.enable(enabled_);
        keep("disabled", enabled_ ? "" : "yes");
        integrate_again_ = {};
        if (phase_ != Phase::opening && phase_ != Phase::no_login) phase_ = enabled_ ? Phase::blocked : Phase::disabled;
        break;
    case link: done = links_.link(order.line, order.user); break;
    case unlink: done = links_.unlink(order.line); break;
    }
    if (done) log::info("zoho", "an order was given", {{"what", static_cast<int>(order.verb)}, {"by", order.by}});
    keep_links();
    bell_.ring();
    return done;
}

// --- disk

void Zoho::write(std::function<Result<void>(store::Database&)> work) {
    store_.submit(loop_, std::move(work), [this](Result<void> done) {
        if (done) return disk_problem_.clear();
        if (disk_problem_.empty())
            log::error("zoho", "the disk did not take what must survive a restart", {{"why", done.error().text}});
        disk_problem_ = done.error().text;
    });
}

void Zoho::keep(std::string name, std::string value) {
    write([name = std::move(name), value = std::move(value)](store::Database& disk) {
        return keep_word(disk, name, value);
    });
}

void Zoho::keep_links() {
    for (Link& link : links_.take_unkept())
        write([link = std::move(link)](store::Database& disk) { return keep_link(disk, link); });
    for (std::string& user : links_.take_forgotten())
        write([user = std::move(user)](store::Database& disk) { return forget_link(disk, user); });
    hooks_.use_links(links_.linked());
}

// --- the loop

Task<> Zoho::follow() {
    while (!stopping_ && !co_await open())
        co_await bell_.wait(login_again);
    while (!stopping_) {
        auto now = steady_now();
        if (client_->login_refused() && now >= login_again_) { // somebody may have consented anew
            login_again_ = now + login_again;
            if (!co_await open() && stopping_) break;
        }
        if (!enabled_) {
            while (auto job = stopping_ ? std::nullopt : links_.next(steady_now()))
                co_await carry_out(*std::move(job));
            if (!parted_ && !stopping_ && now >= integrate_again_ && links_.registered() == 0) co_await part();
        } else if (phase_ != Phase::integrated && now >= integrate_again_) {
            co_await integrate();
        }
        if (now >= tidy_again_) {
            tidy_again_ = now + tidy_every;
            write([](store::Database& disk) { return forget_old_told(disk, wall_now()); });
        }
        if (ready() && now >= users_again_) co_await list_users();
        while (auto job = ready() ? links_.next(steady_now()) : std::nullopt)
            co_await carry_out(*std::move(job));
        co_await bell_.wait(look_at_least_every);
    }
}

Task<bool> Zoho::open() {
    bool first = phase_ == Phase::opening;
    auto memory =
        co_await store_.read<Memory>([client = options_.client_id, first](store::Database& disk) -> Result<Memory> {
            auto all = read_memory(disk, client);
            if (!all || !first) return all;
            auto told = read_told(disk, *all);
            return told ? std::move(all) : Result<Memory>(std::unexpected(told.error()));
        });
    if (stopping_) co_return false;
    if (!memory) {
        disk_problem_ = memory.error().text;
        log::error("zoho", "what was kept is not known", {{"why", disk_problem_}});
        co_return false;
    }
    auto login = memory->login;
    auto options = options_;
    if (!login.login_url.empty() && options.api_url.text.empty()) options.login_url.text = login.login_url;
    auto token = login.refresh_token.empty() ? options_.refresh_token : login.refresh_token;
    TokenGate gate;
    if (auto word = memory->words.find("tokens"); word != memory->words.end()) gate.load(word->second);
    account_ = login.account.empty() ? options_.account : login.account;
    if (phase_ == Phase::opening) remember(*std::move(memory));
    if (token.empty()) {
        if (std::exchange(phase_, Phase::no_login) != Phase::no_login)
            log::error("zoho", "nobody has consented yet: lamplighter zoho login");
        co_return false;
    }
    if (client_ && token == token_) co_return true;
    auto made = Client::make(loop_, options, token, std::move(gate),
                             [this](std::string text) { keep("tokens", std::move(text)); });
    if (!made) {
        disk_problem_ = made.error().text;
        co_return false;
    }
    if (client_) {
        client_->stop();
        retired_.push_back(std::move(client_));
    }
    client_ = *std::move(made);
    token_ = token;
    integrate_again_ = {};
    phase_ = enabled_ ? Phase::blocked : Phase::disabled;
    co_return true;
}

// After a restart only the newest state of a call is told.
void Zoho::remember(Memory memory) {
    if (memory.words.contains("disabled")) enabled_ = false;
    if (memory.words.contains("pairs")) writing_ = Writing::documented;
    for (const auto& [word, value] : memory.words) {
        constexpr std::string_view refused = "refused/";
        if (!word.starts_with(refused)) continue;
        auto state = state_named(std::string_view(word).substr(refused.size()));
        auto since = text::number<std::int64_t>(value);
        if (state && since) refused_states_[*state] = Wall(milliseconds(*since));
    }
    for (const auto& [call, state] : memory.told)
        calls_.resume(call, state);
    links_.load(std::move(memory.links));
    links_.enable(enabled_);
    std::map<std::string, std::int64_t> newest;
    for (const Kept& kept : memory.notices)
        newest[kept.notice.id] = kept.id;
    for (Kept& kept : memory.notices) {
        next_notice_ = std::max(next_notice_, kept.id + 1);
        auto id = kept.id;
        if (newest.at(kept.notice.id) == id)
            outgoing_.add(std::move(kept), steady_now(), wall_now());
        else
            write([id](store::Database& disk) { return forget_notice(disk, id); });
    }
    keep_links();
    phase_ = Phase::blocked;
    for (const auto& event : std::exchange(early_, {}))
        happened(event);
}

void Zoho::block(const Reply& reply) {
    auto before = std::exchange(blocked_, reply.why);
    if (before != blocked_) {
        auto level = a_person_must_act(reply.told.verdict) ? log::Level::error : log::Level::warning;
        log::write(level, "zoho", "PhoneBridge is not to be had", {{"why", blocked_}});
    }
    if (phase_ == Phase::integrated) phase_ = Phase::blocked;
    auto wait = a_person_must_act(reply.told.verdict) ? blocked_again : integrate_back_off_.next();
    integrate_again_ = steady_now() + std::max(wait, reply.after);
}

Task<> Zoho::integrate() {
    auto reply = co_await client_->ask(http::Method::post, "integrate");
    if (stopping_ || !enabled_) co_return;
    if (!reply.ok()) {
        block(reply);
        co_return;
    }
    blocked_.clear();
    integrate_back_off_.reset();
    phase_ = Phase::integrated;
    outgoing_.release();
    log::info("zoho", "PhoneBridge is enabled", {{"links", links_.linked().size()}});
    notice_bell_.ring();
}

/// The end of it, once no link is registered any more.
Task<> Zoho::part() {
    auto reply = co_await client_->ask(http::Method::del, "integrate");
    if (stopping_ || enabled_) co_return;
    if (reply.ok() || reply.told.verdict == Verdict::not_integrated) {
        parted_ = true;
        blocked_.clear();
        log::info("zoho", "PhoneBridge is disabled");
        co_return;
    }
    block(reply);
}

Task<> Zoho::list_users() {
    std::vector<User> users;
    for (int page = 1; page <= pages_max; ++page) {
        auto reply =
            co_await client_->ask(http::Method::get, fmt::format("users?page={}&perPage={}", page, users_per_page));
        auto read = reply.ok() ? read_users(reply.body) : Result<Users>(fail(Category::protocol, reply.why));
        if (stopping_) co_return;
        if (!read) {
            users_error_ = read.error().text;
            users_again_ = steady_now() + std::max(users_retry, reply.after);
            if (reply.told.verdict == Verdict::not_integrated || a_person_must_act(reply.told.verdict)) block(reply);
            co_return;
        }
        std::ranges::move(read->users, std::back_inserter(users));
        if (!read->more || read->users.empty()) break;
    }
    users_error_.clear();
    users_again_ = steady_now() + options_.users_poll;
    links_.use_users(std::move(users), wall_now());
    keep_links();
}

// --- links

Task<> Zoho::carry_out(Links::Job job) {
    // What Zoho may know must be on disk before it is told.
    auto row = job.link;
    auto kept = co_await store_.write([row](store::Database& disk) { return keep_link(disk, row); });
    if (stopping_) co_return;
    Reply reply;
    if (!kept)
        reply.why = "the disk does not take it: " + kept.error().text, reply.told.verdict = Verdict::unavailable;
    else if (job.what == Links::Job::What::add)
        reply = co_await register_at(job.link, job.link.line, job.link.path, job.link.key);
    else
        reply = co_await take_back(job.link.zohouser);
    if (stopping_) co_return;
    bool gone = reply.told.verdict == Verdict::not_integrated && job.what == Links::Job::What::remove;
    if (reply.ok() || gone) {
        links_.done(job);
    } else {
        links_.failed(job, reply.why, std::max(link_again, reply.after), steady_now());
        if (reply.told.verdict == Verdict::not_integrated || a_person_must_act(reply.told.verdict)) block(reply);
        if (complaint_.allow(steady_now()))
            log::warning("zoho", "a link could not be made or ended; it is tried again", {{"why", reply.why}});
    }
    keep_links();
}

Task<Reply> Zoho::register_at(const Link& link, std::string line, std::string path, std::string key) {
    auto base = link.path.empty() ? std::string() : options_.public_url;
    while (base.ends_with('/'))
        base.pop_back();
    base += "/hooks/zoho/" + path + "/";
    auto user = link.zohouser;
    Reply reply;
    for (int attempt = 0; attempt < 2; ++attempt) {
        auto proof = pair_text(key_name, key, writing_);
        auto echoed = "[" + pair_text("line", line, writing_) + "]";
        auto uri = [&base](const char* verb) { return base + verb; };
        reply = co_await client_->ask(http::Method::post, "clicktodial",
                                      form({{"clicktodialuri", uri("dial")},
                                            {"zohouser", user},
                                            {"clicktodialparam", echoed},
                                            {"authorizationparam", proof}}));
        if (reply.ok())
            reply = co_await client_->ask(http::Method::post, "callcontrol",
                                          form({{"answeruri", uri("answer")},
                                                {"hungupuri", uri("hungup")},
                                                {"holduri", uri("hold")},
                                                {"unholduri", uri("unhold")},
                                                {"zohouser", user},
                                                {"authorizationparam", proof}}));
        if (reply.told.verdict != Verdict::bad_request || stopping_) break;
        // The documents' own samples write pairs without quotes: the other way is tried, and kept if it works.
        writing_ = writing_ == Writing::strict ? Writing::documented : Writing::strict;
    }
    if (reply.ok()) keep("pairs", writing_ == Writing::documented ? "documented" : "");
    co_return reply;
}

Task<Reply> Zoho::take_back(std::string zohouser) {
    auto query = "?zohouser=" + http::encode_query(zohouser);
    auto reply = co_await client_->ask(http::Method::del, "clicktodial" + query);
    if (reply.ok()) reply = co_await client_->ask(http::Method::del, "callcontrol" + query);
    co_return reply;
}

} // namespace lamp::zoho
