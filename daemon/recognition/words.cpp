#include "recognition/words.hpp"

#include <algorithm>
#include <numeric>
#include <tuple>

#include "recognition/contact_of.hpp"

namespace lamp::recognition {

std::shared_ptr<const Words> Words::build(std::shared_ptr<const Index> records, std::string integration,
                                          std::size_t most) {
    std::shared_ptr<Words> made(new Words(std::move(records), std::move(integration)));
    made->sort();
    for (std::size_t place = 0; place < made->size(); ++place) {
        made->index_.add(made->contact(place));
        if (made->index_.text_bytes() > most) return nullptr;
    }
    made->index_.finish();
    return made;
}

/// Places, and by what they are found by key.
void Words::sort() {
    struct Named {
        std::string name;
        std::uint64_t mark;
        std::uint32_t record;
    };
    std::vector<Named> all;
    all.reserve(records_->contacts());
    for (std::uint32_t i = 0; i < records_->contacts(); ++i) {
        const auto record = records_->record(i);
        contacts::Contact contact;
        take_names(contact, record);
        all.push_back(
            {contacts::folded(contact.last_name) + '\n' + contacts::folded(contact.first_name), mark_of(record.id), i});
    }
    std::ranges::sort(all, {}, [](const Named& one) { return std::tie(one.name, one.mark, one.record); });
    order_.reserve(all.size());
    for (const auto& one : all)
        order_.push_back(one.record);
    by_key_.resize(all.size());
    std::iota(by_key_.begin(), by_key_.end(), 0U);
    std::ranges::sort(by_key_, {}, [&](std::uint32_t place) { return all[place].mark; });
}

contacts::Contact Words::contact(std::size_t place) const {
    const auto record = records_->record(order_[place]);
    return contact_of(record, records_->numbers(record), integration_);
}

std::string Words::key(std::size_t place) const {
    return directory_key(integration_, mark_of(records_->record(order_[place]).id));
}

std::optional<std::size_t> Words::find(std::string_view wanted) const {
    // All keys begin with the name and go on with as many digits: their order is that of the marks.
    auto found = std::ranges::lower_bound(by_key_, wanted, {}, [&](std::uint32_t place) { return key(place); });
    if (found == by_key_.end() || key(*found) != wanted) return std::nullopt;
    return *found;
}

std::size_t Words::bytes() const {
    return index_.bytes() + (order_.capacity() + by_key_.capacity()) * sizeof(std::uint32_t);
}

} // namespace lamp::recognition
