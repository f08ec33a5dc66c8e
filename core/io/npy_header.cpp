// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/npy_header.h"

#include "core/io/byte_reader.h"

#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t longestHeader = 1u << 20;

tl::unexpected<Error> invalid(const fs::path& path, const std::string& what, std::vector<std::string> numbers = {})
{
    return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is not a valid NumPy file: " + what + ".", path,
                std::move(numbers));
}

/// The Python dictionary of the header, as far as it needs to be read: {'descr': '<f4', 'fortran_order': False,
/// 'shape': (2, 3), }.
struct Dictionary {
    std::optional<std::string> descr = {}; ///< empty text when it is a list: a structured type
    std::optional<bool> fortranOrder = {};
    std::optional<std::vector<std::int64_t>> shape = {};
};

class DictionaryParser {
  public:
    explicit DictionaryParser(std::string_view text) : m_rest(text) {}

    /// nullopt unless the whole text is a dictionary of this kind.
    std::optional<Dictionary> parse()
    {
        Dictionary found;
        if (!take('{'))
            return std::nullopt;
        while (!take('}')) {
            const auto key = quoted();
            if (!key || !take(':') || !value(*key, found) || !(take(',') || next() == '}'))
                return std::nullopt;
        }
        return found;
    }

  private:
    char next()
    {
        const auto first = m_rest.find_first_not_of(" \t\r\n");
        m_rest.remove_prefix(first == m_rest.npos ? m_rest.size() : first);
        return m_rest.empty() ? '\0' : m_rest.front();
    }

    bool take(char expected)
    {
        if (next() != expected)
            return false;
        m_rest.remove_prefix(1);
        return true;
    }

    bool takeWord(std::string_view word)
    {
        next();
        if (!m_rest.starts_with(word))
            return false;
        m_rest.remove_prefix(word.size());
        return true;
    }

    std::optional<std::string> quoted()
    {
        const char quote = next();
        if (quote != '\'' && quote != '"')
            return std::nullopt;
        const auto end = m_rest.find(quote, 1);
        if (end == m_rest.npos)
            return std::nullopt;
        std::string text(m_rest.substr(1, end - 1));
        m_rest.remove_prefix(end + 1);
        return text;
    }

    bool value(const std::string& key, Dictionary& found)
    {
        if (key == "descr") {
            if (next() == '[') { // the fields of a structured type
                found.descr.emplace();
                return skipList();
            }
            found.descr = quoted();
            return found.descr.has_value();
        }
        if (key == "fortran_order") {
            const bool yes = takeWord("True");
            found.fortranOrder = yes;
            return yes || takeWord("False");
        }
        if (key == "shape")
            return tuple(found.shape.emplace());
        return false;
    }

    bool skipList()
    {
        int depth = 0;
        for (std::size_t i = 0; i < m_rest.size(); ++i) {
            depth += m_rest[i] == '[' ? 1 : m_rest[i] == ']' ? -1 : 0;
            if (depth == 0) {
                m_rest.remove_prefix(i + 1);
                return true;
            }
        }
        return false;
    }

    bool tuple(std::vector<std::int64_t>& extents)
    {
        if (!take('('))
            return false;
        while (!take(')')) {
            next();
            std::int64_t extent = 0;
            const auto [end, problem] = std::from_chars(m_rest.data(), m_rest.data() + m_rest.size(), extent);
            if (problem != std::errc() || extents.size() > 64)
                return false;
            m_rest.remove_prefix(static_cast<std::size_t>(end - m_rest.data()));
            takeWord("L"); // Python 2 marks long integers
            extents.push_back(extent);
            if (!take(',') && next() != ')')
                return false;
        }
        return true;
    }

    std::string_view m_rest;
};

/// Number type of a text such as "<f4"; nullopt for those that are no real numbers.
std::optional<ElementType> typeOf(std::string_view descr)
{
    struct Known {
        std::string_view name;
        ElementType type;
    };
    constexpr std::array<Known, 12> known = {{{"b1", ElementType::UInt8},
                                              {"i1", ElementType::Int8},
                                              {"u1", ElementType::UInt8},
                                              {"i2", ElementType::Int16},
                                              {"u2", ElementType::UInt16},
                                              {"i4", ElementType::Int32},
                                              {"u4", ElementType::UInt32},
                                              {"i8", ElementType::Int64},
                                              {"u8", ElementType::UInt64},
                                              {"f2", ElementType::Float16},
                                              {"f4", ElementType::Float32},
                                              {"f8", ElementType::Float64}}};
    if (descr.size() != 3 || std::string_view("<>=|").find(descr[0]) == std::string_view::npos)
        return std::nullopt;
    for (const Known& candidate : known)
        if (descr.substr(1) == candidate.name)
            return candidate.type;
    return std::nullopt;
}

std::string shapeText(const std::vector<std::int64_t>& shape)
{
    std::string text;
    for (const std::int64_t extent : shape)
        text += (text.empty() ? "" : " x ") + std::to_string(extent);
    return text.empty() ? "a single value" : text;
}

/// Text of the dictionary and where the data begin.
Result<std::string_view> dictionaryText(const fs::path& path, std::span<const std::byte> file, NpyHeader& header)
{
    const ByteReader reader{file, std::endian::native != std::endian::little};
    const std::uint64_t size = file.size();
    if (size < 12)
        return invalid(path, "it has " + std::to_string(size) + " bytes, less than a header", {std::to_string(size)});
    const int version = reader.at<std::uint8_t>(6);
    if (version < 1 || version > 3)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' is a NumPy file of version " + std::to_string(version) +
                        "; Dispersa reads the versions 1 to 3.",
                    path, {std::to_string(version)});
    const std::uint64_t start = version == 1 ? 10 : 12;
    const std::uint64_t length = version == 1 ? reader.at<std::uint16_t>(8) : reader.at<std::uint32_t>(8);
    if (length > longestHeader || length > size - start)
        return invalid(path,
                       "its header announces " + std::to_string(length) + " bytes of text; the file has " +
                           std::to_string(size),
                       {std::to_string(length), std::to_string(size)});
    header.dataOffset = start + length;
    return std::string_view(reinterpret_cast<const char*>(file.data()) + start, length);
}

} // namespace

std::int64_t NpyHeader::count() const
{
    std::int64_t product = 1;
    for (const std::int64_t extent : shape)
        product *= extent;
    return product;
}

Result<NpyHeader> readNpyHeader(const fs::path& path, std::span<const std::byte> file)
{
    NpyHeader header;
    const auto text = dictionaryText(path, file, header);
    if (!text)
        return fail(text.error());
    const auto found = DictionaryParser(*text).parse();
    if (!found || !found->descr || !found->fortranOrder || !found->shape)
        return invalid(path, "its header does not tell type, order and shape");
    const auto type = typeOf(*found->descr);
    if (!type)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' holds values of NumPy type '" +
                        (found->descr->empty() ? "structure" : *found->descr) +
                        "'; Dispersa reads integers and floats of 1 to 8 bytes.",
                    path, {*found->descr});
    header.type = *type;
    constexpr bool littleHere = std::endian::native == std::endian::little;
    header.swapped = found->descr->front() == (littleHere ? '>' : '<');
    header.fortranOrder = *found->fortranOrder;
    header.shape = *found->shape;
    if (header.shape.size() < 2 || header.shape.size() > 4)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' has " + std::to_string(header.shape.size()) +
                        " dimensions; Dispersa reads maps (2), stacks (3) and scans (4) from NumPy files.",
                    path, {std::to_string(header.shape.size())});
    std::int64_t product = static_cast<std::int64_t>(elementSize(header.type));
    for (const std::int64_t extent : header.shape) {
        if (extent <= 0 || extent > std::numeric_limits<int>::max() ||
            product > std::numeric_limits<std::int64_t>::max() / extent)
            return invalid(path, "its shape is " + shapeText(header.shape), {shapeText(header.shape)});
        product *= extent;
    }
    return header;
}

} // namespace dispersa
