#include "proto/sip/examine.hpp"

#include <algorithm>

#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

bool serves(const Served& served, std::string_view tag) {
    return std::ranges::any_of(served.extensions, [&](auto known) { return text::same_letters(known, tag); });
}

template <class Each>
void unsupported(const Message& request, const Served& served, Each each) {
    std::size_t looked = 0;
    request.each_element(Header::require, [&](std::string_view tag) {
        if (!serves(served, tag)) each(tag);
        return ++looked < limits::list_tokens;
    });
}

} // namespace

int objection(const Message& request, const Served& served) {
    const auto method = request.method();
    if (method == Method::other) return 501;
    if (std::ranges::find(served.methods, method) == served.methods.end()) return 405;
    if (request.uri().scheme == Scheme::other) return 416;
    if (method == Method::ack || method == Method::cancel) return 0;
    bool unknown = false;
    unsupported(request, served, [&](std::string_view) { unknown = true; });
    return unknown ? 420 : 0;
}

void add_objection_fields(Writer& writer, const Message& request, int status, const Served& served) {
    std::string list;
    auto add = [&](std::string_view word) {
        if (!list.empty()) list += ", ";
        list += word;
    };
    if (status == 405) {
        for (Method method : served.methods)
            add(name(method));
        writer.field(Header::allow, list);
    } else if (status == 420) {
        unsupported(request, served, [&](std::string_view tag) {
            if (chars::all(tag, chars::token)) add(tag);
        });
        writer.field(Header::unsupported, list);
    }
}

} // namespace lamp::sip
