// A random walk of requests and time against a plain second implementation: lists that are searched, no wheel, no
// indices, nothing kept that could be out of step.
#include <algorithm>
#include <random>

#include "here.hpp"

using namespace testing;

namespace {

struct Model {
    struct One {
        ResourceIndex resource;
        std::string_view event;
        std::string etag;
        Steady until;
        std::string tuple; // presence
        std::vector<std::pair<std::string, std::string>> calls;
    };
    std::vector<One> newest_first;

    std::string documents(ResourceIndex resource) const {
        std::string out;
        for (const One& one : newest_first)
            if (one.resource == resource && one.event == "presence") out += (out.empty() ? "" : " | ") + one.tuple;
        return out;
    }
    /// Ids with their states, sorted: the order of dialogs is the writer's business.
    std::vector<std::string> dialogs(ResourceIndex resource) const {
        std::vector<std::pair<std::string, std::string>> united;
        for (bool living : {true, false})
            for (const One& one : newest_first)
                for (const auto& [id, state] : one.calls) {
                    if (one.resource != resource || (state != "terminated") != living) continue;
                    if (std::ranges::none_of(united, [&](const auto& known) { return known.first == id; }))
                        united.emplace_back(id, state);
                }
        std::vector<std::string> out;
        for (const auto& [id, state] : united)
            out.push_back(id + ':' + state);
        std::ranges::sort(out);
        return out;
    }
};

class Walk {
public:
    explicit Walk(std::uint32_t seed) : random_(seed) {}

    void step() {
        switch (pick(8)) {
        case 0: return pass();
        case 1: return stale();
        case 2: return refresh();
        case 3: return remove();
        case 4:
        case 5: return modify();
        default: return begin();
        }
    }
    void check() {
        for (ResourceIndex resource = 0; resource < 3; ++resource) {
            REQUIRE(esc_.documents(resource) == model_.documents(resource));
            std::vector<std::string> dialogs;
            for (const auto& one : esc_.compositor.dialogs(resource))
                dialogs.push_back(one.id + ':' + std::string(dialoginfo::name(one.state)));
            std::ranges::sort(dialogs);
            REQUIRE(dialogs == model_.dialogs(resource));
        }
        REQUIRE(esc_.compositor.publications() == model_.newest_first.size());
    }

private:
    using One = Model::One;
    unsigned pick(unsigned count) { return std::uniform_int_distribution(0U, count - 1)(random_); }

    long expires() { return 60 + pick(200); }

    std::vector<std::pair<std::string, std::string>> some_calls() {
        constexpr std::array states{"early", "confirmed", "terminated"};
        std::vector<std::pair<std::string, std::string>> calls;
        for (std::string id : {"a", "b", "c"})
            if (pick(2) == 0) calls.emplace_back(id, states.at(pick(states.size())));
        return calls;
    }
    Publish request(One& one, bool initial) {
        const auto lasting = expires();
        one.until = esc_.now + seconds(lasting);
        if (one.event == "presence") {
            const auto id = "t" + std::to_string(pick(3));
            const bool open = pick(2) == 0;
            one.tuple = id + (open ? ":open" : ":closed");
            return publish_presence(one.etag, presence_info(id, open ? "open" : "closed"), lasting);
        }
        const auto calls = some_calls();
        const bool partial = !initial && pick(2) == 0;
        std::string text;
        for (const auto& [id, state] : calls)
            text += (text.empty() ? "" : " ") + id + ':' + state;
        std::erase_if(one.calls, [&](const auto& known) { return !partial || known.second == "terminated"; });
        for (const auto& call : calls) {
            std::erase_if(one.calls, [&](const auto& known) { return known.first == call.first; });
            one.calls.push_back(call);
        }
        return publish_dialog(one.etag, dialog_info(text, partial ? "partial" : "full"), lasting);
    }
    void begin() {
        One one{pick(3), pick(2) == 0 ? "presence" : "dialog", {}, {}, {}, {}};
        const auto held = std::ranges::count(model_.newest_first, one.resource, &One::resource);
        const auto publish = request(one, true);
        const auto answer = esc_.ask(publish, one.resource);
        REQUIRE(answer.status == (held < 10 ? 200 : 413));
        if (held >= 10) return;
        one.etag = answer.etag;
        model_.newest_first.insert(model_.newest_first.begin(), one);
    }
    One* any() {
        if (model_.newest_first.empty()) return nullptr;
        return &model_.newest_first[pick(static_cast<unsigned>(model_.newest_first.size()))];
    }
    void died(const std::string& etag) { dead_.push_back(etag); }
    void modify() {
        auto* one = any();
        if (!one) return;
        died(one->etag);
        auto changed = *one;
        const auto publish = request(changed, false);
        changed.etag = esc_.granted(publish, changed.resource);
        model_.newest_first.erase(model_.newest_first.begin() + (one - model_.newest_first.data()));
        model_.newest_first.insert(model_.newest_first.begin(), changed);
    }
    void refresh() {
        auto* one = any();
        if (!one) return;
        died(one->etag);
        const auto lasting = expires();
        Publish publish{.event = one->event, .etag = one->etag, .expires = lasting};
        one->etag = esc_.granted(publish, one->resource);
        one->until = esc_.now + seconds(lasting);
    }
    void remove() {
        auto* one = any();
        if (!one) return;
        died(one->etag);
        died(esc_.granted({.event = one->event, .etag = one->etag, .expires = 0}, one->resource));
        model_.newest_first.erase(model_.newest_first.begin() + (one - model_.newest_first.data()));
    }
    void stale() {
        if (dead_.empty()) return;
        const auto& etag = dead_[pick(static_cast<unsigned>(dead_.size()))];
        const std::string_view event = pick(2) == 0 ? "presence" : "dialog";
        REQUIRE(esc_.ask({.event = event, .etag = etag}, pick(3)).status == 412);
    }
    void pass() {
        const auto changes = esc_.pass(seconds(pick(90)));
        std::vector<std::string> expected;
        std::erase_if(model_.newest_first, [&](const One& one) {
            if (one.until > esc_.now) return false;
            died(one.etag);
            auto text = std::to_string(one.resource) + ' ' + std::string(one.event);
            if (std::ranges::find(expected, text) == expected.end()) expected.push_back(std::move(text));
            return true;
        });
        std::size_t length = expected.empty() ? 0 : 2 * (expected.size() - 1);
        for (const auto& one : expected) {
            REQUIRE(changes.find(one) != std::string::npos);
            length += one.size();
        }
        REQUIRE(changes.size() == length);
    }

    std::mt19937 random_;
    Esc esc_;
    Model model_;
    std::vector<std::string> dead_;
};

} // namespace

TEST_CASE("twenty walks of a thousand steps") {
    for (std::uint32_t seed = 1; seed <= 20; ++seed) {
        CAPTURE(seed);
        Walk walk(seed);
        for (int i = 0; i < 1000; ++i) {
            walk.step();
            walk.check();
        }
    }
}
