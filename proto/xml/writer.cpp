#include "proto/xml/writer.hpp"

namespace lamp::xml {

void append_escaped(std::string& out, std::string_view text) {
    for (char c : text) {
        switch (c) {
        case '&': out += "&amp;"; break;
        case '<': out += "&lt;"; break;
        case '>': out += "&gt;"; break;
        case '"': out += "&quot;"; break;
        case '\'': out += "&apos;"; break;
        default:
            if (static_cast<unsigned char>(c) >= ' ' || c == '\t' || c == '\n') out += c;
        }
    }
}

Writer::Writer(std::string_view root, std::string_view space) {
    out_ = R"(<?xml version="1.0" encoding="UTF-8"?>)";
    out_ += '\n';
    open(root).attribute("xmlns", space);
}

void Writer::finish_tag() {
    if (in_tag_) out_ += '>';
    in_tag_ = false;
}

Writer& Writer::open(std::string_view name) {
    finish_tag();
    out_ += '<';
    out_ += name;
    open_.emplace_back(name);
    in_tag_ = true;
    return *this;
}

Writer& Writer::attribute(std::string_view name, std::string_view value) {
    out_ += ' ';
    out_ += name;
    out_ += "=\"";
    append_escaped(out_, value);
    out_ += '"';
    return *this;
}

Writer& Writer::text(std::string_view value) {
    finish_tag();
    append_escaped(out_, value);
    return *this;
}

Writer& Writer::close() {
    if (in_tag_) {
        out_ += "/>";
        in_tag_ = false;
    } else {
        out_ += "</" + open_.back() + ">";
    }
    open_.pop_back();
    return *this;
}

Writer& Writer::nil(std::string_view name) {
    return open(name)
        .attribute("xmlns:i", "http://www.w3.org/2001/XMLSchema-instance")
        .attribute("i:nil", "true")
        .close();
}

std::string Writer::done() {
    while (!open_.empty())
        close();
    return std::move(out_);
}

} // namespace lamp::xml
