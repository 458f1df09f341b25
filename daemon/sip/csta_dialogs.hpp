// uaCSTA (ECMA TR/87, sip-csta.md 17.7): CSTA documents in the bodies of one SIP dialog. INVITE opens it, each INFO
// carries a request and is answered with its response, events go out as INFOs one after the other, session timers (RFC
// 4028) and BYE end it. A machine without sockets; the CSTA side is behind `CstaPeer`. Lives on the sip loop.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "proto/sip/message.hpp"
#include "proto/sip/writer.hpp"
#include "sip/flow.hpp"
#include "sip/transaction_key.hpp"
#include "sip/transport.hpp"
#include "sip/view.hpp"

namespace lamp::sip {

/// The CSTA side of one dialog.
class CstaPeer {
public:
    CstaPeer() = default;
    virtual ~CstaPeer() = default;
    CstaPeer(const CstaPeer&) = delete;
    CstaPeer& operator=(const CstaPeer&) = delete;
    /// `respond` is called once, from within or later, on the sip loop; empty: the body needs no answer.
    virtual void on_body(std::string_view xml, std::function<void(std::string)> respond) = 0;
    virtual void on_tick(Steady now) = 0;
    /// The dialog is to be ended.
    [[nodiscard]] virtual bool over() const = 0;
};
/// `tell` is called for each event, in order.
using CstaPeers = std::function<std::unique_ptr<CstaPeer>(std::string who, std::function<void(std::string xml)> tell)>;

inline constexpr std::string_view csta_media_type = "application/csta+xml";

class CstaDialogs {
public:
    struct Limits {
        std::size_t dialogs = 1'000; // beyond: 503
        std::size_t waiting = 1'000; // events of one dialog that wait for their turn; beyond: it is ended, not silently
        std::uint32_t session_min = 90;   // seconds (RFC 4028 5)
        std::uint32_t session_max = 1800; // what is granted where the client asks for more, or for nothing
    };
    struct Ask {
        const Message& request;
        std::string_view bytes; // of the request
        std::uint64_t transaction;
        Flow flow;
        Local local;
        Origin origin;
        const Watcher& user;
    };
    struct Action {
        enum class What : std::uint8_t { answer, request } what;
        std::uint64_t id = 0; // transaction to answer; owner of a request
        int status = 0;
        std::string_view method{}; // INFO, BYE
        Flow flow{};
        std::string branch{};
        std::string bytes{};
    };
    static constexpr std::uint64_t owner_bit = std::uint64_t{1} << 63; // of the owners of our requests

    CstaDialogs(Limits limits, CstaPeers peers, std::function<std::uint64_t()> random,
                std::array<std::uint64_t, 2> secret)
        : limits_(limits), peers_(std::move(peers)), random_(std::move(random)), secret_(secret) {}

    /// INVITE (a new dialog, or a session refresh within one), INFO, UPDATE, BYE.
    void on_request(const Ask& ask, Steady now);
    /// Gives the transaction of the INVITE whose 2xx this ACK means; 0: of none.
    [[nodiscard]] std::uint64_t on_ack(const Message& ack) const;
    /// No ACK came for the 2xx to that INVITE.
    void on_unacknowledged(std::uint64_t transaction, Steady now);
    void on_answer(std::uint64_t owner, int status, Steady now);
    void on_silence(std::uint64_t owner, Steady now);
    void tick(Steady now);
    void end_all(Steady now);
    void drain(std::vector<Action>& into) {
        into.clear();
        into.swap(out_);
    }
    [[nodiscard]] bool idle() const { return out_.empty(); }
    [[nodiscard]] std::size_t size() const { return dialogs_.size(); }
    /// Where to be called when something was put out by an answer that came later.
    std::function<void()> on_work;

private:
    /// A request whose answer may come later: it is kept as it came.
    struct Waiting {
        std::uint64_t transaction = 0;
        std::string request, from;
        std::uint16_t port = 0;
        std::string session; // of an INVITE: what Session-Expires shall say
    };
    struct Dialog {
        std::uint64_t id = 0;
        Key key;
        std::string call_id, local_tag, remote_tag, local_uri, remote_uri, target, routes, user;
        Flow flow;
        std::string contact; // ours
        Local local;
        std::string local_host;
        std::uint32_t local_cseq = 0, remote_cseq = 0;
        std::uint64_t invite = 0; // transaction
        Steady expires_at = Steady::max();
        std::deque<std::string> events;
        bool in_flight = false;
        bool ended = false;           // a BYE is on its way
        std::vector<Waiting> waiting; // for the peer
        std::unique_ptr<CstaPeer> peer;
    };
    void open(const Ask& ask, Steady now);
    void within(const Ask& ask, Steady now);
    void take_body(Dialog& dialog, const Ask& ask, Steady now);
    void respond(std::uint64_t dialog, std::uint64_t transaction, const std::string& xml);
    void write_answer(const Dialog& dialog, const Waiting& waiting, int status, std::string_view xml);
    /// False: it is answered already, since its Session-Expires is too short (RFC 4028 9).
    [[nodiscard]] bool lasts_long_enough(const Ask& ask, std::string_view tag);
    [[nodiscard]] std::string session_fields(const Message& request, Dialog& dialog, Steady now) const;
    template <class Fields>
    void answer(const Ask& ask, int status, std::string_view to_tag, Fields fields, std::string_view body = {});
    void send_next(Dialog& dialog);
    void send(Dialog& dialog, std::string_view method, std::string_view body);
    void bye(Dialog& dialog);
    void erase(std::uint64_t id);
    [[nodiscard]] Dialog* find(std::uint64_t id);
    [[nodiscard]] Key key_of(std::string_view call_id, std::string_view local, std::string_view remote) const;

    Limits limits_;
    CstaPeers peers_;
    std::function<std::uint64_t()> random_;
    std::array<std::uint64_t, 2> secret_;
    std::unordered_map<std::uint64_t, std::unique_ptr<Dialog>> dialogs_;
    std::unordered_map<Key, std::uint64_t, KeyHash> by_key_;
    std::uint64_t last_id_ = 0;
    std::vector<Action> out_;
    Message again_;
};

} // namespace lamp::sip
