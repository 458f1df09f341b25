// One C++ type, one way from TOML and back. Sections use this through `Section::key`; owners of sections need not.
#pragma once
#include <concepts>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/clock.hpp"
#include "base/secret.hpp"
#include "config/node.hpp"
#include "config/problems.hpp"
#include "config/rule.hpp"
#include "config/sources.hpp"
#include "config/types.hpp"

namespace lamp::config {

/// What a key's value is, for people.
enum class Kind : std::uint8_t {
    text,
    boolean,
    integer,
    real,
    duration,
    secret,
    file,
    url,
    listen,
    choice,
    texts_by_name,
    tables,
};

/// What a whole reading shares: where files lie, what the machine says, what has been found wrong.
struct Reading {
    const Sources& sources;
    std::string file;             // as the caller named it
    std::filesystem::path folder; // of the configuration file
    Problems problems;
    std::optional<std::vector<std::string>> zones; // asked once, when the first zone is read
};

/// What decoding one key needs: whose key it is, and where findings go.
class Context {
public:
    Context(Reading& reading, std::string section, std::string key)
        : reading_(reading), section_(std::move(section)), key_(std::move(key)) {}

    void error(Position at, std::string message);
    void warning(Position at, std::string message);
    void set_origin(std::string source) { origin_ = std::move(source); }

    [[nodiscard]] Reading& reading() { return reading_; }
    [[nodiscard]] const Sources& sources() const { return reading_.sources; }
    [[nodiscard]] const std::filesystem::path& folder() const { return reading_.folder; }
    [[nodiscard]] const std::string& section() const { return section_; }
    [[nodiscard]] const std::string& key() const { return key_; }
    /// "env:NAME" and the like where the value came from somewhere else than the file itself; else empty.
    [[nodiscard]] const std::string& origin() const { return origin_; }

private:
    Reading& reading_;
    std::string section_;
    std::string key_;
    std::string origin_;
};

/// What such a value must be, for messages and the reference: "a duration from 1s to 25s, such as "5s"".
[[nodiscard]] std::string wanted(Kind kind, const Rule& rule);

/// Each gives true and sets `out`, or reports and gives false.
bool decode(const Node& node, const Rule& rule, Context& context, std::string& out);
bool decode(const Node& node, const Rule& rule, Context& context, bool& out);
bool decode(const Node& node, const Rule& rule, Context& context, double& out);
bool decode(const Node& node, const Rule& rule, Context& context, milliseconds& out);
bool decode(const Node& node, const Rule& rule, Context& context, Secret& out);
bool decode(const Node& node, const Rule& rule, Context& context, std::filesystem::path& out);
bool decode(const Node& node, const Rule& rule, Context& context, Url& out);
bool decode(const Node& node, const Rule& rule, Context& context, Listen& out);
bool decode(const Node& node, const Rule& rule, Context& context, std::map<std::string, std::string>& out);
bool decode_integer(const Node& node, const Rule& rule, Context& context, std::int64_t& out);
bool decode_choice(const Node& node, const Rule& rule, Context& context, std::int64_t& out);
/// That the node is a list of the right length.
bool check_list(const Node& node, const Rule& rule, Kind kind, Context& context);

/// Makes a default path relative to the configuration's folder and checks it like a written one; empty stays empty.
bool settle_path(std::filesystem::path& path, Position header, const Rule& rule, Context& context);

/// As TOML; nothing where the value means "not set". A secret is always "***".
[[nodiscard]] std::optional<std::string> encode(const std::string& value);
[[nodiscard]] std::optional<std::string> encode(bool value);
[[nodiscard]] std::optional<std::string> encode(double value);
[[nodiscard]] std::optional<std::string> encode(milliseconds value);
[[nodiscard]] std::optional<std::string> encode(const Secret& value);
[[nodiscard]] std::optional<std::string> encode(const std::filesystem::path& value);
[[nodiscard]] std::optional<std::string> encode(const Url& value);
[[nodiscard]] std::optional<std::string> encode(const Listen& value);
[[nodiscard]] std::optional<std::string> encode(const std::map<std::string, std::string>& value);
[[nodiscard]] std::string encode_integer(std::int64_t value);
[[nodiscard]] std::optional<std::string> encode_choice(std::int64_t value, const Rule& rule);
[[nodiscard]] std::string encode_list(const std::vector<std::string>& items);

template <class T>
concept Integer = std::integral<T> && !std::same_as<T, bool>;
template <class T>
concept Enumeration = std::is_enum_v<T>;

template <class T>
struct Codec {
    static constexpr bool list = false;
    static constexpr bool optional = false;
    static constexpr Kind kind() {
        if constexpr (std::same_as<T, std::string>)
            return Kind::text;
        else if constexpr (std::same_as<T, bool>)
            return Kind::boolean;
        else if constexpr (std::same_as<T, double>)
            return Kind::real;
        else if constexpr (std::same_as<T, milliseconds>)
            return Kind::duration;
        else if constexpr (std::same_as<T, Secret>)
            return Kind::secret;
        else if constexpr (std::same_as<T, std::filesystem::path>)
            return Kind::file;
        else if constexpr (std::same_as<T, Url>)
            return Kind::url;
        else if constexpr (std::same_as<T, Listen>)
            return Kind::listen;
        else {
            static_assert(std::same_as<T, std::map<std::string, std::string>>,
                          "config: a key of this type cannot be read; durations are lamp::milliseconds, lists are "
                          "std::vector, tables are declared with Section::tables");
            return Kind::texts_by_name;
        }
    }
    static bool read(const Node& node, const Rule& rule, Context& context, T& out) {
        return decode(node, rule, context, out);
    }
    static std::optional<std::string> write(const T& value, const Rule&) { return encode(value); }
};

template <Integer T>
struct Codec<T> {
    static constexpr bool list = false;
    static constexpr bool optional = false;
    static constexpr Kind kind() { return Kind::integer; }
    static bool read(const Node& node, const Rule& rule, Context& context, T& out) {
        std::int64_t wide = 0;
        if (!decode_integer(node, within_type(rule), context, wide)) return false;
        out = static_cast<T>(wide);
        return true;
    }
    static std::optional<std::string> write(T value, const Rule&) {
        return encode_integer(static_cast<std::int64_t>(value));
    }
    static Rule within_type(Rule rule) {
        constexpr auto wide_max = std::numeric_limits<std::int64_t>::max();
        constexpr auto low = static_cast<std::int64_t>(std::numeric_limits<T>::min());
        constexpr auto high = std::in_range<std::int64_t>(std::numeric_limits<T>::max())
                                  ? static_cast<std::int64_t>(std::numeric_limits<T>::max())
                                  : wide_max;
        rule.low = std::max(rule.low.value_or(low), low);
        rule.high = std::min(rule.high.value_or(high), high);
        return rule;
    }
};

template <Enumeration T>
struct Codec<T> {
    static constexpr bool list = false;
    static constexpr bool optional = false;
    static constexpr Kind kind() { return Kind::choice; }
    static bool read(const Node& node, const Rule& rule, Context& context, T& out) {
        std::int64_t value = 0;
        if (!decode_choice(node, rule, context, value)) return false;
        out = static_cast<T>(value);
        return true;
    }
    static std::optional<std::string> write(T value, const Rule& rule) {
        return encode_choice(static_cast<std::int64_t>(value), rule);
    }
};

template <class T>
struct Codec<std::vector<T>> {
    static constexpr bool list = true;
    static constexpr bool optional = false;
    static constexpr Kind kind() { return Codec<T>::kind(); }
    static bool read(const Node& node, const Rule& rule, Context& context, std::vector<T>& out) {
        if (!check_list(node, rule, kind(), context)) return false;
        std::vector<T> values;
        bool good = true;
        for (const auto& item : node.items) {
            T value{};
            if (Codec<T>::read(item, rule, context, value))
                values.push_back(std::move(value));
            else
                good = false;
        }
        if (good) out = std::move(values);
        return good;
    }
    static std::optional<std::string> write(const std::vector<T>& values, const Rule& rule) {
        std::vector<std::string> items;
        for (const auto& value : values)
            items.push_back(Codec<T>::write(value, rule).value_or("\"\""));
        return encode_list(items);
    }
};

template <class T>
struct Codec<std::optional<T>> {
    static constexpr bool list = Codec<T>::list;
    static constexpr bool optional = true;
    static constexpr Kind kind() { return Codec<T>::kind(); }
    static bool read(const Node& node, const Rule& rule, Context& context, std::optional<T>& out) {
        T value{};
        if (!Codec<T>::read(node, rule, context, value)) return false;
        out = std::move(value);
        return true;
    }
    static std::optional<std::string> write(const std::optional<T>& value, const Rule& rule) {
        return value ? Codec<T>::write(*value, rule) : std::nullopt;
    }
};

} // namespace lamp::config
