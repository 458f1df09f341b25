// Question: what does a NOTIFY cost in the notifier, from a change to its bytes and back through its answer, when 50
// watchers look at one resource? Its rival composes each NOTIFY whole, document and head, with the same writers: that
// is what rendering once, patching the version and keeping what a dialog always says must beat.
#include <string>

#include "bench/measure.hpp"
#include "sip/notifier.hpp"

using namespace lamp;

namespace {

struct Sizes {
    unsigned watchers = 50;
    int rounds = 7;
    int laps = 400; // changes in a round
};

std::vector<dialoginfo::Dialog> call(bool rings) {
    dialoginfo::Dialog one;
    one.id = "callhalf-88120:0";
    one.state = rings ? dialoginfo::State::early : dialoginfo::State::confirmed;
    one.direction = dialoginfo::Direction::recipient;
    one.local = {"Ada Jansen", "sip:ada@pbx.example", "sip:ada@pbx.example"};
    one.remote = {"Grace", "sip:+31201230009@pbx.example;user=phone", "sip:+31201230009@pbx.example;user=phone"};
    return {one};
}

class Run {
public:
    explicit Run(const Sizes& sizes) : sizes_(sizes) {
        const presence::PersonRow row{"ada", "Ada Jansen", "", "", "", {}};
        auto people = presence::People::build({&row, 1});
        if (!people) std::abort();
        auto names = sip::Names::build(**people, {}, {}, "pbx.example", nullptr, nullptr);
        resource_ = names->find("ada").value();
        notifier_.use_names(std::move(names), now_);
        for (unsigned who = 0; who < sizes.watchers; ++who)
            subscribe(who);
        answer();
    }

    /// CPU microseconds of one NOTIFY.
    double lap() {
        const auto before = bench::thread_cpu_s();
        for (int i = 0; i < sizes_.laps; ++i) {
            now_ += std::chrono::seconds(1);
            dialogs_ = call(i % 2 == 0);
            notifier_.changed(resource_, now_);
            answer();
        }
        return (bench::thread_cpu_s() - before) * 1e6 / sizes_.laps / sizes_.watchers;
    }
    double rival_lap() {
        const auto before = bench::thread_cpu_s();
        for (int i = 0; i < sizes_.laps; ++i)
            for (unsigned who = 0; who < sizes_.watchers; ++who) {
                bytes_ += whole(who, i);
            }
        return (bench::thread_cpu_s() - before) * 1e6 / sizes_.laps / sizes_.watchers;
    }
    [[nodiscard]] std::uint64_t notifies() const { return notifier_.counters().notifies; }

private:
    void subscribe(unsigned who) {
        const auto text =
            fmt::format("SUBSCRIBE sip:ada@pbx.example SIP/2.0\r\nVia: SIP/2.0/UDP 10.4.0.{0};branch=z9hG4bK-{0}\r\n"
                        "Max-Forwards: 70\r\nFrom: <sip:{0}@pbx.example>;tag=f{0}\r\nTo: <sip:ada@pbx.example>\r\n"
                        "Call-ID: 7f3a9c2e-{0}@10.4.0.{0}\r\nCSeq: 1 SUBSCRIBE\r\n"
                        "Contact: <sip:{0}@10.4.0.{0}:5060>\r\nEvent: dialog\r\nContent-Length: 0\r\n\r\n",
                        100 + who);
        if (!message_.parse(text, sip::Carrier::datagram)) std::abort();
        const sip::Watcher watcher{std::to_string(who), false};
        notifier_.on_subscribe({.request = message_,
                                .transaction = 1,
                                .flow = {.socket = 1, .port = 5060},
                                .local = {sip::Transport::udp, "198.51.100.4", 5060},
                                .origin = {"10.4.0.17", 5060},
                                .watcher = watcher,
                                .resource = resource_},
                               now_);
    }
    void answer() {
        notifier_.drain(actions_);
        for (const auto& action : actions_)
            if (action.what == sip::Notifier::Action::What::notify)
                notifier_.on_answer(action.id, 200, std::nullopt, now_);
    }
    std::size_t whole(unsigned who, int version) {
        dialoginfo::Document document;
        document.entity = "sip:ada@pbx.example";
        document.version = static_cast<std::uint32_t>(version);
        document.dialogs = dialogs_;
        const auto body = dialoginfo::write(document, dialoginfo::plain());
        std::string out;
        sip::Writer writer(out);
        writer.request("NOTIFY", fmt::format("sip:{0}@10.4.0.{0}:5060", who))
            .via({sip::Transport::udp, "198.51.100.4", 5060, fmt::format("z9hG4bK{:016x}", random_++)})
            .number(sip::Header::max_forwards, 70)
            .address(sip::Header::from, "", document.entity, "00000001000003e9")
            .address(sip::Header::to, "", fmt::format("sip:{}@pbx.example", who), fmt::format("f{}", who))
            .field(sip::Header::call_id, fmt::format("7f3a9c2e-{0}@10.4.0.{0}", who))
            .field(sip::Header::contact, "<sip:198.51.100.4:5060;transport=udp>")
            .field(sip::Header::event, "dialog")
            .cseq(document.version + 1, "NOTIFY")
            .field(sip::Header::subscription_state, "active;expires=3600")
            .field(sip::Header::content_type, dialoginfo::media_type);
        if (!writer.done(body.text)) std::abort();
        return out.size();
    }

    Sizes sizes_;
    Steady now_{std::chrono::hours(1)};
    std::uint64_t random_ = 1;
    std::vector<dialoginfo::Dialog> dialogs_;
    sip::ResourceIndex resource_ = 0;
    sip::Notifier notifier_{{.expires_max = 4'000'000},
                            {.view =
                                 [this](sip::ResourceIndex) {
                                     sip::View view;
                                     view.dialogs = dialogs_;
                                     return view;
                                 },
                             .permission = [](const sip::Watcher&, sip::ResourceIndex,
                                              const sip::EventPackage&) { return sip::Permission::allowed; },
                             .random = [this] { return random_++; }},
                            {1, 2},
                            now_};
    sip::Message message_;
    std::vector<sip::Notifier::Action> actions_;
    std::size_t bytes_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    Sizes sizes;
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    if (quick) sizes = {50, 3, 20};
    Run run(sizes);
    std::vector<double> ours, rivals;
    for (int round = 0; round < sizes.rounds; ++round) {
        const auto before = run.notifies();
        ours.push_back(run.lap());
        if (run.notifies() - before != sizes.watchers * static_cast<unsigned>(sizes.laps)) std::abort();
        rivals.push_back(run.rival_lap());
    }
    const auto cost = bench::median(ours), rival = bench::median(rivals);
    fmt::print("a NOTIFY for one of {} watchers {:.2f} us, composed whole {:.2f} us\n", sizes.watchers, cost, rival);
    const bool reached = bench::result("notify_against_whole", cost / rival, "x", 0.35, false);
    return reached || quick ? 0 : 1;
}
