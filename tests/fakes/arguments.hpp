// Members of a control command, taken one by one: wrong types and members that nobody asked for are refused.
#pragma once

#include <boost/json.hpp>

#include <cstdint>
#include <optional>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sim {

// What is wrong with a command; becomes {"error": …}.
class CommandError : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

class Arguments {
public:
    explicit Arguments(const boost::json::object& object) : object_(object) {}

    bool has(std::string_view name) const { return object_.contains(name); }

    std::string text(std::string_view name) {
        const auto* value = find(name);
        if (!value) throw CommandError(std::string(name) + " is missing");
        if (!value->is_string()) throw CommandError(std::string(name) + " must be a text");
        return std::string(value->as_string());
    }
    std::string text(std::string_view name, std::string_view absent) {
        return has(name) ? text(name) : std::string(absent);
    }

    std::int64_t number(std::string_view name, std::int64_t absent) {
        const auto* value = find(name);
        if (!value) return absent;
        if (value->is_int64()) return value->as_int64();
        if (value->is_double()) // seconds may have a fraction where the caller scales
            return static_cast<std::int64_t>(value->as_double());
        throw CommandError(std::string(name) + " must be a number");
    }

    double real(std::string_view name, double absent) {
        const auto* value = find(name);
        if (!value) return absent;
        if (!value->is_number()) throw CommandError(std::string(name) + " must be a number");
        return value->to_number<double>();
    }

    bool boolean(std::string_view name, bool absent) {
        const auto* value = find(name);
        if (!value) return absent;
        if (!value->is_bool()) throw CommandError(std::string(name) + " must be true or false");
        return value->as_bool();
    }

    std::vector<std::string> texts(std::string_view name) {
        std::vector<std::string> found;
        const auto* value = find(name);
        if (!value) return found;
        if (!value->is_array()) throw CommandError(std::string(name) + " must be a list of texts");
        for (const auto& item : value->as_array()) {
            if (!item.is_string()) throw CommandError(std::string(name) + " must be a list of texts");
            found.emplace_back(item.as_string());
        }
        return found;
    }

    const boost::json::value* find(std::string_view name) {
        asked_.insert(std::string(name));
        return object_.if_contains(name);
    }

    void finish() const {
        for (const auto& [key, value] : object_)
            if (!asked_.contains(std::string(key))) throw CommandError("unknown member " + std::string(key));
    }

private:
    const boost::json::object& object_;
    std::set<std::string> asked_;
};

} // namespace sim
