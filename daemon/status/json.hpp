// The JSON writer under this room's own name.
#pragma once
#include "proto/json/writer.hpp"

namespace lamp::status {

using lamp::append_json_string;
using lamp::append_number;
using lamp::JsonWriter;

} // namespace lamp::status
