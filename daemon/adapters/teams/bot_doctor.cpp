// What `doctor` says of the bot: whether the Bot Connector's keys can be fetched, and whether the address that is its
// messaging endpoint leads to us.
#include <fmt/format.h>

#include "adapters/teams/app_package.hpp"
#include "adapters/teams/doctor.hpp"
#include "http/pool.hpp"

namespace lamp::teams {
namespace {

constexpr milliseconds answer_wait{10'000};

/// A request without a token: whoever is ours refuses it with 401.
Task<bool> look_at_endpoint(const http::Client& client, const TeamsOptions& options, const http::Tell& tell) {
    auto address = options.public_url + std::string(bot_path);
    auto step = [&](bool passed, std::string detail, std::string remedy) {
        tell({"Teams bot endpoint", passed, std::move(detail), std::move(remedy)});
        return passed;
    };
    auto url = http::Url::parse(address);
    if (!url) co_return step(false, url.error().text, "correct [http] public_url");
    http::Pool pool(client, *url, {.parallel = 1});
    http::Request request;
    request.method = http::Method::post;
    request.target = url->path;
    request.limit = answer_wait;
    auto answer = co_await pool.exchange(std::move(request));
    if (!answer)
        co_return step(false, fmt::format("nobody answers at {}: {}", address, answer.error().text),
                       "start the daemon, and let what stands before it pass POST /hooks/ on; where this machine alone "
                       "cannot reach its own public address, the rest may work all the same");
    if (answer->status == 401)
        co_return step(true, fmt::format("{} answers: enter it as the bot's messaging endpoint", address), {});
    co_return step(false, fmt::format("{} answers {} to a request without a token, not 401", address, answer->status),
                   answer->status == 404 ? "restart the daemon: it runs without [teams] bot"
                                         : "let what stands before the daemon pass POST /hooks/ on as it is");
}

} // namespace

Task<bool> examine_bot(Loop& loop, TeamsOptions options, http::Tell tell) {
    if (options.bot.empty()) co_return true;
    http::ClientOptions wire;
    wire.ca_file = options.ca_file.string();
    wire.proxy = options.proxy;
    auto client = http::Client::make(loop.context(), wire);
    auto keys = http::Url::parse(options.bot_metadata_url.text);
    if (!client || !keys) {
        tell({"Teams bot", false, client ? keys.error().text : client.error().text, "correct [teams]"});
        co_return false;
    }
    bool reached = co_await http::reach(*client, *keys, tell);
    bool answered = co_await look_at_endpoint(*client, options, tell);
    co_return reached&& answered;
}

} // namespace lamp::teams
