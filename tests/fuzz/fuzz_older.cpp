// Any bytes as a file of an older client: no crash, every row has its line, what is left out its reason, and what is
// made of integrations is a configuration's text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "cli/older.hpp"

using namespace lamp::cli;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void read(std::string_view text, std::optional<OlderKind> kind) {
    auto file = read_older(text, kind);
    if (!file) return require(!file.error().text.empty());
    for (const auto& one : file->favourites) {
        require(one.line >= 1 && !one.shown.empty());
        for (const auto& number : one.numbers)
            require(!number.empty());
    }
    for (const auto& one : file->left_out)
        require(one.line >= 1 && !one.why.empty());
    auto configuration = as_configuration(file->integrations);
    require(configuration.empty() == file->integrations.empty());
    for (char c : configuration)
        require(c == '\n' || static_cast<unsigned char>(c) >= 0x20);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    read(text, {});
    read(text, OlderKind::integrations);
    return 0;
}
