// Question: what does the door cost? A flood from one source and one from 100 000, without a login and with junk that
// looks like one, which must cost less than a microsecond each so that 10 000 a second are nothing; a challenge; a
// right login. The rival of the flood is reading the message, which comes before in any case.
#include <string>
#include <vector>

#include "bench/measure.hpp"
#include "proto/sip/digest.hpp"
#include "sip/door.hpp"

using namespace lamp;
using namespace lamp::sip;

namespace {

Address16 source(std::uint32_t n) {
    const std::uint8_t four[]{100, static_cast<std::uint8_t>(64 + (n >> 16)), static_cast<std::uint8_t>(n >> 8),
                              static_cast<std::uint8_t>(n)};
    return ipv4_address(four);
}

std::string request(std::string_view more) {
    return fmt::format("SUBSCRIBE sip:2101@pbx.example SIP/2.0\r\n"
                       "Via: SIP/2.0/UDP 100.64.0.1:5060;branch=z9hG4bK-1;rport\r\nMax-Forwards: 70\r\n"
                       "From: <sip:2102@pbx.example>;tag=f1\r\nTo: <sip:2101@pbx.example>\r\n"
                       "Call-ID: 1@100.64.0.1\r\nCSeq: 1 SUBSCRIBE\r\nContact: <sip:2102@100.64.0.1>\r\n"
                       "Event: dialog\r\nAccept: application/dialog-info+xml\r\nExpires: 3600\r\n"
                       "User-Agent: Yealink SIP-T46U 108.86.0.45\r\n{}Content-Length: 0\r\n\r\n",
                       more);
}

std::string login(std::string_view nonce, std::string_view password, std::string_view nc) {
    Credentials credentials;
    credentials.username = "2102";
    credentials.realm = "pbx.example";
    credentials.nonce = nonce;
    credentials.uri = "sip:2101@pbx.example";
    credentials.algorithm = Algorithm::sha256;
    credentials.qop = "auth";
    credentials.nc = nc;
    credentials.cnonce = "f2wE4q74";
    const auto sum = ha1(Algorithm::sha256, "2102", "pbx.example", password);
    const auto response = digest_response(credentials, "SUBSCRIBE", sum);
    credentials.response = response;
    return "Authorization: " + write_credentials(credentials) + "\r\n";
}

class Run {
public:
    Run() {
        auto sum = ha1(Algorithm::sha256, "2102", "pbx.example", "violet");
        auto reading = Users::read("2102:pbx.example:SHA-256:" + sum);
        const std::vector<std::string> trusted{"10.0.0.0/8", "192.168.0.0/16", "2001:db8::/32"};
        door_.use(std::make_shared<const Users>(std::move(reading.users)), net::Networks::parse(trusted).value());
    }
    /// CPU microseconds of one of `count` requests, 100 µs apart.
    double knocks(std::string_view fields, std::uint32_t sources, int count) {
        const auto bytes = request(fields);
        if (!message_.parse(bytes, Carrier::datagram)) std::abort();
        return each(count, [&](int i) {
            heard_ += door_.may_knock(message_, source(static_cast<std::uint32_t>(i) % sources), now_);
        });
    }
    double reading(int count) {
        const auto bytes = request("");
        return each(count, [&](int) {
            if (!message_.parse(bytes, Carrier::datagram)) std::abort();
        });
    }
    double challenges(int count) {
        const auto bytes = request("");
        if (!message_.parse(bytes, Carrier::datagram)) std::abort();
        return each(count, [&](int) {
            if (door_.judge(message_, source(1), now_).challenges.size() != 2) std::abort();
        });
    }
    double logins(int count) {
        const auto bytes = request("");
        if (!message_.parse(bytes, Carrier::datagram)) std::abort();
        std::vector<std::string> requests;
        for (int i = 0; i < count; ++i) {
            const auto judged = door_.judge(message_, source(1), now_);
            requests.push_back(
                request(login(parse_challenge(judged.challenges[0])->value().nonce, "violet", "00000001")));
        }
        std::vector<Message> messages(static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < requests.size(); ++i)
            if (!messages[i].parse(requests[i], Carrier::datagram)) std::abort();
        return each(count, [&](int i) {
            const Message& one = messages[static_cast<std::size_t>(i)];
            if (!door_.may_knock(one, source(1), now_)) std::abort();
            if (door_.judge(one, source(1), now_).what != Door::What::let_in) std::abort();
        });
    }
    [[nodiscard]] std::size_t heard() const { return heard_; }

private:
    template <class Do>
    double each(int count, Do&& what) {
        const auto before = bench::thread_cpu_s();
        for (int i = 0; i < count; ++i) {
            now_ += std::chrono::microseconds(100);
            what(i);
        }
        return (bench::thread_cpu_s() - before) * 1e6 / count;
    }

    Door door_{{.realm = "pbx.example"}, {1, 2}};
    Steady now_{std::chrono::hours(1)};
    Message message_;
    std::size_t heard_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
    const int count = quick ? 2'000 : 200'000;
    const auto junk = login("1a2b3c.1.00000000000000000000000000000000", "x", "00000001");
    std::vector<double> plain, looks, many, read, asked, right;
    for (int round = 0; round < (quick ? 1 : 7); ++round) {
        Run run;
        read.push_back(run.reading(count));
        plain.push_back(run.knocks("", 1, count));
        looks.push_back(run.knocks(junk, 1, count));
        many.push_back(run.knocks("", 100'000, count));
        asked.push_back(run.challenges(count));
        right.push_back(run.logins(count / 40));
    }
    fmt::print("us each: message {:.3f}, knock {:.3f}, with junk {:.3f}, of 100 000 sources {:.3f}, challenge {:.2f}, "
               "right login {:.2f}\n",
               bench::median(read), bench::median(plain), bench::median(looks), bench::median(many),
               bench::median(asked), bench::median(right));
    bool reached = bench::result("door_flood_us", bench::median(plain), "us", 1, false);
    reached &= bench::result("door_flood_junk_login_us", bench::median(looks), "us", 1, false);
    reached &= bench::result("door_flood_sources_us", bench::median(many), "us", 1, false);
    reached &= bench::result("door_login_us", bench::median(right), "us", 5, false);
    return reached || quick ? 0 : 1;
}
