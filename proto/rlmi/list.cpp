#include "proto/rlmi/list.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::rlmi {
namespace {

constexpr std::array<std::string_view, 3> states{"pending", "active", "terminated"};

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::protocol, "The resource list " + std::string(what) + ".");
}

Result<Instance> read_instance(const xml::Element& element) {
    Instance out;
    out.id = element.attribute("id");
    const auto state = std::ranges::find(states, element.attribute("state"));
    if (out.id.empty() || state == states.end()) return wrong("has an instance without id or state");
    out.state = static_cast<State>(state - states.begin());
    out.reason = element.attribute("reason");
    out.cid = element.attribute("cid");
    return out;
}

Result<Resource> read_resource(const xml::Element& element) {
    Resource out;
    out.uri = element.attribute("uri");
    if (out.uri.empty()) return wrong("has a resource without a URI");
    out.name = element.text_of("name");
    for (const auto& child : element.children) {
        if (child.name != "instance") continue;
        auto instance = read_instance(child);
        if (!instance) return std::unexpected(instance.error());
        out.instances.push_back(std::move(*instance));
    }
    return out;
}

} // namespace

std::string_view name(State state) {
    return states.at(static_cast<std::size_t>(state));
}

std::string write(const List& list) {
    xml::Writer writer("list", "urn:ietf:params:xml:ns:rlmi");
    writer.attribute("uri", list.uri).attribute("version", std::to_string(list.version));
    writer.attribute("fullState", list.full ? "true" : "false");
    for (const Resource& resource : list.resources) {
        writer.open("resource").attribute("uri", resource.uri);
        if (!resource.name.empty()) writer.element("name", resource.name);
        for (const Instance& instance : resource.instances) {
            writer.open("instance").attribute("id", instance.id).attribute("state", name(instance.state));
            if (!instance.reason.empty()) writer.attribute("reason", instance.reason);
            if (!instance.cid.empty()) writer.attribute("cid", instance.cid);
            writer.close();
        }
        writer.close();
    }
    return writer.done();
}

Result<List> read(std::string_view text) {
    const auto root = xml::parse_tree(text);
    if (!root) return std::unexpected(root.error());
    if (root->name != "list") return wrong("has another root");
    List out;
    out.uri = root->attribute("uri");
    const auto version = text::number<std::uint32_t>(root->attribute("version"));
    const auto full = root->attribute("fullState");
    const bool yes = full == "true" || full == "1";
    if (out.uri.empty() || !version || (!yes && full != "false" && full != "0"))
        return wrong("lacks uri, version or fullState");
    out.version = *version;
    out.full = yes;
    for (const auto& element : root->children) {
        if (element.name != "resource") continue;
        if (out.resources.size() == resources_max)
            return fail(Category::limit, "The list has more than 1000 resources.");
        auto resource = read_resource(element);
        if (!resource) return std::unexpected(resource.error());
        out.resources.push_back(std::move(*resource));
    }
    return out;
}

} // namespace lamp::rlmi
