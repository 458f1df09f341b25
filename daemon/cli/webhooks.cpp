// webhooks: who is told of events, what was given up, and what to do about it.
#include <boost/json.hpp>
#include <fmt/format.h>

#include "cli/command.hpp"
#include "cli/commands.hpp"
#include "http/url.hpp"

namespace lamp::cli {
namespace json = boost::json;

namespace {

const std::vector<Column>& webhook_columns() {
    static const std::vector<Column> columns{{"NAME", "name"},
                                             {"FORMAT", "format"},
                                             {"TO", "place"},
                                             {"STATE", "state"},
                                             {"WAITING", "waiting"},
                                             {"DEAD", "dead"},
                                             {"DELIVERED", "delivered"},
                                             {"LAST SUCCESS", "last_success"},
                                             {"LAST ERROR", "last_error"}};
    return columns;
}

const std::vector<Column>& letter_columns() {
    static const std::vector<Column> columns{{"WEBHOOK", "webhook"}, {"LETTER", "letter"},     {"EVENT", "event"},
                                             {"MADE", "made"},       {"ATTEMPTS", "attempts"}, {"WHY", "reason"}};
    return columns;
}

std::string target_of(std::string_view webhook, std::string_view rest) {
    return fmt::format("/v1/webhooks/{}{}", http::encode_segment(webhook), rest);
}

int list(const Call& call) {
    return show_list(call, "/v1/webhooks", webhook_columns(), "no webhook is configured");
}

/// Of one webhook, or of all.
int dead(const Call& call, const std::string& name) {
    std::vector<std::string> names;
    if (!name.empty()) {
        names.push_back(name);
    } else {
        auto all = call.daemon.list("/v1/webhooks");
        if (!all) return complain(all.error());
        for (const auto& one : *all)
            names.push_back(cell(one, "name"));
    }
    json::array letters;
    for (const auto& one : names) {
        auto items = call.daemon.list(target_of(one, "/dead"));
        if (!items) return complain(items.error());
        letters.insert(letters.end(), items->begin(), items->end());
    }
    return show_rows(call, letters, letter_columns(), "nothing was given up");
}

int order(const Call& call, const std::string& word, const std::string& name) {
    auto letter = call.arguments.value("letter");
    auto query = letter ? "?letter=" + http::encode_query(*letter) : std::string();
    auto answer = word == "drop" ? call.daemon.remove(target_of(name, "/dead" + query))
                                 : call.daemon.post(target_of(name, "/" + word + query), json::object());
    if (!answer) return complain(answer.error());
    print(call.format == Format::json ? json::serialize(*answer) + "\n" : cell(*answer, "text") + "\n");
    return done;
}

} // namespace

int webhooks(const Call& call) {
    const auto& words = call.arguments.words();
    auto word = words.empty() ? std::string("list") : words[0];
    auto name = words.size() > 1 ? words[1] : std::string();
    bool takes_letter = word == "replay" || word == "drop";
    if (call.arguments.has("letter") && !takes_letter) return misused("--letter belongs to replay and drop");
    if (word == "list") return name.empty() ? list(call) : misused("webhooks list takes no name");
    if (word == "dead") return dead(call, name);
    if (word != "test" && !takes_letter) return misused("webhooks takes the word list, dead, test, replay or drop");
    if (name.empty()) return misused(fmt::format("webhooks {} needs the name of a webhook", word));
    return order(call, word, name);
}

} // namespace lamp::cli
