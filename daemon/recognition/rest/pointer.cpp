#include "recognition/rest/pointer.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace json = boost::json;

constexpr std::size_t depth_max = 16;
constexpr std::size_t text_max = 1000;

std::optional<std::string> unescaped(std::string_view step) {
    std::string made;
    for (std::size_t i = 0; i < step.size(); ++i) {
        if (step[i] != '~') {
            made += step[i];
            continue;
        }
        ++i;
        if (i == step.size() || (step[i] != '0' && step[i] != '1')) return std::nullopt;
        made += step[i] == '0' ? '~' : '/';
    }
    return made;
}

const json::value* below(const json::value& value, const std::string& step) {
    if (const auto* object = value.if_object()) return object->if_contains(step);
    const auto* list = value.if_array();
    if (list == nullptr) return nullptr;
    auto at = text::number<std::size_t>(step);
    return at ? list->if_contains(*at) : nullptr;
}

} // namespace

Result<Pointer> Pointer::parse(std::string_view text) {
    Pointer made;
    if (text.empty()) return made;
    if (text.front() != '/')
        return fail(Category::invalid, "does not begin with \"/\" as a JSON pointer does (\"/properties/phone\")");
    while (!text.empty()) {
        text.remove_prefix(1);
        auto end = std::min(text.find('/'), text.size());
        auto step = unescaped(text.substr(0, end));
        if (!step) return fail(Category::invalid, "has a \"~\" that is neither ~0 nor ~1");
        made.many_ = made.many_ || *step == "*";
        made.steps_.push_back(*std::move(step));
        if (made.steps_.size() > depth_max)
            return fail(Category::invalid, fmt::format("goes deeper than {} steps", depth_max));
        text.remove_prefix(end);
    }
    return made;
}

std::vector<const json::value*> Pointer::all(const json::value& root, std::size_t most) const {
    std::vector<const json::value*> here{&root};
    for (const auto& step : steps_) {
        std::vector<const json::value*> next;
        for (const auto* value : here) {
            if (next.size() >= most) break;
            if (step != "*") {
                if (const auto* one = below(*value, step)) next.push_back(one);
                continue;
            }
            if (const auto* list = value->if_array())
                for (const auto& item : *list)
                    if (next.size() < most) next.push_back(&item);
        }
        here = std::move(next);
    }
    return here;
}

const json::value* Pointer::first(const json::value& root) const {
    if (many_) {
        auto found = all(root, 1);
        return found.empty() ? nullptr : found.front();
    }
    const auto* here = &root;
    for (const auto& step : steps_)
        if (here = below(*here, step); here == nullptr) break;
    return here;
}

std::string text_of(const json::value& value) {
    if (const auto* text = value.if_string())
        return std::string(text::beginning(text::trim(std::string_view(*text)), text_max));
    if (value.is_number() || value.is_bool()) return json::serialize(value);
    return {};
}

std::string first_text(const std::vector<Pointer>& pointers, const json::value& root) {
    for (const auto& pointer : pointers) {
        if (pointer.single()) {
            const auto* value = pointer.first(root);
            if (value == nullptr) continue;
            if (auto text = text_of(*value); !text.empty()) return text;
            continue;
        }
        for (const auto* value : pointer.all(root))
            if (auto text = text_of(*value); !text.empty()) return text;
    }
    return {};
}

bool truthy(const json::value* value) {
    if (value == nullptr || value->is_null()) return false;
    if (const auto* flag = value->if_bool()) return *flag;
    if (const auto* text = value->if_string()) return !text->empty() && *text != "false" && *text != "0";
    if (const auto* number = value->if_int64()) return *number != 0;
    if (const auto* number = value->if_uint64()) return *number != 0;
    return true;
}

} // namespace lamp::recognition::rest
