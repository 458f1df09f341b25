// Sentences of the daemon in JSON: as they are, and with their codes for whoever speaks another language. Pure.
#pragma once
#include <string_view>

#include "base/sentence.hpp"
#include "status/json.hpp"

namespace lamp::status {

/// `"reason":"…"`, null where it is empty; where it has a code also `"reason_code":"…","reason_values":{…}`.
void write_sentence(JsonWriter& json, std::string_view member, const Sentence& sentence);
/// `{"text":"…","code":"…"|null,"values":{…}}`.
void write_alarm(JsonWriter& json, const Sentence& sentence);

} // namespace lamp::status
