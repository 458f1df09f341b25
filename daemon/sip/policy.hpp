// Who may watch and publish for whom (sip-csta.md 9): everybody who logs in watches everybody but those who are
// private; trusted peers watch all; who watches whom is a matter of that person alone. Pure and immutable: built new
// whenever the people, the names or the settings change. Lives on the sip loop.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "presence/people.hpp"
#include "sip/event_packages.hpp"
#include "sip/names.hpp"
#include "sip/options.hpp"

namespace lamp::sip {

class Policy {
public:
    struct Wishes {
        std::span<const std::string> private_people; // ids, in any case
        PrivateAnswer private_answer = PrivateAnswer::refuse;
        bool show_remote = true;
    };

    Policy() = default; // nobody is private, nobody is anybody
    /// Private is a person and each of its lines, shared ones too. `problems`, where given, is told of ids that name
    /// nobody: a slip of the pen must not show what was to be hidden.
    [[nodiscard]] static Policy build(const Wishes& wishes, const presence::People& people,
                                      std::shared_ptr<const Names> names, std::string_view domain,
                                      std::vector<std::string>* problems);

    /// Whether the watcher logged in as that person or line. A person owns each of its lines; a line owns its person
    /// unless several share it. Case does not count, since watchers come in lower case; a name that several have but
    /// for their case is theirs who write it without capitals, else nobody's.
    [[nodiscard]] bool owns(const Watcher& watcher, ResourceIndex resource) const;
    /// Members of a list are asked for one by one; the list itself hides nothing.
    [[nodiscard]] Permission may_watch(const Watcher& watcher, ResourceIndex resource,
                                       const EventPackage& package) const;
    [[nodiscard]] bool may_publish(const Watcher& watcher, ResourceIndex resource) const {
        return watcher.trusted || owns(watcher, resource);
    }

private:
    struct Named {
        std::optional<ResourceIndex> index; // nothing: several are called so
        Kind kind;
    };
    void index_capitals();
    void add_capitals(std::string_view name, ResourceIndex index);
    void hide(const Wishes& wishes, const presence::People& people, std::vector<std::string>* problems);
    [[nodiscard]] std::optional<ResourceIndex> named(std::string_view name) const;
    [[nodiscard]] std::optional<ResourceIndex> own(std::string_view watcher) const;

    std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
    std::string behind_;                              // "@pbx.example"
    std::unordered_map<std::string, Named> capitals_; // in lower case: names that are written with capitals
    std::unordered_set<ResourceIndex> private_;
    Permission to_strangers_ = Permission::refused; // of somebody private
    Permission to_all_ = Permission::allowed;
};

} // namespace lamp::sip
