// See office.hpp.
#include "office.hpp"

#include <utility>

namespace sim::zoom {

void Office::after(int low_ms, int high_ms, std::function<void()> task) {
    loop_.after(std::chrono::milliseconds(random_.between(low_ms, high_ms)), std::move(task));
}

void Office::start() {
    if (std::exchange(running_, true)) return;
    tick();
}

// About one meeting for every twenty people.
void Office::tick() {
    if (!running_) return;
    if (account_.meetings.size() < account_.users.size() / 20 + 1 && account_.users.size() >= 4) meet();
    after(8000, 15'000, [this] { tick(); });
}

void Office::meet() {
    const std::string name = "office-" + std::to_string(++meetings_);
    std::vector<UserIndex> members;
    const int size = random_.between(2, 4);
    for (int tries = 0; tries < 40 && static_cast<int>(members.size()) < size; ++tries) {
        const UserIndex user = random_.below(static_cast<std::uint32_t>(account_.users.size()));
        if (account_.attended_by(user) == 0 && account_.users[user].presence != "In_Meeting") members.push_back(user);
    }
    if (members.empty()) return;
    Meeting& meeting = account_.open(name, members.front(), now_());
    for (const UserIndex user : members) {
        account_.join(meeting, "desk-" + std::to_string(user), user, {}, now_());
        account_.show(user, "In_Meeting", now_());
    }
    if (random_.chance(40)) account_.join(meeting, "mobile", members.front(), {}, now_());
    if (random_.chance(60)) account_.join(meeting, "guest", nobody, "Visitor", now_());
    after(25'000, 60'000, [this, name, members] { part(name, members); });
}

void Office::part(const std::string& name, const std::vector<UserIndex>& members) {
    Meeting* meeting = account_.find_meeting(name);
    if (!meeting) return;
    for (const UserIndex user : members) {
        account_.leave(*meeting, "desk-" + std::to_string(user), now_());
        account_.show(user, "Available", now_());
    }
    account_.end(name, now_());
}

} // namespace sim::zoom
