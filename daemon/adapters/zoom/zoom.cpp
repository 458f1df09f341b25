#include "adapters/zoom/zoom.hpp"

#include <algorithm>
#include <fmt/format.h>

#include "proto/zoom/rest.hpp"

namespace lamp::zoom {
namespace {

constexpr unsigned reads_parallel = 8;
constexpr unsigned pages_max = 1000;
constexpr milliseconds sweep_every{5'000};
constexpr milliseconds read_again{10'000}; // after an answer that said nothing
constexpr milliseconds list_again{30'000};
constexpr unsigned lives_long = 3; // of intervals between readings

} // namespace

Result<std::unique_ptr<Zoom>> Zoom::make(Loop& loop, ZoomOptions options, meetings::Listener meetings) {
    std::unique_ptr<ZoomClient> client;
    if (options.rest()) {
        auto made = ZoomClient::make(loop, options);
        if (!made) return std::unexpected(made.error());
        client = *std::move(made);
    }
    if (!options.hooks()) options.poll_others = options.poll;
    return std::unique_ptr<Zoom>(new Zoom(loop, std::move(options), std::move(meetings), std::move(client)));
}

Zoom::Zoom(Loop& loop, ZoomOptions options, meetings::Listener meetings, std::unique_ptr<ZoomClient> client)
    : loop_(loop),
      options_(std::move(options)),
      meetings_(std::move(meetings)),
      client_(std::move(client)),
      deliveries_(loop, options_),
      state_(options_.phone_calls, options_.tolerance + milliseconds(1'800'000)),
      plan_(options_.poll, options_.poll_others, static_cast<double>(options_.requests_per_second)),
      directory_bell_(loop.context()),
      read_bell_(loop.context()),
      started_(wall_now()) {
    deliveries_.use([this](std::string body) { take(body); });
}

Zoom::~Zoom() = default;

void Zoom::start() {
    loop_.spawn(sweep());
    if (!client_) return;
    loop_.spawn(follow_directory());
    loop_.spawn(follow_readings());
}

void Zoom::shut_down(milliseconds, std::function<void()> done) {
    stopping_ = true;
    if (client_) client_->stop();
    directory_bell_.ring();
    read_bell_.ring();
    done();
}

std::optional<fanout::HookAnswer> Zoom::deliver(const fanout::HookCall& call) {
    if (call.path != "zoom" || !options_.hooks()) return std::nullopt;
    return deliveries_.deliver(call);
}

// --- people

void Zoom::use_people(std::shared_ptr<const presence::People> people, const std::vector<fanout::LineName>&) {
    if (people_)
        for (presence::Slot slot : people_->order())
            if (slot >= people->slots() || !people->listed(slot)) state_.forget(slot);
    people_ = std::move(people);
    accounts_.use_people(*people_);
    accounts_changed();
    directory_bell_.ring();
}

void Zoom::accounts_changed() {
    std::vector<presence::Slot> readable;
    for (presence::Slot slot : people_->order()) {
        if (!accounts_.user_of(slot).empty())
            readable.push_back(slot);
        else if (state_.says(slot))
            tell_unknown(slot);
    }
    plan_.use_people(readable, steady_now());
    read_bell_.ring();
}

Task<> Zoom::follow_directory() {
    while (!stopping_) {
        bool listed = co_await list_users();
        if (stopping_) co_return;
        if (listed) accounts_changed();
        read_bell_.ring();
        co_await directory_bell_.wait(listed ? options_.directory_poll : std::min(list_again, options_.directory_poll));
    }
}

// Without a list, people are asked for by what the people file says.
Task<bool> Zoom::list_users() {
    accounts_.begin();
    std::string token;
    for (unsigned page = 0; page < pages_max; ++page) {
        auto target = std::string("/users?page_size=300&status=active");
        if (!token.empty()) target += "&next_page_token=" + http::encode_query(token);
        auto reply = co_await client_->get(std::move(target));
        auto users = reply.ok() ? read_users(reply.body) : std::unexpected(*reply.error);
        if (!users) {
            bool refused = reply.status >= 400 && reply.status < 500 && reply.status != 429 && reply.status != 401;
            if (refused && list_refused_.empty())
                log::error("zoom", "listing the account's users is not permitted", {{"why", users.error().text}});
            if (refused || reply.ok()) list_refused_ = users.error().text;
            co_return false;
        }
        if (!accounts_.take(users->users)) {
            list_refused_ = "the account has more users than are listed";
            co_return false;
        }
        token = std::move(users->next);
        if (token.empty()) break;
    }
    list_refused_.clear();
    accounts_.settle();
    co_return true;
}

// --- reading

Task<> Zoom::follow_readings() {
    while (!stopping_) {
        bool ready = people_ && (accounts_.listed() || !list_refused_.empty()) && reads_under_way_ < reads_parallel;
        auto due = ready ? std::max(plan_.due(), read_blocked_until_) : Steady::max();
        auto now = steady_now();
        auto slot = due <= now ? plan_.next(now) : std::nullopt;
        if (!slot) {
            auto wait = due == Steady::max() ? milliseconds(1000) : std::chrono::ceil<milliseconds>(due - now);
            co_await read_bell_.wait(std::clamp(wait, milliseconds(1), milliseconds(1000)));
            continue;
        }
        ++reads_under_way_;
        loop_.spawn(read(*slot));
    }
}

Task<> Zoom::read(presence::Slot slot) {
    auto user = std::string(accounts_.user_of(slot));
    auto reply = co_await client_->get(fmt::format("/users/{}/presence_status", http::encode_segment(user)));
    --reads_under_way_;
    read_bell_.ring();
    if (stopping_) co_return;
    if (user != accounts_.user_of(slot)) // somebody else's by now
        plan_.failed(slot, steady_now(), milliseconds(0));
    else if (reply.ok())
        take_reading(slot, reply);
    else
        note_reading_failure(slot, reply);
}

void Zoom::take_reading(presence::Slot slot, const ZoomReply& reply) {
    auto here = now();
    auto presence = read_presence(reply.body);
    if (!presence) {
        read_refused_ = presence.error().text;
        return plan_.failed(slot, here.steady, read_again);
    }
    if (!std::exchange(read_refused_, {}).empty()) log::info("zoom", "presence can be read again");
    refused_back_off_.reset();
    ++readings_;
    if (presence->state == State::unknown) note_unknown_word(presence->word);
    auto before = state_.says(slot);
    auto taken = state_.presence_read(slot, presence->state, reply.asked, here);
    if (taken == Taken::doubtful) return plan_.failed(slot, here.steady, PeopleState::rest_lag);
    auto after = state_.says(slot);
    bool live = after && after->meeting == Meeting::live;
    if (before && live != (before->meeting == Meeting::live)) {
        ++corrections_;
        ++unheard_changes_;
    }
    plan_.read(slot, live, here.steady);
    if (taken == Taken::news) tell(slot);
}

void Zoom::note_reading_failure(presence::Slot slot, const ZoomReply& reply) {
    auto here = steady_now();
    auto category = reply.error->category;
    if (category == Category::not_found || category == Category::invalid) return plan_.missing(slot, here);
    plan_.failed(slot, here, read_again);
    if (category != Category::forbidden) return;
    if (read_refused_.empty()) log::error("zoom", "reading presence is refused", {{"why", reply.error->text}});
    read_refused_ = reply.error->text;
    if (here >= read_blocked_until_) read_blocked_until_ = here + refused_back_off_.next();
}

// --- what is told

PeopleState::Now Zoom::now() const {
    return {steady_now(), client_ ? client_->server_now() : wall_now()};
}

bool Zoom::read_by_rest(presence::Slot slot) const {
    return client_ && !client_->login_refused() && read_refused_.empty() && !accounts_.user_of(slot).empty();
}

milliseconds Zoom::life(presence::Slot slot, bool live) const {
    return read_by_rest(slot) ? lives_long * plan_.interval(live) : options_.webhook_trust;
}

void Zoom::tell(presence::Slot slot) {
    auto says = state_.says(slot);
    if (!says || !meetings_.heard) return;
    auto age = std::max(milliseconds(0), now().wall - says->happened);
    auto fresh_for = std::max(milliseconds(0), life(slot, says->meeting == Meeting::live) - age);
    meetings_.heard({slot, meetings::Source::zoom, says->meeting, says->happened, fresh_for});
}

void Zoom::tell_unknown(presence::Slot slot) {
    state_.forget(slot);
    if (meetings_.heard) meetings_.heard({slot, meetings::Source::zoom, Meeting::unknown, now().wall, milliseconds(0)});
}

Task<> Zoom::sweep() {
    while (!stopping_) {
        co_await sleep_for(sweep_every);
        for (presence::Slot slot : state_.sweep(now()))
            tell(slot);
    }
}

} // namespace lamp::zoom
