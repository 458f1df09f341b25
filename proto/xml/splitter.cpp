#include "proto/xml/splitter.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "proto/text/text.hpp"

namespace lamp::xml {
namespace {

constexpr auto npos = std::string_view::npos;

// What ordinary names consist of; any other byte sends a tag down the careful way.
constexpr std::array<bool, 256> name_bytes = [] {
    std::array<bool, 256> table{};
    for (int c = 0; c < 256; ++c)
        table[static_cast<std::size_t>(c)] = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                             (c >= '0' && c <= '9') || c == ':' || c == '-' || c == '_' || c == '.';
    return table;
}();

// Texts between tags are short: looking for their end by hand beats calling a function for each.
const char* next_markup(const char* at, const char* end) {
    const char* near = std::min(at + 24, end);
    while (at < near && *at != '<')
        ++at;
    if (at < near || at == end) return at;
    const auto* found = static_cast<const char*>(std::memchr(at, '<', static_cast<std::size_t>(end - at)));
    return found ? found : end;
}

// "<xsi:Event a=…" -> "xsi:Event"; "</xsi:Event >" -> "xsi:Event".
std::string_view tag_name(std::string_view tag) {
    tag.remove_prefix(tag.size() > 1 && tag[1] == '/' ? 2 : 1);
    return tag.substr(0, tag.find_first_of(" \t\r\n/>"));
}

// The '>' that ends a start tag: not one inside a quoted attribute value. Or the '<' that no tag may hold, not even in
// quotes: whoever wrote the tag did not end it.
std::size_t tag_end(std::string_view bytes, std::size_t at) {
    while (true) {
        auto end = bytes.find_first_of("<>\"'", at);
        if (end == npos || bytes[end] == '<' || bytes[end] == '>') return end;
        auto closing = bytes.find_first_of(bytes[end] == '"' ? "<\"" : "<'", end + 1);
        if (closing == npos || bytes[closing] == '<') return closing;
        at = closing + 1;
    }
}

// The '>' that ends a DOCTYPE with its internal subset.
std::size_t doctype_end(std::string_view bytes, std::size_t at) {
    int brackets = 0;
    for (; at < bytes.size(); ++at) {
        char c = bytes[at];
        if (c == '"' || c == '\'') {
            at = bytes.find(c, at + 1);
            if (at == npos) return npos;
        } else if (c == '[') {
            ++brackets;
        } else if (c == ']') {
            --brackets;
        } else if (c == '>' && brackets <= 0) {
            return at;
        }
    }
    return npos;
}

// Could `bytes` still become something that starts with `whole`?
bool may_become(std::string_view bytes, std::string_view whole) {
    return whole.starts_with(bytes.substr(0, whole.size()));
}

// Roots that a lost splitter recognises even without an XML declaration before them.
bool is_known_root(std::string_view tag) {
    auto name = tag_name(tag);
    if (auto colon = name.find(':'); colon != npos) name.remove_prefix(colon + 1);
    return name == "Event" || name == "ChannelHeartBeat" || name == "Channel";
}

bool is_declaration(std::string_view bytes) {
    return bytes.size() >= 6 && bytes.starts_with("<?xml") && text::is_space(bytes[5]);
}

} // namespace

void DocumentSplitter::reset() {
    held_.clear();
    start_ = at_ = depth_ = 0;
    inside_ = lost_ = oversized_ = false;
}

void DocumentSplitter::feed(std::string_view bytes, Sink& sink) {
    if (held_.empty()) { // the common case: whole documents, cut without a copy
        auto used = scan(bytes, sink);
        held_.assign(bytes.substr(used));
    } else {
        held_.append(bytes);
        auto used = scan(held_, sink);
        held_.erase(0, used);
    }
}

// Scans from where it stopped; returns how many bytes are done with. Positions are then relative to what is left.
std::size_t DocumentSplitter::scan(std::string_view bytes, Sink& sink) {
    while (true) {
        while (at_ < bytes.size()) {
            auto next = lost_ ? scan_lost(bytes) : inside_ ? scan_inside(bytes, sink) : scan_between(bytes, sink);
            if (next == Next::more_input) break;
        }
        if (lost_ || bytes.size() - at_ <= limit_) break;
        lose("markup over the limit of bytes", sink);
    }
    if (inside_ && !oversized_ && at_ - start_ > limit_) {
        oversized_ = true;
        sink.on_refused("a document over the limit of bytes");
    }
    if (lost_ || oversized_ || !inside_) start_ = at_; // nothing before this is needed again
    auto used = start_;
    at_ -= used;
    start_ = 0;
    return used;
}

DocumentSplitter::Next DocumentSplitter::scan_between(std::string_view bytes, Sink& sink) {
    while (at_ < bytes.size() && (text::is_space(bytes[at_]) || bytes[at_] == '\0'))
        ++at_;
    if (at_ == bytes.size()) return Next::more_input;
    auto rest = bytes.substr(at_);
    constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
    if (may_become(rest, byte_order_mark)) {
        if (rest.size() < byte_order_mark.size()) return Next::more_input;
        at_ += byte_order_mark.size();
        return Next::go_on;
    }
    if (rest.front() == '<') {
        start_ = at_;
        depth_ = 0;
        inside_ = true;
        return Next::go_on;
    }
    sink.on_refused("text outside any document");
    at_ = std::min(bytes.find('<', at_), bytes.size());
    return Next::go_on;
}

// Tags without attributes, which nearly all are, in one tight loop; all else is left to scan_markup.
DocumentSplitter::Next DocumentSplitter::scan_inside(std::string_view bytes, Sink& sink) {
    const char* const end = bytes.data() + bytes.size();
    const char* at = bytes.data() + at_;
    while (true) {
        at = next_markup(at, end);
        at_ = static_cast<std::size_t>(at - bytes.data());
        if (at == end) return Next::more_input;
        if (end - at < 4) return scan_markup(bytes, sink);
        bool closes = at[1] == '/';
        const char* name = at + (closes ? 2 : 1);
        const char* stop = name;
        while (stop < end && name_bytes[static_cast<unsigned char>(*stop)])
            ++stop;
        if (stop == end || *stop != '>' || stop == name) return scan_markup(bytes, sink);
        std::string_view word(name, static_cast<std::size_t>(stop - name));
        if (closes) {
            if (depth_ <= 1 || depth_ > names_max || names_[depth_ - 1] != text::word_hash(word))
                return scan_markup(bytes, sink);
            --depth_;
        } else {
            bool may_be_root = word.back() == 't' || word.back() == 'l'; // Event, ChannelHeartBeat, Channel
            if (depth_ == 0 || depth_ >= names_max || may_be_root) return scan_markup(bytes, sink);
            names_[depth_++] = text::word_hash(word);
        }
        at = stop + 1;
    }
}

DocumentSplitter::Next DocumentSplitter::scan_markup(std::string_view bytes, Sink& sink) {
    auto rest = bytes.substr(at_);
    auto go_past = [&](std::size_t end, std::size_t length) {
        if (end == npos) return Next::more_input;
        at_ = end + length;
        return Next::go_on;
    };
    if (rest.size() < 2) return Next::more_input;
    if (rest[1] == '/') {
        auto end = rest.find('>');
        if (end == npos) return Next::more_input;
        if (!close_tag(rest.substr(0, end))) return lose("an end tag that closes nothing", sink), Next::go_on;
        at_ += end + 1;
        if (depth_ == 0) end_document(bytes, sink);
        return Next::go_on;
    }
    if (rest[1] == '?') {
        if (rest.size() < 6) return Next::more_input;
        if ((depth_ > 0 || at_ > start_) && is_declaration(rest)) return abandon(sink), Next::go_on;
        return go_past(bytes.find("?>", at_), 2);
    }
    if (rest[1] == '!') {
        if (rest.starts_with("<!--")) return go_past(bytes.find("-->", at_ + 4), 3);
        if (rest.starts_with("<![CDATA[")) return go_past(bytes.find("]]>", at_ + 9), 3);
        if (may_become(rest, "<!--") || may_become(rest, "<![CDATA[")) return Next::more_input;
        return go_past(doctype_end(bytes, at_ + 2), 1);
    }
    auto end = tag_end(bytes, at_ + 1);
    if (end == npos) return Next::more_input;
    if (bytes[end] == '<') return lose("a tag that does not end", sink), Next::go_on;
    if (depth_ > 0 && is_known_root(rest)) return abandon(sink), Next::go_on;
    auto tag = bytes.substr(at_, end + 1 - at_);
    bool empty_element = tag[tag.size() - 2] == '/';
    at_ = end + 1;
    if (!empty_element) open_tag(tag);
    if (depth_ == 0) end_document(bytes, sink);
    return Next::go_on;
}

void DocumentSplitter::open_tag(std::string_view tag) {
    if (depth_ < names_max) names_.at(depth_) = text::word_hash(tag_name(tag));
    ++depth_;
}

bool DocumentSplitter::close_tag(std::string_view tag) {
    if (depth_ == 0) return false;
    --depth_;
    return depth_ >= names_max || names_.at(depth_) == text::word_hash(tag_name(tag));
}

void DocumentSplitter::end_document(std::string_view bytes, Sink& sink) {
    auto document = bytes.substr(start_, at_ - start_);
    inside_ = false;
    if (!oversized_ && document.size() > limit_) {
        sink.on_refused("a document over the limit of bytes");
        oversized_ = true;
    }
    if (!std::exchange(oversized_, false)) sink.on_document(document);
    start_ = at_;
}

// The document under way was never finished: another one begins here.
void DocumentSplitter::abandon(Sink& sink) {
    if (!oversized_) sink.on_refused("a document without its end");
    inside_ = oversized_ = false;
}

void DocumentSplitter::lose(std::string_view why, Sink& sink) {
    sink.on_refused(why);
    inside_ = oversized_ = false;
    lost_ = true;
    ++at_; // at least past the markup that nobody understands
}

DocumentSplitter::Next DocumentSplitter::scan_lost(std::string_view bytes) {
    auto markup = bytes.find('<', at_);
    if (markup == npos) return at_ = bytes.size(), Next::more_input;
    at_ = markup;
    auto rest = bytes.substr(at_, 64); // long enough for any known root's name
    bool whole = rest.size() == 64 || rest.find('>') != npos;
    if (is_declaration(rest) || (whole && rest.size() > 1 && rest[1] != '/' && is_known_root(rest))) {
        lost_ = false;
        return Next::go_on;
    }
    if (!whole) return Next::more_input;
    ++at_;
    return Next::go_on;
}

} // namespace lamp::xml
