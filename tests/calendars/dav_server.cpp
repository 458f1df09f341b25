#include "dav_server.hpp"

#include <algorithm>
#include <set>

#include "http/message.hpp"
#include "proto/sip/digest.hpp"
#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace testing {
namespace {

using namespace lamp;
using sim::http::Response;

constexpr const char* xml_type = "text/xml; charset=utf-8";

std::string escaped(std::string_view text) {
    std::string out;
    xml::append_escaped(out, text);
    return out;
}

std::string found(const std::string& props) {
    return "<d:propstat><d:prop>" + props + "</d:prop><d:status>HTTP/1.1 200 OK</d:status></d:propstat>";
}

std::string encoded(std::string_view path) {
    std::string out;
    for (char c : path)
        out += c == ' ' ? std::string("%20") : c == '#' ? std::string("%23") : std::string(1, c);
    return out;
}

std::string basename(const std::string& path, const std::string& folder) {
    const auto decoded = text::percent_decoded(path);
    if (!decoded || !decoded->starts_with(folder)) return {};
    return decoded->substr(folder.size());
}

/// "20260301T090000Z" of a line "NAME:…" in the text.
std::string value_of(const std::string& text, const std::string& name) {
    const auto at = text.find("\n" + name + ":");
    if (at == std::string::npos) return {};
    const auto from = at + name.size() + 2;
    return text.substr(from, text.find_first_of("\r\n", from) - from);
}

} // namespace

DavServer::DavServer(sim::Loop& loop)
    : server_(loop, [this](const sim::http::Request& request, sim::http::Reply reply) { serve(request, reply); }),
      listener_(server_.listen("127.0.0.1", 0)) {
    add_calendar("desk");
}

void DavServer::add_calendar(const std::string& name) {
    calendars_.push_back(name);
}

void DavServer::put(const std::string& name, const std::string& text) {
    objects_[name] = {.text = text, .revision = ++revision_};
}

void DavServer::remove(const std::string& name) {
    objects_[name] = {.revision = ++revision_, .gone = true};
}

std::vector<std::string> DavServer::lines() {
    std::vector<std::string> out;
    for (; lines_told_ < asked.size(); ++lines_told_) {
        const auto& one = asked[lines_told_];
        out.push_back(one.method + " " + one.target + (one.depth.empty() ? "" : " " + one.depth));
    }
    return out;
}

void DavServer::complain(const Asked& one, const std::string& what) {
    complaints.push_back(one.method + " " + one.target + ": " + what);
}

// ---------------------------------------------------------------- requests

void DavServer::serve(const sim::http::Request& request, sim::http::Reply reply) {
    Asked one{std::string(request.method), std::string(request.target), std::string(request.header("Depth")),
              std::string(request.header("Authorization")), std::string(request.body)};
    asked.push_back(one);
    if (!behind.empty()) {
        if (!one.target.starts_with(behind)) return reply.send({404, "text/plain", "no such thing"});
        one.target.erase(0, behind.size());
    }
    const auto fault = std::ranges::find_if(faults_, [&](const Fault& row) {
        const bool fits = row.part.empty() || one.body.find(row.part) != std::string::npos ||
                          one.target.find(row.part) != std::string::npos;
        return row.times > 0 && fits && (row.method.empty() || row.method == one.method);
    });
    if (fault == faults_.end()) return reply.send(answer(one, request));
    --fault->times;
    if (fault->close) return reply.close();
    if (fault->cut_at == 0) return reply.send(fault->response);
    auto cut = answer(one, request);
    cut.body.resize(std::min(fault->cut_at, cut.body.size()));
    reply.send(cut);
}

Response DavServer::answer(const Asked& one, const sim::http::Request& request) {
    const auto path = one.target.substr(0, one.target.find('?'));
    if (path == "/.well-known/caldav" && !redirects.contains(path)) return {404, "text/plain", "none"};
    if (const auto to = redirects.find(path); to != redirects.end()) {
        Response moved(301, "text/plain", "moved");
        moved.headers.emplace_back("Location", to->second);
        return moved;
    }
    if (auto refused = login(one)) return *std::move(refused);
    if (const auto at = feeds.find(one.target); at != feeds.end()) return feed(at->second, request);
    if (root_is_web_page && path == "/") return {200, "text/html", "<html><body>Welcome</body></html>"};
    if (one.method != "PROPFIND" && one.method != "REPORT") return {405, "text/plain", "no"};
    if (!request.header("Content-Type").starts_with("application/xml")) complain(one, "no XML type");
    if (one.depth != "0" && one.depth != "1") complain(one, "depth \"" + one.depth + "\"");
    if (!xml::parse_tree(one.body)) return complain(one, "broken XML"), Response(400, "text/plain", "bad XML");
    auto made = one.method == "PROPFIND" ? propfind(one) : report(one);
    made.chunked = manner.chunked;
    return made;
}

std::optional<Response> DavServer::login(const Asked& one) {
    Response refused(401, "text/plain", "who are you?");
    if (manner.login == "none") return std::nullopt;
    if (manner.login == "basic") {
        if (one.authorization == http::basic(user, Secret(password)).reveal()) return std::nullopt;
        refused.headers.emplace_back("WWW-Authenticate", R"(Basic realm="Calendars")");
        return refused;
    }
    // The nonce is good for three uses.
    const auto nonce = "n" + std::to_string(nonce_uses_ / 3);
    const auto given = sip::parse_credentials(one.authorization);
    if (given && *given) {
        const auto& ours = **given;
        const auto secret = sip::ha1(ours.algorithm, user, "Calendars", password);
        if (ours.nonce == nonce && ours.uri == one.target && ours.count() == nonce_uses_ % 3 + 1 &&
            sip::digest_response(ours, one.method, secret) == ours.response) {
            ++nonce_uses_;
            return std::nullopt;
        }
    }
    const bool stale = given && *given;
    refused.headers.emplace_back("WWW-Authenticate",
                                 R"(Digest realm="Calendars", qop="auth", algorithm=SHA-256, nonce=")" + nonce + "\"" +
                                     (stale ? ", stale=true" : ""));
    return refused;
}

Response DavServer::feed(const Feed& one, const sim::http::Request& request) {
    if (!one.etag.empty() && request.header("If-None-Match") == one.etag) return {304, "", ""};
    if (!one.modified.empty() && request.header("If-Modified-Since") == one.modified) return {304, "", ""};
    Response response(200, one.type, one.body);
    if (!one.etag.empty()) response.headers.emplace_back("ETag", one.etag);
    if (!one.modified.empty()) response.headers.emplace_back("Last-Modified", one.modified);
    response.chunked = manner.chunked;
    return response;
}

// ---------------------------------------------------------------- answers

std::string DavServer::href(const std::string& path) const {
    auto out = encoded(path);
    if (manner.spaces_encoded_oddly)
        if (const auto at = out.find("desk"); at != std::string::npos) out.replace(at, 1, "%64");
    return manner.absolute_hrefs ? url(out) : out;
}

std::string DavServer::etag(const std::string& name, const Object& object) const {
    return (manner.weak_etags ? "W/\"" : "\"") + name + "-" + std::to_string(object.revision) + "\"";
}

std::string DavServer::token(std::uint64_t revision) const {
    return "urn:fake:" + std::to_string(epoch_) + ":" + std::to_string(revision);
}

Response DavServer::multistatus(const std::string& inside) const {
    return {207, xml_type,
            "<?xml version=\"1.0\"?>\n<d:multistatus xmlns:d=\"DAV:\" xmlns:c=\"urn:ietf:params:xml:ns:caldav\" "
            "xmlns:cs=\"http://calendarserver.org/ns/\" xmlns:x=\"urn:other\">" +
                inside + "</d:multistatus>"};
}

std::string DavServer::collection_response(const std::string& name) const {
    std::string props = "<d:resourcetype><d:collection/><c:calendar/><x:shared/></d:resourcetype><d:displayname>" +
                        escaped(name) + "</d:displayname>";
    props += "<c:supported-calendar-component-set><c:comp name=\"" + manner.components +
             "\"/></c:supported-calendar-component-set>";
    if (manner.ctag) props += "<cs:getctag>\"" + std::to_string(revision_) + "\"</cs:getctag>";
    if (manner.sync) props += "<d:sync-token>" + token(revision_) + "</d:sync-token>";
    auto report = [](const std::string& what) {
        return "<d:supported-report><d:report><" + what + "/></d:report></d:supported-report>";
    };
    if (manner.reports_told)
        props += "<d:supported-report-set>" + report("c:calendar-query") + report("c:calendar-multiget") +
                 (manner.sync ? report("d:sync-collection") : "") + "</d:supported-report-set>";
    return "<d:response><d:href>" + href(calendar_path(name)) + "</d:href>" + found(props) +
           "<d:propstat><d:prop><d:current-user-principal/></d:prop><d:status>HTTP/1.1 404 Not Found</d:status>"
           "</d:propstat></d:response>";
}

std::string DavServer::object_response(const std::string& name, const Object& object, bool with_text) const {
    const auto at = "<d:response><d:href>" + href(calendar_path("desk") + name) + "</d:href>";
    if (object.gone) return at + "<d:status>HTTP/1.1 404 Not Found</d:status></d:response>";
    std::string props = "<x:owner>anna</x:owner>";
    if (manner.etags) props += "<d:getetag>" + escaped(etag(name, object)) + "</d:getetag>";
    if (with_text) props += "<c:calendar-data>" + escaped(object.text) + "</c:calendar-data>";
    return at + found(props) + "</d:response>";
}

Response DavServer::propfind(const Asked& one) {
    auto plain = [this](const std::string& path, const std::string& props) {
        return "<d:response><d:href>" + href(path) + "</d:href>" + found(props) + "</d:response>";
    };
    auto who = [this] {
        return "<d:current-user-principal><d:href>" + principal_href + "</d:href></d:current-user-principal>";
    };
    const std::string folder = "<d:resourcetype><d:collection/></d:resourcetype>";
    if (one.target == "/" || one.target == root_path) return multistatus(plain(one.target, folder + who()));
    if (one.target == principal)
        return multistatus(plain(principal, "<d:resourcetype><d:collection/><d:principal/></d:resourcetype>"
                                            "<c:calendar-home-set><d:href>" +
                                                home_href + "</d:href></c:calendar-home-set>"));
    if (one.target == home) {
        auto inside = plain(home, folder + who());
        if (one.depth == "1") {
            inside += plain(std::string(home) + "inbox/",
                            "<d:resourcetype><d:collection/><c:schedule-inbox/></d:resourcetype>");
            for (const auto& name : calendars_)
                inside += collection_response(name);
        }
        return multistatus(inside);
    }
    for (const auto& name : calendars_) {
        if (one.target != encoded(calendar_path(name))) continue;
        auto inside = collection_response(name);
        if (one.depth == "1" && name == "desk")
            for (const auto& [object_name, object] : objects_)
                if (!object.gone) inside += object_response(object_name, object, false);
        return multistatus(inside);
    }
    return {404, "text/plain", "no such thing"};
}

Response DavServer::report(const Asked& one) {
    if (one.target != calendar_path("desk")) return {404, "text/plain", "no such thing"};
    if (one.body.find("<sync-collection") != std::string::npos) return sync(one);
    if (one.body.find("calendar-multiget") != std::string::npos) return multiget(one);
    if (one.body.find("calendar-query") != std::string::npos) return query(one);
    return {403, xml_type, "<error xmlns=\"DAV:\"><supported-report/></error>"};
}

Response DavServer::sync(const Asked& one) {
    if (!manner.sync) return {403, xml_type, "<error xmlns=\"DAV:\"><supported-report/></error>"};
    if (one.depth != "0") return complain(one, "sync-collection with depth 1"), Response(400, "text/plain", "depth");
    const auto root = xml::parse_tree(one.body);
    const std::string given(root->text_of("sync-token"));
    const auto prefix = "urn:fake:" + std::to_string(epoch_) + ":";
    if (!given.empty() && !given.starts_with(prefix))
        return manner.bad_token_body
                   ? Response(manner.bad_token_status, xml_type, "<error xmlns=\"DAV:\"><valid-sync-token/></error>")
                   : Response(manner.bad_token_status, "text/plain", "no");
    const auto since = given.empty() ? 0 : text::number<std::uint64_t>(given.substr(prefix.size())).value_or(0);
    std::vector<std::pair<std::uint64_t, std::string>> changes;
    for (const auto& [name, object] : objects_)
        if (object.revision > since && !(given.empty() && object.gone)) changes.emplace_back(object.revision, name);
    std::ranges::sort(changes);
    const bool cut = manner.page > 0 && changes.size() > manner.page;
    if (cut) changes.resize(manner.page);
    std::string inside;
    for (const auto& [revision, name] : changes)
        inside += object_response(name, objects_[name], false);
    if (cut)
        inside += "<d:response><d:href>" + href(calendar_path("desk")) +
                  "</d:href><d:status>HTTP/1.1 507 Insufficient Storage</d:status><d:error>"
                  "<d:number-of-matches-within-limits/></d:error></d:response>";
    return multistatus(inside + "<d:sync-token>" + token(cut ? changes.back().first : revision_) + "</d:sync-token>");
}

Response DavServer::multiget(const Asked& one) {
    const auto root = xml::parse_tree(one.body);
    std::string inside;
    std::set<std::string> seen;
    for (const auto& child : root->children) {
        if (child.name != "href") continue;
        auto path = child.text;
        if (path.starts_with("http")) path = path.substr(path.find('/', 8));
        const auto name = basename(path, calendar_path("desk"));
        if (name.empty()) complain(one, "foreign href " + child.text);
        if (!seen.insert(name).second) complain(one, "asks twice for " + name);
        const auto object = objects_.find(name);
        if (object == objects_.end() || object->second.gone) {
            if (!manner.silent_about_gone) inside += object_response(name, Object{.gone = true}, false);
            continue;
        }
        inside += object_response(name, object->second, true);
    }
    if (seen.empty()) complain(one, "multiget of nothing");
    return multistatus(inside);
}

Response DavServer::query(const Asked& one) {
    const auto root = xml::parse_tree(one.body);
    const auto* range = root->descendant("time-range");
    if (range == nullptr) return complain(one, "no time-range"), Response(400, "text/plain", "no time-range");
    std::string inside;
    for (const auto& [name, object] : objects_)
        if (!object.gone && value_of(object.text, "DTSTART") < range->attribute("end") &&
            value_of(object.text, "DTEND") > range->attribute("start"))
            inside += object_response(name, object, false);
    return multistatus(inside);
}

} // namespace testing
