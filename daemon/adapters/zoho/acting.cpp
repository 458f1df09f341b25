// Zoho: what people click there is done here (crm-directory.md A.4).
#include <algorithm>

#include "adapters/zoho/zoho.hpp"
#include "calls/call_id.hpp"

namespace lamp::zoho {
namespace {

using calls::CallState;

std::string_view dial_code(Category category) {
    switch (category) {
    case Category::invalid:
    case Category::not_found: return "invalid";
    case Category::forbidden:
    case Category::unauthorised: return "blocked";
    case Category::conflict: return "busy";
    default: return "notavailable";
    }
}

bool fits(Click click, const calls::Call& call) {
    switch (click) {
    case Click::answer: return call.state == CallState::ringing;
    case Click::hold: return call.state == CallState::active || call.state == CallState::held_by_remote;
    case Click::unhold: return call.state == CallState::held;
    default: return true;
    }
}

calls::Verb verb_of(Click click) {
    switch (click) {
    case Click::answer: return calls::Verb::answer;
    case Click::hold: return calls::Verb::hold;
    case Click::unhold: return calls::Verb::retrieve;
    default: return calls::Verb::hang_up;
    }
}

} // namespace

void Zoho::heard(const calls::LineNews& news) {
    if (!links_.agent(news.line, {})) {
        legs_.erase(news.line);
        return;
    }
    if (news.calls.empty() || !news.watched)
        legs_.erase(news.line);
    else
        legs_[news.line] = news.calls;
}

void Zoho::act(Clicked clicked) {
    const Link* link = links_.by_user(clicked.zohouser);
    if (!link || !enabled_ || stopping_) return;
    clicked.what == Click::dial ? dial(*link, clicked.number) : command(*link, clicked);
}

void Zoho::dial(const Link& link, const std::string& number) {
    auto from = links_.number_of(link);
    auto failed = [this, user = link.zohouser, from, number](const Error& why) {
        ++act_failed_;
        if (!stopping_) loop_.spawn(tell_dial_error(user, from, number, why));
    };
    if (!control_.dial) return failed(Error(Category::unavailable, "Nothing here dials."));
    control_.dial(link.line, number, [this, failed](Result<std::string> call) {
        if (!call) return failed(call.error());
        ++acted_;
    });
}

Task<> Zoho::tell_dial_error(std::string zohouser, std::string from, std::string to, Error why) {
    if (!client_) co_return;
    auto reply = co_await client_->ask(http::Method::post, "clicktodialerror",
                                       form({{"code", dial_code(why.category)},
                                             {"from", from},
                                             {"to", to},
                                             {"zohouser", zohouser},
                                             {"message", why.text}}));
    if (!reply.ok() && !stopping_ && complaint_.allow(steady_now()))
        log::warning("zoho", "that a clicked call failed could not be told", {{"why", reply.why}});
}

// The one that Zoho names, else the only one that the click can mean.
void Zoho::command(const Link& link, const Clicked& clicked) {
    std::vector<calls::CallOrder> orders;
    for (const auto& line : links_.lines_of(link)) {
        auto legs = legs_.find(line);
        if (legs == legs_.end()) continue;
        for (const auto& leg : legs->second) {
            bool named = clicked.call.empty() || calls::public_id(line, leg.id) == clicked.call;
            if (named && fits(clicked.what, leg)) orders.push_back({verb_of(clicked.what), line, leg.id});
        }
    }
    if (orders.size() != 1 || !control_.order) {
        ++act_failed_;
        log::debug("zoho", "a click names no call that it could mean", {{"calls", orders.size()}});
        return;
    }
    control_.order(orders.front(), [this](Result<void> done) { ++(done ? acted_ : act_failed_); });
}

} // namespace lamp::zoho
