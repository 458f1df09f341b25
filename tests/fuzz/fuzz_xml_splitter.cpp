// Any stream of bytes, cut anywhere: the splitter gives the same documents as from one read, holds bounded memory, and
// a heartbeat behind it (with its declaration) comes through once whatever section was open is over its limit.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "proto/xml/splitter.hpp"

using namespace lamp;

namespace {

constexpr std::size_t limit = 512;

void require(bool holds) {
    if (!holds) std::abort();
}

struct Collected final : xml::DocumentSplitter::Sink {
    std::vector<std::string> documents;
    void on_document(std::string_view document) override {
        require(!document.empty() && document.size() <= limit && document.front() == '<' && document.back() == '>');
        documents.emplace_back(document);
    }
    void on_refused(std::string_view why) override { require(!why.empty()); }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::size_t step = data[0] % 37 + 1;
    std::string stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    // Ends every section that may still be open, then the document of which every stream must be sure.
    const std::string heartbeat = R"(<?xml version="1.0"?><ChannelHeartBeat xmlns="http://schema.broadsoft.com/xsi"/>)";
    const std::string filler(3 * limit, 'x');
    stream += filler + "\"'?>-->]]>" + filler + heartbeat + heartbeat;
    Collected whole;
    xml::DocumentSplitter by_stream(limit);
    by_stream.feed(stream, whole);
    Collected cut;
    xml::DocumentSplitter by_step(limit);
    for (std::size_t at = 0; at < stream.size(); at += step) {
        by_step.feed(std::string_view(stream).substr(at, step), cut);
        require(by_step.held() <= 2 * limit + step);
    }
    require(!whole.documents.empty() && whole.documents.back() == heartbeat);
    require(!cut.documents.empty() && cut.documents.back() == heartbeat);
    return 0;
}
