// Tables as spreadsheets write them: RFC 4180 with any of three separators, UTF-8 or windows-1252, every mistake with
// its line and column. Pure.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace lamp::csv {

struct Cell {
    std::string text;
    int line = 1;   // where it begins, from 1
    int column = 1; // in characters, from 1
};
using Row = std::vector<Cell>;

struct Mistake {
    int line = 1;
    int column = 1;
    std::string message;
};

/// Of a cell; more is a mistake, and cut.
inline constexpr std::size_t cell_max = 64 * 1024;
/// Cells of a row; more is a mistake, and passed over.
inline constexpr std::size_t cells_max = 1024;
/// Mistakes that are told; what a file has beyond is of the same kind.
inline constexpr std::size_t mistakes_max = 100;

/// Reads row by row; `text` must outlive it unless it was not UTF-8. Blank lines are no rows. Never fails: what it
/// cannot read it reads as well as it can and says so in `mistakes`.
class Reader {
public:
    /// The separator is what the first line has most of: ';', ',' or tab. A byte order mark is passed over.
    explicit Reader(std::string_view text);
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    /// False at the end.
    [[nodiscard]] bool next(Row& row);
    [[nodiscard]] char separator() const { return separator_; }
    /// The bytes were no UTF-8 and were taken for windows-1252.
    [[nodiscard]] bool latin() const { return !converted_.empty(); }
    [[nodiscard]] const std::vector<Mistake>& mistakes() const { return mistakes_; }

private:
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] bool ends_cell() const;
    void read_row(Row& row);
    void read_cell(Cell& cell);
    void read_quoted(Cell& cell);
    char take();
    void append(Cell& cell, char c);
    void complain(int line, int column, std::string message);

    std::string converted_;
    std::string_view text_;
    char separator_ = ',';
    std::size_t at_ = 0;
    int line_ = 1;
    int column_ = 1;
    bool cut_ = false; // this cell's excess has been complained of
    std::vector<Mistake> mistakes_;
};

/// Appends one cell, quoted where it must be. What a spreadsheet would take for a formula (it begins with = + - @, a
/// tab or a carriage return, and is no number) gets an apostrophe in front, as OWASP advises: `unguarded` takes it off
/// again.
void write_cell(std::string& out, std::string_view text, char separator = ';');
/// Appends a row and CRLF.
void write_row(std::string& out, const std::vector<std::string_view>& cells, char separator = ';');
/// A cell as it was before `write_cell` guarded it.
[[nodiscard]] std::string_view unguarded(std::string_view text);

} // namespace lamp::csv
