#include "recognition/ldap_source.hpp"

#include "ldap/client.hpp"
#include "recognition/ldap_entry.hpp"
#include "recognition/ldap_records.hpp"

namespace lamp::recognition {
namespace {

struct Read {
    Synced synced;
    ldap::Memory memory;
};

Result<Read> read(ldap::Session& session, const LdapOptions& options, const ldap::Question& question,
                  std::string_view cursor, const ldap::Memory& memory) {
    Read out;
    auto& records = out.synced.records;
    auto take = [&](std::string id, const ldap::Entry& entry) -> Result<bool> {
        auto record = record_of(std::move(id), entry, options, question);
        if (!record) return false;
        if (records.size() >= records_max) return fail(Category::limit, "There are more than four million contacts.");
        records.push_back(std::move(*record));
        return true;
    };
    auto changes = ldap::read_changes(session, question, cursor, memory, take);
    if (!changes) return std::unexpected(changes.error());
    out.synced.whole = changes->whole;
    out.synced.unchanged = changes->unchanged;
    out.synced.cursor = std::move(changes->cursor);
    out.memory = std::move(changes->memory);
    if (changes->unchanged)
        records.clear();
    else
        out.synced.gone = std::move(changes->gone);
    return out;
}

class LdapSource final : public Source {
public:
    LdapSource(asio::io_context& context, ldap::Options way, LdapOptions options, ldap::Question question)
        : client_(context, way),
          writer_(context, std::move(way)),
          options_(std::move(options)),
          question_(std::move(question)) {}

    Task<Result<Synced>> sync(std::string cursor) override {
        if (cursor != given_) memory_.changes.clear(); // what was found last was not taken
        std::function<Result<Read>(ldap::Session&)> work =
            [options = options_, question = question_, cursor = std::move(cursor),
             memory = memory_](ldap::Session& session) { return read(session, options, question, cursor, memory); };
        auto got = co_await client_.run<Read>(std::move(work));
        if (!got) co_return std::unexpected(got.error());
        memory_ = std::move(got->memory);
        given_ = got->synced.cursor;
        knows_changes_ = !got->synced.cursor.empty();
        co_return std::move(got->synced);
    }
    /// Until a full reading has shown no times of changes.
    bool delta() const override { return knows_changes_; }
    void close() override {
        client_.close();
        writer_.close();
    }

    bool creates() const override { return !options_.create_base.empty(); }
    Result<Outgoing> preview(const NewContact& contact) const override {
        auto entry = entry_of(contact, options_);
        if (!entry) return std::unexpected(entry.error());
        return Outgoing{question_.url, "add " + entry->dn, to_text(*entry)};
    }
    Task<Result<Record>> create(NewContact contact) override {
        auto entry = entry_of(contact, options_);
        if (!entry) co_return std::unexpected(entry.error());
        std::function<Result<ldap::Entry>(ldap::Session&)> work =
            [entry = std::move(*entry), question = question_](ldap::Session& session) -> Result<ldap::Entry> {
            if (auto added = session.add(entry); !added) return std::unexpected(added.error());
            auto there = ldap::read_entry(session, question, entry.dn);
            if (there) return there;
            return fail(Category::protocol, "The contact was put there, but cannot be read: " + there.error().text);
        };
        auto there = co_await writer_.run<ldap::Entry>(std::move(work));
        if (!there) co_return std::unexpected(there.error());
        auto record = record_of(ldap::id_of(*there), *there, options_, question_);
        if (!record)
            co_return fail(Category::protocol,
                           "The contact was put there, but none of number_attributes holds a number "
                           "of it.");
        co_return std::move(*record);
    }

private:
    ldap::Client client_;
    ldap::Client writer_; // while a long reading is under way
    LdapOptions options_;
    ldap::Question question_;
    ldap::Memory memory_;
    std::string given_; // the cursor that goes with it
    bool knows_changes_ = true;
};

} // namespace

Result<std::unique_ptr<Source>> ldap_source(asio::io_context& context, const LdapOptions& options,
                                            const std::string& url, const Secret& password,
                                            const std::filesystem::path& ca_file) {
    auto way = ldap::options_of(login_of(options, url, password), ca_file);
    if (!way) return std::unexpected(way.error());
    return std::make_unique<LdapSource>(context, std::move(*way), options, question_of(options, url));
}

} // namespace lamp::recognition
