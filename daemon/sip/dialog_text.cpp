#include "sip/dialog_text.hpp"

#include <fmt/format.h>

namespace lamp::sip {
namespace {

std::string_view transport_parameter(Transport transport) {
    switch (transport) {
    case Transport::tcp: return "tcp";
    case Transport::tls: return "tls";
    default: return "udp";
    }
}

} // namespace

void append_line(std::string& out, std::string_view text) {
    for (char c : text)
        out += c == '\r' || c == '\n' || c == '\t' ? ' ' : c;
}

std::string_view target_of(const Uri& contact) {
    const auto host = static_cast<std::size_t>(contact.host.data() - contact.text.data());
    return contact.text.substr(0, contact.text.find('?', host));
}

std::string contact_of(const Local& local, const Uri* target) {
    const bool sips = local.transport == Transport::tls && target && target->scheme == Scheme::sips;
    return fmt::format("<{}:{}:{};transport={}>", sips ? "sips" : "sip", local.host, local.port,
                       transport_parameter(local.transport));
}

} // namespace lamp::sip
