// Hop 1: one streaming channel to one host. Opens it, reads the stream, cuts documents, sends heartbeats, refreshes
// and event responses; ChannelMachine decides when (xsi.md 4, 6.2). All requests of a channel go to the address and
// with the cookies that its stream got, because only that server knows it (12.4). Lives on the ingress loop.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/log.hpp"
#include "http/connection.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"
#include "proto/xml/splitter.hpp"
#include "xsi/channel_machine.hpp"
#include "xsi/login.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

class Channel;

/// Who takes what a channel brings. Called on the ingress loop.
class ChannelReader {
public:
    virtual void on_document(Channel& channel, std::string_view document) = 0;
    virtual void on_refused_bytes(Channel& channel, std::string_view why) = 0;
    virtual void on_channel_up(Channel& channel) = 0;
    virtual void on_channel_down(Channel& channel) = 0;
    /// The server answered 401 to what was sent with that edition of the authorization. Afterwards the login wants a
    /// new token, or the channel has to stop.
    virtual void on_unauthorised(const Channel& channel, std::uint32_t edition) = 0;
    /// Fetches the login token that the login wants.
    [[nodiscard]] virtual Task<Result<void>> authorise() = 0;

protected:
    ~ChannelReader() = default;
};

struct ChannelCounters {
    std::uint64_t opens = 0;
    std::uint64_t heartbeats = 0;
    std::uint64_t responses = 0;        // event responses that were accepted
    std::uint64_t responses_failed = 0; // given up after three attempts, or the queue was full
};

class Channel final : http::BodySink, xml::DocumentSplitter::Sink {
public:
    Channel(Loop& loop, http::Client client, http::Url host, const BroadworksOptions& options, Login& login,
            std::string channel_set_id, milliseconds first_document, ChannelReader& reader);

    void start();
    /// Deletes the channel on the server; waits two seconds at most.
    [[nodiscard]] Task<> shut_down();

    /// Answers an event with 200; repeats a failed attempt twice.
    void respond(std::string_view event_id);
    /// A request to the server that holds this channel.
    [[nodiscard]] Task<Result<http::Answer>> exchange(http::Request request);

    // What the reader found in the stream.
    void on_channel_document(std::string_view channel_id, std::optional<long> expires_s);
    void on_sign_of_life() { machine_.on_stream(steady_now()); }
    void on_terminated(std::string_view reason);
    void retry_now();
    /// Another channel was told something that counts for the whole set: to go on would be a fight.
    void stop(ChannelMachine::End why);

    [[nodiscard]] bool up() const { return machine_.up(); }
    [[nodiscard]] const ChannelMachine& machine() const { return machine_; }
    [[nodiscard]] const http::Url& host() const { return host_; }
    [[nodiscard]] const ChannelCounters& counters() const { return counters_; }
    [[nodiscard]] Wall since() const { return since_; }
    [[nodiscard]] std::optional<Wall> last_event() const { return last_event_; }
    [[nodiscard]] std::optional<Wall> last_heartbeat() const { return last_heartbeat_; }
    [[nodiscard]] const std::string& detail() const { return detail_; }
    void note_event() { last_event_ = wall_now(); }
    /// How long the response to an event will wait that comes behind `coming` others, judged by how long the last ones
    /// took; before there were any, by a cautious guess.
    [[nodiscard]] milliseconds response_delay(std::size_t coming) const;
    /// A response was accepted, or given up, since the channel was opened.
    [[nodiscard]] bool responded() const { return responded_; }

private:
    [[nodiscard]] Task<> run();
    [[nodiscard]] Task<> stream();
    [[nodiscard]] Task<Result<http::Head>> open_stream(http::Connection& connection);
    [[nodiscard]] Task<> read_stream(http::Connection& connection);
    [[nodiscard]] Task<> heartbeat();
    [[nodiscard]] Task<> refresh();
    [[nodiscard]] Task<> send_responses();
    void end(ChannelMachine::End why, std::string detail, std::optional<milliseconds> retry_after = std::nullopt);
    void refuse(const http::Head& head, std::uint32_t edition);
    void announce();
    void adopt(const http::Connection& connection);
    [[nodiscard]] std::string events_path(std::string_view tail) const;
    [[nodiscard]] http::Request request(http::Method method, std::string target, std::string body) const;

    void on_body(std::string_view bytes) override;
    void on_document(std::string_view document) override;
    void on_refused(std::string_view why) override;

    static constexpr int responders_max = 16;
    static constexpr std::size_t others_max = 68; // subscriptions and heartbeats do not wait behind responses

    Loop& loop_;
    http::Client client_;
    http::Url host_;    // as configured
    http::Url current_; // where a redirection led the open channel
    const BroadworksOptions& options_;
    std::vector<std::string> origins_;
    Login& login_;
    std::string channel_set_id_;
    ChannelReader& reader_;
    ChannelMachine machine_;
    xml::DocumentSplitter splitter_;
    Bell bell_;
    http::CookieJar jar_;
    std::unique_ptr<http::Pool> pool_;
    http::Connection* streaming_ = nullptr;
    std::deque<std::string> responses_;
    int responders_ = 0;
    Steady::duration response_takes_{}; // smoothed, repetitions and all
    bool responded_ = false;
    Steady responded_at_{}; // the last one that was done with, or the first of this burst
    bool was_up_ = false;
    bool first_bytes_ = false;
    bool shielded_ = false; // a web page came instead of a heartbeat's answer
    ChannelCounters counters_;
    Wall since_ = wall_now();
    std::optional<Wall> last_event_;
    std::optional<Wall> last_heartbeat_;
    std::string detail_;
    log::OncePerMinute trouble_;
};

} // namespace lamp::xsi
