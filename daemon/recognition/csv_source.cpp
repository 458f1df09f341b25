#include <fmt/format.h>
#include <fstream>

#include "recognition/columns.hpp"
#include "recognition/files.hpp"
#include "recognition/stamp.hpp"

namespace lamp::recognition {
namespace {

Result<std::string> read_file(const std::filesystem::path& file) {
    std::error_code error;
    auto size = std::filesystem::file_size(file, error);
    if (error) return fail(Category::unavailable, fmt::format("{}: {}.", file.string(), error.message()));
    if (size > file_bytes_max) return fail(Category::limit, fmt::format("{} is larger than 1 GB.", file.string()));
    std::string text(size, '\0');
    std::ifstream stream(file, std::ios::binary);
    stream.read(text.data(), static_cast<std::streamsize>(size));
    if (!stream) return fail(Category::unavailable, fmt::format("{} cannot be read.", file.string()));
    return text;
}

class CsvSource final : public Source {
public:
    CsvSource(std::filesystem::path file, std::string key) : file_(std::move(file)), key_(std::move(key)) {}
    bool delta() const override { return true; }

    Task<Result<Synced>> sync(std::string cursor) override { co_return read(cursor); }

private:
    Result<Synced> read(const std::string& cursor) const {
        auto stamp = stamp_of({file_});
        if (!cursor.empty() && cursor.starts_with(stamp + " ")) return Synced{.unchanged = true, .cursor = cursor};
        auto text = read_file(file_);
        if (!text) return std::unexpected(text.error());
        auto digest = fmt::format(" {:016x}", std::hash<std::string>()(*text));
        if (!cursor.empty() && cursor.ends_with(digest)) return Synced{.unchanged = true, .cursor = stamp + digest};
        auto records = read_contacts(*text, key_);
        if (!records)
            return fail(records.error().category, fmt::format("{}: {}", file_.string(), records.error().text));
        return Synced{.records = std::move(*records), .cursor = stamp + digest};
    }

    std::filesystem::path file_;
    std::string key_;
};

} // namespace

std::unique_ptr<Source> csv_source(std::filesystem::path file, std::string key) {
    return std::make_unique<CsvSource>(std::move(file), std::move(key));
}

} // namespace lamp::recognition
