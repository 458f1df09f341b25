// Secrets: from the environment, a file, a systemd credential, or (with a warning) as they stand.
#include <algorithm>

#include <fmt/format.h>

#include "config/credentials.hpp"
#include "config/words.hpp"

namespace lamp::config {

namespace {

constexpr std::size_t most_secret_bytes = 64U << 10U;

struct Reference {
    std::string_view scheme; // "env", "file", "credential"; empty for a literal
    std::string name;
};

Reference split_reference(std::string_view text) {
    for (std::string_view scheme : {"env", "file", "credential"})
        if (text.starts_with(scheme) && text.substr(scheme.size()).starts_with(':'))
            return {scheme, std::string(text.substr(scheme.size() + 1))};
    return {};
}

bool empty_secret(const Node& node, Context& context, const std::string& subject) {
    context.error(node.at, subject + " is empty");
    return false;
}

bool secret_from_environment(const Node& node, const std::string& name, Context& context, std::string& out) {
    auto value = name.empty() ? std::nullopt : context.sources().environment(name);
    if (!value) {
        context.error(node.at, fmt::format("names the environment variable {}, which is not set", in_quotes(name)));
        return false;
    }
    if (value->empty()) return empty_secret(node, context, fmt::format("the environment variable {}", in_quotes(name)));
    out = std::move(*value);
    return true;
}

void cut_newline(std::string& text) {
    if (text.ends_with('\n')) text.pop_back();
    if (text.ends_with('\r')) text.pop_back();
}

bool secret_from_file(const Node& node, const std::filesystem::path& path, Context& context, std::string& out,
                      bool warn_others) {
    auto read = context.sources().read(path, most_secret_bytes);
    if (!read) {
        context.error(node.at, fmt::format("the file {} {}", in_quotes(path.string()), read.error().text));
        return false;
    }
    cut_newline(read->bytes);
    if (read->bytes.empty()) return empty_secret(node, context, fmt::format("the file {}", in_quotes(path.string())));
    if (warn_others && read->others_may_read)
        context.warning(
            node.at, fmt::format("every user of this machine can read {} (chmod o-rwx it)", in_quotes(path.string())));
    out = std::move(read->bytes);
    return true;
}

bool secret_from_credential(const Node& node, const std::string& name, Context& context, std::string& out) {
    if (name.empty() || name.find('/') != std::string::npos || name.starts_with('.')) {
        context.error(node.at, fmt::format("names the credential {} (allowed: a plain name, as in LoadCredential=)",
                                           in_quotes(name)));
        return false;
    }
    const auto folder = context.sources().environment("CREDENTIALS_DIRECTORY");
    if (folder && !folder->empty()) {
        // A tenant's own among all of a unit: nothing without the prefix is looked at.
        const auto prefix = context.sources().environment(std::string(credentials_prefix)).value_or("");
        if (!prefix.empty())
            return secret_from_file(node, std::filesystem::path(*folder) / (prefix + name), context, out, false);
        // A folder that is loaded as the credential "secrets" gives each of its files the name secrets_FILE.
        auto path = std::filesystem::path(*folder) / name;
        auto in_folder = std::filesystem::path(*folder) / ("secrets_" + name);
        bool filed = context.sources().read(in_folder, most_secret_bytes).has_value() &&
                     !context.sources().read(path, most_secret_bytes).has_value();
        return secret_from_file(node, filed ? in_folder : path, context, out, false);
    }
    // Not under systemd: whoever checks the configuration by hand finds the secret where the unit takes it from.
    const auto beside = resolve(context, "secrets/" + name);
    if (context.sources().read(beside, most_secret_bytes)) return secret_from_file(node, beside, context, out, true);
    context.error(node.at, fmt::format("names the credential {}, but $CREDENTIALS_DIRECTORY is not set (systemd sets "
                                       "it for a unit with LoadCredential=) and there is no {}",
                                       in_quotes(name), in_quotes(beside.string())));
    return false;
}

bool literal_secret(const Node& node, Context& context, std::string& out) {
    // "credentials:x" would silently become the password itself.
    const auto meant =
        nearest(node.text.substr(0, std::min(node.text.find(':'), node.text.size())), {"env", "file", "credential"});
    const bool slip = node.text.find(':') != std::string::npos && !meant.empty();
    context.warning(node.at, fmt::format("holds the secret itself (better: \"credential:NAME\", \"file:PATH\" or "
                                         "\"env:NAME\"{})",
                                         slip ? hint(meant + ":") : ""));
    out = node.text;
    return true;
}

} // namespace

bool decode(const Node& node, const Rule& rule, Context& context, Secret& out) {
    if (node.kind != Node::Kind::text) return refuse(node, Kind::secret, rule, context);
    if (node.text.empty()) return refuse(node, Kind::secret, rule, context);
    const auto reference = split_reference(node.text);
    std::string text;
    bool good = false;
    if (reference.scheme == "env")
        good = secret_from_environment(node, reference.name, context, text);
    else if (reference.scheme == "credential")
        good = secret_from_credential(node, reference.name, context, text);
    else if (reference.scheme == "file") {
        if (reference.name.empty()) return empty_secret(node, context, "the path after \"file:\"");
        good = secret_from_file(node, resolve(context, reference.name), context, text, true);
    } else if (rule.hashed && node.text.starts_with("sha256:")) {
        text = node.text;
        good = true;
    } else
        good = literal_secret(node, context, text);
    if (!good) return false;
    context.set_origin(reference.scheme.empty() ? "literal" : node.text);
    out = Secret(std::move(text));
    return true;
}

} // namespace lamp::config
