// The JSON key file of a service account, as Google gives it (cloud-apis.md F1). Pure.
#pragma once
#include <string>
#include <string_view>

#include "base/errors.hpp"
#include "base/secret.hpp"

namespace lamp::google {

struct KeyFile {
    std::string client_email;
    Secret private_key; // PEM
    std::string private_key_id;
};

/// Category::invalid with what is missing, without a word of the text. `token_uri` is not read: where tokens are asked
/// for stands in the configuration.
[[nodiscard]] Result<KeyFile> read_key_file(std::string_view text);

} // namespace lamp::google
