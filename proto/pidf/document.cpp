#include "proto/pidf/document.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::pidf {
namespace {

// RPID knows no do not disturb and no ringing: busy comes nearest, and the note says it.
constexpr std::array<Look, 10> rows{{
    {"unknown", Basic::closed, "unknown", "", "Unknown"},
    {"offline", Basic::closed, "", "", "Offline"},
    {"available", Basic::open, "", "", "Available"},
    {"away", Basic::open, "away", "", "Away"},
    {"busy", Basic::open, "busy", "", "Busy"},
    {"in_meeting", Basic::open, "busy", "meeting", "In a meeting"},
    {"on_call", Basic::open, "on-the-phone", "", "On the phone"},
    {"do_not_disturb", Basic::open, "busy", "", "Do not disturb"},
    {"held", Basic::open, "on-the-phone", "", "On the phone, on hold"},
    {"ringing", Basic::open, "busy", "", "Ringing"},
}};

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::protocol, "The presence document " + std::string(what) + ".");
}

/// An activity is an element's name: a word of letters and dashes, or it would be markup.
bool is_activity(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || c == '-'; });
}

void write_tuple(xml::Writer& writer, const Tuple& tuple) {
    writer.open("tuple").attribute("id", tuple.id);
    writer.open("status").element("basic", tuple.basic == Basic::open ? "open" : "closed").close();
    if (!tuple.contact.empty()) writer.open("contact").attribute("priority", "0.8").text(tuple.contact).close();
    if (!tuple.note.empty()) writer.element("note", tuple.note);
    writer.close();
}

void write_person(xml::Writer& writer, const Document& document) {
    if (document.activities.empty() && document.note.empty() && document.timestamp.empty()) return;
    writer.open("dm:person").attribute("id", "person");
    writer.open("rpid:activities");
    for (const auto& activity : document.activities)
        if (is_activity(activity)) writer.open("rpid:" + activity).close();
    writer.close();
    if (!document.note.empty()) writer.element("dm:note", document.note);
    if (!document.timestamp.empty()) writer.element("dm:timestamp", document.timestamp);
    writer.close();
}

Result<Tuple> read_tuple(const xml::Element& element) {
    Tuple out;
    out.id = element.attribute("id");
    if (out.id.empty()) return wrong("has a tuple without an id");
    if (const auto* status = element.child("status"))
        out.basic = status->text_of("basic") == "open" ? Basic::open : Basic::closed;
    out.contact = element.text_of("contact");
    out.note = element.text_of("note");
    return out;
}

void gather_activities(const xml::Element& element, std::vector<std::string>& into) {
    const auto* activities = element.child("activities");
    if (!activities) return;
    for (const auto& activity : activities->children)
        if (activity.name != "note" && is_activity(activity.name) &&
            std::ranges::find(into, activity.name) == into.end())
            into.push_back(activity.name);
}

} // namespace

std::span<const Look> looks() {
    return rows;
}

const Look& look_of(std::string_view word) {
    const auto found = std::ranges::find(rows, word, &Look::word);
    return found == rows.end() ? rows.front() : *found;
}

Document of_word(std::string_view word, std::string_view entity, std::string_view timestamp) {
    const Look& look = look_of(word);
    Document out;
    out.entity = entity;
    out.tuples.push_back({"line", look.basic, std::string(entity), std::string(look.note)});
    for (auto activity : {look.activity, look.second_activity})
        if (!activity.empty()) out.activities.emplace_back(activity);
    out.note = look.note;
    out.timestamp = timestamp;
    return out;
}

std::string write(const Document& document) {
    xml::Writer writer("presence", "urn:ietf:params:xml:ns:pidf");
    writer.attribute("xmlns:dm", "urn:ietf:params:xml:ns:pidf:data-model");
    writer.attribute("xmlns:rpid", "urn:ietf:params:xml:ns:pidf:rpid");
    writer.attribute("entity", document.entity);
    for (const Tuple& tuple : document.tuples)
        write_tuple(writer, tuple);
    if (document.tuples.empty()) write_tuple(writer, {"line", Basic::closed, {}, {}});
    write_person(writer, document);
    return writer.done();
}

Result<Document> read(std::string_view text) {
    const auto root = xml::parse_tree(text);
    if (!root) return std::unexpected(root.error());
    if (root->name != "presence") return wrong("has another root");
    Document out;
    out.entity = root->attribute("entity");
    if (out.entity.empty()) return wrong("names no entity");
    for (const auto& element : root->children) {
        if (element.name == "tuple") {
            if (out.tuples.size() == tuples_max)
                return fail(Category::limit, "The presence document has more than 64 tuples.");
            auto tuple = read_tuple(element);
            if (!tuple) return std::unexpected(tuple.error());
            out.tuples.push_back(std::move(*tuple));
        }
        if (element.name == "person") {
            if (out.note.empty()) out.note = element.text_of("note");
            if (out.timestamp.empty()) out.timestamp = element.text_of("timestamp");
        }
        gather_activities(element, out.activities);
        if (const auto* status = element.child("status")) gather_activities(*status, out.activities);
    }
    return out;
}

} // namespace lamp::pidf
