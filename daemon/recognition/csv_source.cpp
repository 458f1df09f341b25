#include <fmt/format.h>
#include <fstream>

#include "recognition/columns.hpp"
#include "recognition/csv_append.hpp"
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

    bool creates() const override { return true; }
    Result<Outgoing> preview(const NewContact& contact) const override {
        auto appended = append(contact);
        if (!appended) return std::unexpected(appended.error());
        return Outgoing{file_.string(), "append a row", appended->row};
    }
    Task<Result<Record>> create(NewContact contact) override {
        constexpr int tries = 3; // whoever else writes to it
        for (int i = 1;; ++i) {
            auto stamp = stamp_of({file_});
            auto appended = append(contact);
            if (!appended) co_return std::unexpected(appended.error());
            auto done = replace_file(file_, stamp, appended->text);
            if (done) co_return std::move(appended->record);
            if (done.error().category != Category::conflict || i == tries) co_return std::unexpected(done.error());
        }
    }

private:
    Result<Appended> append(const NewContact& contact) const {
        auto text = read_file(file_);
        if (!text) return std::unexpected(text.error());
        auto appended = append_contact(*text, key_, contact);
        if (!appended)
            return fail(appended.error().category, fmt::format("{}: {}", file_.string(), appended.error().text));
        return appended;
    }

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
