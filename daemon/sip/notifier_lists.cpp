// Lists (RFC 4662): one subscription for many resources. The first NOTIFY after each SUBSCRIBE names every member, the
// following ones those that have changed; each member's documents have numbers of their own (sip-csta.md 12).
#include <algorithm>
#include <fmt/format.h>

#include "base/check.hpp"
#include "proto/rlmi/list.hpp"
#include "sip/notifier.hpp"

namespace lamp::sip {

/// Members in the order of the list; what a member was told stays with it.
void Notifier::use_members(Subscription& subscription) {
    ListState& list = *subscription.list;
    const auto wanted = names_->members(subscription.resource);
    const bool same = std::ranges::equal(list.members, wanted, {}, &Member::resource);
    if (same) return;
    for (const Member& member : list.members)
        if (std::ranges::find(wanted, member.resource) == wanted.end())
            list.first = std::max(list.first, member.version);
    std::vector<Member> members;
    members.reserve(wanted.size());
    for (const ResourceIndex resource : wanted) {
        const auto known = std::ranges::find(list.members, resource, &Member::resource);
        members.push_back(known == list.members.end() ? Member{.resource = resource, .version = list.first} : *known);
    }
    list.members = std::move(members);
    list.full = true; // who is no longer named is no longer on the list
    subscription.forced = true;
}

/// Whether a member's URI or name is another one than the watcher was told.
bool Notifier::renamed(const Subscription& subscription, const Names& before) const {
    return std::ranges::any_of(subscription.list->members, [&](const Member& member) {
        const auto resource = member.resource;
        return resource < before.size() &&
               (before.uri(resource) != names_->uri(resource) || before.label(resource) != names_->label(resource));
    });
}

void Notifier::look_again(Subscription& subscription) {
    if (!subscription.list) return;
    for (Member& member : subscription.list->members)
        member.dirty = true;
}

namespace {

constexpr std::size_t head_bytes = 1500;    // of a NOTIFY and of the list's own part, about
constexpr std::size_t resource_bytes = 140; // of a member in the list, without its URI and name
constexpr std::size_t part_bytes = 160;     // around a document

rlmi::Instance instance_of(ResourceIndex resource, Member::Told told) {
    rlmi::Instance instance{fmt::format("i{}", resource), rlmi::State::terminated, "", ""};
    switch (told) {
    case Member::Told::nothing:
    case Member::Told::pending: instance.state = rlmi::State::pending; break;
    case Member::Told::active: instance.state = rlmi::State::active; break;
    case Member::Told::rejected: instance.reason = "rejected"; break;
    case Member::Told::probation: instance.reason = "probation"; break;
    }
    return instance;
}

} // namespace

/// One NOTIFY of a list while it is gathered.
struct Notifier::ListLetter {
    Watcher watcher;
    rlmi::List list;
    std::vector<std::string> documents;
    std::vector<std::string> ids; // of the documents
    std::size_t bytes = 0;
    std::size_t bytes_max = 0;
    bool more = false; // there was no room for all
};

/// What there is to tell of one member now; its document, if that is it. No room: what was told stays, for now.
Member::Told Notifier::tell_member(Subscription& subscription, Member& member, ListLetter& letter) {
    using enum Member::Told;
    const EventPackage& package = event_packages()[subscription.package];
    member.dirty = false;
    const auto own =
        std::exchange(subscription.permission, seams_.permission(letter.watcher, member.resource, package));
    const bool refused = subscription.permission == Permission::refused;
    const Rendered* document = refused ? nullptr : &render(member.resource, subscription, names_->uri(member.resource));
    subscription.permission = own;
    if (refused) return rejected;
    if (!document->known) { // a lamp must not lie
        const bool shown = member.told == active || (member.told == probation && !letter.list.full);
        return shown ? probation : pending;
    }
    if (!letter.list.full && member.told == active && member.hash == document->body.hash) return active;
    const auto bytes = document->body.text.size() + part_bytes;
    if (letter.documents.size() >= options_.list_documents ||
        (letter.bytes + bytes > letter.bytes_max && !(letter.documents.empty() && !letter.list.full))) {
        letter.more = true;
        member.dirty = true;
        return letter.list.full ? pending : member.told;
    }
    letter.bytes += bytes;
    letter.documents.push_back(document->body.text);
    if (document->body.version_at != Body::no_version)
        xml::Versioned::write_version(letter.documents.back().data() + document->body.version_at, member.version);
    letter.ids.push_back(fmt::format("d{}.{}@{}", member.resource, member.version, list_domain));
    ++member.version;
    member.hash = document->body.hash;
    return active;
}

void Notifier::gather_members(Subscription& subscription, ListLetter& letter) {
    const bool full = letter.list.full;
    auto& members = subscription.list->members;
    letter.bytes = head_bytes;
    if (full)
        for (const Member& member : members)
            letter.bytes +=
                resource_bytes + names_->uri(member.resource).size() + names_->label(member.resource).size();
    for (Member& member : members) {
        if (!member.dirty && !full) continue;
        const auto documents = letter.documents.size();
        const auto told = tell_member(subscription, member, letter);
        const bool with_document = letter.documents.size() > documents;
        const bool changed = full || with_document || told != member.told;
        member.told = told;
        if (!changed) continue;
        rlmi::Resource resource{
            std::string(names_->uri(member.resource)), std::string(names_->label(member.resource)), {}};
        if (!full) letter.bytes += resource_bytes + resource.uri.size() + resource.name.size();
        resource.instances.push_back(instance_of(member.resource, told));
        if (with_document) resource.instances.back().cid = letter.ids.back();
        letter.list.resources.push_back(std::move(resource));
    }
}

void Notifier::send_list(std::uint32_t index, Steady now) {
    Subscription& subscription = subscriptions_[index];
    ListState& state = *subscription.list;
    ListLetter letter;
    letter.watcher = watchers_[subscription.watcher].watcher();
    letter.list.uri = subscription.text(subscription.entity);
    letter.list.version = state.version;
    letter.list.full = state.full;
    letter.bytes_max = subscription.flow.reliable ? static_cast<std::size_t>(-1) : options_.datagram_bytes;
    gather_members(subscription, letter);
    if (letter.list.resources.empty() && !subscription.forced && subscription.ending == Ending::none)
        return nothing_to_tell(index);
    const auto root = rlmi::write(letter.list);
    const auto root_id = fmt::format("r{}@{}", state.version, list_domain);
    std::vector<rlmi::Part> parts;
    parts.push_back({"application/rlmi+xml;charset=\"UTF-8\"", root_id, root});
    for (std::size_t i = 0; i < letter.documents.size(); ++i)
        parts.push_back({event_packages()[subscription.package].media_type, letter.ids[i], letter.documents[i]});
    // Nobody who is shown in a document can know the boundary and write it there.
    auto multipart = rlmi::write_multipart(parts, fresh_hex("lamp"));
    LAMP_CHECK(multipart.has_value());
    ++state.version;
    state.full = false;
    Body body;
    body.text = std::move(multipart->body);
    write_notify(index, multipart->content_type, body, now);
    subscription.dirty = letter.more; // goes on when this one is answered
}

} // namespace lamp::sip
