// New contacts, for the directory or for one of the integrations: once, where the request has a key. Any loop; answers
// come from the loops of those who do it.
#pragma once
#include <functional>
#include <string>

#include "directory/directory.hpp"
#include "recognition/integrations.hpp"
#include "status/directory_ports.hpp"
#include "store/store.hpp"

namespace lamp {

class NewContacts {
public:
    using Answer = status::DirectoryPorts::Answer<status::MadeContact>;
    using Put = std::function<void(recognition::PutOrder, std::function<void(Result<recognition::PutDone>)>)>;

    /// A contact as it is posted, and as it is answered; any loop.
    struct Forms {
        std::function<Result<contacts::Contact>(const boost::json::object&)> read;
        std::function<std::string(const contacts::Contact&)> write;
    };

    /// All of it outlives this object. `loop`: the directory's.
    NewContacts(Loop& loop, store::Store& store, directory::Directory& directory, Forms forms)
        : loop_(loop), store_(store), directory_(directory), forms_(std::move(forms)) {}
    /// Before anything else.
    void use_integrations(Put put) { put_ = std::move(put); }

    /// As DirectoryPorts::create.
    void create(status::ContactOrder order, Answer answer);

private:
    struct Wanted {
        status::ContactOrder order;
        contacts::Contact contact;
        [[nodiscard]] bool elsewhere() const { return !order.target.empty() && order.target != contacts::own_source; }
    };
    void begin(Wanted wanted, Answer answer);
    void carry_out(const Wanted& wanted, const Answer& answer);
    void put(const Wanted& wanted, const Answer& answer);
    void settle(const std::string& key, const Result<status::MadeContact>& made);

    Loop& loop_;
    store::Store& store_;
    directory::Directory& directory_;
    Forms forms_;
    Put put_;
};

} // namespace lamp
