#include "app/webhook_ports.hpp"

#include "outbox/outbox.hpp"

namespace lamp {

void add_webhook_ports(status::Ports& ports, Loop& egress, const Adapters& adapters) {
    ports.webhooks = [&](status::Reply<std::vector<calls::WebhookView>> reply) {
        egress.post([&, reply = std::move(reply)] { reply(adapters.outbox().views()); });
    };
    ports.dead_letters = [&](std::string webhook, std::size_t most,
                             status::Reply<Result<std::vector<calls::DeadLetter>>> reply) {
        egress.post([&, webhook = std::move(webhook), most, reply = std::move(reply)] {
            adapters.outbox().dead_letters(webhook, most, reply);
        });
    };
    ports.webhook = [&](calls::WebhookOrder order, status::Reply<Result<calls::WebhookDone>> reply) {
        egress.post([&, order = std::move(order), reply = std::move(reply)] { adapters.outbox().order(order, reply); });
    };
}

} // namespace lamp
