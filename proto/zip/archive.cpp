#include "proto/zip/archive.hpp"

#include <boost/crc.hpp>
#include <cstdint>

namespace lamp::zip {
namespace {

constexpr std::uint32_t local_mark = 0x04034b50;
constexpr std::uint32_t central_mark = 0x02014b50;
constexpr std::uint32_t end_mark = 0x06054b50;
constexpr std::uint16_t version = 10; // nothing but stored files
constexpr std::uint16_t first_day = 0x0021;

void put(std::string& out, std::uint32_t value, int bytes) {
    for (int i = 0; i < bytes; ++i)
        out += static_cast<char>(value >> (8 * i));
}

std::uint32_t checksum(std::string_view bytes) {
    boost::crc_32_type sum;
    sum.process_bytes(bytes.data(), bytes.size());
    return sum.checksum();
}

/// What both headers of a file have in common, from the version to the length of the extra field.
void put_common(std::string& out, const File& file) {
    auto size = static_cast<std::uint32_t>(file.bytes.size());
    put(out, version, 2);
    put(out, 0, 2); // flags
    put(out, 0, 2); // stored
    put(out, 0, 2); // midnight
    put(out, first_day, 2);
    put(out, checksum(file.bytes), 4);
    put(out, size, 4);
    put(out, size, 4);
    put(out, static_cast<std::uint32_t>(file.name.size()), 2);
    put(out, 0, 2);
}

} // namespace

std::string archive(std::span<const File> files) {
    std::string out;
    std::string directory;
    for (const File& file : files) {
        auto place = static_cast<std::uint32_t>(out.size());
        put(out, local_mark, 4);
        put_common(out, file);
        out += file.name;
        out += file.bytes;
        put(directory, central_mark, 4);
        put(directory, version, 2); // made by
        put_common(directory, file);
        put(directory, 0, 2); // comment
        put(directory, 0, 2); // disk
        put(directory, 0, 2); // internal attributes
        put(directory, 0, 4); // external attributes
        put(directory, place, 4);
        directory += file.name;
    }
    auto count = static_cast<std::uint32_t>(files.size());
    auto start = static_cast<std::uint32_t>(out.size());
    out += directory;
    put(out, end_mark, 4);
    put(out, 0, 4); // disks
    put(out, count, 2);
    put(out, count, 2);
    put(out, static_cast<std::uint32_t>(directory.size()), 4);
    put(out, start, 4);
    put(out, 0, 2); // comment
    return out;
}

} // namespace lamp::zip
