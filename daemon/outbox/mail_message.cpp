#include "outbox/mail_message.hpp"

#include <algorithm>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <openssl/evp.h>

#include "proto/text/text.hpp"

namespace lamp::outbox {
namespace {

constexpr std::size_t encoded_bytes = 39;   // of one encoded word: with "Subject: " it is a line of 76
constexpr std::size_t body_line_bytes = 57; // 76 letters of base64 (RFC 2045 section 6.8)
constexpr std::size_t subject_max = 400;
constexpr std::size_t plain_max = 60;

std::string base64(std::string_view bytes) {
    std::string out(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    auto size = ::EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                  reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

bool is_control(char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

std::string one_line(std::string_view text) {
    std::string out(text::beginning(text, subject_max));
    std::ranges::replace_if(out, is_control, ' ');
    return out;
}

/// The length of the piece at the start that is at most so long and ends behind a whole character.
std::size_t piece(std::string_view text, std::size_t most) {
    const auto end = text::beginning(text, most).size();
    return end == 0 ? std::min(most, text.size()) : end;
}

std::string body_lines(std::string_view text) {
    std::string crlf;
    for (char c : text) {
        if (c == '\r') continue;
        if (c == '\n') crlf += '\r';
        crlf += c;
    }
    std::string out;
    for (std::string_view rest = crlf; !rest.empty(); rest.remove_prefix(std::min(rest.size(), body_line_bytes)))
        out += base64(rest.substr(0, body_line_bytes)) + "\r\n";
    return out;
}

bool of_atom(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("!#$%&'*+-/=?^_`{|}~.").find(c) != std::string_view::npos;
}
bool of_domain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// As encoded words, on as many lines.
std::string encoded(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        auto length = piece(text, encoded_bytes);
        if (!out.empty()) out += "\r\n ";
        out += "=?UTF-8?B?" + base64(text.substr(0, length)) + "?=";
        text.remove_prefix(length);
    }
    return out;
}

std::string mailbox(std::string_view written) {
    auto address = address_of(written);
    if (!address) return {};
    auto open = written.find('<');
    auto shown = open == std::string_view::npos ? std::string_view() : text::trim(written.substr(0, open));
    if (shown.empty()) return *address;
    bool phrase = shown.find_first_of("<>@,;:\"()[]\\.") == std::string_view::npos;
    return (phrase ? header_text(shown) : encoded(one_line(shown))) + " <" + *address + ">";
}

} // namespace

Result<std::string> address_of(std::string_view mailbox) {
    auto address = text::trim(mailbox);
    if (auto open = address.find('<'); open != std::string_view::npos) {
        if (!address.ends_with('>')) return fail(Category::invalid, "is no address of a mailbox");
        address = address.substr(open + 1, address.size() - open - 2);
    }
    auto at = address.rfind('@');
    if (at == std::string_view::npos || at == 0 || at + 1 == address.size() || address.size() > 254 ||
        !std::ranges::all_of(address.substr(0, at), of_atom) || !std::ranges::all_of(address.substr(at + 1), of_domain))
        return fail(Category::invalid, "is no address of a mailbox (name@example.net)");
    return std::string(address);
}

std::string header_text(std::string_view given) {
    auto text = one_line(given);
    bool plain = std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
    return plain && text.find("=?") == std::string::npos && text.size() <= plain_max ? text : encoded(text);
}

std::string written(const Mail& mail) {
    std::string to;
    for (const auto& one : mail.to)
        to += (to.empty() ? "" : ",\r\n ") + mailbox(one);
    auto from = address_of(mail.from).value_or("lamplighter@localhost");
    std::string out;
    auto add = [&out](std::string_view name, std::string_view value) {
        out.append(name).append(": ").append(value).append("\r\n");
    };
    add("Date", fmt::format("{:%a, %d %b %Y %H:%M:%S} +0000", std::chrono::floor<seconds>(mail.at)));
    add("From", mailbox(mail.from));
    add("To", to);
    add("Subject", header_text(mail.subject));
    add("Message-ID", fmt::format("<{}@{}>", mail.key, from.substr(from.rfind('@') + 1)));
    add("Auto-Submitted", "auto-generated");
    add("MIME-Version", "1.0");
    add("Content-Type", "text/plain; charset=utf-8");
    add("Content-Transfer-Encoding", "base64");
    return out + "\r\n" + body_lines(mail.text);
}

std::string mail_text(const Summary& summary) {
    std::string text = one_line(summary.title) + "\n\n";
    for (const auto& [what, value] : summary.facts)
        text += one_line(what) + ": " + one_line(value) + "\n";
    if (!summary.links.empty()) text += "\n";
    for (const auto& [label, url] : summary.links)
        text += one_line(label) + ": " + url + "\n";
    return text;
}

} // namespace lamp::outbox
