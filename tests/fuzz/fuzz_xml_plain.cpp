// Any bytes through PlainReader and through libxml2: what the first accepts, the second accepts too, and both tell the
// same elements, attributes and texts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "proto/xml/plain_reader.hpp"
#include "proto/xml/reader.hpp"

using namespace lamp::xml;

namespace {

constexpr std::array<std::string_view, 6> vocabulary{"Event", "call", "state", "callId", "a", "b"};

struct Transcript final : Listener {
    std::string told;
    bool in_text = false;
    void on_start(const Name& name, std::span<const Attribute> attributes) override {
        in_text = false;
        told += "\n<" + std::to_string(name.id) + ' ' + std::string(name.space) + ' ' + std::string(name.local);
        for (const auto& attribute : attributes)
            told += "\n @" + std::string(attribute.space) + ' ' + std::string(attribute.local) + '=' +
                    std::string(attribute.value);
    }
    void on_text(std::string_view text) override {
        if (!std::exchange(in_text, true)) told += "\n \"";
        told += text;
    }
    void on_end() override {
        in_text = false;
        told += "\n>";
    }
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static PlainReader plain(vocabulary);
    static Reader reader(vocabulary);
    std::string_view document(reinterpret_cast<const char*>(data), size);
    Transcript ours;
    if (!plain.read(document, ours)) return 0;
    Transcript theirs;
    auto outcome = reader.read(document, theirs);
    if (!outcome || ours.told != theirs.told) {
        std::fprintf(stderr, "differ: %s\nours:%s\ntheirs:%s\n", outcome ? "both read" : outcome.error().text.c_str(),
                     ours.told.c_str(), theirs.told.c_str());
        std::abort();
    }
    return 0;
}
