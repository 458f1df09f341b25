// Lists (RFC 4662): one subscription for many resources. The first NOTIFY after each SUBSCRIBE names every member, the
// following ones those that have changed; each member's documents have numbers of their own (sip-csta.md 12).
#include <algorithm>
#include <fmt/format.h>

#include "proto/rlmi/list.hpp"
#include "sip/notifier.hpp"

namespace lamp::sip {

/// Members in the order of the list; what a member was told stays with it.
void Notifier::use_members(Subscription& subscription) {
    ListState& list = *subscription.list;
    const auto wanted = names_->members(subscription.resource);
    const bool same = std::ranges::equal(list.members, wanted, {}, &Member::resource);
    if (same) return;
    std::vector<Member> members;
    members.reserve(wanted.size());
    for (const ResourceIndex resource : wanted) {
        const auto known = std::ranges::find(list.members, resource, &Member::resource);
        members.push_back(known == list.members.end() ? Member{.resource = resource} : *known);
    }
    list.members = std::move(members);
    list.full = true; // who is no longer named is no longer on the list
    subscription.forced = true;
}

namespace {

struct Documents {
    std::vector<rlmi::Part> parts;  // views into `texts`
    std::vector<std::string> texts; // reserved at the start: never moved
    std::vector<std::string> ids;
};

} // namespace

void Notifier::send_list(std::uint32_t index, Steady now) {
    Subscription& subscription = subscriptions_[index];
    const EventPackage& package = event_packages()[subscription.package];
    ListState& state = *subscription.list;
    const bool full = state.full;
    const auto limit = subscription.flow.reliable ? static_cast<std::size_t>(-1) : options_.datagram_bytes;

    rlmi::List list;
    list.uri = subscription.text(subscription.entity);
    list.version = state.version;
    list.full = full;
    Documents documents;
    documents.texts.reserve(state.members.size());
    documents.ids.reserve(state.members.size());
    const auto& watcher = watchers_[subscription.watcher];
    const auto own_permission = subscription.permission;
    std::size_t bytes = 400 + state.members.size() * (full ? 200 : 0);
    bool more = false;
    for (Member& member : state.members) {
        if (!member.dirty && !full) continue;
        rlmi::Resource resource{
            std::string(names_->uri(member.resource)), std::string(names_->label(member.resource)), {}};
        rlmi::Instance instance{fmt::format("i{}", member.resource), rlmi::State::active, "", ""};
        subscription.permission = seams_.permission({watcher.id, watcher.trusted}, member.resource, package);
        bool changed = full || !member.named;
        if (subscription.permission == Permission::refused) {
            instance.state = rlmi::State::terminated;
            instance.reason = "rejected";
            changed = changed || member.told;
            member.told = false;
            member.dirty = false;
        } else {
            const Rendered& document = render(member.resource, subscription, resource.uri);
            if (package.needs_calls && !document.calls_known) { // a lamp must not lie
                instance.state = member.told ? rlmi::State::terminated : rlmi::State::pending;
                if (member.told) instance.reason = "probation";
                changed = changed || member.told;
                member.told = false;
                member.dirty = false;
                member.hash = 0;
            } else if (documents.texts.size() >= options_.list_documents || bytes + document.body.text.size() > limit) {
                more = true;
                instance.state = rlmi::State::pending; // its document follows in the next one
                member.dirty = true;
            } else if (full || !member.told || member.hash != document.body.hash) {
                changed = true;
                instance.cid = fmt::format("d{}.{}@{}", member.resource, member.version, list_domain);
                documents.texts.push_back(document.body.text);
                if (document.body.version_at != Body::no_version)
                    xml::Versioned::write_version(documents.texts.back().data() + document.body.version_at,
                                                  member.version);
                documents.ids.push_back(instance.cid);
                bytes += document.body.text.size() + 200;
                ++member.version;
                member.hash = document.body.hash;
                member.told = true;
                member.dirty = false;
            } else {
                member.dirty = false;
            }
        }
        if (!changed) continue;
        member.named = true;
        resource.instances.push_back(std::move(instance));
        list.resources.push_back(std::move(resource));
    }
    subscription.permission = own_permission;
    if (list.resources.empty() && !subscription.forced && subscription.ending == Ending::none) {
        ++counters_.unchanged;
        subscription.dirty = more;
        return rearm(index);
    }
    const auto root = rlmi::write(list);
    const auto root_id = fmt::format("r{}@{}", state.version, list_domain);
    documents.parts.push_back({"application/rlmi+xml;charset=\"UTF-8\"", root_id, root});
    for (std::size_t i = 0; i < documents.texts.size(); ++i)
        documents.parts.push_back({package.media_type, documents.ids[i], documents.texts[i]});
    auto multipart = rlmi::write_multipart(documents.parts, "lamp");
    if (!multipart) { // nothing of it is a stranger's
        subscription.dirty = false;
        return rearm(index);
    }
    ++state.version;
    state.full = false;
    Body body;
    body.text = std::move(multipart->body);
    write_notify(index, multipart->content_type, body, now);
    subscription.dirty = more; // goes on when this one is answered
}

} // namespace lamp::sip
