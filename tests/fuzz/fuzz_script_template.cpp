// Any bytes as a template, the second half as values. No crash; what is not refused stays in its place: an address
// keeps its scheme and host, a JSON body that is one with harmless values stays one.
#include <boost/json.hpp>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "scripts/template.hpp"

using namespace lamp;
using namespace lamp::scripts;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

Facts facts_with(std::string value) {
    Facts facts;
    facts.caller = {value, value, {}};
    facts.device = {value, value, value};
    facts.ddi = {value, value, {}};
    facts.match = calls::Match{};
    facts.match->name = facts.match->url = value;
    facts.id = facts.queue = facts.user = facts.release = value;
    return facts;
}

/// Scheme and host as a browser would read them; what these four name has no host, whatever stands behind them.
std::string origin(std::string_view url) {
    auto colon = url.find(':');
    std::string scheme(url.substr(0, colon));
    for (char& c : scheme)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
    bool hostless = scheme == "mailto" || scheme == "tel" || scheme == "sip" || scheme == "sips";
    if (hostless || url.substr(colon + 1, 2) != "//") return scheme;
    return std::string(url.substr(0, url.find_first_of("/?#", colon + 3)));
}

bool is_json(std::string_view text) {
    boost::system::error_code error;
    auto value = boost::json::parse(text, error);
    return !error;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const numbers::PublicNetwork network("NL");
    const Look look{network, {}, true, {}, {}};
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const auto text = all.substr(0, all.find('\n'));
    const auto value = std::string(text.size() == all.size() ? all : all.substr(text.size() + 1));
    for (Place place : {Place::url, Place::json, Place::form, Place::text, Place::header}) {
        Terms terms;
        terms.place = place;
        terms.fields = true;
        auto made = Template::parse(text, terms);
        if (!made) {
            require(!made.error().text.empty());
            continue;
        }
        const auto harmless = made->render(facts_with("7"), look);
        const auto result = made->render(facts_with(value), look);
        if (place == Place::url) {
            require(origin(harmless) == origin(result));
            require(result.find_first_of("\r\n\t") == std::string::npos);
        }
        if (place == Place::json && is_json(harmless)) require(is_json(result));
        if (place == Place::header) require(result.find_first_of("\r\n") == std::string::npos);
    }
    return 0;
}
