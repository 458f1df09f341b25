// The one list of fake services. See module.hpp.
#include "module.hpp"

#include "broadworks_module.hpp"
#include "crm_module.hpp"
#include "google_module.hpp"
#include "goto_module.hpp"
#include "graph_module.hpp"
#include "zoho_module.hpp"
#include "zoom_module.hpp"

namespace sim {

std::vector<std::unique_ptr<Module>> make_modules(Loop& loop, const Options& options) {
    std::vector<std::unique_ptr<Module>> modules;
    modules.push_back(make_broadworks(loop, options));
    modules.push_back(make_graph(loop, options));
    modules.push_back(make_google(loop, options));
    modules.push_back(make_goto(loop, options));
    modules.push_back(make_zoho(loop, options));
    modules.push_back(make_zoom(loop, options));
    modules.push_back(make_crm(loop, options));
    return modules;
}

} // namespace sim
