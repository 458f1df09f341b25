// Where lines forward to: when the platform is asked, how often, and what is known after each answer. Orders.
#include "sip/feature_desk.hpp"

#include <deque>

#include "here.hpp"

using namespace testing;
using calls::ForwardKind;
using calls::ForwardSetting;
using lamp::presence::Forwarding;

namespace {

/// A desk with a platform that answers when it is told to.
struct Office {
    struct Question {
        std::string line;
        ForwardKind kind;
        calls::Answer<ForwardSetting> answer;
    };
    std::deque<Question> questions;
    std::vector<std::pair<std::string, calls::Answer<void>>> orders;
    std::vector<std::string> changed;
    bool somebody_watches = true;
    FeatureDesk desk{control(),
                     {[this](std::string_view line) { changed.emplace_back(line); },
                      [this](std::string_view) { return somebody_watches; }}};

    calls::Control control() {
        calls::Control control;
        control.forwarding = [this](std::string line, ForwardKind kind, calls::Answer<ForwardSetting> answer) {
            questions.push_back({std::move(line), kind, std::move(answer)});
        };
        control.set_dnd = [this](std::string line, bool on, calls::Answer<void> answer) {
            orders.emplace_back(line + (on ? " dnd on" : " dnd off"), std::move(answer));
        };
        control.set_forwarding = [this](std::string line, ForwardKind, ForwardSetting setting,
                                        calls::Answer<void> answer) {
            orders.emplace_back(line + " to " + setting.to, std::move(answer));
        };
        return control;
    }
    /// Answers all that is asked. "" is off, "-" no such service, "!" trouble, else on to that number.
    std::size_t answer(std::string_view always, std::string_view busy, std::string_view no_answer) {
        std::size_t count = 0;
        for (; !questions.empty(); ++count) {
            CHECK(questions.size() == 1); // at a time
            auto question = std::move(questions.front());
            questions.pop_front();
            const auto word = question.kind == ForwardKind::always ? always
                              : question.kind == ForwardKind::busy ? busy
                                                                   : no_answer;
            if (word == "-")
                question.answer(fail(Category::not_found, "There is no such service."));
            else if (word == "!")
                question.answer(fail(Category::unavailable, "The platform is away."));
            else
                question.answer(ForwardSetting{!word.empty(), std::string(word), {}});
        }
        return count;
    }
    /// "always busy no_answer" as in `answer`, "?": not known.
    std::string known(std::string_view line) {
        const auto* forwards = desk.forwards(line);
        if (!forwards) return "?";
        std::string text;
        for (const auto& one : {forwards->always, forwards->busy, forwards->no_answer})
            text += (text.empty() ? "" : " ") + (!one ? "-" : one->active ? one->to : "off");
        return text;
    }
    void news(std::string line, Forwarding forwarding, bool stale = false, bool watched = true) {
        calls::LineNews news;
        news.line = std::move(line);
        news.known = true;
        news.stale = stale;
        news.forwarding = forwarding;
        news.watched = watched;
        desk.take(news);
    }
    std::size_t told() { return std::exchange(changed, {}).size(); }
};

} // namespace

TEST_CASE("a line is asked about once somebody watches it, and when its news say that it forwards otherwise") {
    Office office;
    office.news("ada@x", Forwarding::always);
    CHECK(office.questions.empty()); // nobody has asked
    office.desk.watch("ada@x");
    CHECK(office.known("ada@x") == "?");
    CHECK(office.answer("2199", "", "-") == 3);
    CHECK(office.known("ada@x") == "2199 off -");
    CHECK(office.told() == 1);
    office.desk.watch("ada@x"); // a refresh
    office.news("ada@x", Forwarding::none);
    CHECK(office.answer("", "", "-") == 3);
    CHECK(office.known("ada@x") == "off off -");
    CHECK(office.told() == 1);
    office.news("ada@x", Forwarding::none); // of something else
    CHECK(office.questions.empty());
    office.news("ada@x", Forwarding::always);
    office.news("ada@x", Forwarding::none); // while it is asked
    CHECK(office.answer("", "", "-") == 6);
    CHECK(office.told() == 0); // as it was
    CHECK(office.desk.counters().asked == 12);
}

TEST_CASE("the first news of a line that agree with what is known ask nothing") {
    Office office;
    office.desk.watch("ada@x");
    office.answer("2199", "2150", "");
    office.news("ada@x", Forwarding::always);
    CHECK(office.questions.empty());
    office.desk.watch("bob@x");
    office.answer("", "", "");
    office.news("bob@x", Forwarding::none);
    CHECK(office.questions.empty());
}

TEST_CASE("many telephones: one request at a time") {
    Office office;
    for (int line = 0; line < 100; ++line)
        office.desk.watch("line" + std::to_string(line));
    CHECK(office.questions.size() == 1);
    CHECK(office.answer("", "", "") == 300);
    CHECK(office.told() == 100);
}

TEST_CASE("a platform that is away: what was known stays, and is asked for again when there is reason to") {
    Office office;
    office.desk.watch("ada@x");
    CHECK(office.answer("2199", "!", "!") == 3);
    CHECK(office.known("ada@x") == "?"); // half a truth is none
    CHECK(office.told() == 0);
    office.news("ada@x", Forwarding::none, true);
    CHECK(office.questions.empty()); // still away
    office.desk.watch("ada@x");
    CHECK(office.answer("2199", "2150", "") == 3);
    CHECK(office.known("ada@x") == "2199 2150 off");
    CHECK(office.told() == 1);
    office.news("ada@x", Forwarding::none);
    CHECK(office.answer("", "!", "!") == 3);
    CHECK(office.known("ada@x") == "off 2150 off");
    CHECK(office.told() == 1);
    office.news("ada@x", Forwarding::none);
    CHECK(office.answer("", "2150", "2151") == 3);
    CHECK(office.known("ada@x") == "off 2150 2151");
}

TEST_CASE("what nobody watches is forgotten") {
    Office office;
    office.desk.watch("ada@x");
    office.answer("2199", "", "");
    office.somebody_watches = false;
    office.news("ada@x", Forwarding::none);
    CHECK(office.questions.empty());
    CHECK(office.known("ada@x") == "?");
    office.somebody_watches = true;
    office.desk.watch("ada@x");
    office.news("ada@x", Forwarding::none, false,
                false); // the line is nobody's any more, and the answers are on their way
    CHECK(office.answer("", "", "") == 3);
    CHECK(office.known("ada@x") == "?");
    office.desk.watch("bob@x"); // and it goes on
    CHECK(office.answer("", "", "") == 3);
    CHECK(office.known("bob@x") == "off off off");
}

TEST_CASE("orders: all lines of the telephone, one outcome; a new forwarding is looked at again") {
    Office office;
    std::vector<bool> outcomes;
    const auto note = [&](bool taken) { outcomes.push_back(taken); };
    office.desk.watch("ada@x");
    office.answer("", "", "");
    office.told();
    office.desk.order({"ada@x", "bob@x"}, SetDnd{true}, note);
    REQUIRE(office.orders.size() == 2);
    CHECK(office.orders[1].first == "bob@x dnd on");
    office.orders[0].second({});
    CHECK(outcomes.empty());
    office.orders[1].second(fail(Category::forbidden, "Not yours."));
    CHECK(outcomes == std::vector{false});
    CHECK(office.questions.empty());
    office.orders.clear();

    office.desk.order({"ada@x"}, SetForward{ForwardKind::busy, {true, "2199", {}}}, note);
    office.orders[0].second({});
    CHECK(outcomes == std::vector{false, true});
    CHECK(office.answer("", "2199", "") == 3);
    CHECK(office.known("ada@x") == "off 2199 off");
    CHECK(office.told() == 1);

    office.desk.order({}, SetDnd{true}, note);
    FeatureDesk without({}, {});
    without.watch("ada@x");
    without.order({"ada@x"}, SetDnd{true}, note);
    CHECK(outcomes == std::vector{false, true, false, false});
    CHECK(office.desk.counters().failed == 1);
}
