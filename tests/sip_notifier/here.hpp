// What the tests of the notifier share: SUBSCRIBEs written short, a house of a few people with a notifier that is
// stepped by hand, and what it sends in one line of words.
#pragma once
#include <deque>
#include <doctest/doctest.h>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "proto/rlmi/list.hpp"
#include "proto/watcherinfo/document.hpp"
#include "sip/notifier.hpp"

namespace testing {

using namespace lamp;
using namespace lamp::sip;
using namespace std::chrono_literals;
using namespace std::string_literals;

inline constexpr std::array<std::uint64_t, 2> secret{0x1234'5678'9abc'def0, 0x0fed'cba9'8765'4321};
inline const Steady start{1h};

/// One SUBSCRIBE. An empty text leaves its field out; expires -1 too.
struct Subscribe {
    std::string uri = "sip:ada@pbx.example";
    std::string event = "dialog";
    long expires = 3600;
    std::string call = "k1";
    std::string from = "sip:bob@pbx.example";
    std::string from_tag = "f1";
    std::string to = "sip:ada@pbx.example";
    std::string to_tag{}; // in a dialog
    std::uint32_t cseq = 1;
    std::string contact = "<sip:bob@10.4.0.17:5060>";
    std::string accept{};
    std::string more{}; // further fields, each with its line end
    std::string watcher = "bob";
    bool trusted = false;
    bool order = false; // its body is one

    [[nodiscard]] std::string bytes() const;
};

struct Wire { // stays where it is: the message looks into the bytes
    std::uint64_t id = 0;
    Flow flow{};
    std::string branch{};
    std::string bytes{};
    Message message{};
};
using Sent = std::shared_ptr<Wire>;

/// "200", "403": the status; and what else a test may ask of an answer.
struct Reply {
    int status = 0;
    Sent wire{};
    [[nodiscard]] std::string tag() const { return std::string(wire->message.to().tag()); }
    [[nodiscard]] std::string field(std::string_view name) const {
        return std::string(wire->message.find(name).value_or(""));
    }
};

struct Truth {
    bool calls_known = true;
    presence::Status status = presence::Status::available;
    std::vector<dialoginfo::Dialog> dialogs{};
    std::optional<Messages> messages{};
    bool messages_awaited = false;
    bool dnd = false;
};

/// "c1:early c2:confirmed" as dialogs.
[[nodiscard]] std::vector<dialoginfo::Dialog> calls(std::string_view words);

/// What a NOTIFY says: "active v0 c1:early", "terminated;timeout v3 idle", "pending -", "active open:On the phone",
/// "active full 0: ada@pbx.example=active v0 idle, bob@pbx.example=terminated;rejected".
[[nodiscard]] std::string said(const Wire& notify);

class House {
public:
    explicit House(Notifier::Options options = {}, std::size_t more_people = 0);

    /// Parses it as the server does, hands it over, gives back the answer; NOTIFYs behind it go into `notifies`.
    Reply ask(const Subscribe& subscribe);
    /// Subscribes: the answer must be 200 and exactly one NOTIFY must follow, which is answered with 200.
    std::string begin(const Subscribe& subscribe);
    /// The NOTIFY that has come first; it is taken.
    Sent next();
    void answer(const Wire& notify, int status, std::optional<std::uint32_t> retry_after = {});
    void silence(const Wire& notify);
    /// Lets time pass with every wake-up in it. The notifier must not wake more often than `at_most`.
    void pass(Steady::duration time, int at_most = 1000);
    /// Changes the calls, tells the notifier.
    void set(std::string_view person, std::string_view words);
    void know(std::string_view person, bool calls_known);
    void changed(std::string_view person);
    /// What the next NOTIFY says, which is answered with 200; "" if there is none.
    std::string hear();
    void gather();
    /// Takes over the rows below.
    void rebuild();
    [[nodiscard]] ResourceIndex index(std::string_view name) const;

    std::vector<presence::PersonRow> people;
    std::vector<ListRow> lists;
    std::map<ResourceIndex, Truth> truths;
    std::map<std::pair<std::string, ResourceIndex>, Permission> permissions; // else allowed
    std::vector<bool> seen_trusted; // of those whose permissions were asked for
    std::uint64_t random = 1000;
    Steady now = start;
    Local local{Transport::udp, "198.51.100.4", 5060};
    Flow flow{.socket = 1, .port = 5060};
    std::shared_ptr<const presence::People> directory;
    std::shared_ptr<const Names> names;
    Notifier notifier;
    std::deque<Sent> notifies;
    Reply last;
    std::optional<Notifier::Accepted> last_accepted;

private:
    std::vector<dialoginfo::Dialog> shown_;
    std::vector<Notifier::Action> actions_;
    std::uint64_t transaction_ = 0;
};

} // namespace testing
