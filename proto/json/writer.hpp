// A JSON writer that appends to a string: no tree, no allocation beyond the string's own growth. Pure.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace lamp {

/// Appends `text` in quotes. Control characters are escaped; bytes that are no UTF-8 become U+FFFD.
void append_json_string(std::string& out, std::string_view text);
void append_number(std::string& out, std::uint64_t value);

/// Writes one value; commas come by themselves.
///     JsonWriter json(out);
///     json.object([&] { json.member("id", id); json.key("lines"); json.array([&] { json.value("a"); }); });
class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}

    template <class Inside>
    void object(Inside&& inside) {
        nested('{', '}', std::forward<Inside>(inside));
    }
    template <class Inside>
    void array(Inside&& inside) {
        nested('[', ']', std::forward<Inside>(inside));
    }
    void key(std::string_view name) {
        separate();
        append_json_string(out_, name);
        out_ += ':';
        first_ = true;
    }
    void value(std::string_view text) { separate(), append_json_string(out_, text); }
    void value(const std::string& text) { value(std::string_view(text)); }
    void value(const char* text) { value(std::string_view(text)); }
    void value(bool truth) { separate(), out_ += truth ? "true" : "false"; }
    void value(std::uint64_t number) { separate(), append_number(out_, number); }
    void value(std::int64_t number);
    void value(int number) { value(static_cast<std::int64_t>(number)); }
    void value(unsigned number) { value(static_cast<std::uint64_t>(number)); }
    void value(double number); // one decimal
    void value(Wall time);
    void value(std::nullptr_t) { separate(), out_ += "null"; }
    template <class T>
    void value(const std::optional<T>& maybe) {
        maybe ? value(*maybe) : value(nullptr);
    }
    /// A value that is JSON already.
    void raw(std::string_view json) { separate(), out_ += json; }
    template <class T>
    void member(std::string_view name, const T& content) {
        key(name);
        value(content);
    }
    /// The text, or null when it is empty.
    void member_or_null(std::string_view name, std::string_view text) {
        key(name);
        text.empty() ? value(nullptr) : value(text);
    }

private:
    template <class Inside>
    void nested(char open, char close, Inside&& inside) {
        separate();
        out_ += open;
        first_ = true;
        inside();
        out_ += close;
        first_ = false;
    }
    void separate() {
        if (!first_) out_ += ',';
        first_ = false;
    }

    std::string& out_;
    bool first_ = true;
};

} // namespace lamp
