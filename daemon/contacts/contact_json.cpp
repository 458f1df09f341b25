#include "contacts/contact_json.hpp"

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "contacts/folder.hpp"
#include "contacts/link.hpp"
#include "proto/text/text.hpp"

namespace lamp::contacts {
namespace json = boost::json;
namespace {

struct TextMember {
    std::string_view name;
    std::string Contact::* part;
};
constexpr std::array texts{
    TextMember{"folder", &Contact::folder},
    TextMember{"last_name", &Contact::last_name},
    TextMember{"first_name", &Contact::first_name},
    TextMember{"company", &Contact::company},
    TextMember{"department", &Contact::department},
    TextMember{"title", &Contact::title},
    TextMember{"email", &Contact::email},
    TextMember{"extension", &Contact::extension},
    TextMember{"default_line", &Contact::default_line},
    TextMember{"external_id", &Contact::external_id},
    TextMember{"notes", &Contact::notes},
};
struct ListMember {
    std::string_view name;
    std::vector<std::string> Contact::* part;
};
constexpr std::array lists{ListMember{"lines", &Contact::lines}, ListMember{"devices", &Contact::devices},
                           ListMember{"roles", &Contact::roles}};

Result<std::string> text_of(const json::value& value, std::string_view name) {
    if (value.is_null()) return std::string();
    if (!value.is_string() || value.get_string().size() > text_max)
        return fail(Category::invalid, fmt::format("\"{}\" must be a text of at most {} bytes.", name, text_max));
    std::string_view text(value.get_string());
    if (text.contains('\0')) return fail(Category::invalid, fmt::format("\"{}\" holds a NUL character.", name));
    return std::string(text::trim(text));
}

Result<std::vector<std::string>> list_of(const json::value& value, std::string_view name) {
    std::vector<std::string> words;
    if (value.is_null()) return words;
    auto wrong = [&] {
        return fail(Category::invalid, fmt::format("\"{}\" must be a list of at most {} texts.", name, list_max));
    };
    if (!value.is_array() || value.get_array().size() > list_max) return wrong();
    for (const auto& one : value.get_array()) {
        if (!one.is_string()) return wrong();
        auto text = text_of(one, name);
        if (!text) return std::unexpected(text.error());
        if (!text->empty()) words.push_back(std::move(*text));
    }
    return words;
}

Result<std::vector<Number>> numbers_of(const json::value& value, const Normal& normal) {
    std::vector<Number> numbers;
    if (value.is_null()) return numbers;
    if (!value.is_array() || value.get_array().size() > list_max)
        return fail(Category::invalid, R"("numbers" must be a list of {"type","number"}.)");
    for (const auto& one : value.get_array()) {
        const auto* object = one.if_object();
        const auto* written = object ? object->if_contains("number") : nullptr;
        if (!written || !written->is_string())
            return fail(Category::invalid, R"("numbers" must be a list of {"type","number"}.)");
        const auto* type = object->if_contains("type");
        auto label = type ? text_of(*type, "type") : Result<std::string>(std::string());
        if (!label) return std::unexpected(label.error());
        auto number = normal(std::string_view(written->get_string()));
        if (!number)
            return fail(Category::invalid,
                        fmt::format("\"numbers\": \"{}\": {}", std::string_view(written->get_string()).substr(0, 40),
                                    number.error().text));
        numbers.push_back({std::move(*label), std::move(*number)});
    }
    return numbers;
}

/// Members that do not follow the contact's entry.
Result<std::vector<std::string>> own_of(const json::value& value) {
    auto words = list_of(value, "own");
    if (!words) return words;
    for (const auto& word : *words)
        if (!may_follow(word))
            return fail(Category::invalid,
                        fmt::format("\"own\": \"{}\" is no member that follows an entry.", word.substr(0, 60)));
    return words;
}

/// An entry is chosen when the contact is made; afterwards it can only be left.
Result<void> read_link(Contact& contact, const json::value& value) {
    const bool same = value.is_string() && std::string_view(value.get_string()) == contact.of;
    if (!value.is_null() && !same)
        return fail(Category::invalid, "\"of\" is given with a new contact; later, null ends the link.");
    if (value.is_null()) contact.of.clear();
    return {};
}

Result<void> read_member(Contact& contact, std::string_view name, const json::value& value, const Normal& normal) {
    if (const auto* one = std::ranges::find(texts, name, &TextMember::name); one != texts.end()) {
        auto text = text_of(value, name);
        if (!text) return std::unexpected(text.error());
        if (name == "folder" && !text->empty()) text = folder_path(*text);
        if (!text) return std::unexpected(text.error());
        contact.*one->part = std::move(*text);
        return {};
    }
    if (const auto* one = std::ranges::find(lists, name, &ListMember::name); one != lists.end()) {
        auto words = list_of(value, name);
        if (!words) return std::unexpected(words.error());
        contact.*one->part = std::move(*words);
        return {};
    }
    if (name == "numbers") {
        auto numbers = numbers_of(value, normal);
        if (!numbers) return std::unexpected(numbers.error());
        contact.numbers = std::move(*numbers);
        return {};
    }
    if (name == "of") return read_link(contact, value);
    if (name == "own") {
        auto words = own_of(value);
        if (!words) return std::unexpected(words.error());
        contact.own = std::move(*words);
        return {};
    }
    if (name == "vip") {
        if (!value.is_bool() && !value.is_null()) return fail(Category::invalid, "\"vip\" must be true or false.");
        contact.vip = value.is_bool() && value.get_bool();
        return {};
    }
    return fail(Category::invalid, name == "key" || name == "source"
                                       ? fmt::format("\"{}\" is given by the directory and cannot be set.", name)
                                       : fmt::format("\"{}\" is no member of a contact.", name.substr(0, 60)));
}

Result<void> check_names(const Contact& contact) {
    if (contact.last_name.empty()) return fail(Category::invalid, "\"last_name\" must not be empty.");
    if (contact.first_name.empty() && contact.source == own_source)
        return fail(Category::invalid, "\"first_name\" must not be empty.");
    return {};
}

/// Lines that go take the default one with them, where nothing is said of it; null says that there is none.
Result<void> check_default_line(const json::object& object, Contact& contact) {
    const auto* said = object.if_contains("default_line");
    if (said ? contact.default_line.empty() : !object.contains("lines")) return {};
    if (settle_default_line(contact)) return {};
    if (said)
        return fail(
            Category::invalid,
            fmt::format("\"default_line\" must be one of \"lines\" ({}).",
                        contact.lines.empty() ? "there are none" : fmt::format("{}", fmt::join(contact.lines, ", "))));
    use_first_line(contact);
    return {};
}

void write_members(JsonWriter& json, const Contact& contact) {
    json.member("key", contact.key);
    json.member("source", contact.source);
    json.member("first_name", contact.first_name);
    json.member("last_name", contact.last_name);
    json.key("numbers");
    json.array([&] {
        for (const Number& one : contact.numbers)
            json.object([&] {
                json.member_or_null("type", one.type);
                json.member("number", one.number);
            });
    });
    for (const auto& [name, part] : texts)
        if (name != "first_name" && name != "last_name") json.member_or_null(name, contact.*part);
    for (const auto& [name, part] : lists) {
        json.key(name);
        json.array([&] {
            for (const auto& word : contact.*part)
                json.value(word);
        });
    }
    json.member("vip", contact.vip);
    if (contact.of.empty()) return;
    json.member("of", contact.of);
    json.key("own");
    json.array([&] {
        for (const auto& member : contact.own)
            json.value(member);
    });
}

} // namespace

void write_contact(JsonWriter& json, const Contact& contact) {
    json.object([&] { write_members(json, contact); });
}

void write_item(JsonWriter& json, const Contact& contact, std::string_view voice_mail_id) {
    json.object([&] {
        write_members(json, contact);
        json.member_or_null("voice_mail_id", voice_mail_id);
    });
}

Result<Contact> read_stored_contact(json::object object, std::string_view key) {
    Contact base;
    base.key = key;
    for (auto [name, part] : {std::pair("source", &Contact::source), std::pair("of", &Contact::of)})
        if (const auto* value = object.if_contains(name); value && value->is_string())
            base.*part = std::string_view(value->get_string());
    object.erase("key");
    object.erase("source");
    auto as_it_is = [](std::string_view number) -> Result<std::string> { return std::string(number); };
    for (const auto& [name, value] : object)
        if (auto read = read_member(base, name, value, as_it_is); !read) return std::unexpected(read.error());
    if (auto named = check_names(base); !named) return std::unexpected(named.error());
    return base;
}

Result<Contact> read_contact(const json::object& object, Contact base, const Normal& normal) {
    for (const auto& [name, value] : object)
        if (auto read = read_member(base, name, value, normal); !read) return std::unexpected(read.error());
    if (auto named = check_names(base); !named) return std::unexpected(named.error());
    if (auto fits = check_default_line(object, base); !fits) return std::unexpected(fits.error());
    if (!base.of.empty()) return base;
    if (object.contains("own") && !base.own.empty())
        return fail(Category::invalid, "\"own\" is of contacts that follow an entry.");
    base.own.clear();
    return base;
}

} // namespace lamp::contacts
