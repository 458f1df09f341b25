#include "proto/sip/digest.hpp"

#include <array>
#include <charconv>
#include <initializer_list>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <span>
#include <utility>

#include "proto/sip/fields.hpp"
#include "proto/text/text.hpp"

namespace lamp::sip {
namespace {

constexpr std::array<std::pair<std::string_view, Algorithm>, 3> algorithms{
    {{"MD5", Algorithm::md5}, {"SHA-256", Algorithm::sha256}, {"SHA-512-256", Algorithm::sha512_256}}};

struct Slot {
    std::string_view name;
    std::string_view* into;
    bool given = false;
};

/// Reads "Digest name=value, …" into the slots; other names are read over. False for another scheme.
Parsed<bool> read(std::string_view value, std::span<Slot> slots) {
    Cursor cursor(trimmed(value));
    if (!text::same_letters(cursor.token(), "Digest")) return false;
    if (cursor.done() || !chars::space(cursor.rest().front())) return cursor.fault("The Digest is empty.");
    cursor.skip_space();
    std::size_t count = 0;
    do {
        const auto name = cursor.token();
        if (name.empty() || !cursor.eat('=')) return cursor.fault("A parameter of the Digest has no value.");
        std::string_view text;
        if (cursor.sees('"')) {
            const auto quoted = cursor.quoted();
            if (!quoted) return cursor.fault("A quoted string is not closed.");
            text = quoted->substr(1, quoted->size() - 2);
        } else {
            text = cursor.run(chars::value);
        }
        if (++count > 32) return cursor.fault("The Digest has more than 32 parameters.");
        for (Slot& slot : slots) {
            if (!text::same_letters(slot.name, name)) continue;
            if (slot.given) return cursor.fault("The Digest says something twice.");
            slot.given = true;
            *slot.into = text;
        }
    } while (cursor.eat(','));
    if (!cursor.done()) return cursor.fault("Something stands behind the Digest that does not belong there.");
    return true;
}

const EVP_MD* digest_of(Algorithm algorithm) {
    switch (algorithm) {
    case Algorithm::md5: return EVP_md5();
    case Algorithm::sha256: return EVP_sha256();
    case Algorithm::sha512_256: return EVP_sha512_256();
    case Algorithm::other: break;
    }
    return nullptr;
}

/// The parts with colons between them, summed up.
std::string sum(Algorithm algorithm, std::initializer_list<std::string_view> parts) {
    const EVP_MD* kind = digest_of(algorithm);
    if (kind == nullptr) return {};
    std::string all;
    for (const auto& part : parts) {
        if (&part != parts.begin()) all += ':';
        all += part;
    }
    std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
    unsigned size = 0;
    if (EVP_Digest(all.data(), all.size(), bytes.data(), &size, kind, nullptr) != 1) return {};
    return text::hex(std::span(bytes).first(size));
}

void add(std::string& out, std::string_view name, std::string_view value, bool quotes) {
    if (!out.ends_with(' ')) out += ", ";
    out += name;
    out += '=';
    if (quotes)
        append_quoted(out, value);
    else
        out += value;
}

} // namespace

Algorithm algorithm(std::string_view text) {
    if (text.empty()) return Algorithm::md5;
    for (const auto& [word, value] : algorithms)
        if (text::same_letters(word, text)) return value;
    return Algorithm::other;
}

std::string_view name(Algorithm algorithm) {
    for (const auto& [word, value] : algorithms)
        if (value == algorithm) return word;
    return {};
}

std::uint32_t Credentials::count() const {
    std::uint32_t value = 0;
    std::from_chars(nc.data(), nc.data() + nc.size(), value, 16);
    return value;
}

Parsed<std::optional<Credentials>> parse_credentials(std::string_view value) {
    Credentials out;
    std::string_view algorithm, userhash;
    std::array slots{Slot{"username", &out.username}, Slot{"realm", &out.realm},       Slot{"nonce", &out.nonce},
                     Slot{"uri", &out.uri},           Slot{"response", &out.response}, Slot{"opaque", &out.opaque},
                     Slot{"cnonce", &out.cnonce},     Slot{"qop", &out.qop},           Slot{"nc", &out.nc},
                     Slot{"algorithm", &algorithm},   Slot{"userhash", &userhash}};
    const auto digest = read(value, slots);
    if (!digest) return std::unexpected(digest.error());
    if (!*digest) return std::nullopt;
    for (std::size_t needed = 0; needed < 5; ++needed)
        if (!slots[needed].given)
            return std::unexpected(Fault{"The Digest lacks username, realm, nonce, uri or response."});
    if (!out.qop.empty() && (out.cnonce.empty() || out.nc.size() != 8 || !chars::all(out.nc, chars::hex)))
        return std::unexpected(Fault{"The Digest has a qop without cnonce and nc."});
    out.algorithm = sip::algorithm(algorithm);
    out.userhash = text::same_letters(userhash, "true");
    return out;
}

Parsed<std::optional<Challenge>> parse_challenge(std::string_view value) {
    Challenge out;
    std::string_view algorithm, qop, stale;
    std::array slots{Slot{"realm", &out.realm},     Slot{"nonce", &out.nonce}, Slot{"opaque", &out.opaque},
                     Slot{"algorithm", &algorithm}, Slot{"qop", &qop},         Slot{"stale", &stale}};
    const auto digest = read(value, slots);
    if (!digest) return std::unexpected(digest.error());
    if (!*digest) return std::nullopt;
    if (!slots[0].given || !slots[1].given) return std::unexpected(Fault{"The challenge lacks realm or nonce."});
    out.algorithm = sip::algorithm(algorithm);
    out.stale = text::same_letters(stale, "true");
    out.qop_auth = false;
    while (const auto offered = next_element(qop))
        out.qop_auth = out.qop_auth || text::same_letters(*offered, "auth");
    return out;
}

std::string write_challenge(const Challenge& challenge) {
    std::string out = "Digest ";
    add(out, "realm", challenge.realm, true);
    add(out, "nonce", challenge.nonce, true);
    if (!challenge.opaque.empty()) add(out, "opaque", challenge.opaque, true);
    add(out, "algorithm", name(challenge.algorithm), false);
    if (challenge.qop_auth) add(out, "qop", "auth", true);
    if (challenge.stale) add(out, "stale", "true", false);
    return out;
}

std::string write_credentials(const Credentials& credentials) {
    std::string out = "Digest ";
    add(out, "username", credentials.username, true);
    add(out, "realm", credentials.realm, true);
    add(out, "nonce", credentials.nonce, true);
    add(out, "uri", credentials.uri, true);
    add(out, "response", credentials.response, true);
    add(out, "algorithm", name(credentials.algorithm), false);
    if (!credentials.opaque.empty()) add(out, "opaque", credentials.opaque, true);
    if (!credentials.qop.empty()) {
        add(out, "cnonce", credentials.cnonce, true);
        add(out, "qop", credentials.qop, false);
        add(out, "nc", credentials.nc, false);
    }
    return out;
}

std::string ha1(Algorithm algorithm, std::string_view username, std::string_view realm, std::string_view password) {
    return sum(algorithm, {username, realm, password});
}

std::string digest_response(const Credentials& credentials, std::string_view method, std::string_view ha1) {
    const auto kind = credentials.algorithm;
    const auto ha2 = sum(kind, {method, credentials.uri});
    if (credentials.qop.empty()) return sum(kind, {ha1, credentials.nonce, ha2});
    if (!text::same_letters(credentials.qop, "auth")) return {};
    return sum(kind, {ha1, credentials.nonce, credentials.nc, credentials.cnonce, credentials.qop, ha2});
}

bool same_secret(std::string_view left, std::string_view right) {
    return !left.empty() && left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

} // namespace lamp::sip
