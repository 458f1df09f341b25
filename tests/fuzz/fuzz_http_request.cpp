// The request parser of the status server against anything: no crash, the same outcome however the bytes are cut, and
// nothing taken beyond what was given.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "status/request.hpp"
#include "status/target.hpp"

using namespace lamp::status;

namespace {

void must(bool holds) {
    if (!holds) std::abort();
}

void check_head(std::string_view bytes) {
    static const Limits limits;
    Request request;
    auto whole = parse_head(bytes, limits, request);
    if (whole.what == HeadOutcome::What::refused) must(whole.status >= 400 && !whole.why.empty());
    if (whole.what != HeadOutcome::What::complete) return;
    must(whole.size <= bytes.size());
    must(request.path.starts_with('/'));
    must(!(request.chunked && request.content_length > 0));
    for (std::size_t cut = 0; cut < whole.size; ++cut) {
        Request part;
        must(parse_head(bytes.substr(0, cut), limits, part).what == HeadOutcome::What::incomplete);
    }
    std::string decoded;
    if (percent_decode(request.path, decoded)) must(decoded.size() <= request.path.size());
    auto query = Query::parse(request.query, {"q", "limit"});
    if (query) static_cast<void>(query->number("limit", 1, 1, 1000));
}

void check_chunks(std::string_view bytes) {
    constexpr std::size_t limit = 1000;
    ChunkReader at_once;
    std::string body;
    auto whole = at_once.feed(bytes, body, limit);
    must(whole.used <= bytes.size() && body.size() <= limit);
    ChunkReader piecemeal;
    std::string pieces;
    auto outcome = ChunkReader::Outcome{ChunkReader::What::more, 0};
    for (std::size_t i = 0; i < bytes.size() && outcome.what == ChunkReader::What::more; ++i)
        outcome = piecemeal.feed(bytes.substr(i, 1), pieces, limit);
    must(outcome.what == whole.what && pieces == body);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    check_head(bytes);
    check_chunks(bytes);
    return 0;
}
