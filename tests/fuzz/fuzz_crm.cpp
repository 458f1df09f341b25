// Any bytes as a CRM's answer, for every preset of the program; as a preset; as a kept cursor. The first byte says as
// which. No crash, an error has words, what is told lies in bounded memory.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/text/text.hpp"
#include "recognition/rest/presets.hpp"
#include "recognition/rest/sync.hpp"

using namespace lamp;
using namespace lamp::recognition::rest;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

const std::vector<Preset>& presets() {
    static const std::vector<Preset> all = [] {
        std::vector<Preset> made;
        for (const auto& one : embedded_presets()) {
            auto read = read_preset_outline(one.text, one.name);
            require(read.has_value());
            made.push_back(*std::move(read));
        }
        return made;
    }();
    return all;
}

/// An item tells less than a record weighs, but for the ids and addresses that the preset puts around.
void check(const std::vector<Item>& items, std::size_t bytes) {
    require(items.size() <= items_max && items.size() <= bytes);
    for (const auto& item : items) {
        require(!item.id.empty());
        require(item.numbers.size() <= numbers_max);
        require(!item.deleted || item.numbers.empty());
        for (const auto& number : item.numbers)
            require(!number.written.empty() && number.written.size() <= 1000);
        for (const auto& [field, text] : item.fields)
            require(!text.empty() && text.size() <= 1000 && text::is_utf8(text));
        require(item.url.empty() || item.url.starts_with("http"));
    }
}

void answers(const http::Answer& answer) {
    auto body = read_json(answer);
    if (!body) return require(!body.error().text.empty());
    for (const auto& preset : presets())
        for (const auto& listing : preset.list) {
            Pager pager(listing, {});
            for (int i = 0; i < 3 && !pager.over(); ++i) {
                auto taken = pager.take(answer, *body);
                if (!taken) {
                    require(!taken.error().text.empty());
                    break;
                }
                check(*taken, answer.body.size());
                require(!pager.ask().target.empty());
            }
        }
}

void run(std::string_view cursor, const http::Answer& answer) {
    for (const auto& preset : presets()) {
        Quota quota(preset.rates);
        Steady now{std::chrono::hours(1)};
        Wall wall{};
        Sync sync(preset, quota, cursor, wall, 1);
        for (int i = 0; i < 50; ++i) {
            auto step = sync.next(now, wall);
            if (const auto* error = std::get_if<Error>(&step)) {
                require(!error->text.empty());
                break;
            }
            if (std::holds_alternative<Synced>(step)) break;
            if (const auto* pause = std::get_if<Pause>(&step)) {
                require(pause->until > now);
                now = pause->until;
                continue;
            }
            sync.answer(answer, now, wall);
        }
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
    http::Answer answer;
    answer.status = 200;
    answer.body = text;
    switch (data[0]) {
    case 'a': answers(answer); break;
    case 's': run({}, answer); break;
    case 'c':
        answer.status = 204;
        answer.body.clear();
        run(text, answer);
        break;
    case 'e':
        answer.status = 403;
        require(judge(presets().front(), answer, {}).error.has_value());
        require(told_of(text).size() <= 160);
        break;
    case 'p': {
        auto read = read_preset_outline(text, "fuzz.toml");
        if (!read) require(!read.error().empty() && !read.error().front().message.empty());
        break;
    }
    default: break;
    }
    return 0;
}
