#include "recognition/rest/contacts_source.hpp"

#include <utility>

namespace lamp::recognition::rest {
namespace {

Record record_of(Item item) {
    Record made;
    made.id = std::move(item.id);
    made.name = std::move(item.name);
    for (auto& number : item.numbers)
        made.numbers.push_back({std::move(number.kind), std::move(number.written), number.main});
    made.fields = std::move(item.fields);
    made.url = std::move(item.url);
    made.updated = item.updated;
    return made;
}

std::vector<Record> records_of(std::vector<Item> items) {
    std::vector<Record> made;
    made.reserve(items.size());
    for (auto& item : items)
        made.push_back(record_of(std::move(item)));
    return made;
}

} // namespace

ContactsSource::ContactsSource(std::unique_ptr<RestSource> crm) : crm_(std::move(crm)) {}

Task<Result<recognition::Synced>> ContactsSource::sync(std::string cursor) {
    auto done = co_await crm_->sync(std::move(cursor));
    if (!done) co_return std::unexpected(done.error());
    recognition::Synced made;
    made.whole = done->whole;
    made.unchanged = done->unchanged;
    made.records = records_of(std::move(done->items));
    made.gone = std::move(done->gone);
    made.cursor = std::move(done->cursor);
    co_return made;
}

Task<Result<std::vector<Record>>> ContactsSource::look_up(std::string e164) {
    auto found = co_await crm_->look_up(std::move(e164));
    if (!found) co_return std::unexpected(found.error());
    co_return records_of(*std::move(found));
}

bool ContactsSource::live() const {
    return crm_->preset().search.has_value();
}

bool ContactsSource::creates() const {
    return crm_->preset().create.has_value();
}

Result<Outgoing> ContactsSource::preview(const recognition::NewContact& contact) const {
    return crm_->preview(contact);
}

Task<Result<Record>> ContactsSource::create(recognition::NewContact contact) {
    auto taken = as_preset_takes(crm_->preset(), contact);
    if (!taken) co_return std::unexpected(taken.error());
    auto made = co_await crm_->create(std::move(*taken));
    if (!made && made.error().category == Category::unavailable) // a gateway's 502 says nothing of what is behind it
        co_return fail(Category::protocol, made.error().text);
    if (!made) co_return std::unexpected(made.error());
    co_return Record{.id = std::move(made->id),
                     .name = contact.name(),
                     .numbers = std::move(contact.numbers),
                     .url = std::move(made->url)};
}

bool ContactsSource::delta() const {
    return crm_->preset().incremental != Incremental::none;
}

std::string_view ContactsSource::preset() const {
    return crm_->preset().name;
}

void ContactsSource::close() {
    crm_->close();
}

Result<std::unique_ptr<ContactsSource>> contacts_source(asio::io_context& context, RestOptions options,
                                                        std::string country, RestSource::Keeper keeper) {
    auto crm = RestSource::make(context, std::move(options), std::move(country), std::move(keeper));
    if (!crm) return std::unexpected(crm.error());
    return std::make_unique<ContactsSource>(*std::move(crm));
}

} // namespace lamp::recognition::rest
