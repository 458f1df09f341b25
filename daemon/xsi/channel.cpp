#include "xsi/channel.hpp"

#include <fmt/format.h>

#include "base/limits.hpp"
#include "proto/xsi/documents.hpp"

namespace lamp::xsi {
namespace {

using End = ChannelMachine::End;

constexpr milliseconds longest_silence{120'000}; // the machine gives up long before; this only bounds the read
constexpr milliseconds short_request{8'000};
constexpr milliseconds goodbye{2'000};
constexpr std::size_t redirections_max = 3;
constexpr int response_attempts = 3;
constexpr milliseconds response_guess{500}; // until the first one was accepted
constexpr int renewals_max = 3;             // of a login token, for one request

} // namespace

Channel::Channel(Loop& loop, http::Client client, http::Url host, const BroadworksOptions& options, Login& login,
                 std::string channel_set_id, milliseconds first_document, ChannelReader& reader)
    : loop_(loop),
      client_(std::move(client)),
      host_(host),
      current_(std::move(host)),
      options_(options),
      origins_(options.origins()),
      login_(login),
      channel_set_id_(std::move(channel_set_id)),
      reader_(reader),
      machine_({options.heartbeat, 3600, std::hash<std::string>()(host_.origin() + channel_set_id_), first_document}),
      splitter_(limits::xsi_document_bytes),
      bell_(loop.context()) {}

void Channel::start() {
    loop_.spawn(run());
}

void Channel::stop(End why) {
    end(why, std::string(text(why)));
    if (streaming_) streaming_->close();
}

void Channel::retry_now() {
    machine_.retry_now(steady_now());
    bell_.ring();
}

Task<> Channel::run() {
    while (machine_.state() != ChannelMachine::State::ended) {
        auto now = steady_now();
        switch (machine_.next(now)) {
        case ChannelMachine::Action::open: loop_.spawn(stream()); break;
        case ChannelMachine::Action::heartbeat: loop_.spawn(heartbeat()); break;
        case ChannelMachine::Action::refresh: loop_.spawn(refresh()); break;
        case ChannelMachine::Action::abandon:
            if (streaming_) streaming_->close();
            detail_ = text(shielded_ ? End::html : machine_.last_end());
            announce();
            break;
        case ChannelMachine::Action::nothing: {
            auto wait = std::chrono::ceil<milliseconds>(std::min(machine_.wake_at(), now + seconds(60)) - now);
            co_await bell_.wait(std::max(wait, milliseconds(1)));
        }
        }
    }
}

// --- the stream

Task<> Channel::stream() {
    while (streaming_ && co_await sleep_for(milliseconds(50))) {
    } // the one before is still letting go
    ++counters_.opens;
    splitter_.reset();
    jar_.clear();
    current_ = host_;
    shielded_ = false;
    if (login_.wants_token()) {
        auto authorised = co_await reader_.authorise();
        if (!authorised && !login_.refused(steady_now())) co_return end(End::refused, authorised.error().text);
    }
    if (login_.refused(steady_now())) co_return end(End::login, std::string(text(End::login)));
    http::Connection connection(client_, &jar_);
    streaming_ = &connection;
    auto edition = login_.edition();
    auto head = co_await open_stream(connection);
    if (!head)
        end(End::connection, head.error().text);
    else if (head->status != 200)
        refuse(*head, edition);
    else if (http::looks_like_html(*head, ""))
        end(End::html, std::string(text(End::html)));
    else
        co_await read_stream(connection);
    streaming_ = nullptr;
    pool_.reset();
    responses_.clear(); // the server sends those events again, by another channel or in a snapshot
    bell_.ring();
}

// Redirections are re-POSTed to hosts of our own configuration only (xsi.md 2, 12.16).
Task<Result<http::Head>> Channel::open_stream(http::Connection& connection) {
    ChannelRequest channel{channel_set_id_, 1, 50, 3600, options_.application_id};
    for (std::size_t i = 0;; ++i) {
        auto connected = co_await connection.connect(current_);
        if (!connected) co_return std::unexpected(connected.error());
        auto open = request(http::Method::post, options_.async_root + options_.events_root + "/v2.0/channel",
                            write_channel(channel));
        open.limit = limits::xsi_first_channel_wait;
        auto head = co_await connection.open(open);
        if (!head || !head->redirect() || i == redirections_max) co_return head;
        auto target = http::redirect_target(current_, *head, origins_);
        if (!target) co_return std::unexpected(target.error());
        connection.close();
        connection = http::Connection(client_, &jar_);
        current_ = *target;
    }
}

Task<> Channel::read_stream(http::Connection& connection) {
    adopt(connection);
    first_bytes_ = true;
    response_takes_ = response_guess;
    responded_ = false;
    while (true) {
        auto ended = co_await connection.read_more(*this, longest_silence);
        if (machine_.state() != ChannelMachine::State::opening && !machine_.up())
            co_return; // what came in the stream has ended the channel
        if (!ended) co_return end(End::connection, ended.error().text);
        if (*ended) co_return end(End::connection, "the server ended the stream");
    }
}

// All other requests of this channel go where its stream is.
void Channel::adopt(const http::Connection& connection) {
    http::PoolOptions options;
    options.parallel = responders_max + others_max;
    options.pin = connection.endpoint();
    options.jar = &jar_;
    pool_ = std::make_unique<http::Pool>(client_, current_, options);
}

void Channel::refuse(const http::Head& head, std::uint32_t edition) {
    auto detail = fmt::format("opening the channel was answered {} {}", head.status, head.reason);
    if (head.status == 401) {
        reader_.on_unauthorised(*this, edition);
        bool other_token = login_.wants_token() || edition != login_.edition();
        if (!other_token) return end(End::login, std::string(text(End::login)));
    }
    bool unavailable = head.status >= 502 && head.status <= 504;
    end(unavailable ? End::unavailable : End::refused, std::move(detail), head.retry_after(wall_now()));
}

void Channel::on_body(std::string_view bytes) {
    if (std::exchange(first_bytes_, false) && http::looks_like_html(http::Head{}, bytes)) {
        end(End::html, std::string(text(End::html)));
        return;
    }
    if (machine_.state() == ChannelMachine::State::opening || machine_.up()) splitter_.feed(bytes, *this);
}

void Channel::on_document(std::string_view document) {
    reader_.on_document(*this, document);
}

void Channel::on_refused(std::string_view why) {
    reader_.on_refused_bytes(*this, why);
}

void Channel::on_channel_document(std::string_view channel_id, std::optional<long> expires_s) {
    if (channel_id.empty()) return;
    machine_.on_channel(std::string(channel_id), expires_s.value_or(3600), steady_now());
    login_.on_accepted();
    detail_.clear();
    announce();
    bell_.ring();
}

void Channel::on_terminated(std::string_view reason) {
    machine_.on_terminated(reason, steady_now());
    detail_ = text(machine_.last_end());
    if (machine_.state() == ChannelMachine::State::stopped)
        log::error("xsi", "channel stopped, a person must act", {{"host", host_.place()}, {"reason", detail_}});
    announce();
    if (streaming_) streaming_->close();
    bell_.ring();
}

void Channel::end(End why, std::string detail, std::optional<milliseconds> retry_after) {
    machine_.on_end(why, steady_now(), retry_after);
    detail_ = std::move(detail);
    if (machine_.state() == ChannelMachine::State::stopped)
        log::error("xsi", "channel stopped, a person must act", {{"host", host_.place()}, {"reason", detail_}});
    else if (trouble_.allow(steady_now()))
        log::warning("xsi", "channel is down", {{"host", host_.place()}, {"reason", detail_}});
    announce();
    bell_.ring();
}

// Tells the platform, once per change.
void Channel::announce() {
    if (was_up_ == machine_.up()) return;
    was_up_ = machine_.up();
    since_ = wall_now();
    if (was_up_) {
        log::info("xsi", "channel is up", {{"host", host_.place()}, {"channel", machine_.channel_id()}});
        reader_.on_channel_up(*this);
    } else {
        reader_.on_channel_down(*this);
    }
}

// --- requests beside the stream

std::string Channel::events_path(std::string_view tail) const {
    return fmt::format("{}/v2.0/{}", options_.events_root, tail);
}

http::Request Channel::request(http::Method method, std::string target, std::string body) const {
    http::Request request;
    request.method = method;
    request.target = std::move(target);
    request.headers.add("X-BroadWorks-No-AuthChallenge", "true");
    if (!body.empty()) request.content_type = "application/xml; charset=UTF-8";
    request.body = std::move(body);
    request.authorization = login_.authorization();
    request.limit = short_request;
    return request;
}

Task<Result<http::Answer>> Channel::exchange(http::Request wanted) {
    for (int renewals = 0;; ++renewals) {
        if (login_.wants_token())
            if (auto authorised = co_await reader_.authorise(); !authorised)
                co_return std::unexpected(std::move(authorised.error()));
        // The stream of a stopped channel ends in a while; until then nothing more is sent beside it.
        if (!pool_ || machine_.state() == ChannelMachine::State::stopped)
            co_return fail(Category::network, "The channel is down.");
        auto id = machine_.channel_id();
        bool may_renew = options_.authentication == Authentication::login_token && renewals < renewals_max;
        auto sent = may_renew ? request(wanted.method, wanted.target, wanted.body)
                              : request(wanted.method, std::move(wanted.target), std::move(wanted.body));
        if (wanted.limit.count() > 0) sent.limit = wanted.limit;
        sent.safe_to_repeat = wanted.safe_to_repeat;
        auto edition = login_.edition();
        auto answer = co_await http::follow(*pool_, std::move(sent), origins_);
        if (answer && answer->success() && !answer->looks_like_html()) login_.on_accepted();
        if (!answer || answer->status != 401) co_return answer;
        reader_.on_unauthorised(*this, edition);
        bool other_token = login_.wants_token() || edition != login_.edition();
        // What was answered 401 was not done. A token may be forgotten while this request is repeated with it; the
        // login counts as refused as soon as a new token was not accepted once.
        if (other_token && may_renew && !login_.refused(steady_now())) continue;
        // One 401 is enough: what else waits to be sent would be one more wrong password each (xsi.md 12.6).
        if (machine_.channel_id() == id) stop(End::login);
        co_return answer;
    }
}

Task<> Channel::heartbeat() {
    ++counters_.heartbeats;
    auto id = machine_.channel_id();
    auto answer = co_await exchange(
        {.method = http::Method::put, .target = events_path("channel/" + http::encode_segment(id) + "/heartbeat")});
    if (machine_.channel_id() != id) co_return; // another channel by now
    shielded_ = answer && answer->looks_like_html() && answer->success();
    bool ok = answer && answer->success() && !shielded_;
    if (ok) last_heartbeat_ = wall_now();
    bool gone = answer && answer->status == 404;
    machine_.on_heartbeat_answer(ok, gone, steady_now());
    if (gone) {
        detail_ = text(End::gone);
        announce();
        if (streaming_) streaming_->close();
    }
    bell_.ring();
}

Task<> Channel::refresh() {
    auto id = machine_.channel_id();
    auto answer = co_await exchange({.method = http::Method::put,
                                     .target = events_path("channel/" + http::encode_segment(id)),
                                     .body = write_channel_refresh(3600)});
    if (machine_.channel_id() != id) co_return;
    bool ok = answer && answer->success();
    bool gone = answer && (answer->status == 404 || answer->status == 403);
    std::optional<long> expires_s;
    if (ok) expires_s = read_channel_expiry(answer->body);
    machine_.on_refresh_answer(ok, gone, expires_s, steady_now());
    if (gone) {
        detail_ = text(End::gone);
        announce();
        if (streaming_) streaming_->close();
    }
    bell_.ring();
}

void Channel::respond(std::string_view event_id) {
    if (responses_.size() >= limits::xsi_ack_queue) {
        ++counters_.responses_failed;
        return;
    }
    responses_.emplace_back(event_id);
    if (responders_ >= responders_max) return;
    if (responders_ == 0) responded_at_ = steady_now();
    ++responders_;
    loop_.spawn(send_responses());
}

milliseconds Channel::response_delay(std::size_t coming) const {
    auto takes = response_takes_;
    // Nobody waits: what was slow once need not be slow now.
    if (responders_ == 0) takes = std::min<Steady::duration>(takes, response_guess);
    // As long as all responders are busy, nobody says more than that they have been for so long.
    if (!responses_.empty()) takes = std::max(takes, steady_now() - responded_at_);
    return std::chrono::duration_cast<milliseconds>(takes * (responses_.size() + coming) / responders_max);
}

Task<> Channel::send_responses() {
    while (!responses_.empty()) {
        auto body = write_event_response(responses_.front());
        responses_.pop_front();
        bool done = false;
        auto opened = counters_.opens;
        auto began = steady_now();
        for (int i = 0; i < response_attempts && !done; ++i) {
            if (i > 0 && !co_await sleep_for(milliseconds(100 << i))) break;
            if (!pool_ || counters_.opens != opened) break; // another channel by now, which never had this event
            auto answer = co_await exchange({.method = http::Method::post,
                                             .target = events_path("channel/eventresponse"),
                                             .body = body,
                                             .safe_to_repeat = true});
            // 4xx: the server does not know that event any more; asking again will not help.
            done = answer && answer->status < 500;
        }
        ++(done ? counters_.responses : counters_.responses_failed);
        responded_ = true;
        responded_at_ = steady_now();
        response_takes_ += (responded_at_ - began - response_takes_) / 4;
    }
    --responders_;
}

Task<> Channel::shut_down() {
    auto id = machine_.channel_id();
    machine_.shut_down();
    bell_.ring();
    if (!id.empty()) {
        http::Request removal{.method = http::Method::del,
                              .target = events_path("channel/" + http::encode_segment(id)),
                              .limit = goodbye};
        auto answer = co_await exchange(std::move(removal));
        if (!answer) log::debug("xsi", "the channel could not be deleted", {{"reason", answer.error().text}});
    }
    if (streaming_) streaming_->close();
}

} // namespace lamp::xsi
