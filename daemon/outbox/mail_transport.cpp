// A mail is submitted by libcurl (RFC 6409), which blocks: on a thread of its own, one for each webhook. The mail comes
// ready from the letter; who gets it is said by the configuration of now.
#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <curl/curl.h>
#include <fmt/format.h>
#include <optional>

#include "config/types.hpp"
#include "outbox/mail_message.hpp"
#include "outbox/transport.hpp"

namespace lamp::outbox {
namespace {

constexpr auto no_throw = asio::as_tuple(asio::use_awaitable);
constexpr milliseconds poll_longest{100}; // how late a stop is noticed
constexpr milliseconds margin{5'000};     // beyond the limit that curl has

struct EasyDelete {
    void operator()(CURL* easy) const { curl_easy_cleanup(easy); }
};
struct ListDelete {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
struct MultiDelete {
    void operator()(CURLM* multi) const { curl_multi_cleanup(multi); }
};

/// What one attempt takes to the thread. Shared: either side may give up first.
struct Job {
    MailOptions options;
    std::string from;
    std::vector<std::string> to;
    std::string message;
    std::size_t read = 0;
    std::string said{}; // the server's last refusal
    std::array<char, CURL_ERROR_SIZE> trouble{};
    std::atomic<bool> stop{false};
};

std::size_t give(char* buffer, std::size_t size, std::size_t count, void* given) {
    auto& job = *static_cast<Job*>(given);
    auto length = std::min(size * count, job.message.size() - job.read);
    std::copy_n(job.message.data() + job.read, length, buffer);
    job.read += length;
    return length;
}

/// Lines of the dialogue come here as "headers": the last refusal is worth keeping.
std::size_t note(char* line, std::size_t size, std::size_t count, void* given) {
    auto& job = *static_cast<Job*>(given);
    if (size * count == 0 || (*line != '4' && *line != '5')) return size * count;
    job.said.assign(line, size * count);
    while (!job.said.empty() && job.said.back() < ' ')
        job.said.pop_back();
    std::ranges::replace_if(job.said, [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    return size * count;
}

bool on_loopback(const std::string& server) {
    auto from = server.find("://");
    auto host = server.substr(from == std::string::npos ? 0 : from + 3);
    if (host.starts_with('[')) return config::is_loopback(host.substr(1, host.find(']') - 1));
    return config::is_loopback(host.substr(0, host.find_first_of(":/")));
}

void set_up(CURL* easy, Job& job, curl_slist* to) {
    const auto& options = job.options;
    auto limit = static_cast<long>(options.timeout.count());
    curl_easy_setopt(easy, CURLOPT_URL, options.server.c_str());
    curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(easy, CURLOPT_PROXY, "");
    curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L); // a look-up that hangs does not hold us up
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, limit);
    curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, limit);
    // Without TLS only within this machine: the mail names people, and the password would be readable.
    auto tls = on_loopback(options.server) ? CURLUSESSL_TRY : CURLUSESSL_ALL;
    curl_easy_setopt(easy, CURLOPT_USE_SSL, static_cast<long>(tls));
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    if (!options.ca_file.empty()) curl_easy_setopt(easy, CURLOPT_CAINFO, options.ca_file.c_str());
    if (!options.username.empty()) {
        curl_easy_setopt(easy, CURLOPT_USERNAME, options.username.c_str());
        curl_easy_setopt(easy, CURLOPT_PASSWORD, options.password.reveal().c_str());
    }
    curl_easy_setopt(easy, CURLOPT_MAIL_FROM, job.from.c_str());
    curl_easy_setopt(easy, CURLOPT_MAIL_RCPT, to);
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_READFUNCTION, &give);
    curl_easy_setopt(easy, CURLOPT_READDATA, &job);
    curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, &note);
    curl_easy_setopt(easy, CURLOPT_HEADERDATA, &job);
    curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, job.trouble.data());
}

Verdict meaning(CURL* easy, CURLcode code, const Job& job) {
    if (code == CURLE_OK) return {Verdict::Kind::delivered};
    std::string why = job.trouble.front() != '\0' ? job.trouble.data() : curl_easy_strerror(code);
    long answer = 0;
    curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &answer);
    if (code == CURLE_USE_SSL_FAILED)
        return {Verdict::Kind::retry, std::nullopt,
                "The mail server offers no TLS (STARTTLS), and without it nothing is sent beyond this machine."};
    bool of_server = code == CURLE_SEND_ERROR || code == CURLE_RECV_ERROR || code == CURLE_WEIRD_SERVER_REPLY ||
                     code == CURLE_LOGIN_DENIED;
    if (of_server && answer >= 400)
        return verdict_of_mail(static_cast<int>(answer), fmt::format("The mail server says: {}.", job.said));
    return {Verdict::Kind::retry, std::nullopt, fmt::format("The mail could not be submitted: {}.", why)};
}

/// Runs on the mail thread.
Verdict submit(Job& job) {
    std::unique_ptr<CURLM, MultiDelete> multi(curl_multi_init());
    std::unique_ptr<CURL, EasyDelete> easy(curl_easy_init());
    std::unique_ptr<curl_slist, ListDelete> to;
    for (const auto& one : job.to)
        to.reset(curl_slist_append(to.release(), one.c_str()));
    if (!multi || !easy || !to) return {Verdict::Kind::retry, std::nullopt, "The mail library could not be set up."};
    set_up(easy.get(), job, to.get());
    curl_multi_add_handle(multi.get(), easy.get());
    int running = 1;
    CURLMcode state = CURLM_OK;
    while (running > 0 && state == CURLM_OK && !job.stop) {
        state = curl_multi_perform(multi.get(), &running);
        if (running > 0 && state == CURLM_OK)
            state = curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(poll_longest.count()), nullptr);
    }
    Verdict verdict{Verdict::Kind::retry, std::nullopt, "The mail was broken off."};
    int left = 0;
    if (const auto* message = curl_multi_info_read(multi.get(), &left);
        message != nullptr && message->msg == CURLMSG_DONE)
        verdict = meaning(easy.get(), message->data.result, job);
    curl_multi_remove_handle(multi.get(), easy.get());
    return verdict;
}

/// OpenSSL writes to sockets that may be closed.
void ignore_broken_pipes() {
    sigset_t pipes;
    sigemptyset(&pipes);
    sigaddset(&pipes, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipes, nullptr);
}

class MailTransport final : public Transport {
public:
    MailTransport(MailOptions options, std::string from, std::vector<std::string> to)
        : options_(std::move(options)), from_(std::move(from)), to_(std::move(to)) {
        thread_.post(&ignore_broken_pipes);
        thread_.start();
    }
    ~MailTransport() override { stop(); }

    Task<Verdict> send(const Letter& letter) override {
        if (stopped_) co_return Verdict{Verdict::Kind::retry, std::nullopt, "The mail was not sent: we are stopping."};
        auto executor = co_await asio::this_coro::executor;
        auto job = std::make_shared<Job>(options_, from_, to_, letter.body);
        auto verdict = std::make_shared<std::optional<Verdict>>();
        auto done = std::make_shared<asio::steady_timer>(executor, options_.timeout + margin);
        job_ = job;
        thread_.post([executor, job, verdict, done] {
            auto said = job->stop ? Verdict{} : submit(*job);
            asio::post(executor, [verdict, done, said = std::move(said)] {
                *verdict = said;
                done->cancel();
            });
        });
        auto waited = co_await done->async_wait(no_throw);
        static_cast<void>(waited);
        if (*verdict) co_return std::move(**verdict);
        job->stop = true;
        co_return Verdict{Verdict::Kind::retry, std::nullopt, "The mail server let us wait for too long."};
    }
    void stop() override {
        stopped_ = true;
        if (job_) job_->stop = true;
    }
    const std::string& place() const override { return options_.server; }

private:
    MailOptions options_;
    std::string from_;
    std::vector<std::string> to_;
    std::shared_ptr<Job> job_{}; // the last one
    bool stopped_ = false;
    Loop thread_{"mail"}; // last: its thread ends first
};

/// Once for the process, before any thread of curl's.
bool curl_is_up() {
    static const bool up = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
    return up;
}

} // namespace

Result<std::unique_ptr<Transport>> mail_transport(const MailOptions& options, std::vector<std::string> to) {
    if (!curl_is_up()) return fail(Category::unavailable, "The mail library (libcurl) cannot be set up.");
    auto from = address_of(options.from);
    if (!from) return fail(Category::invalid, "[mail] from " + from.error().text + ".");
    std::vector<std::string> addresses;
    for (const auto& one : to) {
        auto address = address_of(one);
        if (!address) return fail(Category::invalid, fmt::format("\"{}\" {}.", one, address.error().text));
        addresses.push_back(std::move(*address));
    }
    if (addresses.empty()) return fail(Category::invalid, "A mail needs an address to go to.");
    return std::make_unique<MailTransport>(options, std::move(*from), std::move(addresses));
}

} // namespace lamp::outbox
