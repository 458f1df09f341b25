// What CSTA clients call a device, and which line it is (interface 7.14). An immutable directory, built new and swapped
// whole when the roster changes. Pure; each loop holds its own shared pointer.
#pragma once
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::csta {

struct DeviceRow {
    std::string line;      // BroadWorks user id
    std::string number;    // as the directory writes it; may be empty
    std::string extension; // may be empty
    std::string person;    // id; may be empty
    std::string name;      // of the person; may be empty
};

class Devices {
public:
    Devices() = default; // none
    Devices(const Devices&) = delete;
    Devices& operator=(const Devices&) = delete;
    /// A line that comes twice counts once.
    [[nodiscard]] static std::shared_ptr<const Devices> build(std::span<const DeviceRow> rows);

    /// The line behind a device as clients write it: line id, number, extension, the id's part before "@", id of the
    /// person; also as tel: or sip: URI (a sip: URI's host may differ). Letters' case does not matter. A name of
    /// several lines means nobody within one kind of names; between kinds that order decides.
    [[nodiscard]] const DeviceRow* find(std::string_view device) const;
    [[nodiscard]] const DeviceRow* of_line(std::string_view line) const;
    /// What we call the line where the client has not named it: extension, else number, else id; the first of these
    /// that finds it.
    [[nodiscard]] std::string_view id(const DeviceRow& row) const;
    /// By line id.
    [[nodiscard]] std::span<const DeviceRow> rows() const { return rows_; }

private:
    struct Alias {
        std::string_view text; // of `arena_`
        std::uint32_t row;
        std::uint8_t kind;
    };
    [[nodiscard]] const DeviceRow* meant(std::string_view text) const;

    std::vector<DeviceRow> rows_;
    std::string arena_;
    std::vector<Alias> aliases_; // by text, then kind
};

} // namespace lamp::csta
