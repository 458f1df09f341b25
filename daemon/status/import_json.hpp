// What an import of contacts or favourites has done, would do, or why it was refused, as JSON. Pure.
#pragma once
#include "status/answer.hpp"
#include "status/directory_ports.hpp"

namespace lamp::status {

/// At most `changes` of them one by one. A refused one is 422 with `rows`.
[[nodiscard]] Answer import_answer(const ImportView& view, bool dry_run, std::size_t changes);
[[nodiscard]] Answer favourites_import_answer(const contacts::FavouritesPlan& plan, bool dry_run);

} // namespace lamp::status
