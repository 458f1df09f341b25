#include "http/certificate_file.hpp"

#include <fstream>
#include <iterator>

namespace lamp::http {

Result<ClientCertificate> read_certificate(const std::filesystem::path& file, const Secret& key_pem) {
    std::ifstream stream(file, std::ios::binary);
    std::string pem{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
    if (pem.empty()) return fail(Category::not_found, "The certificate's file cannot be read, or is empty.");
    return ClientCertificate::parse(pem, key_pem);
}

} // namespace lamp::http
