// Any bytes as an answer of Microsoft Graph; the first one says as which. No crash, an error has words, what is told
// lies in bounded memory, and what is told of a body is told again of the same body.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "proto/graph/calendar.hpp"
#include "proto/graph/decrypt.hpp"
#include "proto/graph/error.hpp"
#include "proto/graph/presence.hpp"
#include "proto/graph/session.hpp"
#include "proto/graph/subscription.hpp"
#include "proto/graph/users.hpp"
#include "proto/text/text.hpp"

using namespace lamp;
using namespace lamp::graph;

namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// A body tells less than it weighs; an escape of six bytes is at most three.
struct Scale {
    std::size_t weight = 0;
    void put(std::string_view text) {
        require(text::is_utf8(text));
        weight += text.size();
    }
};

template <class T>
const T* good(const Result<T>& result) {
    if (result) return &*result;
    require(result.error().category == Category::protocol && !result.error().text.empty());
    return nullptr;
}

void presences(std::string_view body) {
    Scale scale;
    std::string heard;
    std::size_t told = 0;
    auto visit = [&](const Presence& presence) {
        ++told;
        scale.put(presence.unheard);
        scale.put(presence.sequence);
        require(Pair::unpack(presence.pair.pack()) == presence.pair);
        require(parse_guid(to_string(presence.id)) == presence.id);
        bool unheard = presence.pair.availability == Word::unheard_of || presence.pair.activity == Word::unheard_of;
        require(unheard == !presence.unheard.empty());
        require(meaning(presence.pair) <= Meaning::presenting);
        // What we write of it is read as the same.
        std::string again = "{\"id\":\"" + to_string(presence.id) + "\",\"activity\":\"" +
                            std::string(graph::text(presence.pair.activity)) + "\"}";
        auto read = read_presences(again, [&](const Presence& same) {
            require(same.id == presence.id);
            require(same.pair.activity == presence.pair.activity || presence.pair.activity == Word::unheard_of);
        });
        require(read && read->told == 1);
    };
    auto read = read_presences(body, visit);
    if (const auto* count = good(read)) require(count->told == told);
    require(scale.weight <= body.size() && told <= body.size() / 36);
}

void batch(std::string_view body) {
    Scale scale;
    auto read = read_batch(body);
    const auto* answers = good(read);
    if (!answers) return;
    require(answers->size() <= batch_max);
    for (const auto& answer : *answers) {
        require(answer.index < batch_max && answer.status > 0 && answer.status < 1000);
        scale.put(answer.retry_after_date);
        if (answer.error)
            for (const auto& text : {answer.error->code, answer.error->message, answer.error->request_id})
                scale.put(text);
    }
    require(scale.weight <= body.size());
}

void users(std::string_view body) {
    Scale scale;
    auto read = read_users(body);
    const auto* page = good(read);
    if (!page) return;
    scale.put(page->next_link);
    scale.put(page->delta_link);
    for (const auto& user : page->users) {
        for (const auto& text : {user.upn, user.mail, user.name})
            scale.put(text);
        for (const auto& text : user.addresses)
            scale.put(text);
        for (const auto& text : user.phones)
            scale.put(text);
    }
    require(scale.weight <= body.size());
}

void deliveries(std::string_view body) {
    Scale scale;
    auto read = read_delivery(body);
    const auto* delivery = good(read);
    if (!delivery) return;
    for (const auto& token : delivery->validation_tokens)
        scale.put(token);
    static const std::string key(32, 'k');
    for (const auto& one : delivery->notifications) {
        for (const auto& text : {one.subscription_id, one.client_state, one.change_type, one.tenant})
            scale.put(text);
        if (!one.encrypted) continue;
        for (const auto& text : {one.encrypted->data, one.encrypted->signature, one.encrypted->key,
                                 one.encrypted->certificate_id, one.encrypted->certificate_thumbprint})
            scale.put(text);
        auto clear = decrypt_with(key, *one.encrypted);
        if (const auto* told = good(clear)) require(told->size() <= one.encrypted->data.size());
    }
    require(scale.weight <= body.size());
}

void appointments(std::string_view body) {
    auto read = read_appointments(body);
    if (!read) return require(!read.error().text.empty());
    Scale scale;
    scale.put(read->next_link);
    scale.put(read->delta_link);
    require(read->appointments.size() <= appointments_max);
    for (const auto& one : read->appointments) {
        require(!one.id.empty());
        require(one.removed || one.kind == Appointment::Kind::master || (one.start.told && one.end.told));
        for (const auto& text :
             {one.id, one.series, one.words.subject, one.words.body, one.words.location, one.start.zone, one.end.zone})
            scale.put(text);
    }
    require(scale.weight <= body.size());
    require(read_appointments(body)->appointments == read->appointments);
}

void subscriptions(std::string_view body) {
    Scale scale;
    auto read = read_subscriptions(body);
    const auto* page = good(read);
    if (!page) return;
    scale.put(page->next_link);
    for (const auto& one : page->subscriptions) {
        require(!one.id.empty());
        for (const auto& text : {one.id, one.resource, one.notification_url, one.client_state})
            scale.put(text);
    }
    require(scale.weight <= body.size());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0]) {
    case 'p': presences(body); break;
    case 'b': batch(body); break;
    case 'u': users(body); break;
    case 'n': deliveries(body); break;
    case 's': subscriptions(body); break;
    case 'c': appointments(body); break;
    case 'e':
        if (auto error = read_error(body)) {
            Scale scale;
            for (const auto& text : {error->code, error->message, error->request_id})
                scale.put(text);
            require(scale.weight <= body.size());
        }
        break;
    default: break;
    }
    return 0;
}
