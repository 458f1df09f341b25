// What comes to /hooks/zoho/{link}/{verb}: somebody clicked in Zoho. Proven and answered on the serve loop (the link's
// secret in the path, the link's key as parameter or header), carried out on egress.
#pragma once
#include <array>
#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "adapters/zoho/links.hpp"
#include "fanout/hook.hpp"
#include "loop/loop.hpp"

namespace lamp::zoho {

inline constexpr std::string_view key_name = "x-link-key";

enum class Click : std::uint8_t { dial, answer, hungup, hold, unhold, keypress };
[[nodiscard]] std::optional<Click> click_named(std::string_view word);

struct Clicked {
    Click what{};
    std::string zohouser;
    std::string call;   // our id of it; empty: not told
    std::string number; // dial
};

class Hooks {
public:
    static constexpr std::size_t waiting_max = 256;
    enum class Refused : std::uint8_t { unproven, unusable, full };
    static constexpr std::size_t refused_count = 3;

    explicit Hooks(Loop& egress) : loop_(egress), table_(std::make_shared<const Table>()) {}

    /// Who carries out what was clicked, on egress. Before the loops start.
    void use(std::function<void(Clicked)> take) { take_ = std::move(take); }
    /// Egress: the links that count from now on.
    void use_links(const std::vector<Link>& links);
    /// Serve loop; `path` is what stands behind "zoho/".
    [[nodiscard]] fanout::HookAnswer deliver(std::string_view path, const fanout::HookCall& call);

    [[nodiscard]] std::uint64_t taken() const { return taken_; }
    [[nodiscard]] std::uint64_t refused(Refused why) const { return refused_[static_cast<std::size_t>(why)]; }

private:
    struct Row {
        std::string path;
        std::string key;
        std::string zohouser;
    };
    using Table = std::unordered_map<std::string, Row>;
    fanout::HookAnswer refuse(Refused why);

    Loop& loop_;
    std::shared_ptr<const Table> table_; // std::atomic_load, std::atomic_store
    std::function<void(Clicked)> take_;
    std::atomic<std::size_t> waiting_{0};
    std::atomic<std::uint64_t> taken_{0};
    std::array<std::atomic<std::uint64_t>, refused_count> refused_{};
};

} // namespace lamp::zoho
