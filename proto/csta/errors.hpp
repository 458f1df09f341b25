// The negative answers: CSTAErrorCode (ECMA-323), the sessions' NegResponses (ECMA-354). Pure.
#pragma once
#include <string>
#include <string_view>

#include "proto/csta/words.hpp"

namespace lamp::csta {

struct CstaError {
    Failure failure = Failure::generic;
    std::string private_code{}; // not empty: privateErrorCode with this text instead
    bool operator==(const CstaError&) const = default;
};
[[nodiscard]] std::string write(const CstaError& error, Edition edition);

/// StartApplicationSessionNegResponse and its two sisters.
enum class SessionFailure : std::uint8_t {
    invalid_application_info,   // start; also: the credentials are not accepted
    version_not_supported,      // start
    server_resources_busy,      // start
    too_many_sessions,          // start
    invalid_session_id,         // reset, stop
    cannot_reset_session_timer, // reset
};
struct SessionRefusal {
    std::string_view request; // root of what is refused, for example "StartApplicationSession"
    SessionFailure failure{};
};
[[nodiscard]] std::string write(const SessionRefusal& refusal);

/// True for the three requests of ECMA-354, whose negative answer is a SessionRefusal and not a CSTAErrorCode.
[[nodiscard]] bool is_session_request(std::string_view root);

} // namespace lamp::csta
