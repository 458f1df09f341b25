// The sections of office.hpp and the machine made of maps.
#include "office.hpp"

#include <doctest/doctest.h>

namespace lamp::config {

namespace {

using namespace std::chrono_literals;
using enum Reload;

Section<DaemonOptions> daemon_section() {
    using O = DaemonOptions;
    Section<O> s{"daemon", Shape::table, "The process itself."};
    s.key("state_dir", &O::state_dir, existing_folder(), restart, "Where the database lies.");
    s.key("timezone", &O::timezone, time_zone(), live, "Of times that people see.");
    s.key("country", &O::country, country(), live, "Whose numbers are national ones.");
    s.key("log_level", &O::log_level, one_of({"error", "warning", "info", "debug"}), live,
          "Least important line shown.");
    return s;
}

Section<TlsOptions> tls_keys() {
    using O = TlsOptions;
    Section<O> s{"tls", Shape::table, "Shared by servers."};
    s.key("certificate", &O::certificate, readable_file(), live, "PEM chain; with it the server speaks TLS.");
    s.key("key", &O::key, readable_file(), live, "Its private key.");
    return s;
}

Section<HttpOptions> http_section() {
    using O = HttpOptions;
    Section<O> s{"http", Shape::table, "Status, API and web page."};
    s.key("listen", &O::listen, count(1, 8), restart, "Where to listen; port 0 means any.");
    s.key("public_url", &O::public_url, live, "How browsers reach it.").example("\"https://lamps.example.net\"");
    s.embed(&O::tls, tls_keys());
    s.check([](const O& o, Scope& at) {
        if (o.tls.certificate && !o.tls.key) at.error("certificate", "needs a key, too (add key = \"FILE\")");
    });
    return s;
}

Section<BroadworksOptions> broadworks_section() {
    using O = BroadworksOptions;
    Section<O> s{"broadworks", Shape::array_of_tables, "One table per platform login."};
    s.key("name", &O::name, filled(), restart, "How logs and status call this platform.").required();
    s.key("hosts", &O::hosts, count(1, 16), restart, "Base URLs of the XSPs.").required();
    s.key("username", &O::username, restart, "Login.").required();
    s.key("password", &O::password, restart, "Its password.").required();
    s.key("target", &O::target,
          choices<Target>({{"user", Target::user}, {"group", Target::group}, {"enterprise", Target::enterprise}}),
          restart, "How to subscribe.");
    s.key("group", &O::group, restart, "For group targets.");
    s.key("heartbeat", &O::heartbeat, range(1s, 25s), live, "How often the channel says that it lives.");
    s.key("subscriptions_per_second", &O::subscriptions_per_second, range(1, 10'000), live, "Pace.");
    s.key("discover", &O::discover, restart, "Also watch every user of the enterprise.");
    s.check([](const O& o, Scope& at) {
        if (o.target == Target::group && o.group.empty()) at.error("group", "is required with target = \"group\"");
    });
    return s;
}

Section<PeopleOptions> people_section() {
    using O = PeopleOptions;
    Section<O> s{"people", Shape::table, "Who is watched."};
    s.key("file", &O::file, live, "CSV with a header row.").example("\"people.csv\"");
    s.key("match", &O::match, one_of({"email", "upn", "line"}), live, "How accounts are matched.");
    s.check_file("file", &O::file, [](const O&, NamedFile& file) {
        if (!file.text.starts_with("id,")) file.error({1, 1}, "id", "is missing (the first line names the columns)");
    });
    return s;
}

Section<PresenceOptions> presence_section() {
    using O = PresenceOptions;
    Section<Rule13> rows{"rules", Shape::array_of_tables, "Highest first."};
    rows.key("when", &Rule13::when, one_of({"ringing", "busy"}), live, "The condition.").required();
    rows.key("status", &Rule13::status, live, "Its status.");
    Section<O> s{"presence", Shape::table, "How states become lamps."};
    s.tables("rules", &O::rules, rows, live, "Empty means the built-in ones.");
    s.key("teams_stale_after", &O::teams_stale_after, live, "Older input counts as unknown.");
    s.key("weight", &O::weight, range(0.5, 2.0), live, "For tests of real numbers.");
    return s;
}

Section<TeamsOptions> teams_section() {
    using O = TeamsOptions;
    Section<O> s{"teams", Shape::table, "Microsoft Teams."};
    s.key("tenant", &O::tenant, restart, "Directory id.").required();
    s.key("client_secret", &O::client_secret, live, "Of the app registration.").required();
    s.key("graph_url", &O::graph_url, restart, "Where Graph is.");
    s.key("poll", &O::poll, range(1s, 1h), live, "How often presence is asked.");
    return s;
}

Section<SipOptions> sip_section() {
    using O = SipOptions;
    Section<O> s{"sip", Shape::table, "SIP presence server."};
    s.key("listen", &O::listen, count(1, 8) & schemes({"udp", "tcp", "tls"}), restart, "Transports.");
    s.off_when_absent();
    return s;
}

Section<SipListOptions> sip_list_section() {
    using O = SipListOptions;
    Section<O> s{"sip_list", Shape::array_of_tables, "Resource lists."};
    s.key("name", &O::name, live, "User part of its URI.").required();
    s.key("members", &O::members, live, "Ids of people.").example(R"(["alice@example.net"])");
    return s;
}

Section<WebhookOptions> webhook_section() {
    using O = WebhookOptions;
    Section<O> s{"webhook", Shape::array_of_tables, "Who is told about calls."};
    s.key("url", &O::url, whole_url(), restart, "Where to post.").required();
    s.key("secret", &O::secret, live, "Signs the requests.");
    s.key("headers", &O::headers, live, "Added to every request.");
    return s;
}

void lists_name_watched_people(const Configuration& configuration, Findings& findings) {
    const auto& lists = configuration.all<SipListOptions>();
    for (std::size_t i = 0; i < lists.size(); ++i)
        if (!lists[i].members.empty() && configuration.get<PeopleOptions>().file.empty())
            findings.error<SipListOptions>(i, "members", "names people, but [people] names no file");
}

} // namespace

Schema office() {
    Schema schema;
    schema.add(daemon_section()).add(http_section()).add(broadworks_section()).add(people_section());
    schema.add(presence_section()).add(teams_section()).add(sip_section()).add(sip_list_section());
    schema.add(webhook_section());
    schema.check({"people", "sip_list"}, lists_name_watched_people);
    return schema;
}

Sources FakeMachine::sources() const {
    Sources made;
    made.read = [this](const std::filesystem::path& path, std::size_t most) -> Result<FileText> {
        if (unreadable.contains(path.string())) return fail(Category::forbidden, "cannot be read: Permission denied");
        if (folders.contains(path.string())) return fail(Category::invalid, "is a folder");
        const auto found = files.find(path.string());
        if (found == files.end()) return fail(Category::not_found, "does not exist");
        if (found->second.bytes.size() > most) return fail(Category::limit, "is too large");
        return found->second;
    };
    made.kind = [this](const std::filesystem::path& path) {
        if (folders.contains(path.string())) return FileKind::folder;
        if (unreadable.contains(path.string())) return FileKind::unreadable;
        return files.contains(path.string()) ? FileKind::file : FileKind::missing;
    };
    made.environment = [this](const std::string& name) -> std::optional<std::string> {
        const auto found = environment.find(name);
        return found == environment.end() ? std::nullopt : std::optional(found->second);
    };
    made.time_zones = [] { return std::vector<std::string>{"Europe/Amsterdam", "Europe/Brussels", "UTC"}; };
    return made;
}

std::string problems_of(std::string_view toml, const FakeMachine& machine) {
    return to_string(read_text(office(), toml, "/etc/l.toml", machine.sources()).problems);
}

std::shared_ptr<const Configuration> good(std::string_view toml, const FakeMachine& machine) {
    auto answer = read_text(office(), toml, "/etc/l.toml", machine.sources());
    INFO(to_string(answer.problems));
    REQUIRE(answer.configuration);
    return answer.configuration;
}

} // namespace lamp::config
