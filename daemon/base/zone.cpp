// TZif (RFC 8536), the POSIX rule in its footer, and the walk between the wall and the instant.
#include "base/zone.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <optional>

#include "base/posix_zone.hpp"

namespace lamp {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::sys_seconds;

struct Zone::Data {
    std::string name;
    seconds before{};
    std::vector<Change> changes{}; // by time, times unique
    std::optional<PosixZone> after{};
};

namespace {

/// Reads big-endian numbers from the front of a text; `good` goes false beyond its end.
class Front {
public:
    explicit Front(std::string_view bytes) : rest_(bytes) {}
    [[nodiscard]] bool good() const { return good_; }
    std::string_view take(std::size_t count) {
        if (count > rest_.size()) {
            good_ = false;
            rest_ = {};
            return {};
        }
        auto taken = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return taken;
    }
    std::int64_t number(std::size_t width) {
        std::uint64_t value = 0;
        auto bytes = take(width);
        for (char c : bytes)
            value = value << 8 | static_cast<unsigned char>(c);
        return width == 8 ? static_cast<std::int64_t>(value) : static_cast<std::int32_t>(value);
    }
    [[nodiscard]] std::string_view rest() const { return rest_; }

private:
    std::string_view rest_;
    bool good_ = true;
};

struct Header {
    char version = 0;
    std::array<std::size_t, 6> counts{}; // isut, isstd, leap, time, type, char
    [[nodiscard]] std::size_t body(std::size_t width) const {
        return counts[3] * width + counts[3] + counts[4] * 6 + counts[5] + counts[2] * (width + 4) + counts[1] +
               counts[0];
    }
};

std::optional<Header> read_header(Front& front) {
    if (front.take(4) != "TZif") return std::nullopt;
    Header header;
    auto version = front.take(1);
    front.take(15);
    for (auto& count : header.counts)
        count = static_cast<std::uint32_t>(front.number(4));
    if (!front.good() || *std::ranges::max_element(header.counts) > 100'000 || header.counts[4] == 0)
        return std::nullopt;
    header.version = version[0];
    return header;
}

void in_order(std::vector<Zone::Change>& changes) {
    std::map<sys_seconds, seconds> sorted;
    for (const auto& change : changes)
        sorted.insert_or_assign(change.at, change.offset);
    changes.clear();
    for (auto [at, offset] : sorted)
        changes.push_back({at, offset});
}

} // namespace

Zone::Zone() : Zone(fixed(seconds(0), "UTC")) {}

Zone Zone::fixed(seconds offset, std::string name) {
    return of(std::move(name), offset, {});
}

Zone Zone::of(std::string name, seconds before, std::vector<Change> changes) {
    in_order(changes);
    return Zone(std::make_shared<const Data>(Data{std::move(name), before, std::move(changes), std::nullopt}));
}

Result<Zone> Zone::parse(std::string_view tzif, std::string name) {
    auto refused = [&] { return fail(Category::invalid, "The time zone " + name + " is no compiled zone file."); };
    Front front(tzif);
    auto header = read_header(front);
    if (!header) return refused();
    std::size_t width = 4;
    if (header->version >= '2') { // the same again, with 64 bits
        front.take(header->body(4));
        header = read_header(front);
        if (!header) return refused();
        width = 8;
    }
    const auto [ut, standard, leaps, times, types, letters] = header->counts;
    std::vector<sys_seconds> at;
    for (std::size_t i = 0; i < times; ++i)
        at.emplace_back(seconds(front.number(width)));
    auto indices = front.take(times);
    std::vector<seconds> offsets;
    for (std::size_t i = 0; i < types; ++i) {
        offsets.emplace_back(front.number(4));
        front.take(2);
    }
    front.take(letters + leaps * (width + 4) + standard + ut);
    if (!front.good()) return refused();
    Data data{std::move(name), offsets[0]};
    for (std::size_t i = 0; i < times; ++i) {
        auto type = static_cast<unsigned char>(indices[i]);
        if (type >= offsets.size()) return fail(Category::invalid, "The time zone " + data.name + " is damaged.");
        data.changes.push_back({at[i], offsets[type]});
    }
    in_order(data.changes);
    auto footer = front.rest();
    if (width == 8 && footer.size() > 2 && footer.front() == '\n')
        data.after = PosixZone::parse(footer.substr(1, footer.find('\n', 1) - 1));
    return Zone(std::make_shared<const Data>(std::move(data)));
}

const std::string& Zone::name() const {
    return data_->name;
}

seconds Zone::offset_at(sys_seconds at) const {
    const auto& changes = data_->changes;
    if (data_->after && (changes.empty() || at >= changes.back().at)) return data_->after->offset(at);
    auto next = std::ranges::upper_bound(changes, at, {}, &Change::at);
    return next == changes.begin() ? data_->before : std::prev(next)->offset;
}

seconds Zone::offset(Wall at) const {
    return offset_at(floor<seconds>(at));
}

Local Zone::local(Wall at) const {
    auto whole = floor<seconds>(at);
    return Local(whole.time_since_epoch() + offset_at(whole));
}

Wall Zone::instant(Local time) const {
    const sys_seconds as_if(time.time_since_epoch());
    const seconds earlier = offset_at(as_if - days(1));
    if (offset_at(as_if - earlier) == earlier) return as_if - earlier;
    const seconds later = offset_at(as_if + days(1));
    if (offset_at(as_if - later) == later) return as_if - later;
    return as_if - earlier; // skipped: what the clock would show had nobody moved it
}

int Zone::minute_of_week(Wall at) const {
    const Local time = local(at);
    const Day day = floor<days>(time);
    const unsigned weekday = std::chrono::weekday(day).iso_encoding() - 1;
    return static_cast<int>(weekday * 1440 + static_cast<unsigned>(floor<minutes>(time - day).count()));
}

} // namespace lamp
