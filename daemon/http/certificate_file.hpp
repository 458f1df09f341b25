// A client's certificate for logging in, out of its file. Reads the disk; any loop that may.
#pragma once
#include <filesystem>

#include "http/oauth.hpp"

namespace lamp::http {

/// As ClientCertificate::parse. Category::not_found: the file is not there, or empty.
[[nodiscard]] Result<ClientCertificate> read_certificate(const std::filesystem::path& file, const Secret& key_pem);

} // namespace lamp::http
