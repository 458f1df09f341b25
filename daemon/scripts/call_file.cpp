#include "scripts/call_file.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>

namespace lamp::scripts {
namespace {
namespace json = boost::json;

constexpr std::size_t fields_max = 1000;

std::unexpected<Error> wrong(std::string_view member, std::string_view what) {
    return fail(Category::invalid, fmt::format("{}: {}.", member, what));
}

/// Reads members one by one; the first mistake stays.
class Object {
public:
    Object(const json::object& object, std::string prefix) : object_(object), prefix_(std::move(prefix)) {}

    /// Missing or null: nothing is changed.
    Result<void> text(std::string_view name, std::string& into) const {
        const auto* value = object_.if_contains(name);
        if (!value || value->is_null()) return {};
        if (!value->is_string()) return wrong(prefix_ + std::string(name), "must be a text in quotes");
        into.assign(value->get_string().begin(), value->get_string().end());
        return {};
    }
    Result<void> time(std::string_view name, std::optional<Wall>& into) const {
        std::string written;
        if (auto read = text(name, written); !read) return read;
        if (written.empty()) return {};
        auto at = parse_rfc3339(written);
        if (!at) return wrong(prefix_ + std::string(name), "must be a time such as \"2026-11-22T10:00:00Z\"");
        into = *at;
        return {};
    }
    /// Names of members that are none of these.
    void strangers(std::initializer_list<std::string_view> known, std::vector<std::string>& warnings) const {
        for (const auto& [key, value] : object_)
            if (std::ranges::find(known, std::string_view(key)) == known.end())
                warnings.push_back(fmt::format("{}{}: means nothing", prefix_, std::string_view(key)));
    }

private:
    const json::object& object_;
    std::string prefix_;
};

Result<void> read_party(const json::object& call, std::string_view name, Party& party,
                        std::vector<std::string>& warnings) {
    const auto* value = call.if_contains(name);
    if (!value || value->is_null()) return {};
    if (!value->is_object()) return wrong(name, "must be an object with \"number\" and \"name\"");
    Object members(value->get_object(), fmt::format("{}.", name));
    members.strangers({"number", "name", "extension"}, warnings);
    if (auto read = members.text("number", party.number); !read) return read;
    if (auto read = members.text("extension", party.extension); !read) return read;
    return members.text("name", party.name);
}

Result<void> read_fields(const json::object& call, Facts& facts) {
    const auto* value = call.if_contains("fields");
    if (!value || value->is_null()) return {};
    if (!value->is_object()) return wrong("fields", "must be an object of names and values");
    if (value->get_object().size() > fields_max) return wrong("fields", fmt::format("has more than {}", fields_max));
    facts.match.emplace();
    facts.matches = 1;
    for (const auto& [key, content] : value->get_object()) {
        if (content.is_object() || content.is_array())
            return wrong(fmt::format("fields.{}", std::string_view(key)),
                         "must be a text, a number, true, false or null");
        std::string text;
        if (content.is_string())
            text.assign(content.get_string().begin(), content.get_string().end());
        else if (!content.is_null())
            text = json::serialize(content);
        facts.match->fields.emplace_back(std::string(key), std::move(text));
    }
    return {};
}

Result<void> read_matches(const json::object& call, Facts& facts) {
    const auto* value = call.if_contains("matches");
    if (!value || value->is_null()) return {};
    if (!value->is_int64() || value->get_int64() < 0) return wrong("matches", "must be a count");
    facts.matches = static_cast<std::size_t>(value->get_int64());
    return {};
}

} // namespace

Result<CallFile> read_call(std::string_view text) {
    if (text.size() > call_file_bytes_max) return fail(Category::invalid, "This is more than 1 MiB.");
    if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
    boost::system::error_code error;
    json::stream_parser parser;
    auto taken = parser.write_some(text.data(), text.size(), error);
    if (!error) parser.finish(error);
    if (!error && text.find_first_not_of(" \t\r\n", taken) != std::string_view::npos) error = json::error::extra_data;
    if (error) {
        auto before = text.substr(0, taken);
        return fail(Category::invalid, fmt::format("line {}: this is no JSON ({}).",
                                                   1 + std::ranges::count(before, '\n'), error.message()));
    }
    auto document = parser.release();
    if (!document.is_object()) return fail(Category::invalid, "This is no JSON object.");
    const auto& call = document.get_object();
    Object members(call, "");
    CallFile file;
    Facts& facts = file.facts;
    members.strangers({"direction", "caller", "device", "ddi", "start", "answered", "ended", "fields", "id", "queue",
                       "user", "result", "integration", "matches"},
                      file.warnings);
    std::string direction = "in", integration;
    for (auto& [name, into] :
         std::initializer_list<std::pair<std::string_view, std::string*>>{{"direction", &direction},
                                                                          {"id", &facts.id},
                                                                          {"queue", &facts.queue},
                                                                          {"user", &facts.user},
                                                                          {"result", &facts.release},
                                                                          {"integration", &integration}})
        if (auto read = members.text(name, *into); !read) return std::unexpected(read.error());
    if (direction != "in" && direction != "out") return wrong("direction", "must be \"in\" or \"out\"");
    facts.incoming = direction == "in";
    for (auto& [name, into] : std::initializer_list<std::pair<std::string_view, std::optional<Wall>*>>{
             {"start", &facts.start}, {"answered", &facts.answered}, {"ended", &facts.ended}})
        if (auto read = members.time(name, *into); !read) return std::unexpected(read.error());
    for (auto& [name, into] : std::initializer_list<std::pair<std::string_view, Party*>>{
             {"caller", &facts.caller}, {"device", &facts.device}, {"ddi", &facts.ddi}})
        if (auto read = read_party(call, name, *into, file.warnings); !read) return std::unexpected(read.error());
    if (auto read = read_fields(call, facts); !read) return std::unexpected(read.error());
    if (auto read = read_matches(call, facts); !read) return std::unexpected(read.error());
    if (facts.match) facts.match->integration = integration;
    return file;
}

} // namespace lamp::scripts
