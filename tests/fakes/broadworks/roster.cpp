// People from a seed: invented names of several nations, numbers, departments, virtual users. See model.hpp.
#include "model.hpp"

#include "../graph/guid.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace sim::bw {

namespace {

constexpr std::array<std::string_view, 48> first_names = {
    "Alice",  "Bob",   "Carol",  "Dirk",    "Emma",   "Fatima", "Gijs",    "Hélène", "Ingrid",     "Jürgen",
    "Kees",   "Lotte", "Mehmet", "Noor",    "Óscar",  "Pieter", "Quirine", "Renée",  "Sjoerd",     "Tomás",
    "Ursula", "Věra",  "Wouter", "Xavier",  "Yasmin", "Zoë",    "Anaïs",   "Björn",  "Chloé",      "Daan",
    "Élodie", "Femke", "Günter", "Hüseyin", "Iñaki",  "Jana",   "Kwame",   "Lucía",  "Małgorzata", "Niamh",
    "Øyvind", "Priya", "Rasa",   "Søren",   "Thijs",  "Ulla",   "Vincent", "Žofie"};

constexpr std::array<std::string_view, 44> last_names = {
    "Testmans",    "Proefstra",      "Voorbeeld",   "de Fictie", "van Sample", "Mustermann",  "Beispiel",
    "Müller-Test", "Exemple",        "Lefictif",    "Démo",      "Ejemplo",    "Prueba",      "Ficción",
    "Esempio",     "Provetti",       "Testsen",     "Eksempel",  "Prøvestad",  "Exempelsson", "Testowska",
    "Przykład",    "Zkouška",        "Vzorný",      "Örnek",     "Deneme",     "Nümune",      "O'Specimen",
    "Mac Trial",   "Dummyworth",     "Placeholder", "Nobodyson", "Fakenham",   "Inventley",   "Paradigma",
    "Modelo",      "Kuvitteellinen", "Näidis",      "Pavyzdys",  "Kitalált",   "Testerink",   "van der Proef",
    "ter Demo",    "Großtest"};

constexpr std::array<std::string_view, 8> department_names = {"Sales",   "Support",    "Reception", "Logistics",
                                                              "Finance", "Management", "IT",        "Human Resources"};

std::string_view without(std::string_view text, std::string_view prefix) {
    return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

} // namespace

std::uint64_t Random::next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15ULL); // splitmix64
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ULL;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBULL;
    return z ^ (z >> 31);
}

std::string_view name_of(AgentState state) {
    static constexpr std::array<std::string_view, 5> names = {"Sign-In", "Available", "Unavailable", "Wrap-Up",
                                                              "Sign-Out"};
    return names[static_cast<std::size_t>(state)];
}

std::optional<AgentState> agent_state_of(std::string_view text) {
    for (const auto state : {AgentState::sign_in, AgentState::available, AgentState::unavailable, AgentState::wrap_up,
                             AgentState::sign_out})
        if (name_of(state) == text) return state;
    return std::nullopt;
}

std::string ascii_fold(std::string_view utf8) {
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 44> table = {
        {{"é", "e"}, {"è", "e"},  {"ë", "e"}, {"ě", "e"}, {"ü", "u"}, {"ú", "u"}, {"ö", "o"}, {"ó", "o"}, {"ø", "o"},
         {"Ø", "o"}, {"Ö", "o"},  {"Ó", "o"}, {"á", "a"}, {"à", "a"}, {"ä", "a"}, {"ã", "a"}, {"ï", "i"}, {"í", "i"},
         {"ñ", "n"}, {"ç", "c"},  {"É", "e"}, {"š", "s"}, {"Š", "s"}, {"ž", "z"}, {"Ž", "z"}, {"ł", "l"}, {"ą", "a"},
         {"ý", "y"}, {"ß", "ss"}, {"ş", "s"}, {"ğ", "g"}, {"ı", "i"}, {"č", "c"}, {"ř", "r"}, {"ń", "n"}, {"ę", "e"},
         {"ó", "o"}, {"å", "a"},  {"ő", "o"}, {"ű", "u"}, {"ô", "o"}, {"ê", "e"}, {"î", "i"}, {"Ú", "u"}}};
    std::string out;
    for (std::size_t i = 0; i < utf8.size();) {
        const char c = utf8[i];
        const auto found = std::find_if(table.begin(), table.end(),
                                        [&](const auto& row) { return utf8.substr(i).starts_with(row.first); });
        if (found != table.end()) {
            out += found->second;
            i += found->first.size();
            continue;
        }
        ++i;
        if (c >= 'A' && c <= 'Z')
            out += static_cast<char>(c + 32);
        else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            out += c;
    }
    return out;
}

bool dialable(std::string_view text) {
    return !text.empty() && text.size() <= 30 && std::all_of(text.begin(), text.end(), [](char c) {
        return (c >= '0' && c <= '9') || c == '*' || c == '#' || c == '+';
    });
}

std::optional<std::uint64_t> e164_of(std::string_view text) {
    bool full = false;
    if (text.starts_with("+")) {
        text.remove_prefix(1);
        full = true;
    } else if (text.starts_with("00")) {
        text.remove_prefix(2);
        full = true;
    }
    const bool national = !full && text.starts_with("0");
    if (national) text.remove_prefix(1);
    if ((!full && !national) || text.size() < 6 || text.size() > 15) return std::nullopt;
    std::uint64_t digits = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), digits);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (!national) return digits;
    std::uint64_t scale = 1;
    for (std::size_t i = 0; i < text.size(); ++i)
        scale *= 10;
    return 31 * scale + digits;
}

std::string Roster::unused_id(const std::string& first, const std::string& last) const {
    std::string folded_last = ascii_fold(last);
    const std::string stem = ascii_fold(first) + "." + folded_last;
    for (std::size_t n = users_.size();; ++n) {
        std::string id = stem + "@" + domain;
        if (!by_id_.contains(id)) return id;
        id = stem + std::to_string(n) + "@" + domain;
        if (!by_id_.contains(id)) return id;
    }
}

UserIndex Roster::add(User user) {
    const auto index = static_cast<UserIndex>(users_.size());
    if (user.extension == 0) user.extension = index < 7000 ? 2000 + index : 100000 + index;
    if (user.number == 0)
        user.number = user.extension < 10000 ? 31201230000ULL + user.extension : 31880000000ULL + index;
    users_.push_back(std::move(user));
    const User& stored = users_.back();
    by_id_[stored.id] = index;
    by_extension_[stored.extension] = index;
    by_number_[stored.number] = index;
    return index;
}

void Roster::remove(UserIndex index) {
    User& user = users_[index];
    user.removed = true;
    by_id_.erase(user.id);
    by_extension_.erase(user.extension);
    by_number_.erase(user.number);
    std::erase_if(people, [&](const Person& person) { return !person.lines.empty() && person.lines.front() == index; });
    for (Person& person : people)
        std::erase(person.lines, index);
}

UserIndex Roster::find(std::string_view id) const {
    const auto found = by_id_.find(id);
    return found == by_id_.end() ? nobody : found->second;
}

UserIndex Roster::find_address(std::string_view address) const {
    address = without(without(address, "tel:"), "sip:");
    if (address.find('@') != std::string_view::npos) {
        if (const auto user = find(address); user != nobody) return user;
        address = address.substr(0, address.find('@'));
    }
    std::uint64_t digits = 0;
    const auto [end, error] = std::from_chars(address.data(), address.data() + address.size(), digits);
    if (error == std::errc() && end == address.data() + address.size() && !address.starts_with("0"))
        if (const auto found = by_extension_.find(digits); found != by_extension_.end()) return found->second;
    if (const auto number = e164_of(address))
        if (const auto found = by_number_.find(*number); found != by_number_.end()) return found->second;
    return nobody;
}

void Roster::add_virtual_users() {
    const auto add_virtual = [&](UserKind kind, std::string id, std::string first, std::string last,
                                 std::uint32_t extension) {
        User user;
        user.kind = kind;
        user.id = std::move(id) + "@" + domain;
        user.first = std::move(first); // the field tells them by first name (xsi.md 9.5)
        user.last = std::move(last);
        user.extension = extension;
        return add(std::move(user));
    };
    const UserIndex queue = add_virtual(UserKind::call_center, "support.queue", "Call Center", "Support Queue", 1900);
    add_virtual(UserKind::hunt_group, "sales.hunt", "Hunt Group", "Sales", 1901);
    add_virtual(UserKind::auto_attendant, "main.menu", "Auto Attendant", "Main Menu", 1902);
    std::size_t agents = 0;
    for (User& user : users_) {
        if (user.kind != UserKind::person || departments[user.department] != "Support" || agents >= 50) continue;
        ++agents;
        user.agent = std::make_unique<Agent>();
        user.agent->queues.push_back(queue);
        user.agent->joined.push_back(true);
    }
}

Roster::Options roster_options(const sim::Options& options) {
    Roster::Options roster;
    roster.enterprise = options.enterprise;
    roster.domain = options.domain;
    roster.people = options.people;
    roster.seed = options.seed;
    roster.second_line_every = options.second_line_every;
    // A living office has somebody who is offline in Teams and somebody of whom nothing is known at all.
    roster.without_desk = options.office && options.people >= 20 ? 2 : 0;
    return roster;
}

void Roster::generate(const Options& options) {
    enterprise = options.enterprise;
    domain = options.domain;
    groups = {{"Amsterdam", no_sub}, {"Rotterdam Zuid", no_sub}}; // a space on purpose: it must be encoded in paths
    departments.assign(department_names.begin(), department_names.end());
    by_id_.reserve(options.people + options.people / 8);
    Random random(options.seed);
    const std::size_t combinations = first_names.size() * last_names.size();
    const std::size_t shift = random.below(static_cast<std::uint32_t>(combinations));
    for (std::size_t i = 0; i < options.people; ++i) {
        // 1259 is coprime to the number of combinations: every pair once before the first repeat.
        const std::size_t pair = (shift + i * 1259) % combinations;
        User user;
        user.first = first_names[pair % first_names.size()];
        user.last = last_names[pair / first_names.size()];
        user.id = unused_id(user.first, user.last);
        user.department = static_cast<std::uint16_t>(random.below(static_cast<std::uint32_t>(departments.size())));
        if (i < departments.size()) user.department = static_cast<std::uint16_t>(i); // nobody's folder is empty
        user.group = user.department % 3 == 2 ? 1 : 0;
        Person person{user.id, user.name(), user.id, user.department, {}};
        if (i + options.without_desk < options.people) person.lines.push_back(add(std::move(user)));
        people.push_back(std::move(person));
    }
    for (std::size_t i = 0; options.second_line_every && i < people.size(); i += options.second_line_every) {
        if (people[i].lines.empty()) continue;
        const User& main = users_[people[i].lines.front()];
        User second;
        second.first = main.first;
        second.last = main.last;
        second.id = main.id.substr(0, main.id.find('@')) + ".desk2@" + domain;
        second.department = main.department;
        second.group = main.group;
        people[i].lines.push_back(add(std::move(second)));
    }
    add_virtual_users();
}

std::string Roster::people_csv() const {
    const auto cell = [](std::string_view text) {
        if (text.find_first_of(",\"\n") == std::string_view::npos) return std::string(text);
        std::string quoted = "\"";
        for (const char c : text)
            quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
        return quoted + "\"";
    };
    std::string csv = "id,name,email,lines,teams,zoom,goto,webex,zoho,folder\n";
    for (std::size_t i = 0; i < people.size(); ++i) {
        const Person& person = people[i];
        std::string lines;
        for (const UserIndex line : person.lines)
            lines += (lines.empty() ? "" : " ") + users_[line].id;
        std::string teams; // most are found by their e-mail
        if (lines.empty() || i % 8 == 5)
            teams = graph::Guid::of(person.email).text();
        else if (i % 8 == 2)
            teams = person.email;
        csv += cell(person.id) + "," + cell(person.name) + "," + person.email + "," + lines + "," + teams + ",,,,," +
               cell(departments[person.department]) + "\n";
    }
    return csv;
}

} // namespace sim::bw
