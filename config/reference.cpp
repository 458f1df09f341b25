// `config reference` and config/README.md from the section tables.
#include "config/reference.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace lamp::config {

namespace {

constexpr std::size_t line_width = 118;

constexpr std::string_view reference_head =
    "Lamplighter's configuration: every section and key, with defaults. Written by `lamplighter config reference`; "
    "config/README.md holds the same as tables.\n\n"
    "A line that begins with \"#\" and no space is a setting that is commented out; take the \"#\" away to use it. "
    "Durations are \"250ms\", \"5s\", \"10m\", \"24h\", \"7d\". Secrets are \"credential:NAME\" (systemd), "
    "\"file:PATH\" or \"env:NAME\". Files are relative to this file's folder. `lamplighter check --config FILE` tells "
    "every mistake at once. SIGHUP (`systemctl reload lamplighter`) applies the keys marked \"live\"; the others need "
    "a restart, and the reload says which.";

constexpr std::string_view readme_head =
    "# Configuration\n\n"
    "Generated from the section tables that live beside their owners (`lamplighter config reference --format "
    "markdown`);\na test compares this file with them. The same as an annotated file: [lamplighter.toml]"
    "(lamplighter.toml).\n\n"
    "- Durations: `\"250ms\"`, `\"5s\"`, `\"10m\"`, `\"24h\"`, `\"7d\"`.\n"
    "- Secrets: `\"credential:NAME\"` (systemd), `\"file:PATH\"`, `\"env:NAME\"`; a literal is accepted with a "
    "warning.\n"
    "- Files are relative to the folder of the configuration file.\n"
    "- *live*: a reload (SIGHUP) applies it; *restart*: the reload names it and a restart applies it.\n"
    "- Unknown sections and keys are mistakes. `lamplighter check --config FILE` tells all mistakes at once.\n";

// Prose ------------------------------------------------------------------------------------------------------------

std::string comment(std::string_view text) {
    std::string out;
    std::string line = "#";
    for (std::size_t start = 0; start <= text.size();) {
        const auto end = std::min(text.find_first_of(" \n", start), text.size());
        const auto word = text.substr(start, end - start);
        if (line.size() > 1 && line.size() + 1 + word.size() > line_width) out += line + "\n", line = "#";
        if (!word.empty()) line.append(" ").append(word);
        if (end < text.size() && text[end] == '\n') out += line + "\n", line = "#";
        start = end + 1;
    }
    return out + line + "\n";
}

std::string sentence(std::string text) {
    if (!text.empty() && !text.ends_with('.') && !text.ends_with('!') && !text.ends_with('?')) text += '.';
    return text;
}

std::string reload_word(Reload reload) {
    return reload == Reload::live ? "live" : "restart";
}

std::string type_text(const Key& key) {
    auto one = wanted(key.kind, key.rule);
    if (!key.list || key.kind == Kind::tables) return one;
    return key.rule.fewest ? fmt::format("a list of {} to {}, each {}", *key.rule.fewest, *key.rule.most, one)
                           : fmt::format("a list, each {}", one);
}

std::string capital(std::string text) {
    if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
    return text;
}

std::string row_keys(const Table& rows) {
    std::string text;
    for (const auto& key : rows.keys)
        text += fmt::format("{}`{}` ({}{}): {}", text.empty() ? "" : " ", key.name, wanted(key.kind, key.rule),
                            key.required ? ", required" : "", sentence(key.help));
    return text;
}

std::string full_help(const Key& key) {
    return key.rows ? sentence(key.help) + " Each table has " + row_keys(*key.rows) : sentence(key.help);
}

// Values -----------------------------------------------------------------------------------------------------------

std::string placeholder(const Table& table, const Key& key);

std::string row_placeholder(const Table& rows) {
    std::string text;
    for (const auto& key : rows.keys)
        if (key.required)
            text += fmt::format("{}{} = {}", text.empty() ? "{ " : ", ", key.name, placeholder(rows, key));
    return text.empty() ? "{}" : text + " }";
}

std::string text_placeholder(const Key& key) {
    if (!key.rule.words.empty()) return in_quotes(key.rule.words.front());
    if (key.rule.names == Rule::Names::time_zone) return "\"Europe/Amsterdam\"";
    if (key.rule.names == Rule::Names::country) return "\"NL\"";
    return fmt::format("\"{}\"", key.name);
}

std::string one_placeholder(const Table& table, const Key& key) {
    switch (key.kind) {
    case Kind::text:
    case Kind::choice: return text_placeholder(key);
    case Kind::boolean: return "true";
    case Kind::integer: return fmt::to_string(key.rule.low.value_or(1));
    case Kind::real: return fmt::format("{:.1f}", key.rule.low_real.value_or(1));
    case Kind::duration: return fmt::format("\"{}\"", to_string(milliseconds(key.rule.low_ms.value_or(5000))));
    case Kind::secret: return fmt::format("\"credential:{}\"", table.name);
    case Kind::file: return fmt::format("\"{}\"", key.name);
    case Kind::url: return "\"https://example.net\"";
    case Kind::listen: {
        const auto scheme = key.rule.schemes ? key.rule.schemes->front() : "";
        return fmt::format("\"{}{}127.0.0.1:0\"", scheme, scheme.empty() ? "" : ":");
    }
    case Kind::texts_by_name: return "{ name = \"text\" }";
    case Kind::tables: return row_placeholder(*key.rows);
    }
    return "\"\"";
}

std::string placeholder(const Table& table, const Key& key) {
    if (!key.example.empty()) return key.example;
    const auto one = one_placeholder(table, key);
    return key.list ? fmt::format("[{}]", one) : one;
}

std::optional<std::string> default_of(const Table& table, const Key& key) {
    if (key.required) return std::nullopt;
    auto list = table.make_list();
    return key.write(table.append(list.get()), key);
}

// The annotated file -----------------------------------------------------------------------------------------------

std::string key_lines(const Table& table, const Key& key, bool off) {
    const auto value = default_of(table, key);
    const auto state = key.required ? "Required" : value ? "Default: " + *value : std::string("Optional");
    auto text = comment(full_help(key)) +
                comment(fmt::format("{}. {}. {}.", capital(type_text(key)), state, capital(reload_word(key.reload))));
    const bool commented = off || (!value && !key.required);
    const auto shown = value && key.example.empty() ? *value : placeholder(table, key);
    return text + fmt::format("{}{} = {}\n", commented ? "#" : "", key.name, off ? shown : value.value_or(shown));
}

bool is_off(const Table& table) {
    return table.shape == Shape::array_of_tables || table.may_be_off();
}

std::string section_lines(const Table& table) {
    const bool off = is_off(table);
    const auto header = table.header();
    auto text = fmt::format("# {:-<{}}\n{}{}{}\n", header + " ", line_width - 2, comment(sentence(table.help)),
                            off ? "#" : "", header);
    for (const auto& key : table.keys)
        text += "\n" + key_lines(table, key, off);
    return text;
}

// The Markdown tables ----------------------------------------------------------------------------------------------

std::string cell(std::string text) {
    std::string out;
    for (char c : text) {
        if (c == '|') out += '\\';
        out += c == '\n' ? ' ' : c;
    }
    return out;
}

std::string code(const std::string& text) {
    return "`" + cell(text) + "`";
}

std::string section_table(const Table& table) {
    auto text = fmt::format("\n## {}\n\n{}", code(table.header()), sentence(table.help));
    if (table.may_be_off()) text += " Off without this section.";
    text += "\n\n| key | what it is for | value | default | reload |\n|---|---|---|---|---|\n";
    for (const auto& key : table.keys) {
        const auto value = default_of(table, key);
        text += fmt::format("| `{}` | {} | {} | {} | {} |\n", key.name, cell(full_help(key)), cell(type_text(key)),
                            key.required ? "**required**"
                            : value      ? code(*value)
                                         : "–",
                            reload_word(key.reload));
    }
    return text;
}

} // namespace

std::string reference(const Schema& schema) {
    auto text = comment(reference_head);
    for (const auto& table : schema.tables())
        text += "\n" + section_lines(*table);
    return text;
}

std::string readme(const Schema& schema) {
    std::string text(readme_head);
    for (const auto& table : schema.tables())
        text += section_table(*table);
    return text;
}

} // namespace lamp::config
