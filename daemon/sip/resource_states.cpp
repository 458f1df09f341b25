#include "sip/resource_states.hpp"

#include <algorithm>

#include "sip/line_dialogs.hpp"

namespace lamp::sip {
namespace {
constexpr seconds ended_shown{10};

/// The boxes of a person's lines are one. Of a line that nobody has told of yet something may come.
void add_messages(const calls::LineNews* news, View& view) {
    view.messages_awaited |= !news || news->messages_awaited;
    if (!news || !news->messages) return;
    auto& sum = view.messages ? *view.messages : view.messages.emplace();
    sum.fresh += news->messages->fresh;
    sum.old += news->messages->old;
    sum.fresh_urgent += news->messages->fresh_urgent;
    sum.old_urgent += news->messages->old_urgent;
}

} // namespace

std::optional<ResourceIndex> ResourceStates::take(const calls::LineNews& news, Steady now) {
    book_.take(news);
    const auto line = names_->of_line(news.line);
    if (!line) return std::nullopt;
    if (news.ended.empty()) {
        ended_.erase(*line);
    } else {
        calls::LineNews ended;
        ended.line = news.line;
        ended.ended = news.ended;
        ended_[*line] = {std::move(ended), now};
    }
    return line;
}

void ResourceStates::tidy(Steady now) {
    std::erase_if(ended_, [&](const auto& one) { return now - one.second.at > ended_shown; });
}

std::span<const ResourceIndex> ResourceStates::relatives(ResourceIndex resource) const {
    switch (names_->kind(resource)) {
    case Kind::person: return names_->lines(resource);
    case Kind::line: return names_->persons(resource);
    case Kind::list: break;
    }
    return {};
}

void ResourceStates::add_line(ResourceIndex line, View& view, bool& some_unknown) {
    const auto* news = book_.find(names_->key(line));
    add_messages(news, view);
    if (!news || !news->known) {
        some_unknown = true;
        return;
    }
    view.dnd = view.dnd || news->dnd;
    const auto identity = names_->uri(line);
    const auto display = names_->label(line);
    if (news->calls.empty()) { // shared with others that rest
        if (auto ended = ended_.find(line); ended != ended_.end())
            append_dialogs(dialogs_, ended->second.news, identity, display, domain_);
        return;
    }
    append_dialogs(dialogs_, *news, identity, display, domain_);
    if (auto ended = ended_.find(line); ended != ended_.end())
        append_dialogs(dialogs_, ended->second.news, identity, display, domain_);
}

View ResourceStates::view(ResourceIndex resource) {
    View view;
    dialogs_.clear();
    published_.clear();
    view.name = names_->label(resource);
    bool some_unknown = false;
    for (const ResourceIndex line : names_->lines(resource))
        add_line(line, view, some_unknown);
    // Calls that are known make a lamp shine rightly, even if another line is silent; darkness needs all lines.
    view.calls_known = !some_unknown || !dialogs_.empty();
    const auto add_published = [&](ResourceIndex one) {
        const auto dialogs = compositor_.dialogs(one);
        dialogs_.insert(dialogs_.end(), dialogs.begin(), dialogs.end());
        const auto documents = compositor_.presence(one);
        published_.insert(published_.end(), documents.begin(), documents.end());
    };
    add_published(resource);
    for (const ResourceIndex relative : relatives(resource))
        if (relative != resource) add_published(relative);
    view.dialogs = dialogs_;
    view.published = published_;
    if (const auto slot = names_->person(resource)) {
        const auto snapshot = table_.read(*slot);
        view.status = snapshot.verdict.conclusion.status;
        view.since = snapshot.since;
        view.forwarding = snapshot.line().forwarding;
        view.agent = snapshot.line().agent;
    }
    return view;
}

} // namespace lamp::sip
