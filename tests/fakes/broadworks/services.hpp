// Service documents (xsi.md 8.1, 9.4): one table says names, event package, elements, what a PUT may contain.
// GET concatenates the stored elements, PUT replaces the given ones, the event carries the same content.
#pragma once

#include "model.hpp"

#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sim::xml {
class Node;
}

namespace sim::bw {

enum class ServiceId : std::uint8_t {
    do_not_disturb,
    forwarding_always,
    forwarding_always_secondary,
    forwarding_busy,
    forwarding_no_answer,
    forwarding_not_reachable,
    forwarding_selective,
    commpilot_express,
    remote_office,
    broadworks_anywhere,
    simultaneous_ring,
    sequential_ring,
    hoteling_guest,
    call_waiting,
    anonymous_rejection,
    call_center,
    count
};

enum class Content : std::uint8_t { boolean, address, text, integer, nested };

struct ElementType {
    std::string_view name;
    Content content = Content::text;
    bool mandatory = false;
    bool nillable = false;
    std::string_view allowed = {}; // texts: "A|B"; integers: "low..high"; nested: child names in order
    std::string_view initial = {}; // stored text before anybody changed it; empty = absent
};

struct ServiceType {
    ServiceId id;
    std::string_view path;    // last segment under /services/, root element
    std::string_view display; // in the services list; also the event package where there is one
    std::string_view event;   // eventData type, empty when there is no package
    std::span<const ElementType> elements;
};

std::span<const ServiceType> service_types();
const ServiceType& type_of(ServiceId id);
const ServiceType* find_service(std::string_view path); // case-insensitive

bool assigned(const User& user, ServiceId id);

// Element text of a user's service, "" when absent.
std::string_view service_text(const User& user, ServiceId id, std::string_view element);
bool service_active(const User& user, ServiceId id);
void set_service_text(User& user, ServiceId id, std::string_view element, std::optional<std::string> value);

// Inner XML; prefix "" for Actions documents and "xsi:" for events, where numbers become tel: URIs.
void append_service(std::string& out, const User& user, ServiceId id, std::string_view prefix);

// Validates and stores a PUT; the error is the sentence for ErrorInfo.
std::expected<void, std::string> put_service(User& user, const ServiceType& type, const xml::Node& root);

} // namespace sim::bw
