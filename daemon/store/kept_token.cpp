#include "store/kept_token.hpp"

#include <array>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "base/check.hpp"
#include "store/secrets.hpp"

namespace lamp::store {
namespace {

/// Enough of a digest to tell tokens apart, and too little to try guesses on.
std::string fingerprint(const Secret& token) {
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    const auto& text = token.reveal();
    LAMP_CHECK(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr) == 1);
    return fmt::format("{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3]);
}

} // namespace

std::string kept_name(std::string_view whose, const Secret& configured) {
    return fmt::format("{}/{}/refresh_token", whose, fingerprint(configured));
}

Task<Result<Secret>> read_kept(Store& store, std::string name) {
    return store.read<Secret>([name = std::move(name)](Database& disk) { return read_secret(disk, name); });
}

Task<Result<void>> keep(Store& store, std::string name, Secret refresh_token) {
    return store.write([name = std::move(name), token = std::move(refresh_token)](Database& disk) -> Result<void> {
        auto whose = name.substr(0, name.rfind('/', name.rfind('/') - 1) + 1); // "goto/CLIENT/"
        auto gone = disk.run("DELETE FROM secret WHERE substr(name, 1, length(?1)) = ?1 AND name <> ?2", whose, name);
        if (!gone) return gone;
        return keep_secret(disk, name, token);
    });
}

} // namespace lamp::store
