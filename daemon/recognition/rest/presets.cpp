#include "recognition/rest/presets.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <fstream>
#include <iterator>
#include <map>

#include "proto/text/text.hpp"

namespace lamp::recognition::rest {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t file_max = 256 * 1024;

bool holds(std::string_view text, std::string_view word) {
    return text::lower(text).contains(text::lower(word));
}

} // namespace

std::vector<PresetText> preset_texts(const fs::path& folder, std::vector<std::string>* complaints) {
    std::map<std::string, PresetText> all;
    for (const auto& [name, text] : embedded_presets())
        all[std::string(name)] = {std::string(name), std::string(name) + ".toml", std::string(text)};
    std::error_code error;
    if (!folder.empty())
        for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
            const auto& path = at->path();
            if (path.extension() != ".toml") continue;
            std::error_code why;
            auto size = fs::file_size(path, why);
            std::ifstream file(path, std::ios::binary);
            std::string text;
            if (!why && size <= file_max && file) text.assign(std::istreambuf_iterator<char>(file), {});
            if (text.empty()) {
                if (complaints)
                    complaints->push_back(
                        fmt::format("The preset {} cannot be read, is empty or too large.", path.string()));
                continue;
            }
            auto name = path.stem().string();
            all[name] = {name, path.string(), std::move(text)};
        }
    std::vector<PresetText> made;
    for (auto& [name, preset] : all)
        made.push_back(std::move(preset));
    return made;
}

Result<PresetText> preset_text(std::string_view name, const fs::path& folder) {
    std::vector<std::string> names;
    for (auto& preset : preset_texts(folder)) {
        if (preset.name == name) return preset;
        names.push_back(preset.name);
    }
    return fail(Category::not_found,
                fmt::format("There is no preset \"{}\"; there are {}.", name, fmt::join(names, ", ")));
}

std::vector<std::string> capabilities_of(const Preset& preset) {
    std::vector<std::string> made;
    if (preset.incremental != Incremental::none) made.emplace_back("delta");
    if (preset.search) made.emplace_back("live");
    if (preset.create) made.emplace_back("create");
    return made;
}

std::vector<PresetView> list_presets(const fs::path& folder, std::string_view word) {
    std::vector<PresetView> made;
    for (const auto& preset : preset_texts(folder)) {
        PresetView view;
        view.name = preset.name;
        auto read = read_preset_outline(preset.text, preset.file);
        if (read) {
            view.title = read->title;
            view.help = read->help;
            view.auth = name(read->auth.kind);
            view.parameters = read->parameters;
            view.capabilities = capabilities_of(*read);
        } else {
            view.mistake = config::to_string(read.error().front());
        }
        if (word.empty() || holds(view.name, word) || holds(view.title, word)) made.push_back(std::move(view));
    }
    return made;
}

} // namespace lamp::recognition::rest
