#include "adapters/zoho/links.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <openssl/rand.h>

#include "base/check.hpp"
#include "proto/text/text.hpp"

namespace lamp::zoho {
namespace {

constexpr std::size_t path_bytes = 16;
constexpr std::size_t key_bytes = 24;

bool is_number(std::string_view text) {
    return plain_number(text) == text && !text.empty() && text.find('@') == std::string_view::npos;
}

} // namespace

std::string random_hex(std::size_t bytes) {
    std::vector<unsigned char> random(bytes);
    LAMP_CHECK(RAND_bytes(random.data(), static_cast<int>(bytes)) == 1);
    return text::hex(random);
}

std::string_view name(Link::Origin origin) {
    switch (origin) {
    case Link::Origin::people: return "people";
    case Link::Origin::email: return "email";
    case Link::Origin::command: return "command";
    case Link::Origin::unlinked: return "unlinked";
    }
    return "unknown";
}

void Links::load(std::vector<Link> kept) {
    loaded_ = true;
    for (Link& link : kept) {
        auto user = link.zohouser;
        entries_[user].link = std::move(link);
    }
    settle();
}

void Links::use_people(const presence::People& people, const std::vector<fanout::LineName>& lines) {
    seats_.clear();
    seat_by_person_.clear();
    seat_by_text_.clear();
    std::unordered_map<presence::Slot, std::size_t> at;
    for (presence::Slot slot : people.order()) {
        auto person = people.person(slot);
        at[slot] = seats_.size();
        seat_by_person_.emplace(std::string(person.id), seats_.size());
        seats_.push_back({slot,
                          std::string(person.id),
                          text::lower(text::trim(person.email)),
                          text::lower(text::trim(person.zoho)),
                          {}});
    }
    for (const auto& line : lines) {
        auto seat = at.find(line.slot);
        if (seat == at.end()) continue;
        seats_[seat->second].texts.push_back(line.text);
        seat_by_text_.emplace(text::lower(line.text), seat->second);
    }
    settle();
}

void Links::use_users(std::vector<User> users, Wall now) {
    users_ = std::move(users);
    users_read_ = now;
    for (auto& [user, entry] : entries_) // what Zoho said of a user may be over
        if (!due_for(entry)) entry.error.clear();
    settle();
}

void Links::enable(bool on) {
    if (on != enabled_)
        for (auto& [user, entry] : entries_)
            entry.again = {}, entry.error.clear();
    enabled_ = on;
}

// --- who is who

std::string Links::user_named(std::string_view text) const {
    auto wanted = text::lower(text::trim(text));
    for (const User& user : users_)
        if (text::same_letters(user.id, wanted) || (!user.email.empty() && user.email == wanted)) return user.id;
    // Before the list is in, an id is taken as it is written.
    bool id = !users_read_ && wanted.find('@') == std::string::npos;
    return id ? wanted : std::string();
}

const Links::Seat* Links::seat_of(std::string_view person) const {
    auto seat = seat_by_person_.find(std::string(person));
    return seat == seat_by_person_.end() ? nullptr : &seats_[seat->second];
}

const Links::Seat* Links::seat_named(std::string_view text) const {
    if (const Seat* seat = seat_of(text)) return seat;
    auto seat = seat_by_text_.find(text::lower(text::trim(text)));
    return seat == seat_by_text_.end() ? nullptr : &seats_[seat->second];
}

void Links::settle() {
    if (!loaded_) return;
    doubts_.clear();
    std::map<std::string, std::vector<std::pair<const Seat*, Link::Origin>>> wishes;
    for (const Seat& seat : seats_) {
        auto origin = seat.column.empty() ? Link::Origin::email : Link::Origin::people;
        if (origin == Link::Origin::email && (!by_email_ || seat.email.empty() || !users_read_)) continue;
        auto user = user_named(origin == Link::Origin::email ? seat.email : seat.column);
        if (!user.empty() && seat.texts.empty() && origin == Link::Origin::email) continue; // nothing to be called by
        if (!user.empty()) wishes[user].emplace_back(&seat, origin);
        bool nobody = user.empty() && users_read_ && origin == Link::Origin::people;
        if (nobody) doubts_.push_back({seat.slot, "unmatched", "names a user whom Zoho does not list"});
    }
    for (auto& [user, entry] : entries_)
        entry.wanted = entry.link.origin == Link::Origin::command;
    for (const auto& [user, seats] : wishes) {
        if (seats.size() > 1) {
            for (const auto& [seat, origin] : seats)
                doubts_.push_back({seat->slot, "doubled", "shares the Zoho user with another person"});
            continue;
        }
        const auto& [seat, origin] = seats.front();
        auto known = entries_.find(user);
        bool decided = known != entries_.end() && (known->second.link.origin == Link::Origin::command ||
                                                   known->second.link.origin == Link::Origin::unlinked);
        if (!decided) put(*seat, user, origin);
    }
    // Nothing is decided of people before there are any, nor of users before they are listed.
    for (auto& [user, entry] : entries_)
        if (seats_.empty() || (!users_read_ && entry.link.origin != Link::Origin::unlinked)) entry.wanted = true;
    for (auto at = entries_.begin(); at != entries_.end();) {
        auto here = at++;
        const auto& entry = here->second;
        if (entry.wanted || !entry.link.registered.empty() || entry.link.origin == Link::Origin::unlinked) continue;
        forgotten_.push_back(here->first);
        entries_.erase(here);
    }
    user_by_person_.clear();
    for (const auto& [user, entry] : entries_)
        if (entry.wanted && entry.link.origin != Link::Origin::unlinked)
            user_by_person_.emplace(entry.link.person, user);
}

void Links::put(const Seat& seat, const std::string& user, Link::Origin origin) {
    auto& entry = entries_[user];
    entry.wanted = true;
    auto wanted = entry.link;
    wanted.zohouser = user;
    wanted.person = seat.person;
    wanted.line = seat.texts.empty() ? std::string() : seat.texts.front();
    wanted.origin = origin;
    if (wanted.path.empty()) {
        wanted.path = random_hex(path_bytes);
        wanted.key = random_hex(key_bytes);
    }
    if (wanted == entry.link) return;
    entry.link = std::move(wanted);
    entry.again = {};
    entry.error.clear();
    changed(user);
}

Result<void> Links::link(std::string_view line, std::string_view text) {
    if (!loaded_) return fail(Category::unavailable, "The links are not read from disk yet.");
    const Seat* seat = seat_named(line);
    if (!seat) return fail(Category::not_found, fmt::format("Nobody has the line {}.", line));
    if (seat->texts.empty()) return fail(Category::not_found, fmt::format("{} has no line.", seat->person));
    auto user = user_named(text);
    if (user.empty()) return fail(Category::not_found, fmt::format("Zoho lists no user {}.", text));
    auto known = entries_.find(user);
    if (known != entries_.end() && known->second.link.origin == Link::Origin::command &&
        known->second.link.person != seat->person)
        return fail(Category::conflict,
                    fmt::format("That Zoho user is linked to {} already: unlink it first.", known->second.link.person));
    auto before = user_by_person_.find(seat->person);
    if (before != user_by_person_.end() && before->second != user)
        return fail(Category::conflict,
                    fmt::format("{} is linked to another Zoho user already: unlink it first.", seat->person));
    put(*seat, user, Link::Origin::command);
    settle();
    return {};
}

Result<void> Links::unlink(std::string_view line) {
    if (!loaded_) return fail(Category::unavailable, "The links are not read from disk yet.");
    const Seat* seat = seat_named(line);
    auto person = seat ? seat->person : std::string(line);
    auto known = user_by_person_.find(person);
    if (known == user_by_person_.end()) return fail(Category::not_found, fmt::format("{} is not linked.", line));
    auto user = known->second;
    auto& entry = entries_.find(user)->second;
    entry.link.origin = Link::Origin::unlinked;
    entry.again = {};
    entry.error.clear();
    changed(user);
    settle();
    return {};
}

// --- wanted and registered

std::vector<Link> Links::take_unkept() {
    std::vector<Link> rows;
    for (const auto& user : std::exchange(unkept_, {}))
        if (auto entry = entries_.find(user); entry != entries_.end()) rows.push_back(entry->second.link);
    return rows;
}

std::vector<std::string> Links::take_forgotten() {
    return std::exchange(forgotten_, {});
}

std::string Links::expected(const Link& link) const {
    return base_.empty() || link.line.empty() ? std::string() : base_ + ' ' + link.line;
}

bool Links::due_for(const Entry& entry) const {
    bool wanted = enabled_ && entry.wanted && entry.link.origin != Link::Origin::unlinked;
    if (!wanted) return !entry.link.registered.empty();
    auto expects = expected(entry.link);
    return !expects.empty() && entry.link.registered != expects;
}

std::optional<Links::Job> Links::next(Steady now) const {
    for (const auto& [user, entry] : entries_) {
        if (entry.again > now || !due_for(entry)) continue;
        bool wanted = enabled_ && entry.wanted && entry.link.origin != Link::Origin::unlinked;
        return Job{wanted ? Job::What::add : Job::What::remove, entry.link};
    }
    return std::nullopt;
}

Steady Links::due() const {
    auto first = Steady::max();
    for (const auto& [user, entry] : entries_)
        if (due_for(entry)) first = std::min(first, entry.again);
    return first;
}

void Links::done(const Job& job) {
    auto entry = entries_.find(job.link.zohouser);
    if (entry == entries_.end()) return;
    entry->second.link.registered = job.what == Job::What::add ? expected(job.link) : std::string();
    entry->second.error.clear();
    changed(job.link.zohouser);
    if (job.what == Job::What::remove && !entry->second.wanted) settle();
}

void Links::failed(const Job& job, std::string why, milliseconds again, Steady now) {
    auto entry = entries_.find(job.link.zohouser);
    if (entry == entries_.end()) return;
    entry->second.error = std::move(why);
    entry->second.again = now + again;
}

void Links::broken(std::string_view zohouser, std::string why) {
    if (auto entry = entries_.find(zohouser); entry != entries_.end()) entry->second.error = std::move(why);
}

void Links::all_forgotten() {
    for (auto& [user, entry] : entries_) {
        if (entry.link.registered.empty()) continue;
        entry.link.registered.clear();
        changed(user);
    }
    settle();
}

// --- what is asked of it

std::optional<Agent> Links::agent(std::string_view line, std::string_view person) const {
    if (person.empty()) {
        auto seat = seat_by_text_.find(text::lower(line));
        if (seat == seat_by_text_.end()) return std::nullopt;
        person = seats_[seat->second].person;
    }
    auto user = user_by_person_.find(std::string(person));
    if (user == user_by_person_.end()) return std::nullopt;
    return Agent{user->second, number_of(entries_.find(user->second)->second.link)};
}

const Link* Links::by_user(std::string_view zohouser) const {
    auto entry = entries_.find(zohouser);
    return entry == entries_.end() ? nullptr : &entry->second.link;
}

std::vector<std::string> Links::lines_of(const Link& link) const {
    const Seat* seat = seat_of(link.person);
    return seat ? seat->texts : std::vector<std::string>{link.line};
}

std::string Links::number_of(const Link& link) const {
    std::string best;
    for (const auto& text : lines_of(link)) {
        if (!is_number(text)) continue;
        if (text.starts_with('+')) return text;
        if (text.size() > best.size()) best = text;
    }
    if (!best.empty()) return best;
    auto local = plain_number(link.line);
    return local.empty() ? link.line : local;
}

std::vector<Link> Links::linked() const {
    std::vector<Link> found;
    for (const auto& [user, entry] : entries_)
        if (entry.wanted && entry.link.origin != Link::Origin::unlinked) found.push_back(entry.link);
    return found;
}

std::size_t Links::registered() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(entries_, [](const auto& one) { return !one.second.link.registered.empty(); }));
}

std::vector<fanout::LinkView> Links::view() const {
    std::vector<fanout::LinkView> rows;
    std::unordered_map<std::string_view, const User*> users;
    for (const User& user : users_)
        users.emplace(user.id, &user);
    for (const auto& [id, entry] : entries_) {
        bool off = entry.link.origin == Link::Origin::unlinked || !entry.wanted;
        if (off && entry.link.registered.empty()) continue;
        fanout::LinkView row{.line = entry.link.line,
                             .number = number_of(entry.link),
                             .person = entry.link.person,
                             .user = id,
                             .state = off ? "ending" : "linked",
                             .origin = std::string(name(entry.link.origin)),
                             .error = entry.error};
        if (auto user = users.find(id); user != users.end()) {
            row.user_name = user->second->name;
            row.user_email = user->second->email;
        }
        if (!off && !enabled_) row.state = entry.link.registered.empty() ? "off" : "ending";
        if (!off && enabled_ && due_for(entry)) row.state = "wanted";
        if (!entry.error.empty()) row.state = "degraded";
        rows.push_back(std::move(row));
    }
    for (const Seat& seat : seats_)
        if (!seat.texts.empty() && !user_by_person_.contains(seat.person))
            rows.push_back({.line = seat.texts.front(), .person = seat.person, .state = "off"});
    return rows;
}

std::vector<fanout::LinkUser> Links::users() const {
    std::vector<fanout::LinkUser> found;
    for (const User& user : users_) {
        auto entry = entries_.find(user.id);
        bool on =
            entry != entries_.end() && entry->second.wanted && entry->second.link.origin != Link::Origin::unlinked;
        found.push_back({user.id, user.name, user.email, on});
    }
    return found;
}

} // namespace lamp::zoho
