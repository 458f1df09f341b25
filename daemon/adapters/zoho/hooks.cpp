#include "adapters/zoho/hooks.hpp"

#include "base/secret.hpp"
#include "proto/zoho/hook.hpp"

namespace lamp::zoho {
namespace {

constexpr std::array<std::string_view, 6> words{"dial", "answer", "hungup", "hold", "unhold", "keypress"};
constexpr std::size_t number_longest = 64;

/// A '+' that nobody escaped has become a space on its way.
std::string number_of(std::string_view text) {
    bool lost = text.size() > 1 && text.front() == ' ' && text[1] >= '0' && text[1] <= '9';
    return lost ? "+" + std::string(text.substr(1)) : std::string(text);
}

} // namespace

std::optional<Click> click_named(std::string_view word) {
    for (std::size_t i = 0; i < words.size(); ++i)
        if (words.at(i) == word) return static_cast<Click>(i);
    return std::nullopt;
}

void Hooks::use_links(const std::vector<Link>& links) {
    auto fresh = std::make_shared<Table>();
    for (const Link& link : links)
        fresh->emplace(link.path, Row{link.path, link.key, link.zohouser});
    std::atomic_store(&table_, std::shared_ptr<const Table>(std::move(fresh)));
}

fanout::HookAnswer Hooks::deliver(std::string_view path, const fanout::HookCall& call) {
    auto slash = path.find('/');
    auto click = slash == std::string_view::npos ? std::nullopt : click_named(path.substr(slash + 1));
    if (!click) return {.status = 404, .body = "There is no such hook."};
    auto parameters = Parameters::read(call.query, call.body);
    auto table = std::atomic_load(&table_);
    auto row = table->find(std::string(path.substr(0, slash)));
    auto field = call.header(key_name);
    auto shown = field ? *field : parameters.find({key_name});
    // Compared whether or not there is such a link, so that the time tells nothing.
    static const Row nobody{std::string(32, '0'), std::string(48, '0'), {}};
    const Row& link = row == table->end() ? nobody : row->second;
    bool path_right = same_secret(path.substr(0, slash), link.path);
    bool key_right = same_secret(shown, link.key);
    if (row == table->end() || !path_right || !key_right) return refuse(Refused::unproven);
    if (*click == Click::keypress) return {.status = 501, .body = "The platform cannot be told to dial digits."};
    Clicked clicked{*click, link.zohouser, std::string(parameters.find({"id", "callid", "call_id"})), {}};
    if (*click == Click::dial) clicked.number = number_of(parameters.find({"tonumber", "to", "number"}));
    bool usable = *click != Click::dial || (!clicked.number.empty() && clicked.number.size() <= number_longest);
    if (!usable) return refuse(Refused::unusable);
    if (waiting_.fetch_add(1) >= waiting_max) {
        --waiting_;
        return refuse(Refused::full);
    }
    ++taken_;
    loop_.post([this, clicked = std::move(clicked)]() mutable {
        --waiting_;
        take_(std::move(clicked));
    });
    return {.type = fanout::HookAnswer::Type::json, .body = R"({"status":"success"})"};
}

fanout::HookAnswer Hooks::refuse(Refused why) {
    ++refused_[static_cast<std::size_t>(why)];
    switch (why) {
    case Refused::unproven: return {.status = 401, .body = "This address or its key is not known."};
    case Refused::unusable: return {.status = 400, .body = "There is no number to dial."};
    case Refused::full: break;
    }
    return fanout::hook_full();
}

} // namespace lamp::zoho
