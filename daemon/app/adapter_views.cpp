#include "app/adapter_views.hpp"

#include "adapters/calendars/calendars.hpp"

namespace lamp {

std::vector<status::AdapterView> adapter_views(const Adapters& adapters) {
    std::vector<status::AdapterView> views;
    for (const auto& adapter : adapters.all()) {
        auto health = adapter->health();
        if (!health.configured) continue;
        views.push_back({std::string(adapter->name()), std::move(health.state), health.queue, health.last_success,
                         std::move(health.last_error), std::move(health.not_ready), std::move(health.problems)});
    }
    return views;
}

status::PersonView person_view(const Adapters& adapters, presence::Slot slot) {
    status::PersonView view;
    for (const auto& adapter : adapters.all()) {
        if (auto input = adapter->input(slot))
            view.inputs.push_back({std::move(input->source), std::move(input->value), input->at, input->expires});
        if (auto output = adapter->output(slot))
            view.outputs.push_back(
                {std::string(adapter->name()), std::move(output->value), output->at, std::move(output->result)});
    }
    return view;
}

std::vector<status::CalendarView> calendar_views(const Adapters& adapters) {
    std::vector<status::CalendarView> views;
    if (const auto* calendars = adapters.calendars())
        for (auto& one : calendars->views())
            views.push_back({std::move(one.name), std::move(one.provider), std::move(one.lines), std::move(one.state),
                             one.last_success, std::move(one.last_error), one.appointments});
    return views;
}

std::vector<status::PlanView> plan_views(const Adapters& adapters, milliseconds next) {
    std::vector<status::PlanView> views;
    if (const auto* calendars = adapters.calendars())
        for (auto& row : calendars->plan(next))
            views.push_back({std::move(row.calendar), std::move(row.line), std::move(row.title), row.from, row.until,
                             std::move(row.to), std::string(calendars::name(row.state)), std::move(row.reason)});
    return views;
}

std::vector<status::DoubtView> doubt_views(const Adapters& adapters) {
    std::vector<status::DoubtView> views;
    for (const auto& adapter : adapters.all())
        for (auto& doubt : adapter->doubts())
            views.push_back({doubt.slot, std::string(adapter->name()), std::move(doubt.kind), std::move(doubt.text)});
    return views;
}

status::PhotoView photo_view(const fanout::Photo* photo) {
    if (!photo) return {};
    return {photo->type == "image/png", photo->bytes, photo->etag};
}

std::vector<fanout::Metric> adapter_metrics(const Adapters& adapters) {
    std::vector<fanout::Metric> all;
    for (const auto& adapter : adapters.all())
        for (auto& metric : adapter->metrics())
            all.push_back(metric);
    return all;
}

void write_adapter_metrics(status::MetricsText& text, const std::vector<fanout::Metric>& metrics) {
    std::string_view family;
    for (const fanout::Metric& metric : metrics) {
        if (metric.name != family) {
            family = metric.name;
            if (metric.kind == fanout::Metric::Kind::counter)
                text.counter(family, metric.help);
            else
                text.gauge(family, metric.help);
        }
        if (metric.label.empty())
            text.sample({}, metric.value);
        else
            text.sample({{metric.label, metric.label_value}}, metric.value);
    }
}

} // namespace lamp
