#include "proto/graph/walk.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>
#include <string>

#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

using boost::json::error_code;
using boost::json::string_view;

/// What Boost.JSON tells -> the listener, under paths.
class Handler {
public:
    static constexpr std::size_t max_object_size = std::size_t(-1);
    static constexpr std::size_t max_array_size = std::size_t(-1);
    static constexpr std::size_t max_key_size = key_bytes_max;
    static constexpr std::size_t max_string_size = string_bytes_max;

    Handler(std::span<const std::string_view> vocabulary, Listener& listener)
        : vocabulary_(vocabulary), listener_(listener) {}

    bool on_document_begin(error_code&) { return true; }
    bool on_document_end(error_code&) { return true; }
    bool on_object_begin(error_code&) { return enter(Bracket::object); }
    bool on_object_end(std::size_t, error_code&) { return leave(); }
    bool on_array_begin(error_code&) { return enter(Bracket::array); }
    bool on_array_end(std::size_t, error_code&) { return leave(); }

    bool on_key_part(string_view part, std::size_t, error_code&) { return keep(part); }
    bool on_key(string_view last, std::size_t, error_code&) {
        if (!levels_[depth_].known) {
            parts_.clear();
            return true;
        }
        auto known = std::ranges::find(vocabulary_, whole(last));
        key_ = known == vocabulary_.end() ? 0 : static_cast<std::uint8_t>(known - vocabulary_.begin() + 1);
        parts_.clear();
        return true;
    }
    bool on_string_part(string_view part, std::size_t, error_code&) { return keep(part); }
    bool on_string(string_view last, std::size_t, error_code&) {
        if (auto place = here(); place.known) listener_.on_text(place.path, whole(last));
        parts_.clear();
        return true;
    }
    bool on_number_part(string_view, error_code&) { return true; }
    bool on_int64(std::int64_t number, string_view, error_code&) {
        if (auto place = here(); place.known) listener_.on_integer(place.path, number);
        return true;
    }
    bool on_uint64(std::uint64_t, string_view, error_code&) { return true; }
    bool on_double(double, string_view, error_code&) { return true; }
    bool on_bool(bool value, error_code&) {
        if (auto place = here(); place.known) listener_.on_bool(place.path, value);
        return true;
    }
    bool on_null(error_code&) {
        if (auto place = here(); place.known) listener_.on_null(place.path);
        return true;
    }
    bool on_comment_part(string_view, error_code&) { return true; }
    bool on_comment(string_view, error_code&) { return true; }

private:
    struct Level {
        Path path = 0;
        bool known = false;
        bool array = false;
    };

    /// Of the value that comes now.
    [[nodiscard]] Level here() const {
        if (depth_ == 0) return {0, true, false};
        const Level& outer = levels_[depth_];
        auto step = outer.array ? item : key_;
        if (!outer.known || step == 0 || depth_ > levels_max) return {};
        return {outer.path | static_cast<Path>(step) << (8 * (depth_ - 1)), true, false};
    }
    bool enter(Bracket bracket) {
        auto place = here();
        if (place.known) listener_.on_begin(place.path, bracket);
        levels_[++depth_] = {place.path, place.known, bracket == Bracket::array};
        return true;
    }
    bool leave() {
        if (levels_[depth_].known) listener_.on_end(levels_[depth_].path);
        --depth_;
        return true;
    }
    bool keep(string_view part) {
        parts_.append(part.data(), part.size());
        return true;
    }
    [[nodiscard]] std::string_view whole(string_view last) {
        if (parts_.empty()) return {last.data(), last.size()};
        keep(last);
        return parts_;
    }

    std::span<const std::string_view> vocabulary_;
    Listener& listener_;
    std::array<Level, depth_max + 2> levels_{};
    std::size_t depth_ = 0;
    std::uint8_t key_ = 0;
    std::string parts_; // of a string with escapes
};

std::unexpected<Error> refused(std::string_view body, std::size_t offset, std::string_view why) {
    auto before = body.substr(0, std::min(offset, body.size()));
    auto line = 1 + std::ranges::count(before, '\n');
    return fail(Category::protocol,
                fmt::format("The body is not the JSON that was expected: {} at line {}, offset {} of {} bytes.", why,
                            line, before.size(), body.size()));
}

} // namespace

Result<void> walk(std::string_view body, std::span<const std::string_view> vocabulary, Listener& listener) {
    constexpr std::string_view mark = "\xef\xbb\xbf";
    std::size_t start = body.starts_with(mark) ? mark.size() : 0;
    while (start < body.size() && text::is_space(body[start]))
        ++start;
    if (start == body.size()) return refused(body, start, "empty");
    if (body[start] == '<') return refused(body, start, "HTML or XML begins");
    if (body[start] != '{' && body[start] != '[') return refused(body, start, "neither an object nor an array begins");

    boost::json::parse_options options;
    options.max_depth = depth_max;
    boost::json::basic_parser<Handler> parser(options, vocabulary, listener);
    error_code error;
    auto rest = body.substr(start);
    auto read = parser.write_some(false, rest.data(), rest.size(), error);
    if (error) return refused(body, start + read, error.message());
    if (read < rest.size()) return refused(body, start + read, "more text behind the end");
    return {};
}

} // namespace lamp::graph
