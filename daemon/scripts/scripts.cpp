#include "scripts/scripts.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <set>

#include "base/zones.hpp"
#include "numbers/plain_number.hpp"
#include "proto/text/text.hpp"
#include "scripts/events.hpp"

namespace lamp::scripts {
namespace {

constexpr std::string_view pop = "pop";
constexpr std::size_t actions_max = 50; // of one event

struct Script {
    ScriptOptions options;
    Template text;
    numbers::Style number;
    Zone zone;
    std::set<calls::Happening> events;
    std::set<std::string> ddis; // in E.164, or as an extension
};

/// The form in which DDIs are compared.
std::string compared(const numbers::PublicNetwork& network, std::string_view number) {
    auto plain = numbers::plain_number(number);
    return numbers::spelled(network, plain, {numbers::Spelling::e164, {}});
}

} // namespace

struct Scripts::Data {
    numbers::PublicNetwork network;
    Setting setting;
    std::vector<Script> scripts;
    bool own_pop = false; // a script has its name

    [[nodiscard]] const Script* find(std::string_view name) const {
        for (const Script& one : scripts)
            if (text::same_letters(one.options.name, name)) return &one;
        return nullptr;
    }
    [[nodiscard]] Look look(const Script& script) const {
        return {network, script.number, script.options.short_numbers, script.zone, script.options.time_format};
    }
    [[nodiscard]] Party party_of(const std::map<std::string, Party, std::less<>> Phonebook::* book,
                                 const std::string& key) const {
        if (!setting.phonebook) return {};
        const auto& all = *setting.phonebook.*book;
        auto found = all.find(key);
        return found == all.end() ? Party{} : found->second;
    }
    [[nodiscard]] Facts facts_of(const calls::CallEvent& event) const;
    [[nodiscard]] bool fits_call(const Script& script, bool incoming, const Party& ddi) const;
    void add(std::vector<calls::Action>& actions, const Script& script, Facts facts,
             const calls::CallEvent& event) const;
};

Scripts::Scripts(std::unique_ptr<const Data> data) : data_(std::move(data)) {}
Scripts::~Scripts() = default;

Facts Scripts::Data::facts_of(const calls::CallEvent& event) const {
    const calls::CallRecord& call = event.call;
    Facts facts;
    facts.incoming = call.incoming;
    if (!call.withheld) facts.caller = {call.remote_number, call.remote_name, {}};
    facts.device = party_of(&Phonebook::by_line, call.line);
    facts.ddi = party_of(&Phonebook::by_number, call.ddi);
    if (!call.ddi.empty()) facts.ddi.number = call.ddi;
    if (!call.ddi_name.empty()) facts.ddi.name = call.ddi_name;
    facts.start = call.started;
    facts.answered = call.answered;
    facts.ended = call.ended;
    facts.id = call.id;
    facts.user = call.line;
    facts.queue = call.queue;
    if (call.result) facts.release = calls::name(*call.result);
    return facts;
}

bool Scripts::Data::fits_call(const Script& script, bool incoming, const Party& ddi) const {
    const auto direction = script.options.direction;
    if (direction == Direction::in && !incoming) return false;
    if (direction == Direction::out && incoming) return false;
    if (script.ddis.empty()) return true;
    return script.ddis.contains(compared(network, ddi.number)) ||
           (!ddi.extension.empty() && script.ddis.contains(ddi.extension));
}

void Scripts::Data::add(std::vector<calls::Action>& actions, const Script& script, Facts facts,
                        const calls::CallEvent& event) const {
    std::vector<const calls::Match*> matches;
    for (const auto& match : event.matches)
        if (script.options.integration.empty() || match.integration == script.options.integration)
            matches.push_back(&match);
    const bool wanted = script.options.when == When::always ||
                        (script.options.when == When::matched && !matches.empty()) ||
                        (script.options.when == When::unmatched && matches.empty()) ||
                        (script.options.when == When::several && matches.size() > 1);
    if (!wanted) return;
    facts.matches = matches.size();
    auto make = [&] {
        if (actions.size() == actions_max) return;
        auto text = script.text.render(facts, look(script));
        if (script.options.url.empty())
            actions.push_back({script.options.name, {}, std::move(text)});
        else
            actions.push_back({script.options.name, std::move(text), {}});
    };
    const bool for_each = !script.options.integration.empty() && !matches.empty();
    if (!for_each) {
        if (!matches.empty()) facts.match = *matches.front();
        return make();
    }
    for (const auto* match : matches) {
        facts.match = *match;
        make();
    }
}

Result<std::shared_ptr<const Scripts>> Scripts::build(const std::vector<ScriptOptions>& options, Setting setting,
                                                      std::vector<std::string>* warnings) {
    auto country = setting.country;
    auto data = std::make_unique<Data>(Data{numbers::PublicNetwork(country), std::move(setting), {}});
    Zones zones;
    for (const ScriptOptions& one : options) {
        auto refused = [&](std::string_view what) {
            return fail(Category::invalid, fmt::format("The script \"{}\" {}.", one.name, what));
        };
        if (one.url.empty() == one.body.empty()) return refused("needs either url or body");
        auto terms = terms_of(one);
        if (auto fields = data->setting.fields.find(one.integration); fields != data->setting.fields.end())
            terms.known = fields->second;
        auto made = Template::parse(one.url.empty() ? one.body : one.url, terms);
        if (!made) return refused(made.error().text);
        if (warnings)
            for (const auto& text : made->warnings())
                warnings->push_back(fmt::format("The script \"{}\": {}.", one.name, text));
        auto style = numbers::style_named(one.number_format);
        if (!style) return refused("has no number_format that is known");
        Script script{one, std::move(*made), std::move(*style), {}, {}, {}};
        auto zone_name = one.time_zone.empty() && !one.time_format.empty() ? data->setting.time_zone : one.time_zone;
        if (!zone_name.empty()) {
            auto zone = zones.find(zone_name);
            if (!zone) return refused(fmt::format("has the time zone \"{}\", which is none", zone_name));
            script.zone = std::move(*zone);
        }
        for (const auto& word : one.events)
            if (auto event = event_named(word)) script.events.insert(*event);
        if (script.events.contains(calls::Happening::ringing)) script.events.insert(calls::Happening::dialling);
        for (const auto& number : numbers_of(one.ddi))
            script.ddis.insert(compared(data->network, number));
        data->own_pop = data->own_pop || text::same_letters(one.name, pop);
        data->scripts.push_back(std::move(script));
    }
    return std::shared_ptr<const Scripts>(new Scripts(std::move(data)));
}

std::vector<calls::Action> Scripts::actions(const calls::CallEvent& event) const {
    std::vector<calls::Action> all;
    const bool begins = event.what == calls::Happening::ringing || event.what == calls::Happening::dialling;
    if (begins && !data_->own_pop)
        for (const auto& match : event.matches)
            if (all.size() < actions_max && is_safe_url(match.url)) all.push_back({std::string(pop), match.url, {}});
    if (data_->scripts.empty()) return all;
    const auto facts = data_->facts_of(event);
    for (const Script& script : data_->scripts)
        if (script.events.contains(event.what) && data_->fits_call(script, facts.incoming, facts.ddi))
            data_->add(all, script, facts, event);
    return all;
}

Result<std::string> Scripts::body(const std::string& text, const calls::CallEvent& event, Place place) const {
    Terms terms;
    terms.place = place;
    terms.fields = true;
    auto made = Template::parse(text, terms);
    if (!made) return fail(Category::invalid, fmt::format("The template {}.", made.error().text));
    auto facts = data_->facts_of(event);
    facts.matches = event.matches.size();
    if (!event.matches.empty()) facts.match = event.matches.front();
    return made->render(facts, {data_->network, {}, true, {}, {}});
}

Result<std::string> Scripts::render(std::string_view name, const Facts& facts) const {
    const Script* script = data_->find(name);
    if (script) return script->text.render(facts, data_->look(*script));
    if (name != pop)
        return fail(Category::not_found,
                    fmt::format("There is no script \"{}\" (there are: {}).", name, fmt::join(names(), ", ")));
    if (facts.match && is_safe_url(facts.match->url)) return facts.match->url;
    return fail(Category::invalid, "The built-in script pop opens a contact's own address, and this call has none.");
}

std::string Scripts::objection(std::string_view name, const Facts& facts) const {
    const Script* script = data_->find(name);
    if (!script) return {};
    if (!data_->fits_call(*script, facts.incoming, facts.ddi)) {
        const bool ways = (script->options.direction == Direction::in && !facts.incoming) ||
                          (script->options.direction == Direction::out && facts.incoming);
        return ways ? fmt::format("it is only for calls that go {}", scripts::name(script->options.direction))
                    : fmt::format("it is only for calls to {}", script->options.ddi);
    }
    const auto when = script->options.when;
    if (when == When::matched && facts.matches == 0) return "it is only for callers that are recognised";
    if (when == When::unmatched && facts.matches > 0) return "it is only for callers that are not recognised";
    if (when == When::several && facts.matches < 2) return "it is only for callers with several matches";
    return {};
}

std::vector<std::string> Scripts::names() const {
    std::vector<std::string> all;
    if (!data_->own_pop) all.emplace_back(pop);
    for (const Script& one : data_->scripts)
        all.push_back(one.options.name);
    return all;
}

} // namespace lamp::scripts
