#include "sip/server.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fstream>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "sip/ways.hpp"

namespace lamp::sip {
namespace {

std::array<std::uint64_t, 2> fresh_secret() {
    std::random_device device;
    const auto word = [&] { return std::uint64_t{device()} << 32 | device(); };
    return {word(), word()};
}

std::vector<Algorithm> algorithms_of(const SipOptions& options) {
    std::vector<Algorithm> algorithms;
    for (const auto& word : options.algorithms)
        algorithms.push_back(algorithm(word));
    return algorithms;
}

std::uint32_t seconds_of(milliseconds duration) {
    return static_cast<std::uint32_t>(std::chrono::ceil<seconds>(duration).count());
}

TransportOptions transport_options(const SipOptions& options, std::function<bool(const Address16&)> unbound) {
    TransportOptions transport;
    transport.listen = options.listen;
    transport.advertise = options.advertise;
    transport.certificate = options.certificate;
    transport.key = options.key;
    transport.client_ca = options.client_ca;
    transport.unbound = std::move(unbound);
    return transport;
}

Notifier::Options notifier_options(const SipOptions& options) {
    Notifier::Options notifier;
    notifier.expires_min = seconds_of(options.min_expires);
    notifier.expires_max = seconds_of(options.max_expires);
    notifier.subscriptions = options.max_subscriptions;
    return notifier;
}

Compositor::Limits compositor_limits(const SipOptions& options) {
    Compositor::Limits limits;
    limits.expires_min = seconds(seconds_of(options.min_expires));
    limits.expires_max = seconds(seconds_of(options.max_expires));
    limits.expires_default = std::min(limits.expires_default, limits.expires_max);
    return limits;
}

} // namespace

Result<Settings> settings_of(const SipOptions& options, std::vector<ListOptions> lists) {
    Settings settings;
    if (!options.users_file.empty()) {
        std::ifstream stream(options.users_file, std::ios::binary);
        const std::string text{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
        auto reading = Users::read(text);
        if (!stream || !reading.mistakes.empty())
            return fail(Category::invalid,
                        fmt::format("the users file {} cannot be used{}", options.users_file.string(),
                                    reading.mistakes.empty() ? std::string()
                                                             : fmt::format(": line {} {}", reading.mistakes[0].line,
                                                                           reading.mistakes[0].message)));
        settings.users = std::make_shared<const Users>(std::move(reading.users));
    }
    auto trusted = net::Networks::parse(options.trusted);
    if (!trusted) return std::unexpected(trusted.error());
    settings.trusted = std::move(*trusted);
    settings.private_people = options.private_people;
    settings.private_answer = options.private_answer;
    settings.show_remote = options.show_remote;
    settings.lists = std::move(lists);
    return settings;
}

Server::Server(Loop& loop, SipOptions options, Settings settings, presence::Table& table, fanout::Fanout& fanout,
               calls::Control control)
    : loop_(loop),
      options_(std::move(options)),
      table_(table),
      fanout_(fanout),
      sink_(fanout.add("sip", lamp::limits::people, [this] { loop_.post([this] { table_changed(); }); })),
      random_(fresh_secret()[0]),
      secret_(fresh_secret()),
      transports_(loop, transport_options(options_, [this](const Address16& source) { return door_.trusted(source); })),
      transactions_({}, {}, secret_, steady_now()),
      door_({.realm = options_.realm_or_domain(),
             .algorithms = algorithms_of(options_),
             .knocks = {.per_second = static_cast<double>(options_.challenges_per_second),
                        .burst = 4.0 * options_.challenges_per_second}},
            secret_),
      compositor_(
          compositor_limits(options_), secret_,
          [this](const Watcher& publisher, ResourceIndex resource) { return policy_.may_publish(publisher, resource); },
          steady_now()),
      states_(table, compositor_, options_.domain),
      features_(std::move(control), {[this](std::string_view line) {
                                         const auto now = steady_now();
                                         if (const auto known = names_->of_line(line)) resource_changed(*known, now);
                                         settle(now);
                                     },
                                     [this](std::string_view line) { return features_watched(line); }}),
      notifier_(notifier_options(options_),
                {[this](ResourceIndex resource) { return view_of(resource); },
                 [this](const Watcher& watcher, ResourceIndex resource, const EventPackage& package) {
                     return policy_.may_watch(watcher, resource, package);
                 },
                 [this] { return random_(); }},
                secret_, steady_now()),
      timer_(loop.context()) {
    transports_.on_message = [this](const Received& received) { on_message(received); };
    transports_.on_broken = [this](const Flow& flow, int status, std::string_view bytes) {
        refuse_broken(flow, status, bytes);
    };
    transports_.on_closed = [this](const Flow& flow) { on_closed(flow); };
    transports_.on_turn = [this] { settle(transports_.now()); };
    use_settings(std::move(settings));
}

Server::~Server() = default;

std::vector<std::string> Server::urls() const {
    std::vector<std::string> urls;
    for (const auto& bound : transports_.bound())
        urls.push_back(fmt::format(
            "{}:{}:{}",
            bound.transport == Transport::udp   ? "udp"
            : bound.transport == Transport::tcp ? "tcp"
                                                : "tls",
            bound.host.find(':') == std::string::npos ? bound.host : fmt::format("[{}]", bound.host), bound.port));
    return urls;
}

void Server::offer_csta(CstaPeers peers) {
    csta_.emplace(CstaDialogs::Limits{}, std::move(peers), [this] { return random_(); }, secret_);
    csta_->on_work = [this] { loop_.post([this] { settle(steady_now()); }); };
}

void Server::run() {
    transports_.run();
    wake(steady_now());
}

void Server::stop() {
    timer_.cancel();
    csta_.reset();
    transports_.stop();
}

void Server::shut_down(milliseconds limit, std::function<void()> done) {
    stopped_ = std::move(done);
    const auto now = steady_now();
    stop_by_ = now + limit;
    transports_.drain();
    if (csta_) csta_->end_all(now);
    notifier_.end_all(Ending::deactivated, seconds(0), now);
    settle(now);
}

// --- in

Origin Server::origin() {
    from_text_ = bare_text(from_.address);
    return {from_text_.view(), from_.port};
}

std::string Server::tag() {
    return fmt::format("{:016x}", random_());
}

void Server::on_message(const Received& received) {
    const auto now = transports_.now();
    from_ = received.flow;
    bytes_ = received.bytes;
    if (auto read = message_.parse(received.bytes, received.carrier); !read) {
        ++counters_.malformed;
        return answer_refusal(received.flow, read.error());
    }
    if (message_.is_request()) {
        ++counters_.requests;
        if (!door_.may_knock(message_, received.flow.address, now)) return;
        perform(transactions_.on_message(message_, answer_flow(received.flow, message_), now), now);
    } else {
        perform(transactions_.on_message(message_, received.flow, now), now);
    }
}

/// Without a transaction: nothing is kept of what cannot be read.
void Server::answer_refusal(const Flow& flow, const Refusal& refusal) {
    if (refusal.status == 0 || !message_.answerable()) return;
    if (!door_.trusted(flow.address) && !door_.may_knock(message_, flow.address, transports_.now())) return;
    Writer writer(buffer_);
    begin_answer(writer, message_, refusal.status, reason(refusal), tag(), origin());
    if (writer.done()) static_cast<void>(transports_.send(answer_flow(flow, message_), buffer_));
}

void Server::refuse_broken(const Flow& flow, int status, std::string_view bytes) {
    ++counters_.malformed;
    from_ = flow;
    auto read = message_.parse(bytes, Carrier::stream);
    answer_refusal(flow, read ? Refusal{status, "The stream cannot be cut into messages", "Content-Length", 0}
                              : Refusal{status != 0 ? status : read.error().status, read.error().what,
                                        read.error().where, read.error().at});
}

void Server::perform(TransactionMachine::Actions actions, Steady now) {
    using What = TransactionMachine::Action::What;
    TransactionMachine::Id asked = 0;
    unreachable_.clear();
    // Nothing in here calls the machine again: it would take the actions away.
    std::vector<std::pair<TransactionMachine::Id, int>> refused;
    for (const auto& action : actions) {
        switch (action.what) {
        case What::send:
            if (!transports_.send(action.flow, action.bytes)) unreachable_.push_back(action.id);
            break;
        case What::request: asked = action.id; break;
        case What::merged: refused.emplace_back(action.id, 482); break;
        case What::overloaded: {
            Writer writer(buffer_);
            begin_answer(writer, message_, 503, {}, tag(), origin());
            writer.number(Header::retry_after, 5 + random_() % 10);
            if (writer.done()) static_cast<void>(transports_.send(action.flow, buffer_));
            break;
        }
        case What::cancel: refused.emplace_back(action.id, action.related != 0 ? 200 : 481); break;
        case What::trying_due: break; // nothing here answers an INVITE late
        case What::ack:
            if (csta_)
                if (const auto invite = csta_->on_ack(message_); invite != 0) transactions_.acknowledged(invite);
            break;
        case What::provisional: break;
        case What::final: {
            forget_rider(action);
            if ((action.owner & CstaDialogs::owner_bit) != 0) {
                if (csta_) csta_->on_answer(action.owner, message_.status(), now);
                break;
            }
            const auto after = message_.find(Header::retry_after);
            notifier_.on_answer(action.owner, message_.status(), after ? parse_retry_after(*after) : std::nullopt, now);
            break;
        }
        case What::timeout:
        case What::unreachable:
            forget_rider(action);
            if (csta_ && (action.owner & CstaDialogs::owner_bit) != 0)
                csta_->on_silence(action.owner, now);
            else if (action.owner != 0)
                notifier_.on_silence(action.owner, now);
            else if (csta_)
                csta_->on_unacknowledged(action.id, now);
            break;
        }
    }
    for (const auto& [id, status] : refused)
        answer(id, status, now);
    if (asked != 0) dispatch(asked, now);
    const auto lost = std::exchange(unreachable_, {});
    for (const auto id : lost)
        perform(transactions_.on_unreachable(id, now), now);
}

// --- out

void Server::answer(TransactionMachine::Id id, int status, Steady now, std::string_view reason) {
    answer(id, status, reason, [](Writer&) {}, now);
}

/// A connection that is gone is opened anew, towards the first of its route or the watcher's Contact, if that is an
/// address.
Flow Server::way_of(const Notifier::Action& notify) {
    if (!notify.flow.reliable || transports_.open(notify.flow)) return notify.flow;
    const auto uri = next_hop(notify.bytes);
    if (!uri) return notify.flow;
    const auto address = address_of(uri->host);
    // As with datagrams, nobody has us knock at a third party's door; who is trusted speaks for others.
    if (!address || (*address != notify.flow.address && !door_.trusted(notify.flow.address))) return notify.flow;
    const auto transport =
        uri->scheme == Scheme::sips ? Transport::tls : sip::transport(uri->parameter("transport").value_or("tcp"));
    if (transport != Transport::tcp && transport != Transport::tls) return notify.flow;
    const std::uint16_t port = uri->port.value_or(transport == Transport::tls ? 5061 : 5060);
    const auto flow = transports_.flow_to(transport, {*address, port});
    if (!flow) return notify.flow;
    notifier_.moved(notify.id, *flow);
    return *flow;
}

/// What was under way on a connection that is gone, or could not be opened, need not wait for Timer F.
void Server::on_closed(const Flow& flow) {
    const auto now = transports_.now();
    std::vector<TransactionMachine::Id> lost;
    for (auto one = riders_.lower_bound({flow.socket, 0}); one != riders_.end() && one->first == flow.socket; ++one)
        lost.push_back(one->second);
    if (lost.empty()) return;
    for (const auto id : lost)
        perform(transactions_.on_unreachable(id, now), now);
    settle(now);
}

void Server::forget_rider(const TransactionMachine::Action& action) {
    if (action.flow.reliable) riders_.erase({action.flow.socket, action.id});
}

void Server::request(std::string bytes, std::string_view branch, std::string_view method, const Flow& flow,
                     std::uint64_t owner, Steady now) {
    const auto actions = transactions_.send_request(std::move(bytes), branch, method, flow, owner, now);
    if (flow.reliable && !actions.empty()) riders_.emplace(flow.socket, actions.front().id);
    perform(actions, now);
}

void Server::pump(Steady now) {
    while (csta_ && !csta_->idle()) {
        csta_->drain(csta_work_);
        for (auto& action : csta_work_)
            if (action.what == CstaDialogs::Action::What::answer)
                perform(transactions_.answer(action.id, action.status, std::move(action.bytes), now), now);
            else
                request(std::move(action.bytes), action.branch, action.method, action.flow, action.id, now);
    }
    while (!notifier_.idle()) {
        notifier_.drain(work_);
        for (auto& action : work_) {
            if (action.what == Notifier::Action::What::answer) {
                perform(transactions_.answer(action.id, action.status, std::move(action.bytes), now), now);
                continue;
            }
            const Flow flow = way_of(action);
            request(std::move(action.bytes), action.branch, "NOTIFY", flow, action.id, now);
        }
    }
}

// --- clock

void Server::settle(Steady now) {
    pump(now);
    wake(std::min({transactions_.wake_at(), notifier_.wake_at(), compositor_.wake_at(), stop_by_, next_tidy_}));
    const bool quiet = notifier_.size() == 0 && (!csta_ || csta_->size() == 0);
    if (stopped_ && (quiet || now >= stop_by_)) std::exchange(stopped_, nullptr)();
}

void Server::wake(Steady at) {
    if (at >= armed_) return;
    armed_ = at;
    timer_.expires_at(at);
    timer_.async_wait([this](boost::system::error_code error) {
        if (error) return;
        armed_ = Steady::max();
        tick();
    });
}

void Server::tick() {
    const auto now = steady_now();
    perform(transactions_.tick(now), now);
    notifier_.tick(now);
    const auto expired = compositor_.tick(now);
    const std::vector<Compositor::Change> changes(expired.begin(), expired.end());
    for (const auto& change : changes) {
        report_publications(change.resource, now);
        resource_changed(change.resource, now);
    }
    if (now >= next_tidy_) {
        next_tidy_ = now + seconds(1);
        states_.tidy(now);
        if (csta_) csta_->tick(now);
    }
    settle(now);
}

// --- what has changed

void Server::resource_changed(ResourceIndex resource, Steady now) {
    notifier_.changed(resource, now);
    for (const ResourceIndex relative : states_.relatives(resource))
        if (relative != resource) notifier_.changed(relative, now);
}

View Server::view_of(ResourceIndex resource) {
    View view = states_.view(resource);
    if (const auto lines = names_->lines(resource); !lines.empty())
        view.forwards = features_.forwards(names_->key(lines.front()));
    return view;
}

void Server::take(const std::vector<calls::LineNews>& news) {
    const auto now = steady_now();
    for (const auto& one : news) {
        features_.take(one);
        if (const auto line = states_.take(one, now)) resource_changed(*line, now);
    }
    settle(now);
}

void Server::table_changed() {
    const auto now = steady_now();
    sink_.drain([&](presence::Slot slot) {
        const auto person = names_->of_slot(slot);
        if (person && names_->listed(*person)) resource_changed(*person, now);
    });
    settle(now);
}

void Server::report_publications(ResourceIndex resource, Steady now) {
    const auto slot = names_->person(resource);
    if (!slot) return;
    std::vector<ResourceIndex> own;
    if (const auto person = names_->of_slot(*slot)) {
        own.push_back(*person);
        const auto lines = names_->lines(*person);
        own.insert(own.end(), lines.begin(), lines.end());
    }
    const auto wall = wall_now();
    const auto report = compositor_.report(own, now, wall);
    if (const auto change = table_.report(*slot, presence::Source::publication, report.pack(), wall))
        fanout_.publish(change->slot);
}

// --- who is who

void Server::use_people(std::shared_ptr<const presence::People> people, std::vector<LineRow> lines) {
    people_ = std::move(people);
    lines_ = std::move(lines);
    rebuild_names();
}

void Server::use_settings(Settings settings) {
    settings_ = std::move(settings);
    door_.use(settings_.users, settings_.trusted);
    rebuild_names();
}

void Server::rebuild_names() {
    std::vector<ListRow> lists;
    for (const auto& list : settings_.lists)
        lists.push_back({list.name, list.members});
    name_problems_.clear();
    names_ = Names::build(*people_, lines_, lists, options_.domain, names_.get(), &name_problems_);
    policy_ = Policy::build({settings_.private_people, settings_.private_answer, settings_.show_remote}, *people_,
                            names_, options_.domain, &name_problems_);
    for (const auto& problem : name_problems_)
        log::warning("sip", "names", {{"problem", problem}});
    const auto now = steady_now();
    states_.use_names(names_);
    notifier_.use_names(names_, now);
    notifier_.recheck_permissions(now); // a line may have become somebody private's
    settle(now);
}

} // namespace lamp::sip
