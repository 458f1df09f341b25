#include "status/metrics.hpp"

#include <fmt/format.h>
#include <iterator>

namespace lamp::status {
namespace {

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        if (c == '\n') {
            out += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') out += '\\';
        out += c;
    }
}

} // namespace

MetricsText& MetricsText::family(std::string_view name, std::string_view help, std::string_view type) {
    name_ = name;
    fmt::format_to(std::back_inserter(out_), "# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
    return *this;
}

void MetricsText::begin(Labels labels) {
    out_ += name_;
    if (labels.size() != 0) {
        char before = '{';
        for (const Label& label : labels) {
            out_ += before;
            out_ += label.name;
            out_ += "=\"";
            append_escaped(out_, label.value);
            out_ += '"';
            before = ',';
        }
        out_ += '}';
    }
    out_ += ' ';
}

MetricsText& MetricsText::sample(Labels labels, std::uint64_t value) {
    begin(labels);
    fmt::format_to(std::back_inserter(out_), "{}\n", value);
    return *this;
}

MetricsText& MetricsText::sample(Labels labels, double value) {
    begin(labels);
    fmt::format_to(std::back_inserter(out_), "{}\n", value);
    return *this;
}

} // namespace lamp::status
