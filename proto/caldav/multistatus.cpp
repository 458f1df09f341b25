// A listener with a stack: an element counts only where its schema has it, so what servers add is passed over.
#include "proto/caldav/multistatus.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "proto/text/text.hpp"
#include "proto/xml/reader.hpp"
#include "proto/xml/tree.hpp"

namespace lamp::caldav {
namespace {

enum class Tag : std::uint8_t {
    foreign,
    multistatus,
    response,
    href,
    status,
    propstat,
    prop,
    resource_type,
    collection,
    calendar,
    display_name,
    principal,
    home_set,
    component_set,
    component,
    report_set,
    supported_report,
    report,
    sync_collection,
    calendar_query,
    calendar_multiget,
    etag,
    ctag,
    sync_token,
    calendar_data,
};

constexpr std::string_view dav = "DAV:";
constexpr std::string_view caldav = "urn:ietf:params:xml:ns:caldav";
constexpr std::string_view calendar_server = "http://calendarserver.org/ns/";

struct Row {
    std::string_view space;
    std::string_view local;
    Tag tag;
    std::array<Tag, 3> parents; // where it means that
};
constexpr std::array rows{
    Row{dav, "response", Tag::response, {Tag::multistatus}},
    Row{dav, "href", Tag::href, {Tag::response, Tag::principal, Tag::home_set}},
    Row{dav, "status", Tag::status, {Tag::response, Tag::propstat}},
    Row{dav, "propstat", Tag::propstat, {Tag::response}},
    Row{dav, "prop", Tag::prop, {Tag::propstat}},
    Row{dav, "resourcetype", Tag::resource_type, {Tag::prop}},
    Row{dav, "collection", Tag::collection, {Tag::resource_type}},
    Row{caldav, "calendar", Tag::calendar, {Tag::resource_type}},
    Row{dav, "displayname", Tag::display_name, {Tag::prop}},
    Row{dav, "current-user-principal", Tag::principal, {Tag::prop}},
    Row{caldav, "calendar-home-set", Tag::home_set, {Tag::prop}},
    Row{caldav, "supported-calendar-component-set", Tag::component_set, {Tag::prop}},
    Row{caldav, "comp", Tag::component, {Tag::component_set}},
    Row{dav, "supported-report-set", Tag::report_set, {Tag::prop}},
    Row{dav, "supported-report", Tag::supported_report, {Tag::report_set}},
    Row{dav, "report", Tag::report, {Tag::supported_report}},
    Row{dav, "sync-collection", Tag::sync_collection, {Tag::report}},
    Row{caldav, "calendar-query", Tag::calendar_query, {Tag::report}},
    Row{caldav, "calendar-multiget", Tag::calendar_multiget, {Tag::report}},
    Row{dav, "getetag", Tag::etag, {Tag::prop}},
    Row{calendar_server, "getctag", Tag::ctag, {Tag::prop}},
    Row{dav, "sync-token", Tag::sync_token, {Tag::prop, Tag::multistatus}},
    Row{caldav, "calendar-data", Tag::calendar_data, {Tag::prop}},
};

/// 404 of "HTTP/1.1 404 Not Found"; 0 when there is no such number.
int status_code(std::string_view line) {
    line = text::trim(line);
    const auto space = line.find(' ');
    if (space == std::string_view::npos) return 0;
    const auto code = text::number<int>(text::trim(line.substr(space, 4)));
    return code && *code >= 100 && *code <= 599 ? *code : 0;
}

bool found(int status) {
    return status == 0 || (status >= 200 && status < 300);
}

/// What a propstat adds to what is known of its resource.
void merge(Properties& into, Properties&& more) {
    into.collection = into.collection || more.collection;
    into.calendar = into.calendar || more.calendar;
    into.reports_told = into.reports_told || more.reports_told;
    into.sync_collection = into.sync_collection || more.sync_collection;
    into.calendar_query = into.calendar_query || more.calendar_query;
    into.calendar_multiget = into.calendar_multiget || more.calendar_multiget;
    for (auto member : {&Properties::display_name, &Properties::principal, &Properties::etag, &Properties::ctag,
                        &Properties::sync_token})
        if (!(more.*member).empty()) into.*member = std::move(more.*member);
    std::ranges::move(more.components, std::back_inserter(into.components));
    std::ranges::move(more.homes, std::back_inserter(into.homes));
    if (more.calendar_data) into.calendar_data = std::move(more.calendar_data);
}

class Builder final : public xml::Listener {
public:
    void on_start(const xml::Name& name, std::span<const xml::Attribute> attributes) override {
        const Tag tag = tag_of(name);
        stack_.push_back(tag);
        text_.clear();
        begin(tag, attributes);
    }
    void on_text(std::string_view text) override {
        if (!stack_.empty() && stack_.back() != Tag::foreign && !too_many) text_ += text;
    }
    void on_end() override {
        const Tag tag = stack_.back();
        stack_.pop_back();
        if (!too_many) end(tag, stack_.empty() ? Tag::foreign : stack_.back());
        text_.clear();
    }

    Multistatus result;
    bool is_multistatus = false;
    bool too_many = false;

private:
    [[nodiscard]] Tag tag_of(const xml::Name& name) const {
        if (stack_.empty()) return name.local == "multistatus" && name.space == dav ? Tag::multistatus : Tag::foreign;
        const Tag parent = stack_.back();
        if (parent == Tag::foreign) return Tag::foreign;
        for (const Row& row : rows)
            if (row.local == name.local && row.space == name.space && std::ranges::count(row.parents, parent) > 0)
                return row.tag;
        return Tag::foreign;
    }

    void begin(Tag tag, std::span<const xml::Attribute> attributes) {
        switch (tag) {
        case Tag::multistatus: is_multistatus = true; break;
        case Tag::response: resource_ = {}, hrefs_.clear(); break;
        case Tag::propstat: found_ = {}, status_ = 0; break;
        case Tag::collection: found_.collection = true; break;
        case Tag::calendar: found_.calendar = true; break;
        case Tag::component:
            for (const auto& attribute : attributes)
                if (attribute.local == "name") found_.components.push_back(xml::decoded(attribute.value));
            break;
        case Tag::report_set: found_.reports_told = true; break;
        case Tag::sync_collection: found_.sync_collection = true; break;
        case Tag::calendar_query: found_.calendar_query = true; break;
        case Tag::calendar_multiget: found_.calendar_multiget = true; break;
        default: break;
        }
    }

    void end(Tag tag, Tag parent) {
        switch (tag) {
        case Tag::href: end_href(parent); break;
        case Tag::status: (parent == Tag::response ? resource_.status : status_) = status_code(text_); break;
        case Tag::propstat:
            if (found(status_)) merge(resource_.properties, std::move(found_));
            break;
        case Tag::display_name: found_.display_name = text::trim(text_); break;
        case Tag::etag: found_.etag = text::trim(text_); break;
        case Tag::ctag: found_.ctag = text::trim(text_); break;
        case Tag::sync_token: (parent == Tag::prop ? found_ : result_token_).sync_token = text::trim(text_); break;
        case Tag::calendar_data: found_.calendar_data = std::move(text_); break;
        case Tag::response: end_response(); break;
        case Tag::multistatus: result.sync_token = std::move(result_token_.sync_token); break;
        default: break;
        }
    }
    void end_href(Tag parent) {
        std::string href(text::trim(text_));
        if (href.empty()) return;
        if (parent == Tag::response)
            hrefs_.push_back(std::move(href));
        else if (parent == Tag::principal)
            found_.principal = std::move(href);
        else if (parent == Tag::home_set)
            found_.homes.push_back(std::move(href));
    }
    void end_response() {
        for (std::size_t i = 0; i < hrefs_.size(); ++i) {
            if (result.resources.size() == resources_max) {
                too_many = true;
                return;
            }
            Resource made = i + 1 == hrefs_.size() ? std::move(resource_) : resource_;
            made.href = std::move(hrefs_[i]);
            result.resources.push_back(std::move(made));
        }
    }

    std::vector<Tag> stack_;
    std::string text_; // of the innermost element
    Resource resource_;
    std::vector<std::string> hrefs_;
    Properties found_;        // by the propstat under way
    int status_ = 0;          // of the propstat under way
    Properties result_token_; // of the whole
};

} // namespace

bool Properties::holds_events() const {
    return calendar && (components.empty() || std::ranges::any_of(components, [](const std::string& name) {
                            return text::same_letters(name, "VEVENT");
                        }));
}

Result<Multistatus> parse_multistatus(std::string_view document) {
    thread_local xml::Reader reader;
    Builder builder;
    if (auto read = reader.read(document, builder); !read) return std::unexpected(std::move(read.error()));
    if (!builder.is_multistatus) return fail(Category::protocol, "The document is XML, but no WebDAV multistatus.");
    if (builder.too_many) return fail(Category::limit, "The multistatus has more than 100000 responses.");
    return std::move(builder.result);
}

} // namespace lamp::caldav
