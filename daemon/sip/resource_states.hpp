// What is known of each resource: the verdict from the presence table, the calls that the telephony loop tells of, and
// what was published. Lives on the sip loop.
#pragma once
#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "calls/line_book.hpp"
#include "presence/table.hpp"
#include "sip/compositor.hpp"
#include "sip/names.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

class ResourceStates {
public:
    ResourceStates(const presence::Table& table, const Compositor& compositor, std::string domain)
        : table_(table), compositor_(compositor), domain_(std::move(domain)) {}

    void use_names(std::shared_ptr<const Names> names) { names_ = std::move(names); }
    /// The line's resource, if it has one: it and its relatives have changed.
    [[nodiscard]] std::optional<ResourceIndex> take(const calls::LineNews& news, Steady now);
    /// Ended calls are shown for ten seconds; call once in a while.
    void tidy(Steady now);

    /// Its spans live until the next call.
    [[nodiscard]] View view(ResourceIndex resource);
    /// Those whose views hold what this one's holds: a person's lines, a line's persons.
    [[nodiscard]] std::span<const ResourceIndex> relatives(ResourceIndex resource) const;

private:
    struct Ended {
        calls::LineNews news; // without calls
        Steady at;
    };
    void add_line(ResourceIndex line, View& view, bool& some_unknown);

    const presence::Table& table_;
    const Compositor& compositor_;
    std::string domain_;
    std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
    calls::LineBook book_;
    std::unordered_map<ResourceIndex, Ended> ended_;
    std::vector<dialoginfo::Dialog> dialogs_;
    std::vector<const pidf::Document*> published_;
};

} // namespace lamp::sip
