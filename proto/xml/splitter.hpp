// Cuts a never-ending stream into XML documents, by document and not by chunk, line or prefix (xsi.md 4.2).
// It understands just enough of XML 1.0 to know where a root element ends: tags, quotes, comments, CDATA, processing
// instructions, DOCTYPE. An XML declaration, and an element named as a root of XSI's stream, begins a new document
// wherever it stands: what was under way is dropped. Whether a document is well-formed is the reader's business. Pure;
// allocates only to keep a document that arrives in pieces.
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace lamp::xml {

class DocumentSplitter {
public:
    class Sink {
    public:
        /// One whole document, declaration included if it had one; valid during the call.
        virtual void on_document(std::string_view document) = 0;
        /// A document or junk was dropped and the stream goes on behind it. `why` is a literal.
        virtual void on_refused(std::string_view why) = 0;

    protected:
        ~Sink() = default;
    };

    explicit DocumentSplitter(std::size_t document_bytes_max) : limit_(document_bytes_max) {}

    void feed(std::string_view bytes, Sink& sink);
    /// A new stream begins.
    void reset();
    /// Bytes of an unfinished document held now.
    [[nodiscard]] std::size_t held() const { return held_.size(); }

private:
    enum class Next : std::uint8_t { more_input, go_on };
    static constexpr std::size_t names_max = 64; // deeper levels are counted, not compared

    std::size_t scan(std::string_view bytes, Sink& sink);
    Next scan_between(std::string_view bytes, Sink& sink);
    Next scan_inside(std::string_view bytes, Sink& sink);
    Next scan_markup(std::string_view bytes, Sink& sink);
    Next scan_lost(std::string_view bytes);
    void open_tag(std::string_view tag);
    bool close_tag(std::string_view tag);
    void end_document(std::string_view bytes, Sink& sink);
    void abandon(Sink& sink);
    void lose(std::string_view why, Sink& sink);

    std::size_t limit_;
    std::string held_;       // bytes of the document under way, when it did not end in its first read
    std::size_t start_ = 0;  // where the document under way begins
    std::size_t at_ = 0;     // how far it is scanned
    std::size_t depth_ = 0;  // open elements
    bool inside_ = false;    // between a document's first markup and its root's end
    bool lost_ = false;      // skipping to the next XML declaration or known root
    bool oversized_ = false; // the document under way is being dropped
    std::array<std::uint32_t, names_max> names_{};
};

} // namespace lamp::xml
