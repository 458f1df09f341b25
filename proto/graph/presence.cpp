#include "proto/graph/presence.hpp"

#include <array>
#include <utility>

#include "proto/graph/walk.hpp"

namespace lamp::graph {
namespace {

enum Key : std::uint8_t { value = 1, id, availability, activity, sequence_number, oof_settings, is_oof };
constexpr std::array<std::string_view, 7> vocabulary{
    "value", "id", "availability", "activity", "sequenceNumber", "outOfOfficeSettings", "isOutOfOffice"};

class Reader final : public Listener {
public:
    Reader(PresenceVisitor visitor, void* context) : visitor_(visitor), context_(context) {}

    PresencesRead read;
    bool plausible = false; // has what such an answer has: a value, a presence, or is an array

    void on_begin(Path path, Bracket bracket) override {
        if (bracket == Bracket::array && (path == at(value) || path == 0)) plausible = list_ = true;
        if (is_presence(path)) forget();
    }
    void on_null(Path path) override {
        if (path == at(value)) plausible = list_ = true;
    }
    void on_end(Path path) override {
        if (is_presence(path) && (path != 0 || !list_)) tell();
    }
    void on_text(Path path, std::string_view text) override {
        switch (member(path)) {
        case at(id):
            id_ = parse_guid(text);
            plausible |= id_.has_value();
            break;
        case at(availability): take(pair_.availability, unheard_availability_, text); break;
        case at(activity): take(pair_.activity, unheard_activity_, text); break;
        case at(sequence_number): sequence_ = text; break;
        default: break;
        }
    }
    void on_bool(Path path, bool truth) override {
        if (member(path) == at(oof_settings, is_oof)) out_of_office_ = truth;
    }

private:
    static constexpr bool is_presence(Path path) { return path == at(value, item) || path == at(item) || path == 0; }

    // The path within one presence, wherever that lies.
    static constexpr Path member(Path path) {
        if ((path & 0xffff) == at(value, item)) return path >> 16;
        if ((path & 0xff) == at(item)) return path >> 8;
        return path;
    }

    static void take(Word& word, std::string& unheard, std::string_view text) {
        word = word_named(text);
        unheard = word == Word::unheard_of ? text : std::string_view(); // of a member that comes twice the last holds
    }

    void forget() {
        id_.reset();
        pair_ = {};
        out_of_office_ = false;
        unheard_availability_.clear();
        unheard_activity_.clear();
        sequence_.clear();
    }

    void tell() {
        if (!id_) {
            ++read.passed_over;
            return;
        }
        ++read.told;
        bool by_word = pair_.availability == Word::out_of_office || pair_.activity == Word::out_of_office;
        visitor_(context_, {*id_, pair_, unheard_availability_.empty() ? unheard_activity_ : unheard_availability_,
                            out_of_office_ || by_word, sequence_});
    }

    PresenceVisitor visitor_;
    void* context_;
    bool list_ = false;
    std::optional<Guid> id_;
    Pair pair_;
    bool out_of_office_ = false;
    std::string unheard_availability_, unheard_activity_, sequence_;
};

} // namespace

Result<PresencesRead> read_presences(std::string_view body, PresenceVisitor visitor, void* context) {
    Reader reader(visitor, context);
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible) return fail(Category::protocol, "The body holds neither presences nor one presence.");
    return reader.read;
}

void append_presence_query(std::string& out, std::span<const Guid> ids) {
    out.reserve(out.size() + 10 + ids.size() * 39);
    out += R"({"ids":[)";
    for (bool first = true; const Guid& one : ids) {
        out += std::exchange(first, false) ? "\"" : ",\"";
        append(out, one);
        out += '"';
    }
    out += "]}";
}

} // namespace lamp::graph
