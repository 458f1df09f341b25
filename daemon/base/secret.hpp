// A password, token or key. It prints as *** and only `reveal` gives its text.
#pragma once
#include <string>
#include <string_view>
#include <utility>

namespace lamp {

class Secret {
public:
    Secret() = default;
    explicit Secret(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& reveal() const { return text_; }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    bool operator==(const Secret&) const = default;

private:
    std::string text_;
};

/// What logs, `config show` and error messages see.
[[nodiscard]] inline std::string_view to_string(const Secret& secret) {
    return secret.empty() ? "" : "***";
}

/// Compares without telling by its duration where the first difference is.
[[nodiscard]] inline bool same_secret(std::string_view left, std::string_view right) {
    unsigned difference = left.size() == right.size() ? 0U : 1U;
    for (std::size_t i = 0; i < left.size(); ++i)
        difference |= static_cast<unsigned char>(left[i]) ^
                      static_cast<unsigned char>(right.empty() ? 1 : right[i % right.size()]);
    return difference == 0;
}

} // namespace lamp
