// From a text to the pieces of a template: where tokens are, and how values are written at each place.
#include <algorithm>
#include <array>
#include <fmt/format.h>
#include <utility>

#include "proto/text/text.hpp"
#include "scripts/template.hpp"

namespace lamp::scripts {
namespace {

using Property = Template::Property;
using Encoding = Template::Encoding;

constexpr std::size_t token_bytes_max = 256;

constexpr std::array<std::pair<std::string_view, Property>, 17> properties{{
    {"callername", Property::caller_name},
    {"callernumber", Property::caller_number},
    {"devicename", Property::device_name},
    {"devicenumber", Property::device_number},
    {"ddiname", Property::ddi_name},
    {"ddinumber", Property::ddi_number},
    {"starttime", Property::start_time},
    {"answertime", Property::answer_time},
    {"endtime", Property::end_time},
    {"duration", Property::duration},
    {"callid", Property::call_id},
    {"direction", Property::direction},
    {"releasereason", Property::release_reason},
    {"queuename", Property::queue_name},
    {"userid", Property::user_id},
    {"integration", Property::integration},
    {"matchcount", Property::match_count},
}};

constexpr std::array<std::string_view, 8> schemes{"https", "http", "mailto",  "tel",
                                                  "sip",   "sips", "msteams", "zoommtg"};
/// They run code, read files or hand control to another program.
constexpr std::array<std::string_view, 17> never{"javascript",  "data",  "vbscript",   "file",    "blob",      "about",
                                                 "view-source", "jar",   "filesystem", "ms-msdt", "search-ms", "search",
                                                 "livescript",  "mocha", "res",        "mk",      "intent"};

std::string plain(std::string_view name) {
    auto out = text::lower(name);
    std::erase_if(out, [](char c) { return text::is_space(c) || c == '_' || c == '-'; });
    return out;
}

bool is_number_property(Property property) {
    return property == Property::caller_number || property == Property::device_number ||
           property == Property::ddi_number;
}

/// The scheme in front of a URL, in small letters; empty: there is none.
std::string scheme_of(std::string_view url) {
    auto colon = url.find(':');
    if (colon == std::string_view::npos || colon == 0) return {};
    auto scheme = text::lower(url.substr(0, colon));
    bool good = scheme.front() >= 'a' && scheme.front() <= 'z' && std::ranges::all_of(scheme, [](char c) {
                    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
                });
    return good ? scheme : std::string();
}

bool is_allowed(std::string_view scheme, std::string_view own) {
    return std::ranges::find(schemes, scheme) != schemes.end() ||
           (!own.empty() && may_allow_scheme(own) && text::lower(own) == scheme);
}
bool needs_host(std::string_view scheme) {
    return scheme == "https" || scheme == "http";
}

/// A token as it stands in a text: `#(…)`, `$(…)`, each of the four characters percent-encoded or not.
struct Token {
    bool field = false;
    std::string name; // decoded
    std::size_t end = 0;
    bool closed = false;
};

std::size_t skip(std::string_view text, std::size_t at, char c, std::string_view encoded) {
    if (at < text.size() && text[at] == c) return 1;
    return text.substr(at, encoded.size()) == encoded ? encoded.size() : 0;
}

/// Its length, 0: no token opens here.
std::size_t opening(std::string_view text, std::size_t at, bool& field) {
    auto mark = skip(text, at, '#', "%23");
    field = mark == 0;
    if (field) mark = skip(text, at, '$', "%24");
    if (mark == 0) return 0;
    auto bracket = skip(text, at + mark, '(', "%28");
    return bracket == 0 ? 0 : mark + bracket;
}

std::optional<Token> token_at(std::string_view text, std::size_t at) {
    Token token;
    auto open = opening(text, at, token.field);
    if (open == 0) return std::nullopt;
    const auto begin = at + open;
    const auto limit = std::min(text.size(), begin + token_bytes_max);
    for (auto i = begin; i < limit; ++i) {
        bool other = false;
        if (opening(text, i, other) != 0 || text[i] == '\n' || text[i] == '\r') break;
        auto close = skip(text, i, ')', "%29");
        if (close == 0) continue;
        auto raw = text.substr(begin, i - begin);
        token.name = text::percent_decoded(raw).value_or(std::string(raw));
        token.end = i + close;
        token.closed = true;
        break;
    }
    return token;
}

std::string quoted(std::string_view text) {
    constexpr std::size_t shown = 40;
    return fmt::format("\"{}{}\"", text.substr(0, shown), text.size() > shown ? "…" : "");
}

/// Where in a URL the reading stands, by the literal characters before.
class UrlPlace {
public:
    /// Empty, or what is wrong with a template that begins so. `head`: all before the first token.
    std::string begin(std::string_view head, std::string_view own) {
        scheme_ = scheme_of(head);
        if (scheme_.empty()) return "must begin with a scheme, as in https://; a token can never be one";
        if (!is_allowed(scheme_, own))
            return fmt::format(
                "has the scheme \"{}\", which is not allowed (https, http, mailto, tel, sip, sips, msteams, "
                "zoommtg, or one of your own in `scheme`)",
                scheme_);
        if (scheme_ == "tel")
            state_ = State::tel;
        else if (scheme_ == "sip" || scheme_ == "sips")
            state_ = State::user;
        else if (scheme_ == "mailto")
            state_ = State::recipient;
        else if (head.substr(scheme_.size() + 1, 2) == "//")
            state_ = State::host;
        else if (needs_host(scheme_))
            return "has no // behind its scheme";
        else
            state_ = State::path;
        at_ = state_ == State::host ? scheme_.size() + 3 : scheme_.size() + 1;
        return {};
    }
    [[nodiscard]] std::size_t begun_at() const { return at_; }

    void pass(char c) {
        switch (state_) {
        case State::host:
            if (c == '/')
                state_ = State::path;
            else if (c == '?' || c == '#')
                state_ = State::query;
            else
                ++host_;
            break;
        case State::path:
            if (c == '?' || c == '#') state_ = State::query;
            break;
        case State::recipient:
            if (c == '?') state_ = State::mail_text;
            break;
        case State::user:
            if (c == '@') state_ = State::sip_host;
            break;
        case State::sip_host:
            if (c == ';' || c == '?')
                state_ = State::tel;
            else
                ++host_;
            break;
        case State::query:
        case State::mail_text:
        case State::tel: break;
        }
    }
    /// Nothing: no value may stand here.
    [[nodiscard]] std::optional<Encoding> encoding() const {
        switch (state_) {
        case State::host:
        case State::sip_host: return std::nullopt;
        case State::path: return Encoding::path;
        case State::query: return Encoding::query;
        case State::recipient: return Encoding::recipient;
        case State::mail_text: return Encoding::mail_text;
        case State::user:
        case State::tel: return Encoding::number;
        }
        return std::nullopt;
    }
    /// Empty, or what is wrong with the whole.
    [[nodiscard]] std::string end(bool has_tokens) const {
        if (needs_host(scheme_) && host_ == 0) return "has no host";
        bool sip = scheme_ == "sip" || scheme_ == "sips";
        if (sip && has_tokens && host_ == 0) return "has no host behind an @: a token can never be one";
        return {};
    }

private:
    enum class State : std::uint8_t { host, path, query, recipient, mail_text, user, sip_host, tel };
    State state_ = State::path;
    std::string scheme_;
    std::size_t at_ = 0;
    std::size_t host_ = 0; // characters of it
};

} // namespace

class Reader {
public:
    explicit Reader(std::string_view text, const Terms& terms) : text_(text), terms_(terms) {}

    Result<Template> read() {
        if (text_.size() > template_bytes_max)
            return fail(Category::invalid, fmt::format("is longer than {} bytes", template_bytes_max));
        if (!text::is_utf8(text_)) return fail(Category::invalid, "is not UTF-8");
        if (auto mistake = begin(); !mistake.empty()) return fail(Category::invalid, std::move(mistake));
        while (at_ < text_.size())
            if (auto mistake = step(); !mistake.empty()) return fail(Category::invalid, std::move(mistake));
        flush();
        if (terms_.place == Place::url)
            if (auto mistake = url_.end(tokens_ > 0); !mistake.empty())
                return fail(Category::invalid, std::move(mistake));
        return std::move(made_);
    }

private:
    std::string begin() {
        if (terms_.place != Place::url) return {};
        std::size_t head = 0;
        while (head < text_.size() && !known_at(head))
            ++head;
        if (auto mistake = url_.begin(text_.substr(0, head), terms_.scheme); !mistake.empty()) return mistake;
        literal_ = text_.substr(0, url_.begun_at());
        at_ = url_.begun_at();
        return {};
    }
    /// A token that means something begins here.
    [[nodiscard]] bool known_at(std::size_t at) const {
        auto token = token_at(text_, at);
        return token && token->closed && (token->field || property_of(*token));
    }
    static std::optional<Property> property_of(const Token& token) {
        auto word = plain(std::string_view(token.name).substr(0, token.name.find('|')));
        for (const auto& [name, property] : properties)
            if (name == word) return property;
        return std::nullopt;
    }

    std::string step() {
        auto token = token_at(text_, at_);
        if (!token) return literal(text_[at_]);
        if (!token->closed) {
            warn(fmt::format("{} is not closed by a bracket: it stays as it is", quoted(text_.substr(at_))));
            return literal(text_[at_]);
        }
        if (token->field) return field(*token);
        auto property = property_of(*token);
        if (property) return insert(*property, *token);
        warn(fmt::format("#({}) is no property of a call: it stays as it is", token->name));
        return literal(text_[at_]);
    }

    std::string literal(char c) {
        const auto byte = static_cast<unsigned char>(c);
        if (terms_.place == Place::url && (byte < 0x20 || byte == 0x7f || c == '\\'))
            return c == '\\' ? "holds a backslash, which browsers take for a slash"
                             : "holds a line break or another control character";
        if (terms_.place == Place::header && (byte < 0x20 || byte == 0x7f))
            return "holds a line break or another control character";
        if (terms_.place == Place::url) url_.pass(c);
        if (terms_.place == Place::json) pass_json(c);
        literal_ += c;
        ++at_;
        return {};
    }
    void pass_json(char c) {
        if (escaped_)
            escaped_ = false;
        else if (in_string_ && c == '\\')
            escaped_ = true;
        else if (c == '"')
            in_string_ = !in_string_;
    }

    [[nodiscard]] std::optional<Encoding> encoding() const {
        switch (terms_.place) {
        case Place::url: return url_.encoding();
        case Place::json: return in_string_ ? Encoding::json_string : Encoding::json_value;
        case Place::form: return Encoding::query;
        case Place::text: return Encoding::plain;
        case Place::header: return Encoding::header;
        }
        return std::nullopt;
    }

    std::string field(const Token& token) {
        if (!terms_.fields)
            return fmt::format("holds $({}), but only a script of an integration has fields", token.name);
        auto name = plain(token.name);
        auto known = [&](const std::string& one) { return plain(one) == name; };
        bool built_in = name == "displayname" || name == "identifier" || name == "popupuri";
        if (!terms_.known.empty() && !built_in && std::ranges::none_of(terms_.known, known))
            warn(fmt::format("$({}) is no field of the integration: it will be empty", token.name));
        return insert(Property::field, token);
    }

    std::string insert(Property property, const Token& token) {
        auto how = encoding();
        const char mark = token.field ? '$' : '#';
        if (!how) return fmt::format("has {}({}) in its host: a value can never be one", mark, token.name);
        if (++tokens_ > template_tokens_max) return fmt::format("has more than {} tokens", template_tokens_max);
        if (escaped_) return fmt::format("has a backslash right before {}({})", mark, token.name);
        Template::Piece piece{token.field ? token.name : std::string(), property, std::nullopt, *how};
        if (auto bar = token.name.find('|'); !token.field && bar != std::string::npos) {
            auto word = text::lower(text::trim(std::string_view(token.name).substr(bar + 1)));
            piece.style = is_number_property(property) ? numbers::style_named(word) : std::nullopt;
            if (!piece.style)
                return fmt::format("has #({}): \"{}\" is no format of a number (national, e164, e164_digits, "
                                   "international, idd, digits, nsn, pretty_national, asis)",
                                   token.name, word);
        }
        flush();
        made_.pieces_.push_back(std::move(piece));
        at_ = token.end;
        return {};
    }

    void flush() {
        if (!literal_.empty()) made_.pieces_.push_back({std::exchange(literal_, {}), std::nullopt, std::nullopt, {}});
    }
    void warn(std::string text) {
        if (std::ranges::find(made_.warnings_, text) == made_.warnings_.end())
            made_.warnings_.push_back(std::move(text));
    }

    std::string_view text_;
    const Terms& terms_;
    Template made_;
    UrlPlace url_;
    std::string literal_;
    std::size_t at_ = 0;
    std::size_t tokens_ = 0;
    bool in_string_ = false; // of JSON
    bool escaped_ = false;
};

Result<Template> Template::parse(std::string_view text, const Terms& terms) {
    return Reader(text, terms).read();
}

bool may_allow_scheme(std::string_view scheme) {
    auto small = text::lower(scheme);
    return scheme_of(small + ":") == small && std::ranges::find(never, small) == never.end() &&
           !small.starts_with("ms-") && !small.empty();
}

bool is_safe_url(std::string_view url, std::string_view own) {
    auto bad = [](char c) {
        auto byte = static_cast<unsigned char>(c);
        return byte <= 0x20 || byte == 0x7f || c == '\\' || c == '"' || c == '<' || c == '>';
    };
    if (url.empty() || url.size() > template_bytes_max || std::ranges::any_of(url, bad)) return false;
    UrlPlace place;
    if (!place.begin(url, own).empty()) return false;
    for (char c : url.substr(place.begun_at()))
        place.pass(c);
    return place.end(false).empty();
}

} // namespace lamp::scripts
