// The people that are watched, and whoever else the platforms' directories name, as items of the directory. There may
// be as many as the daemon has people: what the people's own table holds already is not kept again. Immutable once
// finished; any loop.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "contacts/contact.hpp"
#include "contacts/search.hpp"
#include "presence/people.hpp"

namespace lamp::directory {

class Roll {
public:
    Roll() = default;
    explicit Roll(std::shared_ptr<const presence::People> people);

    /// One for each of the people, in their order. Of the contact are kept: source, the first number, extension, lines.
    void add_person(const contacts::Contact& contact);
    /// Behind all of the people; each key once.
    void add_other(contacts::Contact contact);
    /// Of a line that is not its person's id.
    void add_line(std::string_view line, std::string_view number);
    /// Once, before anybody reads. `whole`: no directory is awaited that could name others.
    void finish(bool whole);
    [[nodiscard]] bool whole() const { return whole_; }

    [[nodiscard]] std::size_t size() const { return folk() + others_.size(); }
    [[nodiscard]] contacts::Contact contact(std::size_t place) const;
    [[nodiscard]] std::string_view folder(std::size_t place) const;
    [[nodiscard]] const std::string& source(std::size_t place) const;
    [[nodiscard]] std::optional<std::size_t> find(std::string_view key) const;
    /// Whether one of the people has that key.
    [[nodiscard]] bool is_person(std::string_view key) const;
    /// As numbers are stored; empty: nobody knows it.
    [[nodiscard]] std::string number_of_line(std::string_view line) const;
    /// As SearchIndex::find; it looks at each of the people, so the words may be in other places than contacts have
    /// them.
    [[nodiscard]] std::vector<std::uint32_t> search(std::string_view query, std::size_t most,
                                                    std::string_view country_code, std::size_t from) const;

private:
    [[nodiscard]] std::size_t folk() const { return starts_.size() - 1; }
    [[nodiscard]] std::string_view packed(std::size_t place) const;
    [[nodiscard]] bool matches(std::size_t place, std::string_view folded, std::string_view number) const;
    [[nodiscard]] std::vector<std::uint32_t> search_others(std::string_view folded, std::string_view number,
                                                           std::size_t most, std::size_t from) const;
    [[nodiscard]] auto by_key() const {
        return [this](std::uint32_t place) -> std::string_view { return others_[place].key; };
    }

    std::shared_ptr<const presence::People> people_;
    std::vector<std::uint32_t> places_; // of those who are listed, by slot
    std::string text_;                  // of each of the people the parts that they have, one behind the other
    std::vector<std::uint32_t> starts_{0};
    std::vector<std::uint8_t> sources_;
    std::vector<std::string> words_; // sources
    std::vector<contacts::Contact> others_;
    std::vector<std::uint32_t> others_by_key_; // places in `others_`
    contacts::SearchIndex others_index_;
    std::vector<std::pair<std::string, std::string>> lines_; // and their numbers; by line once finished
    bool whole_ = false;
};

} // namespace lamp::directory
