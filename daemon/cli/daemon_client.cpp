#include "cli/daemon_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "http/pool.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

constexpr std::chrono::minutes stream_silence{1}; // a heartbeat comes every 15 s
constexpr std::chrono::minutes file_wait{5};
constexpr std::size_t file_bytes = std::size_t{512} << 20;

/// Of a problem (RFC 9457) what the words before it do not say yet.
Error refusal(const http::Answer& answer) {
    boost::system::error_code ignored;
    auto problem = json::parse(answer.body, ignored);
    std::string text = fmt::format("the daemon answered {} {}", answer.status, answer.reason);
    if (problem.is_object()) {
        for (const char* member : {"title", "detail", "missing"})
            if (const auto* value = problem.get_object().if_contains(member); value && value->is_string())
                if (std::string_view words = value->get_string(); !text.contains(words))
                    text += fmt::format(": {}", words);
    }
    if (answer.status == 401) text += " (give --token or set LAMPLIGHTER_TOKEN)";
    return {Category::invalid, text};
}

/// Server-sent events (HTML standard, 9.2) cut into events.
class EventCutter final : public http::BodySink {
public:
    explicit EventCutter(std::function<bool(std::string_view, std::string_view)> on_event)
        : on_event_(std::move(on_event)) {}
    void on_body(std::string_view piece) override {
        buffer_ += piece;
        for (auto end = buffer_.find('\n'); end != std::string::npos && going; end = buffer_.find('\n')) {
            take_line(std::string_view(buffer_).substr(0, end));
            buffer_.erase(0, end + 1);
        }
    }
    bool going = true;

private:
    void take_line(std::string_view line) {
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (line.starts_with("event: ")) type_ = line.substr(7);
        if (line.starts_with("data: ")) data_ += line.substr(6);
        if (!line.empty()) return;
        if (!data_.empty()) going = on_event_(type_, data_);
        type_.clear();
        data_.clear();
    }
    std::function<bool(std::string_view, std::string_view)> on_event_;
    std::string buffer_;
    std::string type_;
    std::string data_;
};

} // namespace

struct DaemonClient::State {
    explicit State(Address address_) : address(std::move(address_)) {}

    Address address;
    asio::io_context context{1};
    std::optional<std::size_t> answer_bytes; // else as the client has it

    [[nodiscard]] http::Request request(http::Method method, const std::string& target) const {
        http::Request request;
        request.method = method;
        request.target = target;
        if (!address.token.empty()) request.authorization = http::bearer(address.token);
        return request;
    }

    [[nodiscard]] http::Request request(http::Method method, const std::string& target, const json::value& body) const {
        http::Request with = request(method, target);
        with.body = json::serialize(body);
        with.content_type = "application/json";
        return with;
    }

    /// Runs one coroutine to its end.
    template <class T>
    Result<T> run(Task<Result<T>> task) {
        std::optional<Result<T>> outcome;
        asio::co_spawn(
            context,
            [](Task<Result<T>> inner, std::optional<Result<T>>& out) -> Task<> {
                out = co_await std::move(inner);
            }(std::move(task), outcome),
            asio::detached);
        context.restart();
        context.run();
        return outcome ? std::move(*outcome) : fail(Category::cancelled, "interrupted");
    }

    [[nodiscard]] Result<http::Client> client() {
        http::ClientOptions options;
        options.ca_file = address.ca_file;
        if (answer_bytes) options.body_bytes = *answer_bytes;
        return http::Client::make(context, options);
    }

    Task<Result<http::Answer>> exchange(http::Request request) {
        auto url = http::Url::parse(address.url);
        if (!url) co_return std::unexpected(url.error());
        auto made = client();
        if (!made) co_return std::unexpected(made.error());
        http::Connection connection(*made);
        auto connected = co_await connection.connect(*url);
        if (!connected)
            co_return fail(connected.error().category,
                           connected.error().text + " Is the daemon running, and is --url right?");
        co_return co_await connection.exchange(request);
    }

    Task<Result<void>> stream(http::Request request, EventCutter& cutter) {
        auto url = http::Url::parse(address.url);
        if (!url) co_return std::unexpected(url.error());
        auto made = client();
        if (!made) co_return std::unexpected(made.error());
        http::Connection connection(*made);
        auto connected = co_await connection.connect(*url);
        if (!connected) co_return std::unexpected(connected.error());
        auto head = co_await connection.open(request);
        if (!head) co_return std::unexpected(head.error());
        if (!head->success()) {
            auto answer = co_await connection.read_rest(*head, seconds(5));
            co_return answer ? std::unexpected(refusal(*answer)) : std::unexpected(answer.error());
        }
        while (cutter.going) {
            auto ended = co_await connection.read_more(cutter, stream_silence);
            if (!ended) co_return std::unexpected(ended.error());
            if (*ended) co_return fail(Category::network, "the daemon ended the stream");
        }
        co_return Result<void>();
    }
};

DaemonClient::DaemonClient(Address address) : state_(std::make_unique<State>(std::move(address))) {}
DaemonClient::~DaemonClient() = default;

namespace {
Result<json::value> as_json(Result<http::Answer> answer) {
    if (!answer) return std::unexpected(answer.error());
    if (!answer->success()) return std::unexpected(refusal(*answer));
    if (answer->body.empty()) return json::value(json::object());
    boost::system::error_code error;
    auto value = json::parse(answer->body, error);
    if (error) return fail(Category::protocol, "the answer is no JSON; is --url a Lamplighter?");
    return value;
}
} // namespace

Result<json::value> DaemonClient::get(const std::string& target) {
    return as_json(state_->run(state_->exchange(state_->request(http::Method::get, target))));
}

Result<std::string> DaemonClient::text(const std::string& target) {
    auto answer = state_->run(state_->exchange(state_->request(http::Method::get, target)));
    if (!answer) return std::unexpected(answer.error());
    if (!answer->success() && answer->status != 503) return std::unexpected(refusal(*answer));
    return std::move(answer->body);
}

Result<json::value> DaemonClient::post(const std::string& target, const json::value& body) {
    return as_json(state_->run(state_->exchange(state_->request(http::Method::post, target, body))));
}

Result<json::value> DaemonClient::put(const std::string& target, const json::value& body) {
    return as_json(state_->run(state_->exchange(state_->request(http::Method::put, target, body))));
}

Result<json::value> DaemonClient::remove(const std::string& target) {
    return as_json(state_->run(state_->exchange(state_->request(http::Method::del, target))));
}

Result<DaemonClient::Plain> DaemonClient::exchange(std::string_view method, const std::string& target, std::string body,
                                                   std::string content_type) {
    auto request = state_->request(method == "POST" ? http::Method::post : http::Method::get, target);
    request.body = std::move(body);
    request.content_type = std::move(content_type);
    request.limit = file_wait;
    state_->answer_bytes = file_bytes;
    auto answer = state_->run(state_->exchange(std::move(request)));
    if (!answer) return std::unexpected(answer.error());
    return Plain{static_cast<unsigned>(answer->status), answer->reason, std::move(answer->body)};
}

Result<DaemonClient::Plain> DaemonClient::change(http::Method method, const std::string& target, std::string body,
                                                 const std::string& once) {
    auto request = state_->request(method, target);
    if (!body.empty()) request.content_type = "application/json";
    request.body = std::move(body);
    if (!once.empty()) request.headers.add("Idempotency-Key", once);
    request.limit = file_wait;
    auto answer = state_->run(state_->exchange(std::move(request)));
    if (!answer) return std::unexpected(answer.error());
    return Plain{static_cast<unsigned>(answer->status), answer->reason, std::move(answer->body)};
}

Error DaemonClient::complaint(const Plain& answer) {
    http::Answer whole;
    whole.status = static_cast<decltype(whole.status)>(answer.status);
    whole.reason = answer.reason;
    whole.body = answer.text;
    return refusal(whole);
}

Result<json::array> DaemonClient::list(const std::string& target) {
    json::array items;
    std::string cursor;
    while (true) {
        auto joint = target.find('?') == std::string::npos ? '?' : '&';
        auto page =
            get(target + joint + "limit=1000" + (cursor.empty() ? "" : "&cursor=" + http::encode_query(cursor)));
        if (!page) return std::unexpected(page.error());
        const auto* object = page->if_object();
        const auto* list = object ? object->if_contains("items") : nullptr;
        if (!list || !list->is_array()) return fail(Category::protocol, "the answer is no list");
        for (const auto& item : list->get_array())
            items.push_back(item);
        const auto* next = object->if_contains("next");
        if (!next || !next->is_string() || next->get_string() == cursor) return items;
        cursor = next->get_string();
    }
}

Result<void> DaemonClient::watch(const std::string& target,
                                 std::function<bool(std::string_view, std::string_view)> on_event) {
    EventCutter cutter(std::move(on_event));
    auto request = state_->request(http::Method::get, target);
    request.headers.add("Accept", "text/event-stream");
    return state_->run(state_->stream(std::move(request), cutter));
}

} // namespace lamp::cli
