// POST /hooks/teams/messages: people search and call inside Teams. Who asks is proven as the Bot Connector prescribes
// (its token, an endorsed key, serviceUrl, tenant); whoever has the Teams account of a person of ours acts as that
// person and as nobody else. Serve loop.
#include <algorithm>
#include <boost/json.hpp>
#include <fmt/format.h>

#include "status/asking.hpp"
#include "status/bot_words.hpp"
#include "status/presence_json.hpp"
#include "status/target.hpp"

namespace lamp::status {
namespace {

namespace json = boost::json;
using botframework::Activity;

constexpr std::string_view channel = "msteams";
constexpr std::size_t activity_max = 256 * 1024;
constexpr std::size_t skip_max = 500; // whoever has not found it by then types more
constexpr std::size_t actions_remembered = 256;
constexpr milliseconds answered_within{4'000}; // Teams waits for five seconds
constexpr auto own_grants =
    bit(permission("presence.read")) | bit(permission("directory.read")) | bit(permission("dial.self"));

Answer as_json(std::string body) {
    return {.status = 200, .content = Content::json, .fields = {}, .body = std::move(body)};
}

Answer keys_awaited() {
    auto answer = problem(503, "The keys of the Bot Connector are being fetched; try again.");
    answer.fields += "Retry-After: 1\r\n";
    return answer;
}

std::string text_in(const json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
}

/// The numbers of an item of the directory, its extension behind them; each once.
std::vector<botframework::Number> numbers_of(const json::object& item) {
    std::vector<botframework::Number> numbers;
    auto add = [&](std::string number, std::string_view kind) {
        if (number.empty() || std::ranges::find(numbers, number, &botframework::Number::to) != numbers.end()) return;
        auto shown = kind.empty() ? number : fmt::format("{} ({})", number, kind);
        numbers.push_back({std::move(shown), std::move(number), {}, {}});
    };
    if (const auto* list = item.if_contains("numbers"); list && list->is_array())
        for (const auto& one : list->get_array())
            if (const auto* number = one.if_object()) add(text_in(*number, "number"), text_in(*number, "type"));
    add(text_in(item, "extension"), {});
    return numbers;
}

/// Empty: the activity is what its token says it is.
std::string_view contradiction(const Activity& activity, std::string_view proven_url, std::string_view tenant) {
    if (activity.channel != channel) return "This activity does not come from Teams.";
    if (activity.service_url.empty() || activity.service_url != proven_url)
        return "The token is for another serviceUrl.";
    if (activity.tenant.empty() || (!tenant.empty() && activity.tenant != tenant))
        return "This activity is of another tenant.";
    return {};
}

} // namespace

void Api::teams_bot(Call& call, const Asked&) {
    constexpr std::string_view scheme = "Bearer ";
    if (!ports_.teams_bot.examine) return call.answer(problem(404, "This hook is not configured."));
    auto token = call.request.authorization;
    if (!token.starts_with(scheme)) return call.answer(problem(401, "The Bot Connector's token is needed."));
    auto said = ports_.teams_bot.examine(token.substr(scheme.size()));
    if (said.what == BearerView::What::later) return call.answer(keys_awaited());
    if (said.what == BearerView::What::refused) return refuse_bot(call, problem(401, said.why), said.why);
    if (call.request.body.size() > activity_max) return call.answer(problem(413, "The activity is too long."));
    auto activity = botframework::read_activity(call.request.body);
    if (!activity) return call.answer(problem(400, activity.error().text));
    if (auto why = contradiction(*activity, said.told, ports_.teams_bot.tenant); !why.empty())
        return refuse_bot(call, problem(403, why), why);
    switch (activity->kind) {
    case botframework::Kind::event: return call.answer(200, Content::text);
    case botframework::Kind::other_invoke: return call.answer(problem(501, "This invoke is none of ours."));
    case botframework::Kind::query:
    case botframework::Kind::card_action: return defer(call, make_bot_answer(std::move(*activity)));
    }
}

/// An administrator who has mistaken the bot's id finds the reason in the log.
void Api::refuse_bot(Call& call, const Answer& answer, std::string_view why) {
    if (bot_complaints_.allow(steady_now()))
        log::warning("status", "what came to the bot of Teams is refused",
                     {{"why", why}, {"others", bot_complaints_.take_suppressed()}});
    call.answer(answer);
}

Task<Answer> Api::make_bot_answer(Activity activity) {
    const auto until = steady_now() + answered_within;
    const auto language = language_of(activity.locale, ports_.teams_bot.language);
    const bool query = activity.kind == botframework::Kind::query;
    auto says = [&](BotWord word) {
        auto text = bot_word(language, word);
        return as_json(query ? botframework::notice(text) : botframework::told(text));
    };
    using Whom = std::optional<presence::Slot>;
    std::function<void(Reply<Whom>)> port = [this, account = activity.account](Reply<Whom> reply) {
        ports_.teams_bot.person_of(account, std::move(reply));
    };
    auto slot = co_await ask<Whom>(std::move(port), until);
    if (!slot) co_return says(BotWord::late);
    if (!*slot || **slot >= people_->slots() || !people_->listed(**slot)) co_return says(BotWord::stranger);
    auto who = bot_identity(**slot);
    if (!query) co_return co_await make_bot_dial(std::move(activity), std::move(who), language, until);
    if (!who.may(permission("directory.read"))) co_return says(BotWord::not_permitted);
    co_return co_await make_bot_search(std::move(activity), std::move(who), language, until);
}

/// What the role holds, but never anybody else's telephone.
Identity Api::bot_identity(presence::Slot slot) const {
    const auto& role = ports_.teams_bot.role;
    std::string person(people_->person(slot).id);
    Identity who{person, role, role.empty() ? own_grants : book_.access()->grants_of(role).value_or(0)};
    who.grants &= ~bit(permission("dial.any"));
    who.person = std::move(person);
    return who;
}

Task<Answer> Api::make_bot_search(Activity activity, Identity who, Language language, Steady until) {
    std::vector<std::string> items;
    if (activity.words.empty()) {
        if (ports_.directory.favourites)
            if (auto found = co_await ask_directory<FavouritesView>(until, ports_.directory.favourites, who.person);
                found && *found)
                items = std::move((*found)->items);
        if (items.empty()) co_return as_json(botframework::notice(bot_word(language, BotWord::hint)));
    } else if (ports_.directory.search) {
        DirectoryQuery wanted{.words = activity.words,
                              .sources = {},
                              .folder = {},
                              .limit = std::min(activity.skip, skip_max) + activity.count,
                              .cursor = {}};
        auto found = co_await ask_directory<DirectoryPage>(until, ports_.directory.search, std::move(wanted));
        if (!found || !*found) co_return as_json(botframework::notice(bot_word(language, BotWord::late)));
        items = std::move((*found)->items);
    }
    if (items.empty()) co_return as_json(botframework::notice(bot_word(language, BotWord::nobody_found)));
    std::vector<botframework::Card> cards;
    bool lamps = who.may(permission("presence.read"));
    for (auto at = activity.skip; at < items.size() && cards.size() < activity.count; ++at)
        cards.push_back(bot_card(items[at], lamps, language));
    co_return as_json(botframework::results(cards));
}

botframework::Card Api::bot_card(std::string_view item, bool lamp, Language language) const {
    boost::system::error_code broken;
    auto value = json::parse(item, broken);
    const auto* object = broken ? nullptr : value.if_object();
    botframework::Card card;
    if (!object) return card;
    card.title = fmt::format("{} {}", text_in(*object, "first_name"), text_in(*object, "last_name"));
    card.title.erase(0, card.title.find_first_not_of(' '));
    auto line = [&](std::string text) {
        if (!text.empty()) card.lines.push_back(std::move(text));
    };
    if (auto slot = find_person(text_in(*object, "key"))) {
        auto snapshot = read(*slot);
        note_look(*slot, snapshot);
        if (lamp) line(std::string(bot_word(language, snapshot.verdict.conclusion.status)));
        card.chat = chat_link(people_->person(*slot));
        card.chat_title = bot_word(language, BotWord::chat);
    }
    line(text_in(*object, "company"));
    line(text_in(*object, "department"));
    line(text_in(*object, "folder"));
    card.numbers = numbers_of(*object);
    for (auto& number : card.numbers) {
        number.title = bot_word(language, BotWord::call, number.to);
        number.link = about_.public_url + "/dial?to=";
        percent_encode(number.to, number.link);
    }
    return card;
}

Task<Answer> Api::make_bot_dial(Activity activity, Identity who, Language language, Steady until) {
    auto says = [&](BotWord word) { return as_json(botframework::told(bot_word(language, word, activity.to))); };
    if (activity.verb != botframework::dial_verb || activity.to.empty())
        co_return as_json(botframework::refused("This button is none of ours."));
    if (is_known(activity.id)) co_return says(BotWord::calling);
    auto request = dial_request(who, who.person, activity.to, nullptr);
    if (!request && request.error().status == 403) co_return says(BotWord::not_permitted);
    if (!request && request.error().status == 429) co_return says(BotWord::too_often);
    if (!request) co_return says(BotWord::call_failed);
    remember(activity.id);
    auto outcome = co_await ask_dial(std::move(*request), until);
    if (!outcome) co_return says(BotWord::call_late);
    if (*outcome) co_return says(BotWord::calling);
    co_return as_json(botframework::told(
        fmt::format("{}: {}", bot_word(language, BotWord::call_failed, activity.to), outcome->error().text)));
}

/// A button's activity that is delivered again dials no second time, nor counts as a dial.
bool Api::is_known(const std::string& action) const {
    return !action.empty() && std::ranges::find(bot_actions_, action) != bot_actions_.end();
}

void Api::remember(const std::string& action) {
    if (action.empty()) return;
    if (bot_actions_.size() >= actions_remembered) bot_actions_.pop_front();
    bot_actions_.push_back(action);
}

} // namespace lamp::status
