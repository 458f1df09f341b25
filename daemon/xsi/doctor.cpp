#include "xsi/doctor.hpp"

#include <fmt/format.h>

#include "http/connection.hpp"
#include "http/pool.hpp"
#include "proto/xml/splitter.hpp"
#include "proto/xsi/documents.hpp"
#include "proto/xsi/event_parser.hpp"
#include "xsi/answers.hpp"
#include "xsi/login.hpp"
#include "xsi/subscriptions.hpp"

namespace lamp::xsi {
namespace {

constexpr milliseconds step_limit{10'000};
constexpr milliseconds first_document_limit{30'000};

/// Waits for the Channel document in a stream.
class FirstDocument final : public http::BodySink, xml::DocumentSplitter::Sink {
public:
    void on_body(std::string_view piece) override { splitter_.feed(piece, *this); }
    std::string channel_id;
    bool html = false;

private:
    void on_document(std::string_view bytes) override {
        auto document = parser_.parse(bytes);
        if (document && (*document)->kind == DocumentKind::channel) channel_id = (*document)->channel_id;
    }
    void on_refused(std::string_view) override { html = true; }
    xml::DocumentSplitter splitter_{1 << 20};
    EventParser parser_;
};

std::string remedy_for(const Error& error) {
    switch (error.category) {
    case Category::unauthorised: return "check username and password (a locked account answers the same)";
    case Category::forbidden: return "ask the operator to grant this login XSI, and to allow this machine's address";
    case Category::not_found: return "check actions_root, events_root and async_root; operators rename them";
    case Category::protocol: return "the operator's front end is in the way: ask for this address to be let through";
    default: return http::remedy_for(error);
    }
}

class Examination {
public:
    Examination(http::Client client, const BroadworksOptions& options, std::string line, http::Tell tell)
        : client_(std::move(client)),
          options_(options),
          login_(options),
          line_(std::move(line)),
          tell_(std::move(tell)) {}

    Task<bool> host(http::Url url) {
        url_ = std::move(url);
        if (!co_await http::reach(client_, url_, tell_) || !co_await log_in()) co_return false;
        co_return co_await channel();
    }

private:
    bool passed(std::string what, std::string detail) {
        tell_({url_.place() + " " + what, true, std::move(detail), ""});
        return true;
    }
    bool failed(std::string what, const Error& error, std::string remedy = {}) {
        tell_({url_.place() + " " + what, false, error.text, remedy.empty() ? remedy_for(error) : std::move(remedy)});
        return false;
    }

    http::Request request(http::Method method, std::string target, std::string body = {}) {
        http::Request request{.method = method, .target = std::move(target), .body = std::move(body)};
        request.headers.add("X-BroadWorks-No-AuthChallenge", "true");
        if (!request.body.empty()) request.content_type = "application/xml; charset=UTF-8";
        request.authorization = login_.authorization().empty() ? login_.basic() : login_.authorization();
        request.limit = step_limit;
        return request;
    }

    // A user has a profile; an administrator is none, and the 404 says that the password was accepted (xsi.md 3).
    Task<bool> log_in() {
        http::Pool pool(client_, url_);
        auto path = options_.actions_root + "/v2.0/user/" + http::encode_segment(options_.username) + "/profile";
        auto answer = co_await pool.exchange(request(http::Method::get, path));
        if (!answer) co_return failed("login", answer.error());
        auto status = answer->status;
        auto body = checked(std::move(*answer), "the profile of the login");
        if (body) co_return passed("login", "accepted; it is a user");
        if (status == 404) co_return passed("login", "accepted; it has no profile, so it is an administrator");
        co_return failed("login", body.error());
    }

    Task<bool> channel() {
        http::CookieJar jar;
        http::Connection stream(client_, &jar);
        if (auto connected = co_await stream.connect(url_); !connected) co_return failed("channel", connected.error());
        ChannelRequest wanted{"urn:lamplighter:doctor:" + std::to_string(wall_now().time_since_epoch().count()), 1, 50,
                              3600, options_.application_id + "-doctor"};
        auto head = co_await stream.open(request(
            http::Method::post, options_.async_root + options_.events_root + "/v2.0/channel", write_channel(wanted)));
        if (!head) co_return failed("channel", head.error());
        if (!head->success()) {
            auto answer = co_await stream.read_rest(*head, step_limit);
            auto body = answer ? checked(std::move(*answer), "opening a channel") : std::unexpected(answer.error());
            co_return failed("channel", body.error());
        }
        FirstDocument first;
        auto until = steady_now() + first_document_limit;
        while (first.channel_id.empty() && !first.html && steady_now() < until) {
            auto ended = co_await stream.read_more(first, first_document_limit);
            if (!ended) co_return failed("channel", ended.error(), "a proxy may be buffering the stream");
            if (*ended) break;
        }
        if (first.channel_id.empty())
            co_return failed("channel", {Category::protocol, "accepted, but no Channel document came"});
        passed("channel", "open");
        bool subscribed = co_await subscription(stream, jar, wanted.channel_set_id);
        http::PoolOptions pool_options;
        pool_options.pin = stream.endpoint();
        pool_options.jar = &jar;
        http::Pool pool(client_, url_, pool_options);
        auto removed = co_await pool.exchange(request(http::Method::del, options_.events_root + "/v2.0/channel/" +
                                                                             http::encode_segment(first.channel_id)));
        if (!removed) co_return failed("channel's removal", removed.error());
        co_return subscribed;
    }

    Task<bool> subscription(const http::Connection& stream, http::CookieJar& jar, const std::string& set) {
        http::PoolOptions pool_options;
        pool_options.pin = stream.endpoint();
        pool_options.jar = &jar;
        http::Pool pool(client_, url_, pool_options);
        auto base = options_.events_root + "/v2.0/";
        auto target = base + "user/" + http::encode_segment(line_.empty() ? options_.username : line_);
        if (options_.target != TargetKind::user)
            target = base + "serviceprovider/" + http::encode_segment(options_.enterprise);
        if (options_.target == TargetKind::group) target += "/group/" + http::encode_segment(options_.group);
        auto body = write_subscription({name(Package::advanced_call), 3600, set, options_.application_id + "-doctor"});
        auto answer = co_await pool.exchange(request(http::Method::post, target, body));
        auto what = fmt::format("subscription to {}", target.substr(base.size()));
        if (!answer) co_return failed(what, answer.error());
        auto granted = checked(std::move(*answer), "the subscription");
        if (granted) co_return passed(what, "granted");
        auto remedy = granted.error().category == Category::forbidden
                          ? "this login may not watch that target: use an administrator's login, or target = \"user\""
                          : std::string();
        co_return failed(what, granted.error(), remedy);
    }

    http::Client client_;
    const BroadworksOptions& options_;
    Login login_;
    std::string line_;
    http::Tell tell_;
    http::Url url_;
};

} // namespace

Task<bool> examine(http::Client client, BroadworksOptions options, std::string line, http::Tell tell) {
    bool all = true;
    for (const std::string& origin : options.origins()) {
        auto url = http::Url::parse(origin);
        if (!url) co_return false;
        Examination examination(client, options, line, tell);
        bool passed = co_await examination.host(*url);
        all = all && passed;
    }
    co_return all;
}

} // namespace lamp::xsi
