// Who is still to be told of to each webhook, in the order in which they were marked, each once: what is told of a
// person is read when its turn comes, so that the newest state is sent and nothing is told backwards. A machine; memory
// is bounded by webhooks times people.
#pragma once
#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::outbox {

class Pending {
public:
    /// Whoever is marked already keeps the place.
    void mark(const std::string& webhook, const std::string& person);
    /// The next one of this webhook, who is marked no more.
    [[nodiscard]] std::optional<std::string> next(std::string_view webhook);
    /// The webhook is there no more.
    void forget(std::string_view webhook);
    /// Webhooks for which somebody is marked.
    [[nodiscard]] std::vector<std::string> webhooks() const;

private:
    struct Line {
        std::deque<std::string> order;
        std::set<std::string, std::less<>> marked;
    };
    std::map<std::string, Line, std::less<>> lines_; // none is empty
};

} // namespace lamp::outbox
