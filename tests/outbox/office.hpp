// An outbox on a loop that the test turns itself, with a real database in a folder that outlives it.
#pragma once
#include <doctest/doctest.h>

#include <boost/json.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "events.hpp"
#include "faults/folder.hpp"
#include "outbox/outbox.hpp"
#include "receiver.hpp"

namespace testing {

class Office {
public:
    Office() : own_(std::in_place, "outbox"), folder_(own_->path()) { options_.version = "1.2"; }
    /// In a folder that stays.
    explicit Office(std::filesystem::path folder) : folder_(std::move(folder)) { options_.version = "1.2"; }
    ~Office() { leave(); }

    outbox::OutboxOptions& options() { return options_; }
    outbox::WebhookOptions& add(const Receiver& receiver, const std::string& name, const std::string& secret = {}) {
        return add(*config::parse_url(receiver.url(), config::UrlShape::whole), name, secret);
    }
    outbox::WebhookOptions& add(const config::Url& url, const std::string& name, const std::string& secret = {}) {
        auto& made = options_.webhooks.emplace_back();
        made.name = name;
        made.url = url;
        made.secret = Secret(secret);
        made.rate = 1000;
        return made;
    }
    /// Starts it on what is on disk.
    outbox::Outbox& enter() {
        loop_ = std::make_unique<Loop>("egress");
        auto store = store::Store::open({.folder = folder_});
        REQUIRE_MESSAGE(store, store.error().text);
        store_ = std::move(*store);
        outbox_ = std::make_unique<outbox::Outbox>(*loop_, *store_, options_);
        outbox_->use_people(people(), {});
        outbox_->start();
        return *outbox_;
    }
    /// As by kill -9, but for the units that the store has taken: nothing is finished.
    void leave() {
        outbox_.reset();
        if (store_) store_->stop();
        if (loop_) turn(); // coroutines end
        store_.reset();
        loop_.reset();
    }
    outbox::Outbox& outbox() { return *outbox_; }
    store::Store& store() { return *store_; }
    Loop& loop() { return *loop_; }
    [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }

    void turn() {
        loop_->context().restart();
        loop_->context().poll();
    }
    void until(auto reached, std::chrono::seconds limit = 20s) {
        loop_->context().restart();
        for (auto end = steady_now() + limit; !reached() && steady_now() < end;)
            loop_->context().run_one_until(std::min(end, steady_now() + 20ms));
        REQUIRE(reached());
    }
    calls::WebhookView view(std::size_t number = 0) { return outbox_->views().at(number); }
    /// Everything that was taken is on disk.
    void until_written() {
        std::optional<bool> done;
        store_->submit(
            *loop_, [](store::Database&) { return Result<void>(); }, [&](const Result<void>&) { done = true; });
        until([&] { return done.has_value(); });
    }
    std::vector<calls::DeadLetter> dead(const std::string& name = {}) {
        std::optional<Result<std::vector<calls::DeadLetter>>> found;
        outbox_->dead_letters(name, 1000, [&](auto letters) { found = std::move(letters); });
        until([&] { return found.has_value(); });
        REQUIRE(*found);
        return **found;
    }
    Result<calls::WebhookDone> order(calls::WebhookOrder order) {
        std::optional<Result<calls::WebhookDone>> done;
        outbox_->order(std::move(order), [&](auto result) { done = std::move(result); });
        until([&] { return done.has_value(); });
        return *done;
    }
    /// The ids of the calls that these bodies are about.
    static std::vector<std::string> ids(const std::vector<std::string>& bodies) {
        std::vector<std::string> out;
        for (const auto& body : bodies)
            out.emplace_back(boost::json::parse(body).at("call").at("id").as_string());
        return out;
    }

private:
    std::optional<faults::Folder> own_;
    std::filesystem::path folder_;
    outbox::OutboxOptions options_;
    std::unique_ptr<Loop> loop_;
    std::unique_ptr<store::Store> store_;
    std::unique_ptr<outbox::Outbox> outbox_;
};

inline std::vector<std::string> numbered(unsigned count) {
    std::vector<std::string> ids;
    for (unsigned i = 0; i < count; ++i)
        ids.push_back("call-" + std::to_string(i));
    return ids;
}

} // namespace testing
