#include "adapters/teams/photos.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

namespace lamp::teams {
namespace {

constexpr milliseconds wait_for_other{20'000};

struct Metadata {
    std::string type;
    std::string version;
};

Metadata read_metadata(const std::string& body) {
    Metadata read;
    boost::system::error_code broken;
    auto parsed = boost::json::parse(body, broken);
    const auto* object = broken ? nullptr : parsed.if_object();
    auto text = [&](std::string_view name) {
        const auto* value = object ? object->if_contains(name) : nullptr;
        return value && value->is_string() ? std::string(value->get_string()) : std::string();
    };
    read.type = text("@odata.mediaContentType");
    read.version = text("@odata.mediaEtag");
    return read;
}

/// By its first bytes, whatever the header says: nothing else is ever given to a browser.
std::string_view image_type(std::string_view bytes) {
    if (bytes.starts_with("\xff\xd8\xff")) return "image/jpeg";
    if (bytes.starts_with("\x89PNG\r\n\x1a\n")) return "image/png";
    return {};
}

std::string strong_etag(std::string_view bytes) {
    return fmt::format("\"{:016x}\"", std::hash<std::string_view>()(bytes));
}

} // namespace

const PhotoShelf::Entry* PhotoShelf::find(const Guid& person) {
    auto at = entries_.find(person);
    if (at == entries_.end()) return nullptr;
    order_.splice(order_.begin(), order_, at->second);
    return &at->second->second;
}

void PhotoShelf::put(const Guid& person, Entry entry) {
    if (auto at = entries_.find(person); at != entries_.end()) drop(at->second);
    bytes_ += entry.photo ? entry.photo->bytes.size() : 0;
    order_.emplace_front(person, std::move(entry));
    entries_[person] = order_.begin();
    while (bytes_ > bytes_max || entries_.size() > people_max)
        drop(std::prev(order_.end()));
}

void PhotoShelf::drop(Order::iterator at) {
    bytes_ -= at->second.photo ? at->second.photo->bytes.size() : 0;
    entries_.erase(at->first);
    order_.erase(at);
}

Task<Result<std::shared_ptr<const Photo>>> Photos::of(Guid person) {
    const auto* kept = shelf_.find(person);
    if (kept && shelf_.current(*kept, steady_now())) co_return kept->photo;
    if (auto other = under_way_.find(person); other != under_way_.end()) {
        auto bell = other->second;
        co_await bell->wait(wait_for_other);
        kept = shelf_.find(person);
        if (kept) co_return kept->photo;
        co_return fail(Category::unavailable, "Graph gave no photo.");
    }
    auto version = kept ? kept->version : std::string();
    auto bell = std::make_shared<Bell>(loop_.context());
    under_way_.emplace(person, bell);
    auto fetched = co_await fetch(person, std::move(version));
    under_way_.erase(person);
    if (fetched) shelf_.put(person, std::move(*fetched));
    bell->ring();
    kept = shelf_.find(person); // an old photo is better than none
    if (kept) co_return kept->photo;
    co_return std::unexpected(fetched.error());
}

Task<Result<PhotoShelf::Entry>> Photos::fetch(Guid person, std::string known_version) {
    PhotoShelf::Entry entry;
    entry.checked = steady_now();
    auto base = "/v1.0/users/" + graph::to_string(person) + "/photo";
    auto about = co_await graph_.send_for_photo_data(base);
    if (about.status == 404) co_return entry;
    if (!about.ok()) co_return std::unexpected(*about.error);
    auto metadata = read_metadata(about.body);
    entry.version = metadata.version;
    if (metadata.type == "image/gif") co_return entry; // one transparent pixel: Graph's way to say "none"
    if (!known_version.empty() && known_version == metadata.version) {
        if (const auto* kept = shelf_.find(person)) entry.photo = kept->photo;
        co_return entry;
    }
    auto image = co_await graph_.send_for_photo(base + "s/96x96/$value");
    if (image.status == 404) image = co_await graph_.send_for_photo(base + "/$value"); // not every mailbox has sizes
    if (image.status == 404) co_return entry;
    if (!image.ok()) co_return std::unexpected(*image.error);
    auto type = image_type(image.body);
    if (type.empty() || image.body.size() > photo_max) co_return entry;
    auto etag = strong_etag(image.body);
    entry.photo = std::make_shared<const Photo>(Photo{std::string(type), std::move(image.body), std::move(etag)});
    co_return entry;
}

} // namespace lamp::teams
