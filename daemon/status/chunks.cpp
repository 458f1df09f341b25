// Chunked request bodies (RFC 9112, 7.1).
#include <algorithm>

#include "proto/text/text.hpp"
#include "status/request.hpp"

namespace lamp::status {
namespace {

constexpr unsigned size_digits_max = 8;
constexpr std::size_t overhead_max = 4096;

bool control(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
}

} // namespace

ChunkReader::Outcome ChunkReader::feed(std::string_view bytes, std::string& body, std::size_t limit) {
    std::size_t used = 0;
    while (used < bytes.size() && at_ != At::done) {
        if (at_ == At::data) {
            auto piece =
                bytes.substr(used, static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - used)));
            body += piece;
            used += piece.size();
            left_ -= piece.size();
            if (left_ == 0) at_ = At::data_cr;
            continue;
        }
        if (!step(bytes[used++])) return {What::malformed, used};
        if (at_ == At::data && left_ > limit - std::min(limit, body.size())) return {What::too_long, used};
    }
    return {at_ == At::done ? What::done : What::more, used};
}

bool ChunkReader::take_size(char c) {
    int digit = text::hex_digit(c);
    if (digit >= 0) {
        left_ = left_ * 16 + static_cast<unsigned>(digit);
        return ++digits_ <= size_digits_max;
    }
    if (digits_ == 0) return false;
    at_ = c == '\r' ? At::size_lf : At::extension;
    return c == '\r' || c == ';';
}

bool ChunkReader::step(char c) {
    switch (at_) {
    case At::size: return take_size(c);
    case At::extension:
        if (c == '\r') return at_ = At::size_lf, true;
        return !control(c) && ++overhead_ <= overhead_max;
    case At::size_lf:
        at_ = left_ == 0 ? At::trailer : At::data;
        digits_ = 0;
        return c == '\n';
    case At::data_cr: return at_ = At::data_lf, c == '\r';
    case At::data_lf: return at_ = At::size, c == '\n';
    case At::trailer:
        if (c == '\r') return at_ = At::trailer_lf, true;
        ++trailer_line_;
        return !control(c) && ++overhead_ <= overhead_max;
    case At::trailer_lf:
        at_ = trailer_line_ == 0 ? At::done : At::trailer;
        trailer_line_ = 0;
        return c == '\n';
    case At::data:
    case At::done: break;
    }
    return false;
}

} // namespace lamp::status
