#include "proto/caldav/href.hpp"

#include "proto/text/text.hpp"

namespace lamp::caldav {
namespace {

std::string_view without_slash(std::string_view path) {
    return path.size() > 1 && path.ends_with('/') ? path.substr(0, path.size() - 1) : path;
}

} // namespace

std::optional<std::string> path_of(std::string_view href) {
    href = text::trim(href);
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!text::same_letters(href.substr(0, scheme.size()), scheme)) continue;
        href.remove_prefix(scheme.size());
        const auto slash = href.find_first_of("/?#");
        href = slash == std::string_view::npos ? "/" : href.substr(slash);
        break;
    }
    href = href.substr(0, href.find_first_of("?#"));
    if (!href.starts_with('/')) return std::nullopt;
    return text::percent_decoded(href);
}

bool same_collection(std::string_view left, std::string_view right) {
    const auto one = path_of(left);
    const auto other = path_of(right);
    return one && other && without_slash(*one) == without_slash(*other);
}

} // namespace lamp::caldav
