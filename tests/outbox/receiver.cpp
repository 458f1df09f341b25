#include "receiver.hpp"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <future>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <set>

namespace testing {
namespace {

/// By itself: not the code under test.
std::string hmac(const std::string& secret, const std::string& text) {
    std::array<unsigned char, 32> sum{};
    unsigned size = 0;
    ::HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
           reinterpret_cast<const unsigned char*>(text.data()), text.size(), sum.data(), &size);
    std::string out;
    for (unsigned char byte : sum) {
        out += "0123456789abcdef"[byte / 16];
        out += "0123456789abcdef"[byte % 16];
    }
    return out;
}

std::int64_t unix_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

} // namespace

Receiver::Receiver(std::string secret)
    : secret_(std::move(secret)), server_(loop_, [this](const sim::http::Request& request, sim::http::Reply reply) {
          serve(request, std::move(reply));
      }) {
    port_ = server_.port(server_.listen("127.0.0.1", 0));
    thread_ = std::thread([this] { loop_.run(); });
}

Receiver::~Receiver() {
    loop_.stop();
    thread_.join();
}

std::string Receiver::url(const std::string& host) const {
    return "http://" + host + ":" + std::to_string(port_) + "/hooks/calls?sig=s3";
}

void Receiver::script(std::vector<Doing> doings) {
    std::lock_guard lock(mutex_);
    script_.assign(doings.begin(), doings.end());
}

void Receiver::always(const Doing* doing) {
    std::lock_guard lock(mutex_);
    always_ = doing == nullptr ? nullptr : std::make_unique<Doing>(*doing);
}

void Receiver::shut(bool closed) {
    std::promise<void> done;
    loop_.post([&] {
        closed ? server_.shut(0) : server_.open(0);
        done.set_value();
    });
    done.get_future().wait();
}

void Receiver::check(const sim::http::Request& request, Received& received) {
    auto fault = [&](const std::string& text) { faults_ += text + "\n"; };
    if (request.method != "POST") fault("not a POST");
    if (received.path != "/hooks/calls?sig=s3") fault("path: " + received.path);
    if (received.key.empty()) fault("no key");
    if (!received.user_agent.starts_with("lamplighter/")) fault("user agent: " + received.user_agent);
    auto given = std::string(request.header("Lamplighter-Signature"));
    if (secret_.empty()) {
        if (!given.empty()) fault("a signature without a secret");
        return;
    }
    auto comma = given.find(",v1=");
    if (!given.starts_with("t=") || comma == std::string::npos) return fault("signature: " + given);
    auto time = given.substr(2, comma - 2);
    auto read = std::from_chars(time.data(), time.data() + time.size(), received.signed_at);
    if (read.ptr != time.data() + time.size()) fault("time: " + time);
    if (std::abs(unix_now() - received.signed_at) > 5) fault("the time is not that of the attempt: " + time);
    if (given.substr(comma + 4) != hmac(secret_, time + "." + received.body)) fault("the signature is wrong");
}

void Receiver::serve(const sim::http::Request& request, sim::http::Reply reply) {
    std::lock_guard lock(mutex_);
    Received received{.key = std::string(request.header("Idempotency-Key")),
                      .body = std::string(request.body),
                      .user_agent = std::string(request.header("User-Agent")),
                      .path = std::string(request.target),
                      .content_type = std::string(request.header("Content-Type")),
                      .authorization = std::string(request.header("Authorization")),
                      .tenant = std::string(request.header("X-Tenant")),
                      .at = std::chrono::steady_clock::now()};
    check(request, received);
    for (const auto& before : received_)
        if (before.key == received.key && before.body != received.body) faults_ += "one key, two bodies\n";
    Doing doing;
    if (always_) {
        doing = *always_;
    } else if (!script_.empty()) {
        doing = script_.front();
        script_.pop_front();
    }
    if (doing.kind == Doing::Kind::answer) received.answered = doing.status;
    received_.push_back(received);
    switch (doing.kind) {
    case Doing::Kind::answer: {
        sim::http::Response response(doing.status, doing.type, doing.body);
        response.headers = doing.headers;
        return reply.send(response);
    }
    case Doing::Kind::reset: return reply.reset();
    case Doing::Kind::close: return reply.close();
    case Doing::Kind::stall: stalled_.push_back(std::move(reply)); return;
    }
}

std::vector<Received> Receiver::all() const {
    std::lock_guard lock(mutex_);
    return received_;
}

std::vector<std::string> Receiver::taken() const {
    std::vector<std::string> bodies;
    std::set<std::string> keys;
    for (const auto& one : all())
        if (one.answered >= 200 && one.answered < 300 && keys.insert(one.key).second) bodies.push_back(one.body);
    return bodies;
}

std::size_t Receiver::requests() const {
    return all().size();
}

std::size_t Receiver::duplicates() const {
    std::map<std::string, unsigned> times;
    for (const auto& one : all())
        if (one.answered >= 200 && one.answered < 300) ++times[one.key];
    std::size_t more = 0;
    for (const auto& [key, count] : times)
        more += count > 1 ? 1 : 0;
    return more;
}

std::string Receiver::faults() const {
    std::lock_guard lock(mutex_);
    return faults_;
}

} // namespace testing
