#include "recognition/rest/search.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace lamp::recognition::rest {
namespace {

Values values_of(const Forms& forms) {
    Values values;
    values.set(Place::e164, forms.e164);
    values.set(Place::number, forms.e164);
    values.set(Place::digits, forms.digits);
    values.set(Place::nsn, forms.nsn);
    values.set(Place::national, forms.national);
    return values;
}

bool names_shape(const Listing& listing) {
    auto in = [](const auto& fields) {
        return std::ranges::any_of(fields, [](const auto& field) { return field.second.names(Place::shape); });
    };
    return listing.path.names(Place::shape) || listing.body.names(Place::shape) || in(listing.query) ||
           in(listing.headers);
}

Values values_of(const NewContact& contact) {
    Values values;
    std::string first = contact.first_name, last = contact.last_name, whole = contact.name;
    if (first.empty() && last.empty()) {
        auto gap = whole.rfind(' ');
        last = gap == std::string::npos ? whole : whole.substr(gap + 1);
        if (gap != std::string::npos) first = whole.substr(0, gap);
    }
    if (whole.empty()) whole = first.empty() || last.empty() ? first + last : first + " " + last;
    values.set(Place::name, whole);
    values.set(Place::first_name, first);
    values.set(Place::last_name, last.empty() ? first : last); // most want one
    values.set(Place::number, contact.number);
    values.set(Place::mobile, contact.mobile);
    values.set(Place::email, contact.email);
    values.set(Place::company, contact.company);
    return values;
}

const std::string& title_of(const Preset& preset) {
    return preset.title.empty() ? preset.name : preset.title;
}
std::unexpected<Error> cannot(const Preset& preset) {
    return fail(Category::invalid, fmt::format("Contacts cannot be put into {}.", title_of(preset)));
}

} // namespace

Lookup::Lookup(const Preset& preset, const Forms& forms, SameNumber same) : preset_(preset), same_(std::move(same)) {
    if (!preset.search || forms.e164.empty()) return;
    for (const auto& listing : preset.search->listings) {
        auto values = values_of(forms);
        if (!names_shape(listing)) {
            plan_.emplace_back(&listing, std::move(values));
            continue;
        }
        for (const auto& mask : preset.search->shapes)
            if (auto text = shaped(mask, forms); !text.empty()) {
                values.set(Place::shape, std::move(text));
                plan_.emplace_back(&listing, values);
            }
    }
    if (plan_.size() > preset.search->requests) plan_.resize(preset.search->requests);
}

std::optional<Ask> Lookup::next() const {
    if (at_ >= plan_.size()) return std::nullopt;
    auto values = plan_[at_].second;
    values.set(Place::size, std::to_string(plan_[at_].first->paging.size));
    auto ask = ask_for(*plan_[at_].first, values);
    ask.fresh_token = fresh_token_;
    return ask;
}

Result<void> Lookup::answer(const Result<http::Answer>& answer, Wall wall) {
    if (at_ >= plan_.size()) return {};
    auto stop = [&](const Error& error) -> Result<void> {
        at_ = plan_.size();
        return std::unexpected(error);
    };
    auto verdict = judge(preset_, answer, wall);
    if (verdict.meaning == Meaning::unauthorised && !fresh_token_) {
        fresh_token_ = true;
        return {};
    }
    fresh_token_ = false;
    bool none = verdict.meaning == Meaning::nothing ||
                (verdict.meaning == Meaning::refused && verdict.error->category == Category::not_found);
    if (verdict.meaning != Meaning::good && !none) return stop(*verdict.error);
    const auto& listing = *plan_[at_++].first;
    if (none) return {};
    auto body = read_json(*answer);
    auto page = body ? read_page(listing, *body) : std::unexpected(body.error());
    if (!page) return stop(page.error());
    for (auto& item : page->items) {
        bool true_match = !item.deleted && std::ranges::any_of(item.numbers, [&](const Number& number) {
            return same_(number.written);
        });
        bool known = std::ranges::any_of(found_, [&](const Item& other) { return other.id == item.id; });
        if (true_match && !known) found_.push_back(std::move(item));
    }
    if (!found_.empty()) at_ = plan_.size();
    return {};
}

Result<NewContact> as_preset_takes(const Preset& preset, const recognition::NewContact& contact) {
    if (!preset.create) return cannot(preset);
    auto takes = [&](Place place) { return preset.create->path.names(place) || preset.create->body.names(place); };
    NewContact out{
        .name = contact.name(), .first_name = contact.first_name, .last_name = contact.last_name, .number = {}};
    std::vector<std::string_view> over;
    for (const auto& [kind, written, main] : contact.numbers) {
        auto& place = is_mobile(kind) && takes(Place::mobile) ? out.mobile : out.number;
        if (place.empty())
            place = written;
        else
            over.emplace_back("another number");
    }
    for (const auto& [member, text] : contact.fields)
        if (member == "email" && takes(Place::email))
            out.email = text;
        else if (member == "company" && takes(Place::company))
            out.company = text;
        else
            over.emplace_back(member);
    if (over.empty()) return out;
    std::string taken = "first_name, last_name, a number";
    if (takes(Place::mobile)) taken += ", a mobile number";
    if (takes(Place::email)) taken += ", email";
    if (takes(Place::company)) taken += ", company";
    return fail(Category::invalid,
                fmt::format("{} has no place for {}; it takes {}.", title_of(preset), fmt::join(over, ", "), taken));
}

Result<Ask> ask_to_create(const Preset& preset, const NewContact& contact) {
    if (!preset.create) return cannot(preset);
    auto values = values_of(contact);
    if (values[Place::name].empty() || (contact.number.empty() && contact.mobile.empty()))
        return fail(Category::invalid, "A contact needs a name and a number.");
    const auto& create = *preset.create;
    Listing as;
    as.method = create.method;
    as.path = create.path;
    as.headers = create.headers;
    as.body = create.body;
    return ask_for(as, values);
}

Result<Created> read_created(const Preset& preset, const http::Answer& answer) {
    const auto& create = *preset.create;
    Created made;
    if (answer.body.find_first_not_of(" \r\n\t") != std::string::npos) {
        auto body = read_json(answer);
        if (!body) return std::unexpected(body.error());
        if (const auto* id = create.id.first(*body)) made.id = text_of(*id);
    } else if (auto place = answer.headers.find("OData-EntityId")) { // Dataverse tells it beside the answer
        auto open = place->rfind('(');
        auto close = place->rfind(')');
        if (open != std::string_view::npos && close != std::string_view::npos && open < close)
            made.id = place->substr(open + 1, close - open - 1);
    }
    if (made.id.empty()) return fail(Category::protocol, "The CRM did not tell the new contact's id.");
    Values values;
    values.set(Place::id, made.id);
    values.set(Place::id_last, made.id.substr(made.id.rfind('/') + 1));
    if (!create.record_url.empty()) made.url = create.record_url.fill(values, Encoding::path);
    if (!create.kind.empty()) made.id = create.kind + "/" + made.id;
    return made;
}

} // namespace lamp::recognition::rest
