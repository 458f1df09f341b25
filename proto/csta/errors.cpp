#include "proto/csta/errors.hpp"

#include <algorithm>
#include <array>

#include "proto/xml/writer.hpp"

namespace lamp::csta {
namespace {

constexpr std::array<std::string_view, 3> session_requests{"StartApplicationSession", "ResetApplicationSessionTimer",
                                                           "StopApplicationSession"};

constexpr std::array<std::string_view, 6> session_failures{
    "invalidApplicationInfo", "requestedProtocolVersionNotSupported", "serverResourcesBusy", "maxNumberSessions",
    "invalidSessionID",       "serverCannotResetSessionTimer"};

} // namespace

std::string write(const CstaError& error, Edition edition) {
    xml::Writer writer("CSTAErrorCode", space(edition));
    if (!error.private_code.empty())
        writer.element("privateErrorCode", error.private_code);
    else
        writer.open(category(error.failure)).text(name(error.failure)).close();
    return writer.done();
}

std::string write(const SessionRefusal& refusal) {
    xml::Writer writer(std::string(refusal.request) + "NegResponse", session_space);
    writer.open("errorCode");
    writer.element("definedError", session_failures.at(static_cast<std::size_t>(refusal.failure)));
    return writer.done();
}

bool is_session_request(std::string_view root) {
    return std::ranges::find(session_requests, root) != session_requests.end();
}

} // namespace lamp::csta
