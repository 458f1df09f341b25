// Question: what does an event cost on its whole way (TLS, chunks, splitter, libxml2, order, ledger, table, fan-out,
// coalesced event stream to one subscriber of everything), against the same stream only received and thrown away? And
// does that way allocate in steady state? The sender is a process of its own, saturating, one TLS record an event.
// Event responses are not part of the question; they are counted in bench_people.
#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.hpp"
#include "base/log.hpp"
#include "bench/measure.hpp"
#include "fanout/fanout.hpp"
#include "http/connection.hpp"
#include "proto/xml/splitter.hpp"
#include "proto/xsi/event_parser.hpp"
#include "status/service.hpp"
#include "xsi/sequencer.hpp"
#include "xsi/subscriptions.hpp"
#include "xsi/translate.hpp"

namespace {
thread_local std::uint64_t allocations = 0;
}
void* operator new(std::size_t bytes) {
    ++allocations;
    if (void* memory = std::malloc(bytes)) return memory;
    throw std::bad_alloc();
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}

using namespace lamp;

namespace {

struct Sizes {
    int lines = 20'000;
    int events = 60'000;
    int rounds = 5;
};

std::string user_id(int line) {
    return fmt::format("user.number{:06}@office.example.net", line);
}
std::string subscription_id(int line) {
    return fmt::format("5b0c7a52-77aa-4c1e-9d7e-{:012x}", line);
}

// About 1.9 kB, as BroadWorks sends a call event.
std::string event(int line, int sequence, int call, const char* type, const char* state) {
    return fmt::format(
        R"(<?xml version="1.0" encoding="UTF-8"?><xsi:Event xmlns:xsi="http://schema.broadsoft.com/xsi" xmlns:xsi1="http://www.w3.org/2001/XMLSchema-instance" xsi1:type="xsi:SubscriptionEvent"><xsi:eventID>{:08x}-6a0e-4c55-9d0c-{:012x}</xsi:eventID><xsi:sequenceNumber>{}</xsi:sequenceNumber><xsi:userId>ctiadmin@office.example.net</xsi:userId><xsi:externalApplicationId>urn:lamplighter:site1</xsi:externalApplicationId><xsi:subscriptionId>{}</xsi:subscriptionId><xsi:channelId>5a0f2d0e-0b7e-4e0a-9d5f-3a7c0c0f1d11</xsi:channelId><xsi:targetId>{}</xsi:targetId><xsi:eventData xsi1:type="xsi:{}"><xsi:call><xsi:callId>callhalf-{}:0</xsi:callId><xsi:extTrackingId>{}:1</xsi:extTrackingId><xsi:networkCallId>BW1052271230211126-{}@192.0.2.17</xsi:networkCallId><xsi:personality>Terminator</xsi:personality><xsi:state>{}</xsi:state><xsi:remoteParty><xsi:name>Zo&#xEB; van d&apos;Oever &amp; Partners</xsi:name><xsi:address>tel:+31201230002</xsi:address><xsi:userId>zoe.vandoever@office.example.net</xsi:userId><xsi:userDN countryCode="31">tel:+31201230002</xsi:userDN><xsi:callType>Group</xsi:callType></xsi:remoteParty><xsi:redirections><xsi:redirection><xsi:party><xsi:name>Main Reception</xsi:name><xsi:address>tel:+31201230000</xsi:address><xsi:userId>reception@office.example.net</xsi:userId><xsi:userDN countryCode="31">tel:+31201230000</xsi:userDN><xsi:callType>Group</xsi:callType></xsi:party><xsi:reason>call-center</xsi:reason></xsi:redirection></xsi:redirections><xsi:endpoint xsi1:type="xsi:AccessEndpoint"><xsi:addressOfRecord>number{:06}@sip.office.example.net</xsi:addressOfRecord></xsi:endpoint><xsi:appearance>1</xsi:appearance><xsi:allowAnswer/><xsi:diversionInhibited/><xsi:startTime>1767225600123</xsi:startTime><xsi:answerTime>1767225604123</xsi:answerTime><xsi:totalHeldTime>21163</xsi:totalHeldTime><xsi:allowedRecordingControls>record</xsi:allowedRecordingControls><xsi:recordingState>Pending</xsi:recordingState></xsi:call></xsi:eventData></xsi:Event>)", sequence, call, sequence,
        subscription_id(line), user_id(line), type, call, call, call, state, line);
}

/// The stream's documents, in the order of the wire: each line has calls that ring, are answered, held, retrieved, end.
std::vector<std::string> make_documents(const Sizes& sizes) {
    static constexpr std::array kinds{std::pair("CallReceivedEvent", "Alerting"),
                                      std::pair("CallAnsweredEvent", "Active"), std::pair("CallHeldEvent", "Held"),
                                      std::pair("CallRetrievedEvent", "Active"),
                                      std::pair("CallReleasedEvent", "Released")};
    std::vector<std::string> documents;
    documents.reserve(static_cast<std::size_t>(sizes.events));
    for (int i = 0; i < sizes.events; ++i) {
        int line = i % sizes.lines;
        int round = i / sizes.lines;
        auto [type, state] = kinds.at(static_cast<std::size_t>(round) % kinds.size());
        documents.push_back(event(line, round + 1, line * 1000 + round / 5, type, state));
    }
    return documents;
}

// --- the sender

SSL_CTX* server_context() {
    SSL_CTX* context = SSL_CTX_new(TLS_server_method());
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* certificate = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 86400);
    X509_set_pubkey(certificate, key);
    X509_sign(certificate, key, EVP_sha256());
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    return context;
}

/// Serves the same stream to each of `rounds` connections, then ends. Runs in a process of its own.
[[noreturn]] void send_all(int listener, const std::vector<std::string>& documents, int connections) {
    SSL_CTX* context = server_context();
    std::vector<std::string> chunks;
    for (const auto& document : documents)
        chunks.push_back(fmt::format("{:x}\r\n{}\r\n", document.size(), document));
    for (int i = 0; i < connections; ++i) {
        int peer = ::accept(listener, nullptr, nullptr);
        SSL* tls = SSL_new(context);
        SSL_set_fd(tls, peer);
        if (SSL_accept(tls) != 1) ::_exit(1);
        char request[4096];
        SSL_read(tls, request, sizeof request);
        constexpr std::string_view head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/xml;charset=UTF-8\r\nTransfer-Encoding: chunked\r\n\r\n";
        SSL_write(tls, head.data(), static_cast<int>(head.size()));
        for (const auto& chunk : chunks)
            if (SSL_write(tls, chunk.data(), static_cast<int>(chunk.size())) <= 0) break;
        SSL_write(tls, "0\r\n\r\n", 5);
        SSL_read(tls, request, 1);
        SSL_free(tls);
        ::close(peer);
    }
    ::_exit(0);
}

// --- the receivers

struct Discard final : http::BodySink {
    void on_body(std::string_view piece) override { bytes += piece.size(); }
    std::size_t bytes = 0;
};

/// Hops 1 to 5 as the daemon makes them, without the event response.
class Pipeline final : public http::BodySink, xml::DocumentSplitter::Sink {
public:
    Pipeline(presence::Table& table, fanout::Fanout& fanout, int lines_wanted)
        : lines_(table, fanout), seen_(limits::xsi_seen_events) {
        std::vector<xsi::Assignment> assignments;
        for (int i = 0; i < lines_wanted; ++i)
            assignments.push_back({user_id(i), static_cast<presence::Slot>(i), 0});
        std::vector<xsi::LineIndex> added;
        std::vector<xsi::LineIndex> removed;
        lines_.assign(assignments, added, removed);
        for (xsi::LineIndex line : added) {
            auto index = subscriptions_.add(line, xsi::Package::advanced_call, false);
            static_cast<void>(subscriptions_.next(steady_now()));
            subscriptions_.on_subscribed(index, subscription_id(static_cast<int>(line)), 3600, steady_now());
        }
    }
    void begin_round() {
        for (std::uint32_t i = 0; i < subscriptions_.size(); ++i)
            subscriptions_.expected(i) = 0;
        std::ranges::fill(seen_, 0);
    }
    void on_body(std::string_view piece) override { splitter_.feed(piece, *this); }
    std::uint64_t applied = 0;

private:
    void on_document(std::string_view bytes) override {
        auto parsed = parser_.parse(bytes);
        if (!parsed) return;
        const auto& document = **parsed;
        auto hash = std::hash<std::string_view>()(document.event_id);
        if (std::exchange(seen_[hash % seen_.size()], hash) == hash) return;
        auto index = subscriptions_.find(document.subscription_id);
        if (!index) return;
        auto now = steady_now();
        if (sequencer_.offer(*index, subscriptions_.expected(*index), document.sequence, bytes, now) !=
            xsi::Sequencer::Verdict::deliver)
            return;
        subscriptions_.on_event(*index, now);
        xsi::translate(lines_, subscriptions_.line(*index), document, now);
        ++applied;
    }
    void on_refused(std::string_view) override {}

    xsi::Lines lines_;
    xsi::Subscriptions subscriptions_;
    xsi::Sequencer sequencer_;
    xsi::EventParser parser_;
    xml::DocumentSplitter splitter_{limits::xsi_document_bytes};
    std::vector<std::size_t> seen_;
};

struct Outcome {
    double cpu_s = 0;
    std::uint64_t allocations = 0;
};

/// One connection, read to its end, on the loop; CPU of that thread alone.
Outcome receive(Loop& loop, std::uint16_t port, http::BodySink& sink) {
    Outcome outcome;
    std::atomic<bool> done{false};
    loop.post([&] {
        loop.spawn([](Loop& here, std::uint16_t to, http::BodySink& into, Outcome& out,
                      std::atomic<bool>& ended) -> Task<> {
            auto client = http::Client::make(here.context(), {.verify = http::Verify::none});
            http::Connection connection(*client);
            auto connected = co_await connection.connect(*http::Url::parse(fmt::format("https://127.0.0.1:{}/", to)));
            if (!connected) fmt::print(stderr, "{}\n", connected.error().text), std::abort();
            auto head = co_await connection.open(http::Request{.method = http::Method::post, .target = "/channel"});
            if (!head) fmt::print(stderr, "{}\n", head.error().text), std::abort();
            double start = bench::thread_cpu_s();
            auto before = allocations;
            while (true) {
                auto end = co_await connection.read_more(into, std::chrono::seconds(30));
                if (!end || *end) break;
            }
            out = {bench::thread_cpu_s() - start, allocations - before};
            ended = true;
        }(loop, port, sink, outcome, done));
    });
    while (!done)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return outcome;
}

double cpu_of(Loop& loop) {
    std::atomic<double> seconds{-1};
    loop.post([&] { seconds = bench::thread_cpu_s(); });
    while (seconds < 0)
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return seconds;
}

/// Reads the event stream to nowhere, in a process of its own.
pid_t subscribe_to_all(std::uint16_t port) {
    pid_t child = ::fork();
    if (child != 0) return child;
    boost::asio::io_context context;
    boost::asio::ip::tcp::socket socket(context);
    socket.connect({boost::asio::ip::make_address("127.0.0.1"), port});
    std::string request = "GET /v1/events?types=presence HTTP/1.1\r\nHost: bench\r\n\r\n";
    boost::asio::write(socket, boost::asio::buffer(request));
    std::vector<char> bytes(1 << 20);
    boost::system::error_code error;
    while (!error)
        socket.read_some(boost::asio::buffer(bytes), error);
    ::_exit(0);
}

} // namespace

int main(int argc, char** argv) {
    bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
    lamp::log::set_level(lamp::log::Level::error);
    Sizes sizes;
    if (quick) sizes = {500, 2'500, 1};
    int listener = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(listener, 8);
    socklen_t length = sizeof address;
    ::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length);
    auto port = ntohs(address.sin_port);
    auto documents = make_documents(sizes);
    pid_t sender = ::fork();
    if (sender == 0) send_all(listener, documents, 1 + 2 * sizes.rounds);
    std::size_t bytes = 0;
    for (const auto& document : documents)
        bytes += document.size();
    documents = {};

    presence::Table table(1 << 17);
    fanout::Fanout fanout;
    Loop ingress("ingress"), serve("serve");
    status::Options options;
    options.http.listen = {config::Listen("127.0.0.1:0")};
    options.access.anonymous_role = "administrator";
    status::Service service(serve, options, {}, table, fanout);
    std::vector<presence::PersonRow> rows;
    for (int i = 0; i < sizes.lines; ++i)
        rows.push_back({user_id(i), fmt::format("Person {:06}", i), user_id(i), "Sales", "", {user_id(i)}});
    if (auto begun = service.start(); !begun) return fmt::print(stderr, "{}\n", begun.error().text), 1;
    service.use_people(*presence::People::build(rows));
    pid_t reader = subscribe_to_all(service.ports().front());
    ingress.start();
    serve.start();

    Pipeline pipeline(table, fanout, sizes.lines);
    static_cast<void>(receive(ingress, port, pipeline)); // warm-up
    std::vector<double> floor, whole, serve_part;
    std::uint64_t allocated = 0;
    for (int round = 0; round < sizes.rounds; ++round) {
        Discard discard;
        auto nothing = receive(ingress, port, discard);
        floor.push_back(nothing.cpu_s / sizes.events);
        pipeline.begin_round();
        double serve_before = cpu_of(serve);
        auto everything = receive(ingress, port, pipeline);
        std::this_thread::sleep_for(std::chrono::milliseconds(100)); // the last flush
        double serve_cpu = cpu_of(serve) - serve_before;
        serve_part.push_back(serve_cpu / sizes.events);
        whole.push_back((everything.cpu_s + serve_cpu) / sizes.events);
        allocated = everything.allocations - std::min(everything.allocations, nothing.allocations);
    }
    ::kill(reader, SIGKILL);
    ::waitpid(reader, nullptr, 0);
    ::waitpid(sender, nullptr, 0);
    service.stop();
    bool all =
        pipeline.applied == static_cast<std::uint64_t>(sizes.events) * static_cast<std::uint64_t>(sizes.rounds + 1);
    double floor_us = bench::median(floor) * 1e6, whole_us = bench::median(whole) * 1e6;
    fmt::print("ingest: {} events of {} bytes; received only {:.2f} us, whole way {:.2f} us an event (of it event "
               "stream {:.2f} "
               "us): {:.0f} events/s per core; {} of them applied\n",
               sizes.events, bytes / static_cast<std::size_t>(sizes.events), floor_us, whole_us,
               bench::median(serve_part) * 1e6, 1e6 / whole_us, pipeline.applied);
    bool reached = bench::result("ingest_without_parsing_vs_whole", floor_us / whole_us, "ratio", 0.27);
    reached &= bench::result("ingest_allocations_per_event", static_cast<double>(allocated) / sizes.events,
                             "allocations", 0.001, false);
    ingress.stop();
    serve.stop();
    return all && (reached || quick) ? 0 : 1;
}
