// libxml2 allocates a few small blocks for each document. This recycler keeps freed blocks in per-thread lists, so
// that reading documents in steady state touches the heap no more.
#pragma once

namespace lamp::xml {

/// Must run before libxml2 allocates for the first time. Does nothing under sanitizers, which must see each block.
void install_recycler();

} // namespace lamp::xml
