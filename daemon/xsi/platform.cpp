#include "xsi/platform.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <random>

#include "base/limits.hpp"
#include "xsi/answers.hpp"
#include "xsi/translate.hpp"

namespace lamp::xsi {
namespace {

constexpr milliseconds connect_wait{4000}; // a host that is away must be seen to be back soon
constexpr milliseconds tick_period{200};
constexpr std::chrono::hours rediscover{24};
constexpr milliseconds busy_first{1000};
constexpr milliseconds busy_max{4000};           // so that its end is noticed soon
constexpr std::int64_t quietly_behind = 64;      // events; more than that is another way of counting
constexpr milliseconds response_delay_max{1500}; // servers wait for some seconds (xsi.md 6.3)
constexpr seconds coming_for{5};

constexpr auto no_subscriptions = [] {
    std::array<Subscriptions::Index, package_count> none{};
    none.fill(no_line);
    return none;
}();

std::string fresh_channel_set_id(const std::string& application_id) {
    std::random_device random;
    return fmt::format("urn:lamplighter:{}:{:08x}{:08x}", application_id, random(), random());
}

// The highest rate that can be written means: as fast as the platform answers.
bool lifted(const BroadworksOptions& options) {
    return options.subscriptions_per_second >= pacing_lifted;
}

/// An answer that says nothing of the request itself: the next one would get it too.
bool is_busy(const http::Answer& answer) {
    return answer.status == 429 || answer.status == 503 || (answer.success() && answer.looks_like_html());
}

} // namespace

Platform::Platform(Loop& loop, BroadworksOptions options, std::uint8_t index, milliseconds stale_after, Lines& lines,
                   const Patience& patience)
    : loop_(loop),
      options_(std::move(options)),
      index_(index),
      stale_after_(stale_after),
      lines_(lines),
      patience_(patience),
      login_(options_),
      budget_(lifted(options_) ? 0.0 : static_cast<double>(options_.subscriptions_per_second),
              static_cast<double>(options_.subscriptions_per_second) / 4),
      command_budget_(static_cast<double>(options_.requests_per_second),
                      static_cast<double>(options_.requests_per_second) * 2),
      diverting_budget_(static_cast<double>(options_.forwarding_per_second),
                        static_cast<double>(options_.forwarding_per_second)),
      channel_set_id_(fresh_channel_set_id(options_.application_id)),
      work_(loop.context()),
      seeds_(loop.context()),
      rediscover_(loop.context()),
      busy_(busy_first, busy_max),
      authorised_(loop.context()) {
    seen_.resize(limits::xsi_seen_events);
    lines_.follow_voice_mail(index_, options_.voice_mail);
}

Result<std::unique_ptr<Platform>> Platform::make(Loop& loop, BroadworksOptions options, std::uint8_t index,
                                                 milliseconds stale_after, Lines& lines, const Patience& patience) {
    std::unique_ptr<Platform> platform(new Platform(loop, std::move(options), index, stale_after, lines, patience));
    if (auto connected = platform->connect_hosts(); !connected) return std::unexpected(connected.error());
    return platform;
}

Result<void> Platform::connect_hosts() {
    http::ClientOptions client_options;
    client_options.ca_file = options_.ca_file.string();
    client_options.proxy = options_.proxy;
    client_options.connect_wait = connect_wait;
    auto client = http::Client::make(loop_.context(), client_options);
    if (!client) return std::unexpected(client.error());
    std::vector<http::Pool*> pools;
    for (const std::string& host : options_.origins()) {
        auto url = http::Url::parse(host);
        if (!url) return std::unexpected(url.error());
        ChannelReader& reader = *this;
        channels_.push_back(std::make_unique<Channel>(loop_, *client, *url, options_, login_, channel_set_id_,
                                                      patience_.first_channel, reader));
        http::PoolOptions pool_options;
        pool_options.parallel = options_.parallel() + 2;
        pools.push_back(pools_.emplace_back(std::make_unique<http::Pool>(*client, *url, pool_options)).get());
    }
    commands_ = std::make_unique<Actions>(options_, pools, login_, command_budget_);
    diverting_ = std::make_unique<Actions>(options_, pools, login_, diverting_budget_);
    seeding_ = std::make_unique<Actions>(options_, pools, login_, budget_);
    return {};
}

void Platform::start() {
    group_subscriptions_ = no_subscriptions;
    if (!single_users())
        for (Package package : packages())
            group_subscriptions_.at(static_cast<std::size_t>(package)) = subscriptions_.add(no_line, package, false);
    down_since_ = steady_now();
    for (auto& channel : channels_)
        channel->start();
    loop_.spawn(keep_subscribing());
    loop_.spawn(keep_seeding());
    loop_.spawn(tick());
}

Task<> Platform::shut_down() {
    stopping_ = true;
    work_.ring();
    seeds_.ring();
    rediscover_.ring();
    for (auto& channel : channels_)
        co_await channel->shut_down();
}

void Platform::watch(std::span<const LineIndex> added, std::span<const LineIndex> removed) {
    for (LineIndex line : added) {
        if (lines_.platform(line) != index_) continue;
        if (!single_users()) {
            if (set_up_) seed(line);
            continue;
        }
        if (by_line_.size() <= line) by_line_.resize(line + 1, no_subscriptions);
        for (Package package : packages())
            by_line_[line].at(static_cast<std::size_t>(package)) = subscriptions_.add(line, package, true);
    }
    for (LineIndex line : removed) {
        if (lines_.platform(line) != index_ || by_line_.size() <= line) continue;
        for (auto& subscription : by_line_[line]) {
            if (subscription == no_line) continue;
            sequencer_.forget(subscription);
            subscriptions_.drop(std::exchange(subscription, no_line));
        }
    }
    work_.ring();
}

void Platform::watch_queue(std::string_view id) {
    auto queue = queues_.add(id);
    if (!queue) return;
    queues_.subscription(*queue) = subscriptions_.add(*queue, Package::call_center_queue, true);
    work_.ring();
}

void Platform::retry_now() {
    login_.on_accepted();
    for (auto& channel : channels_)
        channel->retry_now();
}

// --- what the channels bring

void Platform::on_document(Channel& channel, std::string_view bytes) {
    auto parsed = parser_.parse(bytes);
    if (!parsed) {
        ++counters_.malformed;
        if (garbage_.allow(steady_now()))
            log::warning("xsi", "a document could not be read and was dropped",
                         {{"host", channel.host().place()},
                          {"why", parsed.error().text},
                          {"others_since", garbage_.take_suppressed()}});
        return;
    }
    const Document& document = **parsed;
    channel.on_sign_of_life();
    switch (document.kind) {
    case DocumentKind::channel: channel.on_channel_document(document.channel_id, document.expires_s); break;
    case DocumentKind::heartbeat: break;
    case DocumentKind::channel_terminated: channel.on_terminated(document.reason); break;
    case DocumentKind::error_event:
        log::warning("xsi", "the server reports an error in the stream",
                     {{"code", document.error_code}, {"message", document.error_message}});
        break;
    case DocumentKind::event: take_event(channel, document, bytes); break;
    case DocumentKind::other: ++counters_.unknown; break;
    }
}

void Platform::on_refused_bytes(Channel& channel, std::string_view why) {
    ++counters_.refused;
    if (garbage_.allow(steady_now()))
        log::warning("xsi", "bytes in the stream were dropped", {{"host", channel.host().place()}, {"why", why}});
}

void Platform::take_event(Channel& channel, const Document& document, std::string_view bytes) {
    ++counters_.events;
    channel.note_event();
    // First the answer, whatever the event is: an unanswered one costs the channel (xsi.md 12.1).
    if (!document.event_id.empty()) channel.respond(document.event_id);
    if (seen_before(document.event_id)) {
        ++counters_.duplicates;
        return;
    }
    auto index = subscriptions_.find(document.subscription_id);
    if (!index) { // perhaps the first event has overtaken the answer to its POST (xsi.md 6.2)
        if (subscriptions_.asking() > 0 && !document.subscription_id.empty())
            park(document.subscription_id, bytes);
        else
            ++counters_.foreign;
        return;
    }
    order(*index, document, bytes);
}

void Platform::order(Subscriptions::Index index, const Document& document, std::string_view bytes) {
    auto& expected = subscriptions_.expected(index);
    switch (sequencer_.offer(index, expected, document.sequence, bytes, steady_now())) {
    case Sequencer::Verdict::deliver: break;
    case Sequencer::Verdict::duplicate: return on_behind(index, document);
    case Sequencer::Verdict::held: ++counters_.reordered; return;
    case Sequencer::Verdict::overflow: settle_gaps(steady_now()); return;
    }
    deliver(index, document);
    if (sequencer_.holding() == 0) return;
    for (auto ready = sequencer_.take_ready(index, expected); !ready.empty();
         ready = sequencer_.take_ready(index, expected))
        deliver_bytes(index, ready);
}

// A number that was counted already, on an event that was not seen before: sent once more under another id, late after
// a gap, or from a server that counts anew since a failover. It is not applied, for it may be old; we ask.
void Platform::on_behind(Subscriptions::Index index, const Document& document) {
    ++counters_.duplicates;
    auto& expected = subscriptions_.expected(index);
    if (distance(expected, document.sequence) < -quietly_behind) {
        ++counters_.gaps;
        expected = after(document.sequence);
        return resynchronise(index);
    }
    if (single_users() || of_queue(index))
        subscriptions_.refresh_now(index);
    else if (auto line = line_of(index, document); line && follows(*line))
        want(*line, subscriptions_.package(index), true);
    work_.ring();
}

void Platform::deliver_bytes(Subscriptions::Index index, std::string_view bytes) {
    if (auto parsed = parser_.parse(bytes)) deliver(index, **parsed);
}

std::optional<LineIndex> Platform::line_of(Subscriptions::Index index, const Document& document) const {
    auto own = subscriptions_.line(index);
    if (own != no_line) return own;
    // A group or enterprise: the event names its user; `userId` is only who subscribed (xsi.md 6.1).
    return lines_.find(document.target_id);
}

void Platform::deliver(Subscriptions::Index index, const Document& document) {
    auto now = steady_now();
    if (document.data == EventData::subscription_terminated) {
        doubt(index);
        subscriptions_.on_gone(index, now);
        work_.ring();
        return;
    }
    // Kept by the server from before an outage, perhaps without what came after it: doubted until its subscription
    // stands again, of a group until the line was fetched.
    bool kept = subscriptions_.pending(index);
    if (of_queue(index)) {
        auto queue = subscriptions_.line(index);
        queues_.apply(queue, document);
        if (kept) return doubt(index);
        if (queues_.known(queue)) subscriptions_.on_event(index, now);
        return;
    }
    auto line = line_of(index, document);
    if (!line || !follows(*line)) {
        subscriptions_.on_event(index, now);
        ++counters_.foreign;
        if (stranger_.empty()) stranger_ = document.target_id;
        return;
    }
    auto package = subscriptions_.package(index);
    auto effect = translate(lines_, *line, document, now);
    if (effect == Effect::none && document.data == EventData::unknown) ++counters_.unknown;
    if (kept) {
        lines_.mark_stale(*line, package);
        if (!single_users()) want(*line, package, true);
        return;
    }
    // What tells of one call only is not the whole state: the first event may have been lost before it.
    if (!single_users() || lines_.fresh(*line, package)) subscriptions_.on_event(index, now);
}

/// What a subscription tells is not sure any more.
void Platform::doubt(Subscriptions::Index index) {
    auto line = subscriptions_.line(index);
    auto package = subscriptions_.package(index);
    if (of_queue(index)) return queues_.doubt(line);
    if (line != no_line) return lines_.mark_stale(line, package);
    for (LineIndex one = 0; one < lines_.size(); ++one)
        if (follows(one)) lines_.mark_stale(one, package);
}

void Platform::settle_gaps(Steady now) {
    for (auto& gap : sequencer_.take_gaps(now)) {
        ++counters_.gaps;
        for (const std::string& document : gap.documents)
            deliver_bytes(gap.subscription, document);
        subscriptions_.expected(gap.subscription) = gap.next;
        resynchronise(gap.subscription);
    }
}

// Something was missed: what is shown may be wrong until the whole state has been heard again.
void Platform::resynchronise(Subscriptions::Index index) {
    doubt(index);
    if (subscriptions_.line(index) == no_line) return seed_all(subscriptions_.package(index));
    subscriptions_.refresh_now(index);
    work_.ring();
}

// A direct-mapped memory of event ids: a double comes within seconds of its first, and what is evicted earlier is still
// caught by its sequence number.
bool Platform::seen_before(std::string_view event_id) {
    if (event_id.empty()) return false;
    auto hash = std::hash<std::string_view>()(event_id);
    auto& place = seen_[hash % seen_.size()];
    return std::exchange(place, hash) == hash;
}

void Platform::park(std::string_view subscription_id, std::string_view bytes) {
    if (parked_.size() >= limits::xsi_parked_events) parked_.pop_front();
    ++counters_.parked;
    parked_.push_back({std::string(subscription_id), std::string(bytes)});
}

void Platform::replay_parked(Subscriptions::Index index) {
    if (parked_.empty()) return;
    std::vector<std::string> mine;
    auto id = subscriptions_.id(index);
    std::erase_if(parked_, [&](Parked& one) {
        if (one.subscription_id != id) return false;
        mine.push_back(std::move(one.bytes));
        return true;
    });
    for (const std::string& bytes : mine)
        if (auto parsed = parser_.parse(bytes)) order(index, **parsed, bytes);
}

// --- the channel set as a whole

Channel* Platform::up_channel() const {
    for (const auto& channel : channels_)
        if (channel->up()) return channel.get();
    return nullptr;
}

// Spread over the living channels only when one of them fails us.
Channel* Platform::next_channel() const {
    std::vector<Channel*> alive;
    for (const auto& channel : channels_)
        if (channel->up()) alive.push_back(channel.get());
    return alive.empty() ? nullptr : alive[failures_ % alive.size()];
}

/// Requests at a time: few while the platform says that it is busy.
std::size_t Platform::width() const {
    return busy_.failures() > 0 ? 2 : options_.parallel();
}

// Several requests that fail together count once.
void Platform::pass_over(const Channel* channel) {
    if (next_channel() == channel) ++failures_;
}

/// Event responses are behind, or would be with what is on its way: to ask for more events would cost the channel
/// (xsi.md 6.3).
bool Platform::overrun(Steady now) {
    using State = Subscriptions::State;
    while (!asked_.empty() && now - asked_.front() > coming_for)
        asked_.pop_front(); // whatever has not come by now does not come
    auto coming = std::min(asked_.size(), subscriptions_.count(State::asking) + subscriptions_.count(State::awaiting) +
                                              subscriptions_.count(State::refreshing));
    bool guess = std::ranges::none_of(channels_, [](auto& channel) { return channel->up() && channel->responded(); });
    return std::ranges::any_of(channels_, [&](const auto& channel) {
        return channel->up() && (guess || channel->responded()) && channel->response_delay(coming) > response_delay_max;
    });
}

void Platform::on_channel_up(Channel&) {
    if (std::exchange(set_up_, true)) return; // the set lived on: its subscriptions stand
    start_over();
}

void Platform::on_channel_down(Channel& channel) {
    auto why = channel.machine().last_end();
    if (why == ChannelMachine::End::duplicate_channel_set || why == ChannelMachine::End::user_deleted)
        for (auto& other : channels_)
            if (other->machine().state() != ChannelMachine::State::stopped) other->stop(why);
    if (up_channel() || !set_up_) return;
    set_up_ = false;
    forgotten_ = false;
    // A platform that comes and goes without telling anything has been away since the first time.
    if (std::exchange(healed_, false)) down_since_ = steady_now();
    log::warning("xsi", "no channel is left: what is shown of these lines is no longer sure",
                 {{"platform", options_.name}, {"lines", lines_.total(index_)}});
    // What waits behind a hole was answered and will not come again. It is applied before what fills the hole can come
    // by the next channel, which is then known to be older.
    settle_gaps(Steady::max());
    lines_.mark_stale(index_);
    queues_.doubt_all();
}

// One server's 401 need not be the platform's: as long as another channel is accepted, only this one stops.
void Platform::on_unauthorised(const Channel& channel, std::uint32_t edition) {
    if (edition != login_.edition() || login_.wants_token()) return; // renewed meanwhile, or about to be
    bool accepted_elsewhere =
        std::ranges::any_of(channels_, [&](const auto& other) { return other.get() != &channel && other->up(); });
    if (!accepted_elsewhere || options_.authentication == Authentication::login_token)
        login_.on_unauthorised(steady_now());
}

// One fetches, the others wait for it.
Task<Result<void>> Platform::authorise() {
    while (std::exchange(authorising_, true))
        co_await authorised_.wait(seconds(1));
    Result<void> outcome;
    if (login_.wants_token()) {
        auto token = co_await commands_->login_token();
        if (token)
            login_.use_token(*token);
        else
            outcome = std::unexpected(token.error());
    }
    authorising_ = false;
    authorised_.ring();
    co_return outcome;
}

// Nobody knows what became of the subscriptions of a set without channels (xsi.md 4.6): all are asked for again.
void Platform::start_over() {
    ever_up_ = true;
    queues_.doubt_all();
    parked_.clear();
    subscriptions_.restart();
    for (LineIndex line = 0; line < by_line_.size(); ++line)
        for (Package package : packages()) {
            auto subscription = by_line_[line].at(static_cast<std::size_t>(package));
            if (subscription != no_line && subscriptions_.state(subscription) == Subscriptions::State::refused)
                give_up(line, package, subscriptions_.refusal_believed(subscription));
        }
    for (auto& one : first_states_) {
        one.failures = 0;
        one.refusals = {};
    }
    for (Package package : packages()) // what stands again is fetched when it does
        if (subscription_hopeless(package)) seed_stale(package);
    // Who was in a call is the most likely to be shown wrongly now.
    lines_.for_each_in_use([&](LineIndex line, const Ledger&) {
        if (!follows(line) || line >= by_line_.size()) return;
        for (auto subscription : by_line_[line])
            if (subscription != no_line) subscriptions_.prefer(subscription);
    });
    work_.ring();
}

// --- subscriptions

Task<> Platform::keep_subscribing() {
    while (!stopping_) {
        auto now = steady_now();
        bool behind = overrun(now);
        if (!up_channel() || login_.refused(now) || performing_ >= width() || behind) {
            co_await work_.wait(behind ? milliseconds(20) : milliseconds(250));
            continue;
        }
        auto work = subscriptions_.next(now);
        if (!work) {
            auto wait = std::min(subscriptions_.wake_at(now), now + seconds(1)) - now;
            co_await work_.wait(std::max(std::chrono::ceil<milliseconds>(wait), milliseconds(1)));
            continue;
        }
        ++performing_;
        asked_.push_back(now);
        for (auto wait = turn(work->index); wait.count() > 0; wait = turn(work->index))
            if (!co_await sleep_for(wait)) co_return;
        loop_.spawn(perform(*work));
    }
}

/// How long the next subscription has to wait. The few of a group or enterprise bring the live events: they do not
/// queue behind thousands of first states. Queues are as many as users may be.
milliseconds Platform::turn(Subscriptions::Index index) {
    auto now = steady_now();
    if (single_users() || of_queue(index)) return budget_.take(now);
    return now < busy_until_ ? std::chrono::ceil<milliseconds>(busy_until_ - now) : milliseconds(0);
}

Task<> Platform::perform(Subscriptions::Work work) {
    if (work.kind == Subscriptions::Kind::subscribe)
        co_await subscribe(work.index);
    else
        co_await refresh(work.index);
    --performing_;
    work_.ring();
}

std::string Platform::target_path(Subscriptions::Index index) const {
    auto base = options_.events_root + "/v2.0/";
    auto line = subscriptions_.line(index);
    if (of_queue(index)) return base + "user/" + http::encode_segment(queues_.id(line));
    if (line != no_line) return base + "user/" + http::encode_segment(lines_.id(line));
    base += "serviceprovider/" + http::encode_segment(options_.enterprise);
    if (options_.target == TargetKind::group) base += "/group/" + http::encode_segment(options_.group);
    return base;
}

Task<> Platform::subscribe(Subscriptions::Index index) {
    auto* channel = next_channel();
    if (!channel) co_return failed(index, steady_now());
    SubscriptionRequest wanted{name(subscriptions_.package(index)), 3600, channel_set_id_, options_.application_id};
    http::Request request{.method = http::Method::post,
                          .target = target_path(index),
                          .body = write_subscription(wanted),
                          .safe_to_repeat = true}; // the same subscription overwrites itself (xsi.md 5.4)
    auto answer = co_await channel->exchange(std::move(request));
    auto now = steady_now();
    if (subscriptions_.state(index) != Subscriptions::State::asking) co_return; // dropped meanwhile
    if (!answer) {
        pass_over(channel);
        co_return failed(index, now);
    }
    auto retry_after = answer->retry_after(wall_now());
    bool busy = is_busy(*answer);
    auto body = checked(std::move(*answer), "a subscription");
    if (!body && busy) co_return on_busy(index, channel, retry_after);
    if (!body) {
        if (body.error().category == Category::unavailable) pass_over(channel);
        co_return refused(index, body.error());
    }
    auto granted = read_subscription(*body);
    if (!granted) co_return refused(index, granted.error());
    busy_.reset();
    subscriptions_.on_subscribed(index, granted->subscription_id, granted->expires_s, now);
    sequencer_.forget(index);
    if (subscriptions_.line(index) == no_line) {
        group_refusals_.at(static_cast<std::size_t>(subscriptions_.package(index))).clear();
        seed_all(subscriptions_.package(index));
    }
    replay_parked(index);
}

// Not this subscription's failure: whoever is next would be answered alike. The whole login pauses, for ever longer but
// never long, and nobody loses his turn.
void Platform::on_busy(Subscriptions::Index index, const Channel* channel, std::optional<milliseconds> retry_after) {
    auto now = steady_now();
    pass_over(channel);
    if (now >= busy_until_) {
        busy_until_ =
            now + std::max(busy_.next(), std::min<milliseconds>(retry_after.value_or(seconds(0)), patience_.busy));
        budget_.close_until(busy_until_);
        log::debug("xsi", "the platform is busy", {{"platform", options_.name}});
    }
    subscriptions_.on_busy(index, now);
    despair(index);
}

void Platform::refused(Subscriptions::Index index, const Error& error) {
    auto now = steady_now();
    auto line = subscriptions_.line(index);
    auto package = subscriptions_.package(index);
    bool for_good = error.category == Category::forbidden || error.category == Category::not_found ||
                    error.category == Category::invalid;
    if (refusals_.allow(now))
        log::warning("xsi", "a subscription was refused",
                     {{"platform", options_.name},
                      {"package", name(package)},
                      {"why", error.text},
                      {"others_since", refusals_.take_suppressed()}});
    if (!for_good) return failed(index, now);
    bool believed = subscriptions_.on_refused(index, now);
    if (of_queue(index)) return queues_.doubt(line); // most logins are no supervisor's
    if (line != no_line) {
        give_up(line, package, believed);
        return;
    }
    seed_stale(package);
    group_refusals_.at(static_cast<std::size_t>(package)) = fmt::format(
        "{} refuses {} for the whole {}: {}", options_.name, name(package), name(options_.target), error.text);
}

/// What was never told holds nothing back; what was is doubted until the refusal is believed: it may be a front end's.
/// True: it is given up.
bool Platform::give_up(LineIndex line, Package package, bool believed) {
    bool given_up = believed || !lines_.told(line, package);
    if (given_up)
        lines_.give_up(line, package);
    else
        lines_.mark_stale(line, package);
    return given_up;
}

void Platform::failed(Subscriptions::Index index, Steady now) {
    subscriptions_.on_failed(index, now);
    despair(index);
}

Task<> Platform::refresh(Subscriptions::Index index) {
    auto* channel = next_channel();
    if (!channel) co_return subscriptions_.on_failed(index, steady_now());
    auto id = std::string(subscriptions_.id(index));
    http::Request request{.method = http::Method::put,
                          .target = options_.events_root + "/v2.0/subscription/" + http::encode_segment(id),
                          .body = write_subscription_refresh(3600)};
    auto answer = co_await channel->exchange(std::move(request));
    auto now = steady_now();
    if (subscriptions_.state(index) != Subscriptions::State::refreshing) co_return;
    if (!answer) {
        pass_over(channel);
        co_return subscriptions_.on_failed(index, now);
    }
    if (is_busy(*answer)) co_return on_busy(index, channel, answer->retry_after(wall_now()));
    if (answer->status == 403 || answer->status == 404) { // silently gone (xsi.md 12.14)
        doubt(index);
        co_return subscriptions_.on_gone(index, now);
    }
    auto body = checked(std::move(*answer), "a subscription's refresh");
    if (!body) co_return subscriptions_.on_failed(index, now);
    auto granted = read_subscription(*body);
    subscriptions_.on_refreshed(index, granted ? granted->expires_s : 3600, now);
}

// --- time

Task<> Platform::tick() {
    auto next_audit = steady_now() + seconds(1);
    while (!stopping_ && co_await sleep_for(tick_period)) {
        auto now = steady_now();
        if (sequencer_.holding() > 0) settle_gaps(now);
        if (set_up_ && !healed_ && lines_.known(index_) == lines_.total(index_)) healed_ = true;
        if (!set_up_ && !forgotten_ && now - down_since_ >= stale_after_) {
            forgotten_ = true;
            lines_.forget(index_);
        }
        if (now < next_audit) continue;
        next_audit = now + seconds(1);
        audit();
    }
}

void Platform::discover(Discovered found) {
    found_ = std::move(found);
    if (std::exchange(discovering_, true)) return rediscover_.ring();
    discovered_ = false;
    loop_.spawn(keep_discovering());
}

Task<> Platform::keep_discovering() {
    Backoff backoff(seconds(2), std::chrono::minutes(5));
    while (!stopping_) {
        auto entries = co_await read_directory();
        if (entries) {
            discovered_ = true;
            discovery_problem_.clear();
            backoff.reset();
            log::info("xsi", "the directory is in", {{"platform", options_.name}, {"users", entries->size()}});
            found_(std::move(*entries));
        } else {
            discovery_problem_ =
                fmt::format("the directory of {} cannot be read: {}", options_.name, entries.error().text);
            log::warning("xsi", "the directory cannot be read", {{"why", entries.error().text}});
        }
        co_await rediscover_.wait(entries ? milliseconds(rediscover) : backoff.next());
    }
}

// An administrator is no user and has no directory; any user of the organisation has the same one (xsi.md 3, 9.5).
Task<Result<std::vector<DirectoryEntry>>> Platform::read_directory() {
    std::vector<std::string> ways{options_.directory_user, ""};
    for (LineIndex line = 0; line < lines_.size() && ways.size() < 4; ++line)
        if (follows(line)) ways.emplace_back(lines_.id(line));
    if (!stranger_.empty()) ways.push_back(stranger_);
    if (options_.directory_user.empty()) ways.erase(ways.begin());
    Result<std::vector<DirectoryEntry>> outcome;
    for (const std::string& way : ways) {
        outcome = co_await seeding_->directory({}, way);
        if (outcome) break;
        auto category = outcome.error().category;
        if (category != Category::not_found && category != Category::forbidden) break;
    }
    co_return outcome;
}

} // namespace lamp::xsi
