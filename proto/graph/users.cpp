#include "proto/graph/users.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "proto/graph/walk.hpp"
#include "proto/graph/write.hpp"
#include "proto/text/text.hpp"

namespace lamp::graph {
namespace {

constexpr std::string_view selection = "$select=id,displayName,userPrincipalName,mail,proxyAddresses,accountEnabled,"
                                       "businessPhones,mobilePhone";
constexpr unsigned page_max = 999;

enum Key : std::uint8_t {
    value = 1,
    id,
    display_name,
    upn,
    mail,
    proxy_addresses,
    enabled,
    business_phones,
    mobile_phone,
    removed,
    reason,
    next_link,
    delta_link,
};
constexpr std::array<std::string_view, 13> vocabulary{"value",
                                                      "id",
                                                      "displayName",
                                                      "userPrincipalName",
                                                      "mail",
                                                      "proxyAddresses",
                                                      "accountEnabled",
                                                      "businessPhones",
                                                      "mobilePhone",
                                                      "@removed",
                                                      "reason",
                                                      "@odata.nextLink",
                                                      "@odata.deltaLink"};

class Reader final : public Listener {
public:
    UserPage page;
    bool plausible = false;

    void on_begin(Path path, Bracket bracket) override {
        if (path == at(value) && bracket == Bracket::array) plausible = list_ = true;
        if (is_user(path)) {
            now_ = {};
            id_.reset();
            mobile_.clear();
        }
        if (member(path) == at(removed)) now_.removed = Removed::changed;
    }
    void on_null(Path path) override {
        if (path == at(value)) plausible = list_ = true;
    }
    void on_end(Path path) override {
        if (is_user(path) && (path != 0 || !list_)) keep();
    }
    void on_text(Path path, std::string_view text) override {
        if (path == at(next_link)) page.next_link = text;
        if (path == at(delta_link)) page.delta_link = text;
        switch (member(path)) {
        case at(id): plausible |= (id_ = parse_guid(text)).has_value(); break;
        case at(upn): now_.upn = text; break;
        case at(mail): now_.mail = text; break;
        case at(display_name): now_.name = text; break;
        case at(proxy_addresses, item): keep_address(text); break;
        case at(business_phones, item): now_.phones.emplace_back(text); break;
        case at(mobile_phone): mobile_ = text; break;
        case at(removed, reason): now_.removed = text == "deleted" ? Removed::deleted : Removed::changed; break;
        default: break;
        }
    }
    void on_bool(Path path, bool truth) override {
        if (member(path) == at(enabled)) now_.enabled = truth;
    }

private:
    static constexpr bool is_user(Path path) { return path == at(value, item) || path == 0; }
    static constexpr Path member(Path path) { return (path & 0xffff) == at(value, item) ? path >> 16 : path; }

    void keep_address(std::string_view text) {
        constexpr std::string_view scheme = "smtp:"; // in capitals for the primary one
        if (text.size() > scheme.size() && text::same_letters(text.substr(0, scheme.size()), scheme))
            now_.addresses.emplace_back(text.substr(scheme.size()));
    }
    void keep() {
        if (!id_) {
            ++page.passed_over;
            return;
        }
        now_.id = *id_;
        if (!mobile_.empty()) now_.phones.push_back(mobile_);
        page.users.push_back(std::move(now_));
    }

    bool list_ = false;
    User now_;
    std::optional<Guid> id_;
    std::string mobile_;
};

} // namespace

std::string users_target(unsigned page) {
    std::string target = "/v1.0/users?";
    target += selection;
    return target += "&$top=" + std::to_string(std::clamp(page, 1U, page_max));
}

std::string delta_target() {
    std::string target = "/v1.0/users/delta?";
    return target += selection;
}

std::string user_target(std::string_view id_or_upn) {
    std::string target = "/v1.0/users/";
    append_segment(target, id_or_upn);
    target += '?';
    return target += selection;
}

Result<UserPage> read_users(std::string_view body) {
    Reader reader;
    if (auto walked = walk(body, vocabulary, reader); !walked) return std::unexpected(walked.error());
    if (!reader.plausible) return fail(Category::protocol, "The body holds neither users nor one user.");
    return std::move(reader.page);
}

} // namespace lamp::graph
