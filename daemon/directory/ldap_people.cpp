#include "directory/ldap_people.hpp"

#include "directory/ldap_contacts.hpp"
#include "ldap/client.hpp"

namespace lamp::directory {
namespace {

class LdapPeople final : public PeopleReader {
public:
    LdapPeople(Loop& loop, const LdapOptions& options, contacts::Normal normal, ldap::Options way)
        : normal_(std::move(normal)),
          parts_(attributes_of(options.attributes)),
          question_(question_of(options, parts_)),
          client_(loop.context(), std::move(way)) {}

    Task<Result<PeopleReading>> read(bool whole) override {
        auto read = co_await client_.run<Read>(job(whole));
        if (!read) co_return std::unexpected(read.error());
        last_ = std::move(read->changes);
        co_return std::move(read->people);
    }

    void taken() override {
        cursor_ = std::move(last_.cursor);
        memory_ = std::move(last_.memory);
    }

    void close() override { client_.close(); }

private:
    struct Read {
        PeopleReading people;
        ldap::Changes changes;
    };

    /// For a thread of the client's.
    std::function<Result<Read>(ldap::Session&)> job(bool whole) const {
        return [parts = parts_, question = question_, normal = normal_, cursor = whole ? std::string() : cursor_,
                memory = memory_](ldap::Session& session) -> Result<Read> {
            Read out;
            auto& said = out.people.said;
            said.source = ldap_source;
            auto take = [&](std::string id, const ldap::Entry& entry) -> Result<bool> {
                auto contact = contact_of(std::move(id), entry, parts, normal, out.people.unreadable);
                if (!contact) return false;
                if (auto room = room_for_more(said); !room) return std::unexpected(room.error());
                said.contacts.push_back(std::move(*contact));
                return true;
            };
            auto changes = ldap::read_changes(session, question, cursor, memory, take);
            if (!changes) return std::unexpected(changes.error());
            out.changes = std::move(*changes);
            said.whole = out.changes.whole;
            said.gone = std::move(out.changes.gone);
            out.people.unchanged = out.changes.unchanged;
            return out;
        };
    }

    contacts::Normal normal_;
    std::vector<Part> parts_;
    ldap::Question question_;
    ldap::Client client_;
    ldap::Changes last_;
    std::string cursor_; // of the last reading that the directory took; empty: everything is read
    ldap::Memory memory_;
};

} // namespace

Result<std::unique_ptr<PeopleReader>> ldap_people(Loop& loop, const LdapOptions& options, contacts::Normal normal) {
    auto way = ldap::options_of(options.login(), options.ca_file);
    if (!way) return std::unexpected(way.error());
    return std::make_unique<LdapPeople>(loop, options, std::move(normal), std::move(*way));
}

} // namespace lamp::directory
