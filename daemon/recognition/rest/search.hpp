// One number looked up in a CRM while it rings, in few requests. What the CRM finds are candidates: only records that
// truly hold the number are given. And one contact put there. Machines without Asio.
#pragma once
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "recognition/new_contact.hpp"
#include "recognition/rest/asking.hpp"
#include "recognition/rest/mapper.hpp"
#include "recognition/rest/quota.hpp"

namespace lamp::recognition::rest {

/// The ways in which a number is written, from its E.164 form.
struct Forms {
    std::string e164, digits, nsn, national;
};
/// `national`: as it is dialled in the integration's country, where it is one of that country's. Empty `e164` where the
/// number is not "+" and 7 to 15 digits.
[[nodiscard]] Forms forms_of(std::string_view e164, std::string national);
/// "+33 # ## ## ## ##" with the national number's digits; empty when it does not fit: another country, another length.
[[nodiscard]] std::string shaped(std::string_view mask, const Forms& forms);

/// Whether a number as it is written in a record is the one that is looked for.
using SameNumber = std::function<bool(const std::string& written)>;

class Lookup {
public:
    /// A preset without a search finds nothing. All outlive this.
    Lookup(const Preset& preset, const Forms& forms, SameNumber same);

    /// The next request, or nothing: `found` is all there is.
    [[nodiscard]] std::optional<Ask> next() const;
    /// Takes the answer; the error, if it is one. A search without a result is none. After an error nothing more is
    /// asked. A first 401 is none either: the request comes once more with `fresh_token`.
    [[nodiscard]] Result<void> answer(const Result<http::Answer>& answer, Wall wall);
    /// Truly matching records, each once.
    [[nodiscard]] const std::vector<Item>& found() const { return found_; }

private:
    const Preset& preset_;
    SameNumber same_;
    std::vector<std::pair<const Listing*, Values>> plan_;
    std::size_t at_ = 0;
    bool fresh_token_ = false;
    std::vector<Item> found_;
};

struct NewContact {
    std::string name; // or first and last
    std::string first_name{};
    std::string last_name{};
    std::string number;
    std::string mobile{};
    std::string email{};
    std::string company{};
};
/// Category::invalid: the preset cannot, or has no place for something of it; names that, and what it takes.
[[nodiscard]] Result<NewContact> as_preset_takes(const Preset& preset, const recognition::NewContact& contact);
/// Category::invalid: the preset cannot, or there is neither name nor number.
[[nodiscard]] Result<Ask> ask_to_create(const Preset& preset, const NewContact& contact);
struct Created {
    std::string id;
    std::string url;
};
/// Category::protocol where the answer has no id.
[[nodiscard]] Result<Created> read_created(const Preset& preset, const http::Answer& answer);

} // namespace lamp::recognition::rest
