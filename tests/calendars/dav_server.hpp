// A small CalDAV server inside the test: strict about what it is asked (methods, Depth, tokens, hrefs, login), and able
// to do what real ones do that Radicale cannot: pages of changes (507), lost tokens in every form, absolute hrefs,
// chunks, weak ETags, no tokens, no ctag, Digest, redirections, refusals. Runs on the test's own thread.
#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "fakes/http_server.hpp"
#include "fakes/loop.hpp"

namespace testing {

/// How this server is; may be changed between readings.
struct Manner {
    bool sync = true;         // sync-collection is there
    bool reports_told = true; // and supported-report-set says so
    bool ctag = true;
    bool etags = true;
    bool absolute_hrefs = false;       // in answers
    bool spaces_encoded_oddly = false; // "%7E" for "~" in answers
    bool chunked = false;
    bool weak_etags = false;
    bool silent_about_gone = false; // multiget says nothing of what is gone
    std::size_t page = 0;           // changes in one answer, 0: all; then a 507
    int bad_token_status = 403;
    bool bad_token_body = true;
    std::string login = "none"; // none, basic, digest
    std::string components = "VEVENT";
};

/// Instead of an answer, for the next so many requests whose method and body fit.
struct Fault {
    std::string method{}; // empty: any
    std::string part{};   // of the body or target; empty: any
    int times = 1;
    sim::http::Response response{};
    std::size_t cut_at = 0; // the true answer's body is cut there, well-formed HTTP
    bool close = false;     // the connection, without an answer
};

struct Asked {
    std::string method;
    std::string target;
    std::string depth;
    std::string authorization;
    std::string body;
};

class DavServer {
public:
    static constexpr const char* root_path = "/dav/";
    static constexpr const char* principal = "/dav/principals/anna/";
    static constexpr const char* home = "/dav/anna/";
    static constexpr const char* user = "anna";
    static constexpr const char* password = "se:cret \xC3\xA9";

    explicit DavServer(sim::Loop& loop);

    [[nodiscard]] std::string url(const std::string& path = "") const { return server_.url(listener_) + path; }

    /// A calendar in the home: "desk".
    void add_calendar(const std::string& name);
    [[nodiscard]] static std::string calendar_path(const std::string& name) { return home + name + "/"; }
    /// Writes an object of "desk"; `text` is the whole iCalendar text.
    void put(const std::string& name, const std::string& text);
    void remove(const std::string& name);
    /// All sync tokens given so far are forgotten.
    void forget_tokens() { ++epoch_; }
    void fault(Fault fault) { faults_.push_back(std::move(fault)); }

    /// A feed at this path; validators are sent if not empty, and honoured.
    struct Feed {
        std::string body;
        std::string etag{};
        std::string modified{};
        std::string type = "text/calendar; charset=utf-8";
    };
    std::map<std::string, Feed> feeds;
    std::map<std::string, std::string> redirects; // path -> Location, 301
    Manner manner;
    std::vector<Asked> asked;               // all requests
    std::vector<std::string> complaints;    // what no client may do
    std::string principal_href = principal; // as told at the root
    std::string home_href = home;           // as told by the principal
    std::string behind;                     // a proxy: a path before all others that the server does not know of
    bool root_is_web_page = false;          // a server whose root knows no WebDAV

    /// "PROPFIND /dav/ 0" for each request since the last call.
    [[nodiscard]] std::vector<std::string> lines();

private:
    struct Object {
        std::string text{};
        std::uint64_t revision = 0;
        bool gone = false;
    };
    struct Answer {
        sim::http::Response response;
    };

    void serve(const sim::http::Request& request, sim::http::Reply reply);
    [[nodiscard]] sim::http::Response answer(const Asked& asked, const sim::http::Request& request);
    [[nodiscard]] std::optional<sim::http::Response> login(const Asked& asked);
    [[nodiscard]] sim::http::Response propfind(const Asked& asked);
    [[nodiscard]] sim::http::Response report(const Asked& asked);
    [[nodiscard]] sim::http::Response sync(const Asked& asked);
    [[nodiscard]] sim::http::Response multiget(const Asked& asked);
    [[nodiscard]] sim::http::Response query(const Asked& asked);
    [[nodiscard]] sim::http::Response feed(const Feed& feed, const sim::http::Request& request);
    [[nodiscard]] sim::http::Response multistatus(const std::string& inside) const;
    [[nodiscard]] std::string collection_response(const std::string& name) const;
    [[nodiscard]] std::string object_response(const std::string& name, const Object& object, bool with_text) const;
    [[nodiscard]] std::string href(const std::string& path) const;
    [[nodiscard]] std::string etag(const std::string& name, const Object& object) const;
    [[nodiscard]] std::string token(std::uint64_t revision) const;
    void complain(const Asked& asked, const std::string& what);

    sim::http::Server server_;
    int listener_ = 0;
    std::vector<std::string> calendars_;
    std::map<std::string, Object> objects_;
    std::uint64_t revision_ = 0;
    std::uint64_t epoch_ = 1;
    std::vector<Fault> faults_;
    std::size_t lines_told_ = 0;
    std::uint32_t nonce_uses_ = 0;
};

} // namespace testing
