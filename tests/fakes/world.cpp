// See world.hpp. The control port speaks JSON: GET and POST /sim/<command>.
#include "world.hpp"

#include "arguments.hpp"
#include "http_server.hpp"
#include "loop.hpp"
#include "module.hpp"

#include <future>
#include <thread>

namespace sim {

namespace json = boost::json;

struct World::State {
    explicit State(Options o) : options(std::move(o)) {}

    json::value run_command(std::string_view name, const json::object& arguments) {
        json::value answer;
        for (const auto& module : modules)
            if (module->command(name, arguments, answer)) {
                for (const auto& other : modules)
                    if (other != module) other->noticed(name, answer);
                return answer;
            }
        throw CommandError("unknown command " + std::string(name));
    }

    void handle(const http::Request& request, http::Reply reply) {
        const auto answer = [&](int status, const json::value& body) {
            reply.send(http::Response(status, "application/json", json::serialize(body) + "\n"));
        };
        const auto refuse = [&](int status, const std::string& text) { answer(status, json::object{{"error", text}}); };
        if (!request.path.starts_with("/sim/")) return refuse(404, "commands live under /sim/");
        const auto name = request.path.substr(5);
        json::object arguments;
        if (request.method == "POST") {
            if (!request.body.empty()) {
                boost::system::error_code error;
                const json::value parsed =
                    json::parse(json::string_view(request.body.data(), request.body.size()), error);
                if (error || !parsed.is_object()) return refuse(400, "the body must be a JSON object");
                arguments = parsed.as_object();
            }
        } else if (request.method == "GET") {
            for (const auto& [key, value] : http::query_pairs(request.query)) {
                const bool number =
                    !value.empty() && value.size() < 16 && value.find_first_not_of("0123456789") == std::string::npos;
                arguments[key] = number ? json::value(std::stoll(value)) : json::value(value);
            }
        } else {
            return refuse(405, "use GET or POST");
        }
        try {
            answer(200, run_command(name, arguments));
        } catch (const CommandError& error) {
            const std::string text = error.what();
            refuse(text.starts_with("unknown command") ? 404 : 400, text);
        }
    }

    Options options;
    Loop loop;
    std::vector<std::unique_ptr<Module>> modules;
    std::unique_ptr<http::Server> control;
    std::thread thread;
};

World::World(Options options) : state_(std::make_unique<State>(std::move(options))) {}

World::~World() {
    state_->loop.stop();
    if (state_->thread.joinable()) state_->thread.join();
    state_->control.reset();
    state_->modules.clear();
}

void World::start() {
    State& state = *state_;
    state.modules = make_modules(state.loop, state.options);
    for (const auto& module : state.modules)
        module->start();
    state.control =
        std::make_unique<http::Server>(state.loop, [&state](const http::Request& request, http::Reply reply) {
            state.handle(request, std::move(reply));
        });
    state.control->limits.keep_alive = std::chrono::seconds(60);
    state.control->listen(state.options.address, state.options.control_port);
    state.thread = std::thread([&state] { state.loop.run(); });
}

std::string World::control_url() const {
    return state_->control->url(0);
}

json::object World::announcement() const {
    json::object line;
    for (const auto& module : state_->modules)
        module->announce(line);
    line["control"] = control_url();
    return line;
}

std::string World::xsp_url(int number) const {
    const json::object line = announcement();
    return std::string(line.at("xsp").as_array().at(static_cast<std::size_t>(number)).as_string());
}

std::expected<json::value, std::string> World::command(std::string_view name, json::object arguments) {
    std::promise<std::expected<json::value, std::string>> promise;
    auto future = promise.get_future();
    state_->loop.post([&] {
        try {
            promise.set_value(state_->run_command(name, arguments));
        } catch (const CommandError& error) {
            promise.set_value(std::unexpected(std::string(error.what())));
        }
    });
    return future.get();
}

} // namespace sim
