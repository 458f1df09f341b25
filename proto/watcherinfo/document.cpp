#include "proto/watcherinfo/document.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::watcherinfo {
namespace {

constexpr std::array<std::string_view, 4> statuses{"pending", "active", "waiting", "terminated"};
constexpr std::array<std::string_view, 8> events{"subscribe", "approved", "deactivated", "probation",
                                                 "rejected",  "timeout",  "giveup",      "noresource"};

template <class Enum, std::size_t N>
std::optional<Enum> look_up(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Enum>(found - words.begin());
}

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::protocol, "The watcher information " + std::string(what) + ".");
}

void write_watcher(xml::Writer& writer, const Watcher& watcher) {
    writer.open("watcher").attribute("status", name(watcher.status)).attribute("event", name(watcher.event));
    writer.attribute("id", watcher.id);
    if (!watcher.display.empty()) writer.attribute("display-name", watcher.display);
    if (watcher.expires_s) writer.attribute("expiration", std::to_string(*watcher.expires_s));
    if (watcher.duration_s) writer.attribute("duration-subscribed", std::to_string(*watcher.duration_s));
    writer.text(watcher.uri).close();
}

Result<Watcher> read_watcher(const xml::Element& element) {
    const auto status = look_up<Status>(statuses, element.attribute("status"));
    const auto event = look_up<Event>(events, element.attribute("event"));
    if (!status || !event) return wrong("has a watcher without a status and an event that RFC 3858 knows");
    Watcher out;
    out.uri = element.text;
    out.id = element.attribute("id");
    if (out.uri.empty() || out.id.empty()) return wrong("has a watcher without id or address");
    out.status = *status;
    out.event = *event;
    out.display = element.attribute("display-name");
    out.expires_s = text::number<std::uint32_t>(element.attribute("expiration"));
    out.duration_s = text::number<std::uint32_t>(element.attribute("duration-subscribed"));
    return out;
}

Result<List> read_list(const xml::Element& element) {
    List out;
    out.resource = element.attribute("resource");
    out.package = element.attribute("package");
    if (out.resource.empty() || out.package.empty()) return wrong("has a list without resource or package");
    for (const auto& child : element.children) {
        if (child.name != "watcher") continue;
        if (out.watchers.size() == watchers_max)
            return fail(Category::limit, "The watcher information has more than 1000 watchers.");
        auto watcher = read_watcher(child);
        if (!watcher) return std::unexpected(watcher.error());
        out.watchers.push_back(std::move(*watcher));
    }
    return out;
}

} // namespace

std::string_view name(Status status) {
    return statuses.at(static_cast<std::size_t>(status));
}
std::string_view name(Event event) {
    return events.at(static_cast<std::size_t>(event));
}

xml::Versioned write(const Document& document) {
    xml::Writer writer("watcherinfo", name_space);
    writer.attribute("version", xml::version_room).attribute("state", document.full ? "full" : "partial");
    for (const List& list : document.lists) {
        writer.open("watcher-list").attribute("resource", list.resource).attribute("package", list.package);
        for (const Watcher& watcher : list.watchers)
            write_watcher(writer, watcher);
        writer.close();
    }
    auto out = xml::Versioned::found(writer.done());
    out.set_version(document.version);
    return out;
}

Result<Document> read(std::string_view text) {
    const auto root = xml::parse_tree(text);
    if (!root) return std::unexpected(root.error());
    if (root->name != "watcherinfo") return wrong("has another root");
    Document out;
    const auto version = text::number<std::uint32_t>(root->attribute("version"));
    const auto state = root->attribute("state");
    if (!version || (state != "full" && state != "partial")) return wrong("lacks version or state");
    out.version = *version;
    out.full = state == "full";
    std::size_t watchers = 0;
    for (const auto& element : root->children) {
        if (element.name != "watcher-list") continue;
        auto list = read_list(element);
        if (!list) return std::unexpected(list.error());
        watchers += list->watchers.size();
        if (watchers > watchers_max)
            return fail(Category::limit, "The watcher information has more than 1000 watchers.");
        out.lists.push_back(std::move(*list));
    }
    return out;
}

} // namespace lamp::watcherinfo
