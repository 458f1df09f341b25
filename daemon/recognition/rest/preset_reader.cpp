// TOML to a Preset, every mistake with its place. See preset.hpp; README.md lists the keys.
#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "config/document.hpp"
#include "http/url.hpp"
#include "proto/text/text.hpp"
#include "recognition/rest/preset.hpp"

namespace lamp::recognition::rest {
namespace {

using config::Node;
using config::Position;

struct Problems {
    std::string file;
    config::Problems list;

    void add(Position at, std::string section, std::string key, std::string message) {
        list.push_back({config::Severity::error, file, at.line, at.column, std::move(section), std::move(key),
                        std::move(message)});
    }
};

const Node* find(const Node& table, std::string_view key) {
    for (const auto& member : table.members)
        if (member.name == key) return &member.node;
    return nullptr;
}

/// A table of the file, whose keys are taken one by one; what nobody took is a mistake.
class Table {
public:
    Table(Problems& problems, const Node& node, std::string section)
        : problems_(problems), node_(node), section_(std::move(section)) {}
    ~Table() {
        std::vector<std::string> names(asked_.begin(), asked_.end());
        for (const auto& member : node_.members)
            if (!asked_.contains(member.name)) {
                auto meant = config::nearest(member.name, names);
                problems_.add(member.at, section_, member.name,
                              meant.empty() ? "is not known here"
                                            : fmt::format("is not known here (did you mean \"{}\"?)", meant));
            }
    }
    Table(const Table&) = delete;
    Table& operator=(const Table&) = delete;

    const Node* take(std::string_view key, Node::Kind kind, std::string_view wanted) {
        const auto* node = any(key);
        if (node == nullptr || node->kind == kind) return node;
        error(key, fmt::format("must be {}, and is {}", wanted, config::what_is(*node)));
        return nullptr;
    }
    const Node* any(std::string_view key) {
        asked_.insert(std::string(key));
        return find(node_, key);
    }
    bool has(std::string_view key) { return any(key) != nullptr; }

    void text(std::string_view key, std::string& out) {
        if (const auto* node = take(key, Node::Kind::text, "a text")) out = node->text;
    }
    void flag(std::string_view key, bool& out) {
        if (const auto* node = take(key, Node::Kind::boolean, "true or false")) out = node->boolean;
    }
    template <class Integer>
    void integer(std::string_view key, Integer& out, std::int64_t low, std::int64_t high) {
        const auto* node = take(key, Node::Kind::integer, "a whole number");
        if (node == nullptr) return;
        if (node->integer < low || node->integer > high) return error(key, fmt::format("must be {} to {}", low, high));
        out = static_cast<Integer>(node->integer);
    }
    void real(std::string_view key, double& out, double low, double high) {
        const auto* node = any(key);
        if (node == nullptr) return;
        bool number = node->kind == Node::Kind::integer || node->kind == Node::Kind::real;
        double value = node->kind == Node::Kind::integer ? static_cast<double>(node->integer) : node->real;
        if (!number || !(value >= low && value <= high))
            return error(key, fmt::format("must be a number, {} to {}", low, high));
        out = value;
    }
    std::vector<std::string> texts(std::string_view key) {
        const auto* node = any(key);
        if (node == nullptr) return {};
        if (node->kind == Node::Kind::text) return {node->text};
        std::vector<std::string> made;
        if (node->kind == Node::Kind::list)
            for (const auto& item : node->items)
                if (item.kind == Node::Kind::text) made.push_back(item.text);
        if (node->kind != Node::Kind::list || made.size() != node->items.size() || made.empty())
            error(key, "must be a text, or a list of texts");
        return made;
    }
    template <class Enum>
    void word(std::string_view key, Enum& out, std::initializer_list<std::pair<std::string_view, Enum>> words) {
        const auto* node = take(key, Node::Kind::text, "a text");
        if (node == nullptr) return;
        std::string all;
        for (const auto& [word, value] : words) {
            if (word == node->text) return void(out = value);
            all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
        }
        error(key, fmt::format("is \"{}\", and must be one of {}", node->text, all));
    }
    void pointer(std::string_view key, Pointer& out) {
        if (const auto* node = take(key, Node::Kind::text, "a JSON pointer")) out = read_pointer(key, node->text);
    }
    void pointer(std::string_view key, std::optional<Pointer>& out) {
        if (const auto* node = take(key, Node::Kind::text, "a JSON pointer")) out = read_pointer(key, node->text);
    }
    void pointers(std::string_view key, std::vector<Pointer>& out) {
        if (!has(key)) return;
        out.clear();
        for (const auto& text : texts(key))
            out.push_back(read_pointer(key, text));
    }
    void place(std::string_view key, Template& out) {
        const auto* node = take(key, Node::Kind::text, "a text");
        if (node != nullptr) out = read_template(key, node->text);
    }
    void body(std::string_view key, BodyTemplate& out) {
        const auto* node = take(key, Node::Kind::text, "a text that is JSON");
        if (node == nullptr) return;
        auto made = BodyTemplate::parse(node->text);
        if (made) return void(out = *std::move(made));
        error(key, made.error().text);
    }
    void fields(std::string_view key, std::vector<std::pair<std::string, Template>>& out) {
        const auto* node = take(key, Node::Kind::table, "a table of texts");
        if (node == nullptr) return;
        for (const auto& member : node->members) {
            if (member.node.kind != Node::Kind::text) {
                error(key, fmt::format("holds {}, which must be a text", member.name));
                continue;
            }
            std::erase_if(out, [&](const auto& field) { return field.first == member.name; });
            out.emplace_back(member.name, read_template(key, member.node.text));
        }
    }
    Pointer read_pointer(std::string_view key, std::string_view text) {
        auto made = Pointer::parse(text);
        if (made) return *std::move(made);
        error(key, made.error().text);
        return {};
    }
    Template read_template(std::string_view key, std::string_view text) {
        auto made = Template::parse(text);
        if (made) return *std::move(made);
        error(key, made.error().text);
        return {};
    }

    void error(std::string_view key, std::string message) {
        const auto* node = find(node_, key);
        problems_.add(node ? node->at : node_.at, section_, std::string(key), std::move(message));
    }
    [[nodiscard]] const std::string& section() const { return section_; }
    [[nodiscard]] Problems& problems() { return problems_; }

private:
    Problems& problems_;
    const Node& node_;
    std::string section_;
    std::set<std::string> asked_;
};

void read_auth(Table& at, Auth& out) {
    bool graph = false;
    if (const auto* kind = at.any("kind"); kind && kind->kind == Node::Kind::text && kind->text == "graph_app") {
        graph = true;
        out.kind = AuthKind::client_credentials;
        out.scope = "https://graph.microsoft.com/.default";
    } else if (kind && kind->kind == Node::Kind::text && kind->text == "auto") {
        out.guess = true;
    } else {
        at.word("kind", out.kind,
                {{"none", AuthKind::none},
                 {"bearer", AuthKind::bearer},
                 {"basic", AuthKind::basic},
                 {"api_key", AuthKind::api_key},
                 {"client_credentials", AuthKind::client_credentials},
                 {"refresh_token", AuthKind::refresh_token},
                 {"google_service_account", AuthKind::google_service_account},
                 {"graph_app", AuthKind::client_credentials}});
    }
    at.text("header", out.header);
    at.text("scheme", out.scheme);
    at.text("token_url", out.token_url);
    at.text("scope", out.scope);
    at.flag("basic_login", out.basic_login);
    if (out.kind == AuthKind::api_key && out.header.empty())
        at.error("header", "is required: which header holds the key");
    bool tokens = out.kind == AuthKind::client_credentials || out.kind == AuthKind::refresh_token ||
                  out.kind == AuthKind::google_service_account;
    if (tokens && out.token_url.empty())
        at.error("token_url", graph ? "is required: https://login.microsoftonline.com/{tenant}/oauth2/v2.0/token"
                                    : "is required: where tokens are given");
}

void read_paging(Table& at, Paging& out) {
    at.word("kind", out.kind,
            {{"none", PagingKind::none},
             {"page", PagingKind::page},
             {"offset", PagingKind::offset},
             {"cursor", PagingKind::cursor},
             {"link", PagingKind::link},
             {"link_header", PagingKind::link_header}});
    at.integer("size", out.size, 1, static_cast<std::int64_t>(10'000));
    at.integer("first", out.first, 0, 1);
    at.pointer("at", out.at);
    at.pointer("more", out.more);
    at.pointer("total", out.total);
    bool wants = out.kind == PagingKind::cursor || out.kind == PagingKind::link;
    if (wants && !out.at) at.error("at", "is required: where the next page's cursor or link stands");
}

void read_numbers(Table& parent, const Node& list, std::vector<NumberMap>& out) {
    out.clear();
    for (std::size_t i = 0; i < list.items.size(); ++i) {
        if (list.items[i].kind != Node::Kind::table) {
            parent.error("numbers", "must be a list of tables, {at = \"/phone\", kind = \"work\"}");
            continue;
        }
        Table at(parent.problems(), list.items[i], fmt::format("{}.numbers {}", parent.section(), i + 1));
        NumberMap one;
        at.pointer("each", one.each);
        at.pointers("at", one.value);
        at.text("kind", one.kind);
        at.pointer("kind_at", one.kind_at);
        at.flag("main", one.main);
        if (one.value.empty()) at.error("at", "is required: where the number stands (\"\": the item itself)");
        out.push_back(std::move(one));
    }
}

void read_name(Table& at, std::string_view key, std::vector<std::vector<Pointer>>& out) {
    if (!at.has(key)) return;
    out.clear();
    for (const auto& text : at.texts(key))
        out.push_back({at.read_pointer(key, text)});
}

void read_map(Table& at, Map& out) {
    at.pointers("id", out.id);
    read_name(at, "name", out.name);
    read_name(at, "name_else", out.name_else);
    at.pointers("updated", out.updated);
    at.pointers("deleted", out.deleted);
    at.pointer("url", out.url);
    if (const auto* list = at.take("numbers", Node::Kind::list, "a list of tables"))
        read_numbers(at, *list, out.numbers);
    if (const auto* fields = at.take("fields", Node::Kind::table, "a table of JSON pointers")) {
        out.fields.clear();
        Table below(at.problems(), *fields, at.section() + ".fields");
        for (const auto& member : fields->members) {
            std::vector<Pointer> pointers;
            below.pointers(member.name, pointers);
            out.fields.emplace_back(member.name, std::move(pointers));
        }
    }
}

void read_method(Table& at, http::Method& out) {
    at.word("method", out,
            {{"GET", http::Method::get},
             {"POST", http::Method::post},
             {"PUT", http::Method::put},
             {"PATCH", http::Method::patch}});
}

void read_path(Table& at, Template& out) {
    at.place("path", out);
    if (out.empty())
        at.error("path", "is required");
    else if (!out.fill({}, Encoding::none).starts_with('/'))
        at.error("path", "must begin with \"/\"");
}

/// A query behind a path becomes fields, so that those that are idle can be left out.
void split_query(Table& at, Listing& out) {
    const auto* node = at.take("path", Node::Kind::text, "a text");
    auto mark = node ? node->text.find('?') : std::string::npos;
    if (mark == std::string::npos) return;
    out.path = at.read_template("path", std::string_view(node->text).substr(0, mark));
    std::string_view rest = std::string_view(node->text).substr(mark + 1);
    while (!rest.empty()) {
        auto end = std::min(rest.find('&'), rest.size());
        auto field = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        auto equals = std::min(field.find('='), field.size());
        auto value = text::percent_decoded(field.substr(std::min(equals + 1, field.size())));
        if (!value) return at.error("path", "has a broken escape in its query");
        if (!field.empty()) out.query.emplace_back(field.substr(0, equals), at.read_template("path", *value));
    }
}

/// `common`: what the file says for all listings.
Listing read_listing(Table& at, const Listing& common, bool absent = false) {
    Listing made = common;
    read_method(at, made.method);
    if (!absent) read_path(at, made.path);
    split_query(at, made);
    at.fields("query", made.query);
    at.fields("headers", made.headers);
    at.body("body", made.body);
    at.pointer("items", made.items);
    at.text("kind", made.kind);
    at.place("record_url", made.record_url);
    at.flag("deleted", made.deleted);
    at.integer("cap", made.cap, 1, 1'000'000);
    at.flag("conditional", made.conditional);
    at.pointer("token", made.token);
    at.pointer("delta_link", made.delta_link);
    if (const auto* paging = at.take("paging", Node::Kind::table, "a table")) {
        Table below(at.problems(), *paging, at.section() + ".paging");
        read_paging(below, made.paging);
    }
    if (const auto* map = at.take("map", Node::Kind::table, "a table")) {
        Table below(at.problems(), *map, at.section() + ".map");
        read_map(below, made.map);
    }
    if (made.map.id.empty()) at.error("map", "does not say where the id stands (id = \"/id\")");
    if (made.map.numbers.empty() && !made.deleted) at.error("map", "does not say where the numbers stand");
    if (made.method == http::Method::get && !made.body.empty()) at.error("body", "cannot go with GET");
    return made;
}

std::vector<Listing> read_listings(Table& file, const Node& root, std::string_view key, const Listing& common) {
    std::vector<Listing> made;
    const auto* node = file.any(key);
    if (node == nullptr) return made;
    (void)root;
    if (!node->is_list_of_tables()) {
        file.error(key, fmt::format("must be written as [[{}]]", key));
        return made;
    }
    for (std::size_t i = 0; i < node->items.size(); ++i) {
        Table at(file.problems(), node->items[i], fmt::format("{} {}", key, i + 1));
        // A parameter that is not given takes its request with it.
        const auto* path = key == "list" ? nullptr : find(node->items[i], "path");
        bool absent = path != nullptr && path->kind == Node::Kind::text && path->text.empty();
        auto listing = read_listing(at, common, absent);
        if (!absent) made.push_back(std::move(listing));
    }
    return made;
}

void read_rates(Table& at, Rates& out) {
    at.real("per_second", out.per_second, 0, 1000);
    at.real("burst", out.burst, 1, 1000);
    at.integer("daily", out.daily, 0, std::int64_t(1) << 40);
    at.real("reserve", out.reserve, 0, 1);
    at.text("remaining", out.remaining);
    at.text("reset", out.reset);
}

void read_signs(Table& at, std::string_view key, std::vector<Sign>& out) {
    if (!at.has(key)) return;
    for (const auto& text : at.texts(key)) {
        bool status = text.size() >= 3 &&
                      std::ranges::all_of(text.substr(0, 3), [](char c) { return c >= '0' && c <= '9'; }) &&
                      (text.size() == 3 || text[3] == ' ');
        if (!status) {
            at.error(key,
                     fmt::format(
                         "holds \"{}\"; a sign is a status, and perhaps words of the answer: \"403 rateLimitExceeded\"",
                         text));
            continue;
        }
        out.push_back({std::stoi(text.substr(0, 3)), text.size() > 4 ? text.substr(4) : std::string()});
    }
}

void read_create(Table& at, Create& out) {
    read_method(at, out.method);
    read_path(at, out.path);
    at.fields("headers", out.headers);
    at.body("body", out.body);
    at.pointer("id", out.id);
    at.text("kind", out.kind);
    at.place("record_url", out.record_url);
    if (out.body.empty()) at.error("body", "is required");
}

void read_parameters(Problems& problems, const Node& root, std::vector<Parameter>& out) {
    const auto* tables = find(root, "parameters");
    if (tables == nullptr) return;
    for (const auto& member : tables->members) {
        if (place_named(member.name))
            problems.add(member.at, "parameters", member.name,
                         "is the name of a place that is filled for each request");
        Parameter one;
        one.name = member.name;
        if (member.node.kind == Node::Kind::table) {
            Table at(problems, member.node, "parameters." + member.name);
            at.text("help", one.help);
            if (const auto* preset = at.take("default", Node::Kind::text, "a text")) one.preset = preset->text;
        } else {
            problems.add(member.at, "parameters", member.name, "must be a table: {help = \"…\", default = \"…\"}");
        }
        out.push_back(std::move(one));
    }
}

/// What cannot stand in a path is encoded; what parts it stays.
std::string path_text(const std::string& text) {
    std::string made;
    for (char c : text)
        made += std::string_view("/?&=%@+,;()'$!*").contains(c) ? std::string(1, c)
                                                                : http::encode_segment(std::string(1, c));
    return made;
}

void fill_in(Node& node, std::string_view key, const std::map<std::string, std::string>& values) {
    for (auto& item : node.items)
        fill_in(item, key, values);
    for (auto& member : node.members)
        if (member.name != "parameters") fill_in(member.node, member.name, values);
    if (node.kind != Node::Kind::text) return;
    bool lost = false;
    for (const auto& [name, value] : values) {
        auto mark = "{" + name + "}";
        for (auto at = node.text.find(mark); at != std::string::npos; at = node.text.find(mark, at)) {
            auto put = key == "path" ? path_text(value) : value;
            lost = lost || put.empty();
            node.text.replace(at, mark.size(), put);
            at += put.size();
        }
    }
    // An address with a hole leads nowhere.
    if (lost && key == "record_url") node.text.clear();
}

std::string fingerprint_of(std::string_view text, const std::map<std::string, std::string>& values) {
    auto mixed = [](std::string_view bytes, std::uint64_t sum) { return text::fnv1a("\xff", text::fnv1a(bytes, sum)); };
    auto sum = text::fnv1a("\xff", text::fnv1a(text));
    for (const auto& [name, value] : values)
        sum = mixed(value, mixed(name, sum));
    return fmt::format("{:016x}", sum);
}

void read_searches(Table& file, const Node& root, Listing common, Preset& out) {
    common.once = true;
    common.paging.kind = PagingKind::none;
    common.paging.total.reset();
    common.token.reset();
    Search search;
    search.listings = read_listings(file, root, "search", common);
    file.integer("search_requests", search.requests, 1, 20);
    if (file.has("search_shapes")) search.shapes = file.texts("search_shapes");
    if (!search.listings.empty()) out.search = std::move(search);
}

bool names_since(const Listing& listing) {
    auto in = [](const auto& fields) {
        return std::ranges::any_of(fields, [](const auto& field) { return field.second.names(Place::since); });
    };
    return listing.path.names(Place::since) || listing.body.names(Place::since) || in(listing.query) ||
           in(listing.headers);
}

void check_whole(Table& file, const Preset& preset) {
    if (preset.list.empty()) file.error("list", "is required: how contacts are listed");
    if (!preset.delta.empty() && preset.incremental != Incremental::since)
        file.error("delta", "belongs to incremental = \"since\" alone");
    auto conditional = [](const Listing& listing) { return listing.conditional; };
    if (std::ranges::any_of(preset.list, conditional) && preset.list.size() > 1)
        file.error("list", "is conditional: then there can be one list alone");
    for (const auto& listing : preset.list) {
        if (preset.incremental == Incremental::token && !listing.token)
            file.error("list", "does not say where the token stands");
        if (preset.incremental == Incremental::link && !listing.delta_link)
            file.error("list", "does not say where the delta link stands");
        if (preset.reread && !listing.kind.empty()) file.error("reread", "cannot go with a list that has a kind");
    }
}

void read_file(Problems& problems, const Node& root, Preset& out, bool outline) {
    Table file(problems, root, {});
    file.any("parameters");
    file.text("title", out.title);
    file.text("help", out.help);
    file.text("base_url", out.base_url);
    if (out.base_url.empty())
        file.error("base_url", "is required");
    else if (!outline && !http::Url::parse(out.base_url))
        file.error("base_url", "is no http or https address");
    Listing common;
    file.word("incremental", out.incremental,
              {{"none", Incremental::none},
               {"since", Incremental::since},
               {"token", Incremental::token},
               {"link", Incremental::link}});
    file.word("since_format", common.since_format,
              {{"rfc3339", SinceFormat::rfc3339},
               {"rfc3339_ms", SinceFormat::rfc3339_ms},
               {"unix_s", SinceFormat::unix_s},
               {"unix_ms", SinceFormat::unix_ms}});
    std::int64_t overlap = out.overlap.count();
    file.integer("overlap_s", overlap, 0, 86'400);
    out.overlap = seconds(overlap);
    file.flag("strict_format", out.strict_format);
    file.pointer("items", common.items);
    file.place("record_url", common.record_url);
    file.fields("headers", common.headers);
    auto section = [&](std::string_view name, auto read) {
        if (const auto* node = file.take(name, Node::Kind::table, "a table")) {
            Table at(problems, *node, std::string(name));
            read(at);
        }
    };
    section("auth", [&](Table& at) { read_auth(at, out.auth); });
    section("paging", [&](Table& at) { read_paging(at, common.paging); });
    section("map", [&](Table& at) { read_map(at, common.map); });
    section("rates", [&](Table& at) { read_rates(at, out.rates); });
    section("signs", [&](Table& at) {
        read_signs(at, "throttled", out.signs.throttled);
        read_signs(at, "expired", out.signs.expired);
        read_signs(at, "daily", out.signs.daily);
    });
    out.list = read_listings(file, root, "list", common);
    out.delta = read_listings(file, root, "delta", common);
    section("reread", [&](Table& at) {
        auto one = common;
        one.once = true;
        one.paging = {};
        out.reread = read_listing(at, one);
    });
    read_searches(file, root, common, out);
    section("create", [&](Table& at) {
        out.create.emplace();
        out.create->record_url = common.record_url;
        read_create(at, *out.create);
    });
    // No request of it asks since when: there are no changes to be had.
    if (out.incremental == Incremental::since && out.delta.empty() && std::ranges::none_of(out.list, names_since))
        out.incremental = Incremental::none;
    check_whole(file, out);
}

std::expected<Preset, config::Problems> read(std::string_view text, std::string_view file,
                                             std::map<std::string, std::string> values, bool outline) {
    Problems problems{std::string(file), {}};
    auto root = config::parse_document(text);
    if (!root) {
        problems.add(root.error().at, {}, {}, root.error().message);
        return std::unexpected(std::move(problems.list));
    }
    Preset made;
    made.name = std::string(file.substr(file.rfind('/') + 1));
    if (made.name.ends_with(".toml")) made.name.resize(made.name.size() - 5);
    read_parameters(problems, *root, made.parameters);
    made.fingerprint = fingerprint_of(text, values);
    for (const auto& [name, value] : values) {
        auto known = std::ranges::any_of(made.parameters, [&](const Parameter& one) { return one.name == name; });
        if (!known) problems.add({}, "parameters", name, "is no parameter of this preset");
    }
    for (const auto& one : made.parameters) {
        if (values.contains(one.name)) continue;
        if (!one.preset && !outline)
            problems.add({}, "parameters", one.name,
                         one.help.empty() ? "must be given" : fmt::format("must be given: {}", one.help));
        values[one.name] = one.preset ? *one.preset : one.name;
    }
    fill_in(*root, {}, values);
    read_file(problems, *root, made, outline);
    if (!problems.list.empty()) {
        config::sort_by_place(problems.list, file);
        return std::unexpected(std::move(problems.list));
    }
    return made;
}

} // namespace

std::string_view name(AuthKind kind) {
    switch (kind) {
    case AuthKind::none: return "none";
    case AuthKind::bearer: return "bearer";
    case AuthKind::basic: return "basic";
    case AuthKind::api_key: return "api_key";
    case AuthKind::client_credentials: return "client_credentials";
    case AuthKind::refresh_token: return "refresh_token";
    case AuthKind::google_service_account: return "google_service_account";
    }
    return "";
}

std::expected<Preset, config::Problems> read_preset(std::string_view text, std::string_view file,
                                                    const std::map<std::string, std::string>& values) {
    return read(text, file, values, false);
}

std::expected<Preset, config::Problems> read_preset_outline(std::string_view text, std::string_view file) {
    return read(text, file, {}, true);
}

} // namespace lamp::recognition::rest
