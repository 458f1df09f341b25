// What is known of one kind of CRM, as data: how to log in, how to list contacts and their changes, how to look a
// number up, what a record looks like there. A preset is a TOML file (../presets/*.toml; README.md lists its keys).
// Pure values.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "config/problems.hpp"
#include "http/message.hpp"
#include "recognition/rest/pointer.hpp"
#include "recognition/rest/template.hpp"

namespace lamp::recognition::rest {

enum class AuthKind : std::uint8_t {
    none,
    bearer,
    basic,
    api_key, // in a header of its own
    client_credentials,
    refresh_token,
    google_service_account,
};
[[nodiscard]] std::string_view name(AuthKind kind);

struct Auth {
    AuthKind kind = AuthKind::none;
    std::string header{};          // api_key
    std::string scheme = "Bearer"; // "Zoho-oauthtoken"
    std::string token_url{};
    std::string scope{};
    bool basic_login = false; // client id and secret go as Basic
    bool guess = false;       // bearer, basic or none, by what the configuration gives
};

enum class PagingKind : std::uint8_t { none, page, offset, cursor, link, link_header };

struct Paging {
    PagingKind kind = PagingKind::none;
    std::size_t size = 100;
    std::size_t first = 1;          // page
    std::optional<Pointer> at{};    // cursor, link: where the next one stands
    std::optional<Pointer> more{};  // false there: this was the last page
    std::optional<Pointer> total{}; // how many records there are in all
};

/// A list of numbers of a record, or one.
struct NumberMap {
    Pointer each{};               // the record itself, or "/phones/*"
    std::vector<Pointer> value{}; // within it; the first filled one
    std::string kind{};           // "mobile"
    std::optional<Pointer> kind_at{};
    bool main = false; // a company's main number
};

struct Map {
    std::vector<Pointer> id{};
    std::vector<std::vector<Pointer>> name{};      // parts that are joined by a blank, each the first filled one
    std::vector<std::vector<Pointer>> name_else{}; // instead, when those are all empty
    std::vector<Pointer> updated{};
    std::vector<Pointer> deleted{};
    std::vector<NumberMap> numbers{};
    std::vector<std::pair<std::string, std::vector<Pointer>>> fields{};
    std::optional<Pointer> url{};
};

enum class SinceFormat : std::uint8_t { rfc3339, rfc3339_ms, unix_s, unix_ms };

/// One request that lists, in as many pages as it takes.
struct Listing {
    http::Method method = http::Method::get;
    Template path{};
    std::vector<std::pair<std::string, Template>> query{};
    std::vector<std::pair<std::string, Template>> headers{};
    BodyTemplate body{};
    Pointer items{};
    Paging paging{};
    Map map{};
    SinceFormat since_format = SinceFormat::rfc3339;
    std::string kind{};    // "Lead": goes before the ids, since two modules may have the same
    Template record_url{}; // for people; empty: none
    bool deleted = false;  // all that it lists is gone
    bool once = false;     // a search: one page only
    std::size_t cap = 0;   // no more records than that are told of one search; then a new one from the last `updated`
    bool conditional = false;            // If-None-Match, If-Modified-Since
    std::optional<Pointer> token{};      // at the last page: what `{token}` is next time
    std::optional<Pointer> delta_link{}; // at the last page: where the changes are next time
};

/// How changes are found.
enum class Incremental : std::uint8_t {
    none,  // everything, each time
    since, // by a date
    token, // by a token that the last listing ended with
    link,  // by a link that the last listing ended with
};

struct Search {
    std::vector<Listing> listings{};
    std::vector<std::string> shapes{}; // masks for `{shape}`: "+33 # ## ## ## ##"
    std::size_t requests = 1;          // at most, for one number
};

struct Create {
    http::Method method = http::Method::post;
    Template path{};
    std::vector<std::pair<std::string, Template>> headers{};
    BodyTemplate body{};
    Pointer id{};
    std::string kind{}; // as of a listing: goes before the id
    Template record_url{};
};

struct Rates {
    double per_second = 0; // 0: no limit of our own
    double burst = 1;
    std::uint64_t daily = 0; // 0: none
    double reserve = 0.1;    // of the day, for look-ups alone
    std::string remaining{}; // header: requests left
    std::string reset{};     // header: seconds until there are more
};

/// An answer's class by status and a word in its body.
struct Sign {
    int status = 0;
    std::string says{}; // empty: whatever it says
};
struct Signs {
    std::vector<Sign> throttled{};
    std::vector<Sign> expired{}; // the token or link of the last synchronisation is not known any more
    std::vector<Sign> daily{};   // the day is used up
};

struct Parameter {
    std::string name;
    std::string help{};
    std::optional<std::string> preset{}; // its default; nothing: must be given
};

struct Preset {
    std::string name;
    std::string title{};
    std::string help{}; // what to do over there
    std::string base_url{};
    Auth auth{};
    std::vector<Parameter> parameters{};
    Incremental incremental = Incremental::none;
    seconds overlap{120}; // changes may be told so much later than they happen
    std::vector<Listing> list{};
    std::vector<Listing> delta{};    // empty: as `list`
    std::optional<Listing> reread{}; // of one changed record whose changes alone are told: `{id}`
    std::optional<Search> search{};
    std::optional<Create> create{};
    Rates rates{};
    Signs signs{};
    bool strict_format = false; // a search finds a number only as it is written there
    std::string fingerprint{};  // of its text and parameters: a cursor belongs to one
};

/// A preset's text with its parameters filled in. `values` stand for those of the file's [parameters]; those that are
/// missing and have no default are reported, and so is every other mistake, with file, line and column.
[[nodiscard]] std::expected<Preset, config::Problems> read_preset(std::string_view text, std::string_view file,
                                                                  const std::map<std::string, std::string>& values);
/// The same for listings and checks: every missing parameter stands as its own name.
[[nodiscard]] std::expected<Preset, config::Problems> read_preset_outline(std::string_view text, std::string_view file);

} // namespace lamp::recognition::rest
