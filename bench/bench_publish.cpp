// Question: what does a PUBLISH cost from its bytes to the bytes of its answer (message, entity tag, document,
// composition, new entity tag), and what does a publication weigh? Modifies of 10 000 publications of as many
// presentities, ringing and talking by turns, as a proxy publishes calls. Its rival is reading the same document into a
// tree of libxml2, which is all that others begin with.
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <malloc.h>
#include <string>

#include "bench/measure.hpp"
#include "sip/compositor.hpp"

using namespace lamp;

namespace {

struct Sizes {
    unsigned presentities = 10'000;
    int rounds = 5;
    int laps = 10; // modifies of each publication in a round
};

std::string document(unsigned who, bool rings) {
    return fmt::format("<?xml version=\"1.0\"?>\n"
                       "<dialog-info xmlns=\"urn:ietf:params:xml:ns:dialog-info\" version=\"0\" state=\"full\" "
                       "entity=\"sip:{0}@pbx.example\">\n"
                       "<dialog id=\"7f3-{0}@10.4.0.17\" call-id=\"7f3-{0}@10.4.0.17\" direction=\"recipient\">\n"
                       "<state>{1}</state>\n"
                       "<remote><identity>sip:+31201230009@pbx.example</identity>"
                       "<target uri=\"sip:+31201230009@pbx.example\"/></remote>\n"
                       "<local><identity>sip:{0}@pbx.example</identity><target uri=\"sip:{0}@pbx.example\"/></local>\n"
                       "</dialog>\n</dialog-info>\n",
                       2000 + who, rings ? "early" : "confirmed");
}

std::string presence_document(unsigned who, bool busy) {
    return fmt::format(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
        "<presence xmlns=\"urn:ietf:params:xml:ns:pidf\" xmlns:dm=\"urn:ietf:params:xml:ns:pidf:data-model\" "
        "xmlns:rpid=\"urn:ietf:params:xml:ns:pidf:rpid\" entity=\"sip:{0}@pbx.example\">\n"
        "<tuple id=\"t{0}\"><status><basic>open</basic></status>"
        "<contact>sip:{0}@10.4.0.17</contact><note>{1}</note></tuple>\n"
        "<dm:person id=\"p{0}\"><rpid:activities>{2}</rpid:activities></dm:person>\n</presence>\n",
        2000 + who, busy ? "Busy" : "Online", busy ? "<rpid:busy/>" : "");
}

std::string publish(std::string_view event, unsigned who, std::string_view etag, std::string_view body) {
    return fmt::format("PUBLISH sip:{0}@pbx.example SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-{0}\r\nMax-Forwards: 70\r\n"
                       "From: <sip:{0}@pbx.example>;tag=f{0}\r\nTo: <sip:{0}@pbx.example>\r\n"
                       "Call-ID: p{0}@10.4.0.17\r\nCSeq: 2 PUBLISH\r\nEvent: {1}\r\n{2}{3}{4}Expires: 3600\r\n"
                       "Content-Type: application/{5}+xml\r\nContent-Length: {6}\r\n\r\n{7}",
                       2000 + who, event, etag.empty() ? "" : "SIP-If-Match: ", etag, etag.empty() ? "" : "\r\n",
                       event == "dialog" ? "dialog-info" : "pidf", body.size(), body);
}

class Run {
public:
    Run(std::string_view event, const Sizes& sizes) : event_(event), sizes_(sizes), etags_(sizes.presentities) {
        const auto before = held();
        for (unsigned who = 0; who < sizes.presentities; ++who)
            take(who, publish(event, who, {}, body(who, true)));
        bytes_ = static_cast<double>(held() - before) / sizes.presentities;
    }

    /// CPU microseconds of one modify, its request's making not counted.
    double lap(bool first) {
        std::vector<std::string> requests;
        for (unsigned who = 0; who < sizes_.presentities; ++who)
            requests.push_back(publish(event_, who, etags_[who], body(who, first)));
        const auto before = bench::thread_cpu_s();
        for (unsigned who = 0; who < sizes_.presentities; ++who)
            take(who, requests[who]);
        return (bench::thread_cpu_s() - before) * 1e6 / sizes_.presentities;
    }
    /// The same documents, only read into a tree.
    double rival_lap(bool first) const {
        std::vector<std::string> documents;
        for (unsigned who = 0; who < sizes_.presentities; ++who)
            documents.push_back(body(who, first));
        const auto before = bench::thread_cpu_s();
        for (const auto& one : documents) {
            xmlDoc* tree = xmlReadMemory(one.data(), static_cast<int>(one.size()), nullptr, nullptr, 0);
            if (!tree) std::abort();
            xmlFreeDoc(tree);
        }
        return (bench::thread_cpu_s() - before) * 1e6 / sizes_.presentities;
    }
    [[nodiscard]] double bytes() const { return bytes_; }

private:
    static std::size_t held() { return ::mallinfo2().uordblks; }
    [[nodiscard]] std::string body(unsigned who, bool first) const {
        return event_ == "dialog" ? document(who, first) : presence_document(who, first);
    }
    void take(unsigned who, const std::string& bytes) {
        if (!message_.parse(bytes, sip::Carrier::datagram)) std::abort();
        auto answer = compositor_.on_publish(message_, who, watcher_, start_);
        if (answer.status != 200) std::abort();
        sip::Writer writer(out_);
        sip::write_answer(writer, message_, answer, "presence, dialog", "t1", {"10.4.0.17", 5060});
        if (!writer.done()) std::abort();
        etags_[who] = answer.etag;
    }

    std::string_view event_;
    Sizes sizes_;
    Steady start_{std::chrono::hours(1)};
    sip::Compositor compositor_{{}, {1, 2}, [](const sip::Watcher&, sip::ResourceIndex) { return true; }, start_};
    sip::Watcher watcher_{"ada", false};
    sip::Message message_;
    std::vector<std::string> etags_;
    std::string out_;
    double bytes_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    Sizes sizes;
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    if (quick) sizes = {200, 3, 2};
    bool reached = true;
    for (std::string_view event : {"dialog", "presence"}) {
        Run run(event, sizes);
        std::vector<double> ours, rivals;
        for (int round = 0; round < sizes.rounds; ++round)
            for (int lap = 0; lap < sizes.laps; ++lap) {
                ours.push_back(run.lap(lap % 2 == 0));
                rivals.push_back(run.rival_lap(lap % 2 == 0));
            }
        const auto cost = bench::median(ours), rival = bench::median(rivals);
        fmt::print("{}: PUBLISH to its answer {:.2f} us, the document into a tree of libxml2 {:.2f} us\n", event, cost,
                   rival);
        reached &= bench::result(fmt::format("publish_{}_against_tree", event), cost / rival, "x", 1.1, false);
        reached &= bench::result(fmt::format("publication_{}_bytes", event), run.bytes(), "B", 1024, false);
    }
    return reached || quick ? 0 : 1;
}
