// `[zoom]`: what is wrong in it and what is said about it.
#include <doctest/doctest.h>

#include "adapters/zoom/options.hpp"
#include "config/reader.hpp"

using namespace lamp;

namespace {

config::Answer read(std::string_view toml) {
    config::Sources sources;
    sources.read = [](const std::filesystem::path&, std::size_t) -> Result<config::FileText> {
        return fail(Category::not_found, "does not exist");
    };
    sources.kind = [](const std::filesystem::path&) { return config::FileKind::missing; };
    sources.environment = [](const std::string&) { return std::optional<std::string>("secret"); };
    sources.time_zones = [] { return std::vector<std::string>{"UTC"}; };
    config::Schema schema;
    schema.add(zoom::zoom_section());
    return config::read_text(schema, toml, "/etc/l.toml", sources);
}

std::string problems(std::string_view keys) {
    auto text = to_string(read("[zoom]\n" + std::string(keys)).problems);
    for (std::size_t at = 0; (at = text.find("/etc/l.toml:", at)) != std::string::npos;)
        text.erase(at, std::string_view("/etc/l.toml:").size());
    return text;
}

constexpr std::string_view rest = "account_id = \"a\"\nclient_id = \"c\"\nclient_secret = \"env:S\"\n";
constexpr std::string_view hooks = "webhook_secret = \"env:S\"\n";

} // namespace

TEST_CASE("zoom section: without the table it is off") {
    auto answer = read("");
    REQUIRE(answer.configuration);
    CHECK(answer.configuration->find<zoom::ZoomOptions>() == nullptr);
}

TEST_CASE("zoom section: web hooks, REST or both; what then works is said") {
    auto both = std::string(hooks) + std::string(rest);
    CHECK(problems(both).empty());
    CHECK(problems(rest).find("warning: is not set: meetings are noticed by reading everybody") != std::string::npos);
    CHECK(problems(hooks).find("warning: is not set: nobody is read") != std::string::npos);
    CHECK(problems("").find("needs webhook_secret, or account_id, client_id and client_secret") != std::string::npos);
    CHECK(problems("account_id = \"a\"\n").find("needs webhook_secret") != std::string::npos);
    CHECK(problems("client_id = \"c\"\nclient_secret = \"env:S\"\n").find("account_id: is required") !=
          std::string::npos);
    CHECK(problems("account_id = \"a\"\nclient_id = \"c\"\n").find("client_secret: is required") != std::string::npos);
    CHECK(problems("account_id = \"a\"\nclient_secret = \"env:S\"\n").find("client_id: is required") !=
          std::string::npos);
    CHECK(problems(both + "poll = \"1s\"\n").find("poll") != std::string::npos);
    CHECK(problems(both + "proxy = \"https://p.example\"\n").find("must be http://host:port") != std::string::npos);
    CHECK(problems(both + "pol = \"1m\"\n").find("did you mean") != std::string::npos);
}
