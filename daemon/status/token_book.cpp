#include "status/token_book.hpp"

#include <algorithm>

#include "base/check.hpp"

namespace lamp::status {

void TokenBook::use_options(AccessOptions options) {
    options_ = std::move(options);
    compile();
}

void TokenBook::use_issued(std::vector<access::IssuedToken> issued) {
    issued_ = std::move(issued);
    compile();
}

void TokenBook::add(access::IssuedToken token) {
    issued_.push_back(std::move(token));
    compile();
}

std::optional<access::IssuedToken> TokenBook::remove(std::string_view name) {
    auto found = std::ranges::find(issued_, name, &access::IssuedToken::name);
    if (found == issued_.end()) return std::nullopt;
    auto token = std::move(*found);
    issued_.erase(found);
    compile();
    return token;
}

void TokenBook::compile() {
    auto made = Access::compile(options_, issued_);
    LAMP_CHECK(made.has_value()); // checked before they came here
    std::map<std::pair<std::string_view, std::optional<Wall>>, const Identity*> before;
    for (const Identity& one : access_->tokens())
        before.emplace(std::pair(std::string_view(one.token), one.created), &one);
    for (const Identity& now : (*made)->tokens()) { // what was used stays used
        auto same = before.find({now.token, now.created});
        if (same == before.end() || !same->second->used) continue;
        now.used = same->second->used;
        now.used_unwritten = same->second->used_unwritten;
    }
    access_ = std::move(*made);
}

const Identity* TokenBook::find(std::string_view name) const {
    auto found = std::ranges::find(access_->tokens(), name, &Identity::token);
    return found == access_->tokens().end() ? nullptr : &*found;
}

std::vector<access::Use> TokenBook::take_uses() {
    std::vector<access::Use> uses;
    for (const Identity& one : access_->tokens()) {
        if (!one.used_unwritten || !one.issued()) continue;
        one.used_unwritten = false;
        uses.emplace_back(one.token, *one.used);
    }
    return uses;
}

} // namespace lamp::status
