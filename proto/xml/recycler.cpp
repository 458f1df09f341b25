#include "proto/xml/recycler.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <libxml/xmlmemory.h>

namespace lamp::xml {
namespace {

#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
constexpr bool sanitized = true;
#else
constexpr bool sanitized = false;
#endif

constexpr std::size_t smallest_bits = 5;  // 32 bytes
constexpr std::size_t largest_bits = 16;  // 64 kB; bigger blocks go to the heap
constexpr std::size_t kept_per_size = 64; // a named limit: what a thread may hold back

// In front of each block; keeps the block aligned for anything.
struct alignas(std::max_align_t) Header {
    std::size_t size_bits; // largest_bits + 1 for blocks straight from the heap
    std::size_t bytes;
    Header* next;
};

struct FreeList {
    Header* first = nullptr;
    std::size_t count = 0;
};

struct ThreadLists {
    std::array<FreeList, largest_bits + 1> lists;
    bool alive = true;
    ~ThreadLists() {
        alive = false;
        for (FreeList& list : lists)
            while (Header* block = list.first) {
                list.first = block->next;
                std::free(block);
            }
    }
};
thread_local ThreadLists mine;

void* allocate(std::size_t bytes) {
    auto bits = std::max<std::size_t>(smallest_bits, static_cast<std::size_t>(std::bit_width(bytes ? bytes - 1 : 0)));
    Header* block = nullptr;
    if (bits <= largest_bits && mine.alive && mine.lists[bits].first) {
        FreeList& list = mine.lists[bits];
        block = list.first;
        list.first = block->next;
        --list.count;
    } else {
        std::size_t room = bits <= largest_bits ? std::size_t{1} << bits : bytes;
        block = static_cast<Header*>(std::malloc(sizeof(Header) + room));
        if (!block) return nullptr;
        block->size_bits = bits <= largest_bits ? bits : largest_bits + 1;
    }
    block->bytes = bytes;
    return block + 1;
}

void release(void* memory) {
    if (!memory) return;
    Header* block = static_cast<Header*>(memory) - 1;
    if (block->size_bits > largest_bits || !mine.alive || mine.lists[block->size_bits].count >= kept_per_size)
        return std::free(block);
    FreeList& list = mine.lists[block->size_bits];
    block->next = list.first;
    list.first = block;
    ++list.count;
}

void* reallocate(void* memory, std::size_t bytes) {
    if (!memory) return allocate(bytes);
    Header* block = static_cast<Header*>(memory) - 1;
    if (block->size_bits <= largest_bits && bytes <= std::size_t{1} << block->size_bits)
        return block->bytes = bytes, memory;
    void* fresh = allocate(bytes);
    if (!fresh) return nullptr;
    std::memcpy(fresh, memory, std::min(bytes, block->bytes));
    release(memory);
    return fresh;
}

char* duplicate(const char* text) {
    auto bytes = std::strlen(text) + 1;
    auto* copy = static_cast<char*>(allocate(bytes));
    if (copy) std::memcpy(copy, text, bytes);
    return copy;
}

} // namespace

void install_recycler() {
    if (!sanitized) xmlMemSetup(release, allocate, reallocate, duplicate);
}

} // namespace lamp::xml
