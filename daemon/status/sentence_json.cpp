#include "status/sentence_json.hpp"

namespace lamp::status {
namespace {

void write_values(JsonWriter& json, const Sentence& sentence) {
    json.object([&] {
        for (const auto& [name, value] : sentence.values)
            json.member(name, value);
    });
}

} // namespace

void write_sentence(JsonWriter& json, std::string_view member, const Sentence& sentence) {
    json.member_or_null(member, sentence);
    if (sentence.code.empty()) return;
    json.member(std::string(member) + "_code", sentence.code);
    json.key(std::string(member) + "_values");
    write_values(json, sentence);
}

void write_alarm(JsonWriter& json, const Sentence& sentence) {
    json.object([&] {
        json.member("text", std::string_view(sentence));
        json.member_or_null("code", sentence.code);
        json.key("values");
        write_values(json, sentence);
    });
}

} // namespace lamp::status
