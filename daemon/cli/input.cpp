#include "cli/input.hpp"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

namespace lamp::cli {

Result<std::string> read_file(const std::string& path, std::size_t most) {
    std::ifstream file;
    if (path != "-") file.open(path, std::ios::binary);
    if (!file) return fail(Category::not_found, std::strerror(errno));
    std::istream& stream = path == "-" ? std::cin : file;
    std::string text;
    text.resize(most + 1);
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    if (stream.bad()) return fail(Category::invalid, "cannot be read");
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

Result<contacts::ImportLimits> limits_of(const Arguments& arguments) {
    auto most = arguments.value("max-delete");
    if (!most) return contacts::ImportLimits{};
    auto limits = contacts::read_most(*most);
    if (!limits) return fail(Category::invalid, "--max-delete: " + limits.error().text);
    return limits;
}

} // namespace lamp::cli
