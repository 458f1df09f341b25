#include "proto/dialoginfo/document.hpp"

#include <algorithm>
#include <array>

#include "proto/text/text.hpp"
#include "proto/xml/tree.hpp"
#include "proto/xml/writer.hpp"

namespace lamp::dialoginfo {
namespace {

constexpr std::array<std::string_view, 5> states{"trying", "proceeding", "early", "confirmed", "terminated"};
constexpr std::array<std::string_view, 3> directions{"", "initiator", "recipient"};
constexpr std::array<std::string_view, 8> causes{"",          "cancelled",  "rejected", "replaced",
                                                 "local-bye", "remote-bye", "error",    "timeout"};
constexpr std::string_view rendering = "+sip.rendering";

template <class Enum, std::size_t N>
std::optional<Enum> look_up(const std::array<std::string_view, N>& words, std::string_view word) {
    const auto found = std::ranges::find(words, word);
    if (found == words.end()) return std::nullopt;
    return static_cast<Enum>(found - words.begin());
}

constexpr int least_urgent = 4;

int urgency(const Dialog& dialog) {
    switch (dialog.state) {
    case State::early: return 0;
    case State::trying:
    case State::proceeding: return 1;
    case State::confirmed: return dialog.held ? 3 : 2;
    case State::terminated: break;
    }
    return least_urgent;
}

State shown(const Dialog& dialog, const Dialect& dialect) {
    if (dialog.state != State::early) return dialog.state;
    if (dialect.caller_early_confirmed && dialog.direction == Direction::initiator) return State::confirmed;
    return dialect.ringing_proceeding ? State::proceeding : State::early;
}

void write_party(xml::Writer& writer, std::string_view element, const Party& party, bool held) {
    if (party.identity.empty() && party.target.empty()) return;
    writer.open(element);
    if (!party.identity.empty()) {
        writer.open("identity");
        if (!party.display.empty()) writer.attribute("display", party.display);
        writer.text(party.identity).close();
    }
    if (!party.target.empty() || held) {
        writer.open("target").attribute("uri", party.target.empty() ? party.identity : party.target);
        if (held) writer.open("param").attribute("pname", rendering).attribute("pvalue", "no").close();
        writer.close();
    }
    writer.close();
}

void attribute_if(xml::Writer& writer, std::string_view name, std::string_view value) {
    if (!value.empty()) writer.attribute(name, value);
}

// Attributes and elements in the order of the schema (RFC 4235 4.4): strict readers validate.
void write_dialog(xml::Writer& writer, const Dialog& dialog, const Dialect& dialect) {
    writer.open("dialog").attribute("id", dialog.id);
    if (dialect.pickup_ids) {
        attribute_if(writer, "call-id", dialog.call_id);
        attribute_if(writer, "local-tag", dialog.local_tag);
        attribute_if(writer, "remote-tag", dialog.remote_tag);
    }
    attribute_if(writer, "direction", name(dialog.direction));
    writer.open("state");
    if (dialog.state == State::terminated) {
        attribute_if(writer, "event", name(dialog.cause));
        if (dialog.code != 0) writer.attribute("code", std::to_string(dialog.code));
    }
    writer.text(name(shown(dialog, dialect))).close();
    write_party(writer, "local", dialog.local, dialog.held);
    write_party(writer, "remote", dialog.remote, false);
    writer.close();
}

/// Bytes of an address that may stand in an XML id; what else there is becomes "-".
std::string idle_id(std::string_view entity) {
    const auto begin = entity.find(':') + 1;
    std::string out = "idle-";
    for (char c : entity.substr(begin, entity.find('@') - begin))
        out += (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ? c : '-';
    return out;
}

std::unexpected<Error> wrong(std::string_view what) {
    return fail(Category::protocol, "The dialog information " + std::string(what) + ".");
}

Party read_party(const xml::Element& dialog, std::string_view element, bool& held) {
    Party out;
    const auto* party = dialog.child(element);
    if (!party) return out;
    if (const auto* identity = party->child("identity")) {
        out.display = identity->attribute("display");
        out.identity = identity->text;
    }
    if (const auto* target = party->child("target")) {
        out.target = target->attribute("uri");
        for (const auto& param : target->children)
            if (param.name == "param" && param.attribute("pname") == rendering)
                held = param.attribute("pvalue") == "no";
    }
    return out;
}

Result<Dialog> read_dialog(const xml::Element& element) {
    Dialog out;
    out.id = element.attribute("id");
    if (out.id.empty()) return wrong("has a dialog without an id");
    const auto* state = element.child("state");
    const auto word = state ? look_up<State>(states, state->text) : std::nullopt;
    if (!word) return wrong("has a dialog without a state that RFC 4235 knows");
    out.state = *word;
    out.cause = look_up<Cause>(causes, state->attribute("event")).value_or(Cause::none);
    out.code = text::number<int>(state->attribute("code")).value_or(0);
    out.direction = look_up<Direction>(directions, element.attribute("direction")).value_or(Direction::none);
    out.call_id = element.attribute("call-id");
    out.local_tag = element.attribute("local-tag");
    out.remote_tag = element.attribute("remote-tag");
    bool remote_held = false;
    out.local = read_party(element, "local", out.held);
    out.remote = read_party(element, "remote", remote_held);
    return out;
}

} // namespace

std::string_view name(State state) {
    return states.at(static_cast<std::size_t>(state));
}
std::string_view name(Direction direction) {
    return directions.at(static_cast<std::size_t>(direction));
}
std::string_view name(Cause cause) {
    return causes.at(static_cast<std::size_t>(cause));
}

xml::Versioned write(const Document& document, const Dialect& dialect) {
    xml::Writer writer("dialog-info", name_space);
    writer.attribute("version", xml::version_room);
    writer.attribute("state", document.full ? "full" : "partial").attribute("entity", document.entity);
    for (int rank = 0; rank <= least_urgent; ++rank)
        for (const Dialog& dialog : document.dialogs)
            if (urgency(dialog) == rank) write_dialog(writer, dialog, dialect);
    if (document.dialogs.empty() && document.full) {
        Dialog idle;
        idle.id = idle_id(document.entity);
        write_dialog(writer, idle, dialect);
    }
    auto out = xml::Versioned::found(writer.done());
    out.set_version(document.version);
    return out;
}

Result<Document> read(std::string_view text) {
    const auto root = xml::parse_tree(text);
    if (!root) return std::unexpected(root.error());
    if (root->name != "dialog-info") return wrong("has another root");
    Document out;
    out.entity = root->attribute("entity");
    const auto version = text::number<std::uint32_t>(root->attribute("version"));
    const auto state = root->attribute("state");
    if (out.entity.empty() || !version || (state != "full" && state != "partial"))
        return wrong("lacks entity, version or state");
    out.version = *version;
    out.full = state == "full";
    for (const auto& element : root->children) {
        if (element.name != "dialog") continue;
        if (out.dialogs.size() == dialogs_max)
            return fail(Category::limit, "The dialog information has more than 64 dialogs.");
        auto dialog = read_dialog(element);
        if (!dialog) return std::unexpected(dialog.error());
        out.dialogs.push_back(std::move(*dialog));
    }
    return out;
}

Follower::What Follower::take(const Document& document) {
    if (version_ && document.version <= *version_) return What::old;
    if (!document.full && (!version_ || document.version != *version_ + 1)) return What::gap;
    version_ = document.version;
    if (document.full) dialogs_.clear();
    for (const Dialog& dialog : document.dialogs) {
        std::erase_if(dialogs_, [&](const Dialog& known) { return known.id == dialog.id; });
        if (dialog.state != State::terminated) dialogs_.push_back(dialog);
    }
    return What::taken;
}

} // namespace lamp::dialoginfo
