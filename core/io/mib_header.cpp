// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/mib_header.h"

#include "core/base/os_file.h"

#include <algorithm>
#include <charconv>
#include <string_view>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view signature = "MQ1,";
constexpr std::size_t firstFields = 128; ///< characters that hold the fields up to the chip layout
constexpr std::size_t leastHeader = 32;
constexpr std::size_t longestHeader = 65536;
constexpr std::uintmax_t longestHdrFile = 1u << 20;
constexpr std::int64_t widestSide = 65535;

std::string_view trimmed(std::string_view text)
{
    constexpr std::string_view blanks("\0 \t\r\n", 5);
    const auto first = text.find_first_not_of(blanks);
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

std::optional<std::int64_t> numberIn(std::string_view text)
{
    text = trimmed(text);
    std::int64_t number = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || problem != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::vector<std::string_view> fieldsOf(std::string_view header)
{
    std::vector<std::string_view> fields;
    while (true) {
        const auto comma = header.find(',');
        fields.push_back(trimmed(header.substr(0, comma)));
        if (comma == header.npos)
            return fields;
        header.remove_prefix(comma + 1);
    }
}

tl::unexpected<Error> invalid(const fs::path& path, const std::string& what, std::vector<std::string> numbers = {})
{
    return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' is not a valid Merlin file: " + what + ".", path,
                std::move(numbers));
}

/// Counter depth: third after the second part of the header ("MQ1A", time, exposure, depth), else the last field.
std::optional<std::int64_t> counterDepth(std::vector<std::string_view> fields)
{
    const auto second = std::find(fields.begin() + 1, fields.end(), "MQ1A");
    if (fields.end() - second > 3)
        return numberIn(second[3]);
    while (!fields.empty() && fields.back().empty())
        fields.pop_back();
    return fields.empty() ? std::nullopt : numberIn(fields.back());
}

/// Sizes of a frame of plain integers.
Result<void> describePlain(const fs::path& path, std::string_view type, MibHeader& header)
{
    if (type == "U08")
        header.type = ElementType::UInt8;
    else if (type == "U16")
        header.type = ElementType::UInt16;
    else if (type == "U32")
        header.type = ElementType::UInt32;
    else
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' stores pixels of type '" + std::string(type) +
                        "'; Dispersa reads U08, U16, U32 and R64 from Merlin files.",
                    path, {std::string(type)});
    header.dataBytes = static_cast<std::uint64_t>(header.pattern.count()) * elementSize(header.type);
    return {};
}

/// Sizes of a raw frame. A row of a 2 x 2 detector holds the rows of its four chips; the two halves of a 24-bit counter
/// are two 12-bit images, counted by the header as one of twice the width.
Result<void> describeRaw(const fs::path& path, const std::vector<std::string_view>& fields, MibHeader& header)
{
    if (fields.size() <= 7)
        return invalid(path, "its header ends before it tells the chip layout");
    const auto depth = counterDepth(fields);
    const auto chips = numberIn(fields[3]).value_or(0);
    std::string layout(fields[7]);
    layout.erase(std::remove(layout.begin(), layout.end(), 'G'), layout.end());
    const auto unsupported = [&](const std::string& what) {
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' holds raw Merlin frames " + what +
                        ", which Dispersa cannot put together. Save them as U08, U16 or U32.",
                    path, {what});
    };
    if (!depth)
        return unsupported("that do not tell their counter depth");
    const auto bits = static_cast<int>(std::clamp<std::int64_t>(*depth, 0, 64));
    if (bits != 1 && bits != 6 && bits != 12 && bits != 24)
        return unsupported("of " + std::to_string(*depth) + " bits");
    PatternShape& pattern = header.pattern; // as the header counts, so far
    if (chips != 1 && (layout != "2x2" || chips != 4 || bits == 24 || pattern.width != 4 * pattern.height))
        return unsupported("of " + std::to_string(bits) + " bits from " + std::to_string(chips) +
                           " chips in the layout " + layout + ", " + toText(pattern) + " pixels");
    if (bits == 24 && pattern.width % 2 != 0) // the two halves of a counter lie side by side
        return unsupported("of 24 bits and an odd width of " + std::to_string(pattern.width) + " pixels");
    header.rawBits = bits;
    header.quad = chips == 4;
    header.type = bits == 24 ? ElementType::UInt32 : bits == 12 ? ElementType::UInt16 : ElementType::UInt8;
    const auto values = static_cast<std::uint64_t>(pattern.count());
    header.dataBytes = bits == 1 ? values / 8 : bits == 6 ? values : 2 * values;
    if (header.quad)
        pattern = {2 * pattern.height, pattern.width / 2};
    else if (bits == 24)
        pattern.width /= 2;
    const int chipWidth = header.quad ? pattern.width / 2 : pattern.width;
    if (const int group = bits == 1 ? 64 : bits == 6 ? 8 : 4; chipWidth == 0 || chipWidth % group != 0)
        return unsupported("of " + std::to_string(bits) + " bits and a width that is no multiple of " +
                           std::to_string(group) + " pixels");
    return {};
}

} // namespace

Result<MibHeader> readMibHeader(const fs::path& path, std::span<const std::byte> file)
{
    const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
    if (!text.starts_with(signature))
        return invalid(path, "it does not begin with MQ1");
    const auto fields = fieldsOf(text.substr(0, firstFields));
    const auto length = fields.size() > 7 ? numberIn(fields[2]) : std::nullopt;
    if (!length || *length < static_cast<std::int64_t>(leastHeader) ||
        *length > static_cast<std::int64_t>(longestHeader))
        return invalid(path, "its header does not tell a credible length of itself");
    MibHeader header;
    header.headerBytes = static_cast<std::uint64_t>(*length);
    header.firstFrame = numberIn(fields[1]).value_or(0);
    if (header.headerBytes > file.size())
        return fail(ErrorCode::FileTruncated,
                    "'" + path.string() + "' is cut off: its header has " + std::to_string(*length) +
                        " bytes, the file " + std::to_string(file.size()) + ". Copy it again.",
                    path, {std::to_string(*length), std::to_string(file.size())});
    const auto width = numberIn(fields[4]);
    const auto height = numberIn(fields[5]);
    if (!width || !height || *width <= 0 || *height <= 0 || *width > widestSide || *height > widestSide)
        return invalid(path,
                       "its header gives frames of '" + std::string(fields[5]) + "' x '" + std::string(fields[4]) +
                           "' pixels",
                       {std::string(fields[5]), std::string(fields[4])});
    header.pattern = {static_cast<int>(*height), static_cast<int>(*width)};
    const auto described = fields[6] == "R64" ? describeRaw(path, fieldsOf(text.substr(0, header.headerBytes)), header)
                                              : describePlain(path, fields[6], header);
    if (!described)
        return fail(described.error());
    if (file.size() >= header.frameBytes() + signature.size() &&
        !text.substr(header.frameBytes()).starts_with(signature))
        return invalid(path,
                       "its second frame does not begin at byte " + std::to_string(header.frameBytes()) +
                           ", where the header of the first one lets it",
                       {std::to_string(header.frameBytes())});
    return header;
}

Result<MibAcquisition> readMibAcquisition(const fs::path& path)
{
    const auto text = readTextFile(path, longestHdrFile);
    if (!text)
        return fail(text.error());
    if (!text->starts_with("HDR"))
        return invalid(path, "it does not begin with HDR");
    std::optional<std::int64_t> scanX, scanY, frames, perTrigger;
    for (std::string_view rest = *text; !rest.empty();) {
        const auto end = rest.find('\n');
        const std::string_view line = rest.substr(0, end);
        rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
        const auto tab = line.find('\t');
        if (tab == line.npos)
            continue;
        std::string_view key = trimmed(line.substr(0, tab));
        if (key.ends_with(':'))
            key.remove_suffix(1);
        const auto value = numberIn(line.substr(tab + 1));
        if (key == "ScanX")
            scanX = value;
        else if (key == "ScanY")
            scanY = value;
        else if (key == "Frames in Acquisition (Number)")
            frames = value;
        else if (key == "Frames per Trigger (Number)")
            perTrigger = value;
    }
    MibAcquisition acquisition;
    if (frames && *frames > 0)
        acquisition.frames = frames;
    const auto isSide = [](const std::optional<std::int64_t>& side) {
        return side && *side > 0 && *side <= widestSide;
    };
    if (isSide(scanX) && isSide(scanY))
        acquisition.scan = ScanShape{static_cast<int>(*scanY), static_cast<int>(*scanX)};
    // One trigger per row is the common wiring; one per pixel, or one for all, tells nothing.
    else if (isSide(perTrigger) && *perTrigger > 1 && frames && *frames > *perTrigger && *frames % *perTrigger == 0 &&
             isSide(*frames / *perTrigger))
        acquisition.scan = ScanShape{static_cast<int>(*frames / *perTrigger), static_cast<int>(*perTrigger)};
    return acquisition;
}

} // namespace dispersa
