// Turns, idle connections, the one repetition, redirections.
#include "http/pool.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace lamp::http {
namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr int redirections_max = 3;

struct Waiter {
    explicit Waiter(asio::io_context& context) : timer(context) {}
    asio::steady_timer timer;
    bool granted = false;
};

struct Idle {
    Connection connection;
    Steady until; // ours or the peer's time, whichever is earlier
};

} // namespace

struct Pool::State : std::enable_shared_from_this<State> { // its timer must not keep it alive
    State(const Client& client_, Url origin_, PoolOptions options_)
        : client(client_), origin(std::move(origin_)), options(std::move(options_)), sweeper(client.context()) {
        origin.path = "/";
    }

    static Task<Result<Answer>> exchange(std::shared_ptr<State> self, Request request);
    static Task<Result<Answer>> follow(std::shared_ptr<State> self, Request request, std::vector<std::string> allowed);
    static Task<Result<void>> wait_for_turn(std::shared_ptr<State> self, milliseconds limit);
    static Task<Result<Answer>> ask(std::shared_ptr<State> self, const Request& request);
    static Task<Result<Answer>> ask_elsewhere(std::shared_ptr<State> self, const Request& request, Url where);

    void close();
    void end_turn();
    [[nodiscard]] std::optional<Connection> take_idle();
    void keep(Connection connection);
    void sweep();
    void arm_sweeper();
    [[nodiscard]] Error cancelled() const;

    Client client;
    Url origin;
    PoolOptions options;
    PoolCounters counters{};
    std::size_t busy = 0; // turns taken
    std::deque<Waiter*> queue{};
    std::vector<Idle> idle{}; // the latest at the back
    std::vector<Connection*> working{};
    asio::steady_timer sweeper;
    bool sweeping = false;
    bool closed = false;
};

namespace {

/// Gives the turn to the next one, however the request ends.
template <class State>
class Turn {
public:
    explicit Turn(State& state) : state_(state) {}
    ~Turn() { state_.end_turn(); }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;

private:
    State& state_;
};

/// An entry in a list of things that somebody else may have to reach, for as long as a scope lasts.
template <class List, class Item>
class Listed {
public:
    Listed(List& list, Item* item) : list_(list), item_(item) { list_.push_back(item_); }
    ~Listed() { std::erase(list_, item_); }
    Listed(const Listed&) = delete;
    Listed& operator=(const Listed&) = delete;

private:
    List& list_;
    Item* item_;
};

} // namespace

// ---------------------------------------------------------------- turns

Error Pool::State::cancelled() const {
    return Error(Category::cancelled, fmt::format("Requests to {} are no longer made.", origin.place()));
}

Task<Result<void>> Pool::State::wait_for_turn(std::shared_ptr<State> self, milliseconds limit) {
    if (self->closed) co_return std::unexpected(self->cancelled());
    if (self->busy < self->options.parallel) {
        ++self->busy;
        co_return Result<void>();
    }
    if (self->queue.size() >= self->options.waiting) {
        ++self->counters.refused;
        co_return fail(Category::limit,
                       fmt::format("{} requests to {} are waiting already, the limit for it; the peer is "
                                   "too slow for what is asked of it.",
                                   self->queue.size(), self->origin.place()));
    }
    Waiter waiter(self->client.context());
    Listed listed(self->queue, &waiter);
    waiter.timer.expires_after(limit);
    auto waited = co_await waiter.timer.async_wait(no_throw);
    static_cast<void>(waited);
    if (waiter.granted && self->closed) self->end_turn();
    if (self->closed) co_return std::unexpected(self->cancelled());
    if (waiter.granted) co_return Result<void>();
    co_return fail(Category::timeout, fmt::format("A request to {} was not sent: {} others before it took longer than "
                                                  "{} ms.",
                                                  self->origin.place(), self->busy, limit.count()));
}

void Pool::State::end_turn() {
    if (queue.empty()) {
        --busy;
        return;
    }
    auto* next = queue.front();
    queue.pop_front();
    next->granted = true; // the turn passes on, `busy` stays
    next->timer.cancel();
}

// ---------------------------------------------------------------- idle connections

std::optional<Connection> Pool::State::take_idle() {
    auto now = steady_now();
    while (!idle.empty()) {
        auto last = std::move(idle.back());
        idle.pop_back();
        if (now < last.until && last.connection.reusable(now)) return std::move(last.connection);
    }
    return std::nullopt;
}

void Pool::State::keep(Connection connection) {
    auto now = steady_now();
    if (closed || !connection.reusable(now)) return;
    auto until = std::min(connection.idle_until(), now + options.idle);
    idle.push_back(Idle{.connection = std::move(connection), .until = until});
    if (!sweeping) arm_sweeper();
}

void Pool::State::arm_sweeper() {
    sweeping = !idle.empty();
    if (!sweeping) return;
    auto first = std::ranges::min_element(idle, {}, &Idle::until);
    // Not more often than four times a second, whatever the peer says.
    sweeper.expires_at(std::max(first->until, steady_now() + milliseconds(250)));
    sweeper.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        if (error) return;
        if (auto self = weak.lock()) self->sweep();
    });
}

void Pool::State::sweep() {
    auto now = steady_now();
    std::erase_if(idle, [now](const Idle& one) { return now >= one.until || !one.connection.reusable(now); });
    arm_sweeper();
}

void Pool::State::close() {
    closed = true;
    idle.clear();
    sweeper.cancel();
    for (auto* connection : std::vector<Connection*>(working))
        connection->close();
    for (auto* waiter : queue)
        waiter->timer.cancel();
}

// ---------------------------------------------------------------- exchanges

Task<Result<Answer>> Pool::State::ask(std::shared_ptr<State> self, const Request& request) {
    auto reused = self->take_idle();
    for (bool repeated = false;; repeated = true) {
        bool fresh = !reused;
        auto connection = fresh ? Connection(self->client, self->options.jar) : std::move(*reused);
        reused.reset();
        Listed listed(self->working, &connection);
        if (fresh) {
            ++self->counters.connects;
            auto connected = co_await connection.connect(self->origin, self->options.pin);
            if (!connected) co_return std::unexpected(std::move(connected.error()));
        }
        auto answer = co_await connection.exchange(request);
        if (answer) {
            self->keep(std::move(connection));
            co_return answer;
        }
        bool again = !fresh && !repeated && connection.died_unanswered() && request.repeatable() && !self->closed;
        if (!again) co_return answer;
        ++self->counters.repeated;
    }
}

Task<Result<Answer>> Pool::State::exchange(std::shared_ptr<State> self, Request request) {
    auto limit = request.limit > milliseconds(0) ? request.limit : self->client.options().answer_wait;
    auto turn = co_await wait_for_turn(self, limit);
    if (!turn) co_return std::unexpected(std::move(turn.error()));
    Turn<State> ends(*self);
    ++self->counters.exchanges;
    co_return co_await ask(self, request);
}

Task<Result<Answer>> Pool::State::ask_elsewhere(std::shared_ptr<State> self, const Request& request, Url where) {
    if (self->closed) co_return std::unexpected(self->cancelled());
    Connection connection(self->client, self->options.jar);
    Listed listed(self->working, &connection);
    auto connected = co_await connection.connect(std::move(where));
    if (!connected) co_return std::unexpected(std::move(connected.error()));
    co_return co_await connection.exchange(request);
}

Task<Result<Answer>> Pool::State::follow(std::shared_ptr<State> self, Request request,
                                         std::vector<std::string> allowed) {
    auto at = self->origin;
    at.path = request.target;
    auto answer = co_await exchange(self, request);
    for (int followed = 0; answer && answer->redirect(); ++followed) {
        if (followed == redirections_max)
            co_return fail(Category::protocol,
                           fmt::format("{} redirects more than {} times, at last to {}; its address "
                                       "or the operator's load balancer is set up wrongly.",
                                       self->origin.place(), redirections_max, at.text()));
        auto target = redirect_target(at, *answer, allowed);
        if (!target) co_return std::unexpected(std::move(target.error()));
        at = std::move(*target);
        request.target = at.path;
        if (at.origin() == self->origin.origin())
            answer = co_await exchange(self, request);
        else
            answer = co_await ask_elsewhere(self, request, at);
    }
    co_return answer;
}

Result<Url> redirect_target(const Url& from, const Head& head, std::span<const std::string> allowed_origins) {
    auto location = head.headers.find("Location");
    if (!location)
        return fail(Category::protocol, fmt::format("{} answers {} without a Location.", from.place(), head.status));
    auto target = from.resolve(*location);
    if (!target)
        return fail(Category::invalid, fmt::format("{} redirects to nowhere: {}", from.place(), target.error().text));
    auto origin = target->origin();
    if (from.tls && !target->tls)
        return fail(Category::forbidden,
                    fmt::format("{} redirects from https to {}, which is plain: not followed, for the "
                                "login would be readable on the way.",
                                from.place(), origin));
    auto same = [&origin](const std::string& allowed) {
        auto url = Url::parse(allowed);
        return url && url->origin() == origin;
    };
    if (origin != from.origin() && std::ranges::none_of(allowed_origins, same))
        return fail(Category::forbidden,
                    fmt::format("{} redirects to {}, which is none of the known hosts: not followed; "
                                "if it is right, add it to the hosts.",
                                from.place(), origin));
    return target;
}

// ---------------------------------------------------------------- the public face

Pool::Pool(const Client& client, Url origin, PoolOptions options)
    : state_(std::make_shared<State>(client, std::move(origin), std::move(options))) {}
Pool::~Pool() {
    if (state_) state_->close();
}
Pool::Pool(Pool&&) noexcept = default;
Pool& Pool::operator=(Pool&& other) noexcept {
    if (this == &other) return *this;
    if (state_) state_->close();
    state_ = std::move(other.state_);
    return *this;
}

Task<Result<Answer>> Pool::exchange(Request request) {
    return State::exchange(state_, std::move(request));
}
Task<Result<Answer>> follow(Pool& pool, Request request, std::vector<std::string> allowed_origins) {
    return Pool::State::follow(pool.state_, std::move(request), std::move(allowed_origins));
}
void Pool::close() {
    state_->close();
}
void Pool::drop_idle() {
    state_->idle.clear();
}
void Pool::set_pin(Pin pin) {
    state_->options.pin = std::move(pin);
}
const Url& Pool::origin() const {
    return state_->origin;
}
const Client& Pool::client() const {
    return state_->client;
}
CookieJar* Pool::jar() const {
    return state_->options.jar;
}
std::size_t Pool::busy() const {
    return state_->busy;
}
std::size_t Pool::idle() const {
    return state_->idle.size();
}
std::size_t Pool::queued() const {
    return state_->queue.size();
}
const PoolCounters& Pool::counters() const {
    return state_->counters;
}

} // namespace lamp::http
