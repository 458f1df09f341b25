// The keys of `[[script]]`.
#include <algorithm>
#include <fmt/format.h>

#include "calls/call_record.hpp"
#include "config/reader.hpp"
#include "numbers/plain_number.hpp"
#include "proto/text/text.hpp"
#include "scripts/events.hpp"
#include "scripts/options.hpp"

namespace lamp::scripts {
namespace {

using enum config::Reload;

void check_template(const ScriptOptions& options, config::Scope& at) {
    if (options.url.empty() == options.body.empty())
        return at.error(options.url.empty() ? "url" : "body", options.url.empty()
                                                                  ? "url or body is required: what the script gives"
                                                                  : "url and body exclude each other");
    const auto* key = options.url.empty() ? "body" : "url";
    auto made = Template::parse(options.url.empty() ? options.body : options.url, terms_of(options));
    if (!made) return at.error(key, made.error().text);
    for (const auto& warning : made->warnings())
        at.warning(key, warning);
}

void check_script(const ScriptOptions& options, config::Scope& at) {
    check_template(options, at);
    if (!numbers::style_named(options.number_format))
        at.error("number_format",
                 fmt::format("\"{}\" is none (national, e164, e164_digits, international, idd, digits, nsn, "
                             "pretty_national, asis, or a mask such as \"(###) ###-####\")",
                             options.number_format));
    if (!options.scheme.empty() && !may_allow_scheme(options.scheme))
        at.error("scheme",
                 fmt::format("\"{}\" cannot be allowed: it is none, or it runs code or reads files", options.scheme));
    if (auto mistake = time_format_mistake(options.time_format); !mistake.empty()) at.error("time_format", mistake);
    for (const auto& word : options.events)
        if (!event_named(word))
            at.error("events",
                     fmt::format("\"{}\" is none of them (ringing, dialling, answered, held, resumed, changed, "
                                 "ended, missed)",
                                 word));
    if (options.events.empty()) at.error("events", "is empty: the script would never come");
    for (const auto& number : numbers_of(options.ddi))
        if (numbers::plain_number(number).empty()) at.error("ddi", fmt::format("\"{}\" is no number", number));
    if (options.when == When::unmatched && !options.integration.empty() &&
        (options.url + options.body).find("$(") != std::string::npos)
        at.warning("when", "\"unmatched\": the script's $(…) are always empty");
}

} // namespace

std::string_view name(When when) {
    switch (when) {
    case When::always: return "always";
    case When::matched: return "matched";
    case When::unmatched: return "unmatched";
    case When::several: return "several";
    }
    return "always";
}

std::string_view name(Direction direction) {
    switch (direction) {
    case Direction::both: return "both";
    case Direction::in: return "in";
    case Direction::out: return "out";
    }
    return "both";
}

std::optional<calls::Happening> event_named(std::string_view word) {
    using enum calls::Happening;
    for (auto one : {ringing, dialling, answered, held, resumed, changed, ended, missed})
        if (calls::name(one) == fmt::format("call.{}", word)) return one;
    return std::nullopt;
}

std::vector<std::string> numbers_of(std::string_view list) {
    std::vector<std::string> all;
    while (!list.empty()) {
        auto comma = list.find(',');
        if (auto one = text::trim(list.substr(0, comma)); !one.empty()) all.emplace_back(one);
        if (comma == std::string_view::npos) break;
        list.remove_prefix(comma + 1);
    }
    return all;
}

Terms terms_of(const ScriptOptions& options) {
    Terms terms;
    terms.fields = !options.integration.empty();
    terms.scheme = options.scheme;
    if (!options.url.empty()) return terms;
    auto type = text::lower(options.content_type);
    if (type.find("json") != std::string::npos)
        terms.place = Place::json;
    else
        terms.place = type.find("x-www-form-urlencoded") != std::string::npos ? Place::form : Place::text;
    return terms;
}

config::Section<ScriptOptions> script_section() {
    using O = ScriptOptions;
    config::Section<O> s{
        "script", config::Shape::array_of_tables,
        "Links and bodies made of a call: screen pops, searches, mails. #(Caller number), #(Caller name), "
        "#(Device number), #(Device name), #(Ddi number), #(Ddi name), #(Start time), and $(Field) of the "
        "contact in an integration's scripts."};
    s.key("name", &O::name, config::filled(), live, "What people see; \"pop\" replaces the built-in one.")
        .required()
        .example(R"("search")");
    s.key("url", &O::url, live, "The link. A value can never be its scheme or host.")
        .example(R"~("https://crm.example.net/find?phone=#(Caller number)")~");
    s.key("body", &O::body, live, "Instead of a link, the body of a request.")
        .example(R"~('{"from": "#(Caller number)"}')~");
    s.key("content_type", &O::content_type, config::filled(), live,
          "What the body is: values are written accordingly.");
    s.key("when", &O::when,
          config::choices<When>({{"always", When::always},
                                 {"matched", When::matched},
                                 {"unmatched", When::unmatched},
                                 {"several", When::several}}),
          live, "Whether contacts must have been found: any, none, or more than one.");
    s.key("direction", &O::direction,
          config::choices<Direction>({{"both", Direction::both}, {"in", Direction::in}, {"out", Direction::out}}), live,
          "Which calls.");
    s.key("ddi", &O::ddi, live, "Only calls that came in by one of these numbers, separated by commas.")
        .example(R"("+31201230000")");
    s.key("number_format", &O::number_format, config::filled(), live,
          "How numbers are written: national, e164, e164_digits, international (00…), digits, nsn, pretty_national, "
          "asis, "
          "or a mask such as \"(###) ###-####\". #(Caller number|e164) says it for one place.");
    s.key("short_numbers", &O::short_numbers, live,
          "Device and DDI numbers are written as extensions where they have one.");
    s.key("integration", &O::integration, live,
          "The [[recognition]] whose contacts it is for: it comes once for each, and may name their fields.")
        .example(R"("crm")");
    s.key("events", &O::events, live,
          "When it comes: ringing (an outgoing call: when it is dialled), dialling, answered, held, resumed, changed, "
          "ended, missed.");
    s.key("scheme", &O::scheme, live,
          "A scheme of one's own that url may have, beside https, http, mailto, tel, sip, "
          "sips, msteams and zoommtg.")
        .example(R"("mycrm")");
    s.key("time_zone", &O::time_zone, live, "Of times; not set: UTC, with time_format that of [daemon].")
        .example(R"("Europe/Amsterdam")");
    s.key("time_format", &O::time_format, live, "How times are written; not set: RFC 3339.")
        .example(R"("%d-%m-%Y %H:%M")");
    s.check(check_script);
    return s;
}

void check_scripts(const config::Configuration& configuration, config::Findings& findings) {
    const auto& all = configuration.all<ScriptOptions>();
    for (std::size_t i = 0; i < all.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (text::same_letters(all[i].name, all[j].name)) {
                findings.error<ScriptOptions>(i, "name", fmt::format("\"{}\" is there twice", all[i].name));
                break;
            }
}

} // namespace lamp::scripts
