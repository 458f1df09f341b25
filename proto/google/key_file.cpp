#include "proto/google/key_file.hpp"

#include "proto/google/json.hpp"

namespace lamp::google {

Result<KeyFile> read_key_file(std::string_view text) {
    auto told = read_object(text);
    if (!told) return fail(Category::invalid, "The key file of the service account is no JSON object.");
    if (text_of(*told, "type") != "service_account")
        return fail(Category::invalid, "The key file is not of a service account: its \"type\" is not "
                                       "\"service_account\" (a client secret of OAuth is another file).");
    for (std::string_view name : {"client_email", "private_key", "private_key_id"})
        if (text_of(*told, name).empty())
            return fail(Category::invalid, "The key file of the service account has no \"" + std::string(name) + "\".");
    return KeyFile{.client_email = std::string(text_of(*told, "client_email")),
                   .private_key = Secret(std::string(text_of(*told, "private_key"))),
                   .private_key_id = std::string(text_of(*told, "private_key_id"))};
}

} // namespace lamp::google
