// Xsi-Actions (xsi.md 9): directory, profile, calls, services, agent state, call control, call logs of any user whom
// the login may see. One attempt each, within the login's request budget; errors are values. Lives on the ingress loop.
#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/budget.hpp"
#include "http/pool.hpp"
#include "loop/loop.hpp"
#include "proto/xsi/documents.hpp"
#include "proto/xsi/services.hpp"
#include "xsi/login.hpp"
#include "xsi/options.hpp"

namespace lamp::xsi {

enum class CallLog : std::uint8_t { missed, placed, received };

/// What is given is copied before a function returns; a task may outlive this object, not what it was made with.
class Actions {
public:
    /// `pools`: one per configured host; a host that fails is passed over for a while. All outlive this object.
    Actions(const BroadworksOptions& options, const std::vector<http::Pool*>& pools, Login& login, Budget& budget);

    // --- calls
    [[nodiscard]] Task<Result<std::vector<CallDetails>>> calls(std::string user); // list and each call's details
    [[nodiscard]] Task<Result<HookStatus>> hook_status(std::string user);
    [[nodiscard]] Task<Result<MessageCounts>> messages(std::string user); // of the voice mail box
    /// Never repeated by itself: a second request would dial twice (xsi.md 9.1).
    [[nodiscard]] Task<Result<CallStart>> dial(std::string user, std::string number);
    [[nodiscard]] Task<Result<void>> talk(std::string user, std::string call_id); // answer, retrieve
    [[nodiscard]] Task<Result<void>> hold(std::string user, std::string call_id);
    [[nodiscard]] Task<Result<void>> reconnect(std::string user, std::string call_id);
    [[nodiscard]] Task<Result<void>> hang_up(std::string user, std::string call_id, bool decline);
    [[nodiscard]] Task<Result<void>> blind_transfer(std::string user, std::string call_id, std::string number);
    [[nodiscard]] Task<Result<void>> consult_transfer(std::string user, std::string call_id,
                                                      const std::string& other_call_id);
    [[nodiscard]] Task<Result<void>> to_voicemail(std::string user, std::string call_id);

    // --- services (9.4); what is not assigned to the user is Category::not_found or forbidden
    [[nodiscard]] Task<Result<std::vector<ServiceName>>> services(std::string user);
    template <class Document> // DoNotDisturb, CallForwardingAlways, … of proto/xsi/services.hpp
    [[nodiscard]] Task<Result<Document>> service(std::string user);
    template <class Document>
    [[nodiscard]] Task<Result<void>> set_service(std::string user, const Document& wanted);

    // --- directory and profile
    [[nodiscard]] Task<Result<Profile>> profile(std::string user);
    /// The whole enterprise (or group) directory, page by page; a server that refuses paging is asked without.
    /// `progress` hears how many of how many are in. Each user comes once. Directories belong to a user: an
    /// administrator is none and looks `through` one of its users (xsi.md 3), else it is Category::not_found.
    /// A listing that cannot be had whole is an error (protocol: same page again; limit: too many pages).
    [[nodiscard]] Task<Result<std::vector<DirectoryEntry>>>
    directory(std::function<void(std::size_t, std::size_t)> progress = {}, const std::string& through = {});
    [[nodiscard]] Task<Result<std::vector<CallLogEntry>>> call_log(std::string user, CallLog which);
    [[nodiscard]] Task<Result<CallLogs>> call_logs(std::string user); // all three in one request

    /// POST profile/LoginToken with Basic; the token for `Login::use_token`.
    [[nodiscard]] Task<Result<std::string>> login_token();

    /// One request; the other functions are made of it. `path` is relative to the actions root, for instance
    /// "/v2.0/user/alice%40example.net/calls". Waits for the budget, passes over hosts that fail (idempotent requests
    /// only; a host is left alone for 30 s), tells the login of 401, closes the budget at 429, and at 503 with
    /// Retry-After when there is no other host. While the login is refused nothing is sent (unauthorised); while the
    /// platform wants silence for more than 30 s neither (throttled).
    [[nodiscard]] Task<Result<std::string>> request(http::Method method, std::string path, std::string body = {});

private:
    struct State;
    std::shared_ptr<State> state_;
};

} // namespace lamp::xsi
