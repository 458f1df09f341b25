#include "here.hpp"

#include <fmt/format.h>

#include "proto/pidf/document.hpp"

namespace testing {

std::string Subscribe::bytes() const {
    std::string out = "SUBSCRIBE " + uri +
                      " SIP/2.0\r\nVia: SIP/2.0/UDP 10.4.0.17:5060;branch=z9hG4bK-b1;rport\r\nMax-Forwards: 70\r\n";
    const auto field = [&](std::string_view name, std::string_view value) {
        if (!value.empty()) out.append(name).append(": ").append(value).append("\r\n");
    };
    field("From", '<' + from + '>' + (from_tag.empty() ? "" : ";tag=" + from_tag));
    field("To", '<' + to + '>' + (to_tag.empty() ? "" : ";tag=" + to_tag));
    field("Call-ID", call);
    field("CSeq", std::to_string(cseq) + " SUBSCRIBE");
    field("Contact", contact);
    field("Event", event);
    field("Accept", accept);
    if (expires >= 0) field("Expires", std::to_string(expires));
    out += more;
    return out + "Content-Length: 0\r\n\r\n";
}

std::vector<dialoginfo::Dialog> calls(std::string_view words) {
    using enum dialoginfo::State;
    std::vector<dialoginfo::Dialog> out;
    while (!words.empty()) {
        const auto word = words.substr(0, words.find(' '));
        words.remove_prefix(std::min(word.size() + 1, words.size()));
        dialoginfo::Dialog call;
        call.id = word.substr(0, word.find(':'));
        const auto state = word.substr(word.find(':') + 1);
        for (const auto each : {trying, proceeding, early, confirmed, terminated})
            if (dialoginfo::name(each) == state) call.state = each;
        call.direction = dialoginfo::Direction::recipient;
        call.remote = {"Grace", "sip:+15550100@pbx.example", "sip:+15550100@pbx.example"};
        out.push_back(std::move(call));
    }
    return out;
}

namespace {

std::string said(std::string_view type, std::string_view body) {
    if (type == dialoginfo::media_type) {
        const auto document = dialoginfo::read(body);
        REQUIRE(document.has_value());
        CHECK(document->full);
        auto out = fmt::format("v{}", document->version);
        for (const auto& call : document->dialogs) {
            const bool idle =
                call.state == dialoginfo::State::terminated && call.direction == decltype(call.direction)();
            out += idle ? " idle" : fmt::format(" {}:{}", call.id, dialoginfo::name(call.state));
        }
        return out;
    }
    if (type == pidf::media_type) {
        const auto document = pidf::read(body);
        REQUIRE(document.has_value());
        REQUIRE(!document->tuples.empty());
        const auto& tuple = document->tuples.front();
        return (tuple.basic == pidf::Basic::open ? "open:" : "closed:") + document->note;
    }
    if (type == watcherinfo::media_type) {
        const auto document = watcherinfo::read(body);
        REQUIRE(document.has_value());
        auto out = fmt::format("v{}", document->version);
        for (const auto& list : document->lists)
            for (const auto& watcher : list.watchers)
                out += fmt::format(" {}:{}", watcher.uri, watcherinfo::name(watcher.status));
        return out;
    }
    return std::string(body);
}

std::string said_of_list(std::string_view content_type, std::string_view body) {
    const auto parts = rlmi::read_multipart(content_type, body);
    REQUIRE(parts.has_value());
    REQUIRE(!parts->empty());
    CHECK(content_type.find("start=\"<" + std::string(parts->front().content_id) + ">\"") != content_type.npos);
    const auto list = rlmi::read(parts->front().body);
    REQUIRE(list.has_value());
    auto out = fmt::format("{} {}:", list->full ? "full" : "part", list->version);
    std::size_t named = 0;
    for (const auto& resource : list->resources) {
        REQUIRE(resource.instances.size() == 1);
        const auto& instance = resource.instances.front();
        out += (out.ends_with(':') ? " " : ", ") + resource.uri.substr(4, resource.uri.find('@') - 4) + '=';
        out += rlmi::name(instance.state);
        if (!instance.reason.empty()) out += ';' + instance.reason;
        if (instance.cid.empty()) continue;
        ++named;
        const auto part = std::ranges::find(*parts, instance.cid, &rlmi::Part::content_id);
        REQUIRE(part != parts->end());
        if (part->content_type == dialoginfo::media_type) {
            const auto document = dialoginfo::read(part->body);
            REQUIRE(document.has_value());
            CHECK(document->entity == resource.uri);
        }
        out += ' ' + said(part->content_type, part->body);
    }
    CHECK(named + 1 == parts->size()); // no part that no instance names
    return out;
}

} // namespace

std::string said(const Wire& notify) {
    const Message& message = notify.message;
    const auto state = message.subscription_state();
    REQUIRE(state.has_value());
    std::string out(state->word);
    if (const auto reason = state->parameters.value("reason"); !reason.empty()) out.append(";").append(reason);
    const auto type = message.content_type();
    if (!type) {
        CHECK(message.body().empty());
        return out + " -";
    }
    if (type->word == "multipart/related")
        return out + ' ' + said_of_list(*message.find(Header::content_type), message.body());
    return out + ' ' + said(type->word, message.body());
}

House::House(Notifier::Options options, std::size_t more_people)
    : people{{"ada", "Ada", "", "", "", {}},
             {"bob", "Bob", "", "", "", {}},
             {"cem", "Cem", "", "", "", {}},
             {"2150", "Lift", "", "", "", {}}},
      lists{{"desk", {"ada", "bob", "cem"}}},
      notifier(options,
               {.view =
                    [this](ResourceIndex resource) {
                        const Truth& truth = truths[resource];
                        View view;
                        view.calls_known = truth.calls_known;
                        view.status = truth.status;
                        shown_ = truth.dialogs;
                        view.dialogs = shown_;
                        view.messages = truth.messages;
                        view.messages_awaited = truth.messages_awaited;
                        view.dnd = truth.dnd;
                        return view;
                    },
                .permission =
                    [this](const Watcher& watcher, ResourceIndex resource, const EventPackage&) {
                        seen_trusted.push_back(watcher.trusted);
                        const auto found = permissions.find({watcher.id, resource});
                        return found == permissions.end() ? Permission::allowed : found->second;
                    },
                .random = [this] { return random += 0x1'0000'0001; }},
               secret, start) {
    for (std::size_t i = 0; i < more_people; ++i)
        people.push_back({fmt::format("p{}", i), fmt::format("Person {}", i), "", "", "", {}});
    if (more_people != 0) {
        lists.push_back({"all", {}});
        for (std::size_t i = 0; i < more_people; ++i)
            lists.back().members.push_back(fmt::format("p{}", i));
    }
    rebuild();
}

void House::rebuild() {
    auto built = presence::People::build(people, directory.get());
    REQUIRE(built.has_value());
    directory = *built;
    names = Names::build(*directory, {}, lists, "pbx.example", names.get(), nullptr);
    notifier.use_names(names, now);
    gather();
}

ResourceIndex House::index(std::string_view name) const {
    const auto found = names->find(name);
    REQUIRE(found.has_value());
    return *found;
}

Reply House::ask(const Subscribe& subscribe) {
    Wire request;
    request.bytes = subscribe.bytes();
    REQUIRE(request.message.parse(request.bytes, Carrier::datagram).has_value());
    const bool in_dialog = !request.message.to().tag().empty();
    const auto resource = in_dialog ? std::nullopt : names->find(request.message.uri().user_text());
    const Watcher watcher{subscribe.watcher, subscribe.trusted};
    last = {};
    last_accepted = notifier.on_subscribe({.request = request.message,
                                           .transaction = ++transaction_,
                                           .flow = flow,
                                           .local = local,
                                           .origin = {"10.4.0.17", 5060},
                                           .watcher = watcher,
                                           .resource = resource,
                                           .order = subscribe.order},
                                          now);
    gather();
    REQUIRE(last.status != 0);
    return last;
}

void House::gather() {
    notifier.drain(actions_);
    for (auto& action : actions_) {
        auto wire = std::make_shared<Wire>();
        wire->id = action.id;
        wire->flow = action.flow;
        wire->branch = std::move(action.branch);
        wire->bytes = std::move(action.bytes);
        const auto parsed = wire->message.parse(wire->bytes, Carrier::stream);
        if (!parsed) FAIL(text(parsed.error()) << "\n" << wire->bytes);
        if (action.what == Notifier::Action::What::notify) {
            notifies.push_back(std::move(wire));
            continue;
        }
        CHECK(action.id == transaction_);
        CHECK(last.status == 0); // one answer
        CHECK(wire->message.status() == action.status);
        last = {action.status, std::move(wire)};
    }
}

std::string House::begin(const Subscribe& subscribe) {
    const auto before = notifies.size();
    const auto reply = ask(subscribe);
    REQUIRE(reply.status == 200);
    REQUIRE(notifies.size() == before + 1);
    const auto first = notifies.back();
    notifies.pop_back();
    answer(*first, 200);
    return reply.tag();
}

Sent House::next() {
    REQUIRE(!notifies.empty());
    auto first = notifies.front();
    notifies.pop_front();
    return first;
}

void House::answer(const Wire& notify, int status, std::optional<std::uint32_t> retry_after) {
    notifier.on_answer(notify.id, status, retry_after, now);
    gather();
}

void House::silence(const Wire& notify) {
    notifier.on_silence(notify.id, now);
    gather();
}

void House::pass(Steady::duration time, int at_most) {
    const auto until = now + time;
    int woken = 0;
    while (notifier.wake_at() <= until) {
        REQUIRE(++woken <= at_most);
        now = std::max(now, notifier.wake_at());
        notifier.tick(now);
        gather();
    }
    now = until;
}

void House::changed(std::string_view person) {
    notifier.changed(index(person), now);
    gather();
}

void House::set(std::string_view person, std::string_view words) {
    truths[index(person)].dialogs = calls(words);
    changed(person);
}

void House::know(std::string_view person, bool calls_known) {
    truths[index(person)].calls_known = calls_known;
    changed(person);
}

std::string House::hear() {
    if (notifies.empty()) return "";
    const auto first = next();
    auto words = said(*first);
    answer(*first, 200);
    return words;
}

} // namespace testing
