// Watcher information (RFC 3858) and message summaries (RFC 3842): byte by byte, there and back, and what is refused.
#include "proto/message_summary/summary.hpp"
#include "sip/watching.hpp"

#include "here.hpp"

using namespace testing;

TEST_CASE("watchers as their person reads them, byte by byte") {
    const Watching watchers[] = {
        {7, "sip:bob@pbx.example", "Bob & sons", watcherinfo::Status::active, watcherinfo::Event::approved, start,
         start + 1800s},
        {8, "sip:eve@pbx.example", {}, watcherinfo::Status::terminated, watcherinfo::Event::timeout, start, start},
    };
    auto document = watchers_of("sip:ada@pbx.example", "presence", watchers, start + 509s + 900ms);
    document.version = 12;
    CHECK(watcherinfo::write(document).text ==
          "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<watcherinfo xmlns=\"urn:ietf:params:xml:ns:watcherinfo\" version=\"12\"         state=\"full\">"
          "<watcher-list resource=\"sip:ada@pbx.example\" package=\"presence\">"
          "<watcher status=\"active\" event=\"approved\" id=\"w7\" display-name=\"Bob &amp; sons\" "
          "expiration=\"1290\" duration-subscribed=\"509\">sip:bob@pbx.example</watcher>"
          "<watcher status=\"terminated\" event=\"timeout\" id=\"w8\" "
          "duration-subscribed=\"509\">sip:eve@pbx.example</watcher>"
          "</watcher-list></watcherinfo>");
}

TEST_CASE("a subscription whose time is over, seen before it is dropped, has no time left") {
    const Watching late[] = {{1, "sip:bob@pbx.example", {}, {}, {}, start, start + 60s}};
    const auto document = watchers_of("sip:ada@pbx.example", "dialog", late, start + 61s);
    CHECK(document.lists[0].watchers[0].expires_s == 0);
    CHECK(document.lists[0].package == "dialog");
}

TEST_CASE("watcher information comes back as it was written, at any version") {
    watcherinfo::Document document{4'294'967'295, false, {{"sip:ada@pbx.example", "presence", {}}}};
    for (unsigned status = 0; status < 4; ++status)
        for (unsigned event = 0; event < 8; ++event)
            document.lists[0].watchers.push_back({"sip:\"<&>\"@pbx.example", std::to_string(status * 8 + event),
                                                  static_cast<watcherinfo::Status>(status),
                                                  static_cast<watcherinfo::Event>(event), event == 0 ? "" : "B\"o'b",
                                                  event == 1 ? std::nullopt : std::optional(event),
                                                  event == 2 ? std::nullopt : std::optional(status)});
    document.lists.push_back({"sip:bob@pbx.example", "dialog", {}});
    auto written = watcherinfo::write(document);
    auto read = watcherinfo::read(written.text);
    REQUIRE(read.has_value());
    CHECK(*read == document);
    written.set_version(3);
    document.version = 3;
    read = watcherinfo::read(written.text);
    REQUIRE(read.has_value());
    CHECK(*read == document);
}

TEST_CASE("watcher information that is refused") {
    const std::string head = "<watcherinfo xmlns='urn:ietf:params:xml:ns:watcherinfo' version='0' state='full'>";
    auto with = [&](std::string_view watcher) {
        return head + "<watcher-list resource='sip:a@h' package='presence'>" + std::string(watcher) +
               "</watcher-list></watcherinfo>";
    };
    CHECK(watcherinfo::read(with("<watcher id='1' status='active' event='approved'>sip:b@h</watcher>")).has_value());
    const std::string rows[] = {
        "",
        "<watchers/>",
        "<watcherinfo version='x' state='full'/>",
        "<watcherinfo version='1' state='whole'/>",
        head + "<watcher-list package='presence'/></watcherinfo>",
        head + "<watcher-list resource='sip:a@h'/></watcherinfo>",
        with("<watcher status='active' event='approved'>sip:b@h</watcher>"),
        with("<watcher id='1' status='awake' event='approved'>sip:b@h</watcher>"),
        with("<watcher id='1' status='active'>sip:b@h</watcher>"),
        with("<watcher id='1' status='active' event='approved'/>"),
    };
    for (const auto& row : rows) {
        CAPTURE(row);
        CHECK(!watcherinfo::read(row).has_value());
    }
    auto lists = [&](int count, int each) {
        std::string text = head;
        for (int i = 0; i < count; ++i) {
            text += "<watcher-list resource='sip:a@h' package='presence'>";
            for (int j = 0; j < each; ++j)
                text += "<watcher id='1' status='active' event='approved'>sip:b@h</watcher>";
            text += "</watcher-list>";
        }
        return watcherinfo::read(text + "</watcherinfo>");
    };
    CHECK(lists(2, 500).has_value());
    for (const auto& refused : {lists(1, 1001), lists(2, 501)}) {
        REQUIRE(!refused.has_value());
        CHECK(refused.error().category == Category::limit);
    }
}

TEST_CASE("message summaries, byte by byte and back") {
    using message_summary::Summary;
    struct Row {
        Summary summary;
        std::string_view text;
    };
    const Row rows[] = {
        {{false, "", {}}, "Messages-Waiting: no\r\n"},
        {{true, "sip:ada@pbx.example", {{2, 8}}},
         "Messages-Waiting: yes\r\nMessage-Account: sip:ada@pbx.example\r\nVoice-Message: 2/8\r\n"},
        {{true, "sip:ada@pbx.example", {{2, 8, 0, 2}}},
         "Messages-Waiting: yes\r\nMessage-Account: sip:ada@pbx.example\r\nVoice-Message: 2/8 (0/2)\r\n"},
        {{false, "", {{0, 4'294'967'295}}}, "Messages-Waiting: no\r\nVoice-Message: 0/4294967295\r\n"},
    };
    for (const Row& row : rows) {
        CHECK(message_summary::write(row.summary) == row.text);
        const auto read = message_summary::read(row.text);
        REQUIRE(read.has_value());
        CHECK(*read == row.summary);
    }
    CHECK(message_summary::write({true, "sip:a\r\nVoice-Message: 9/9", {}}) ==
          "Messages-Waiting: yes\r\nMessage-Account: sip:aVoice-Message: 9/9\r\n");
}

TEST_CASE("message summaries as strangers write them") {
    using message_summary::read;
    const auto loose = read("messages-waiting:YES\nFax-Message: 1/0\nVoice-Message : 4 / 8 ( 1/2 )\n\nTo: x");
    REQUIRE(loose.has_value());
    CHECK(*loose == message_summary::Summary{true, "", {{4, 8, 1, 2}}});
    for (std::string_view broken :
         {"", "Voice-Message: 1/0\r\n", "Messages-Waiting: maybe\r\n", "Messages-Waiting: yes\r\nVoice-Message: 1\r\n",
          "Messages-Waiting: yes\r\nVoice-Message: 1/x\r\n", "Messages-Waiting: yes\r\nVoice-Message: 1/2 (3/4\r\n",
          "Messages-Waiting: yes\r\nVoice-Message: 1/2 (3)\r\n", "Messages-Waiting: yes\r\nno colon\r\n",
          "Messages-Waiting: yes\r\nVoice-Message: 4294967296/0\r\n"}) {
        CAPTURE(broken);
        CHECK(!read(broken).has_value());
    }
}
