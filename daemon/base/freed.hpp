// Frees what a C library has made: std::unique_ptr<X509, Freed<X509_free>>.
#pragma once

namespace lamp {

template <auto Free>
struct Freed {
    template <class T>
    void operator()(T* thing) const {
        Free(thing);
    }
};

} // namespace lamp
