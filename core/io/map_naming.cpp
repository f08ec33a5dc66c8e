// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_naming.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace dispersa {
namespace {

constexpr std::array<std::string_view, 6> hints = {"at", "wt", "net", "counts", "cts", "int"};
constexpr std::array<std::string_view, 4> detectors = {"HAADF", "DF2", "DF4", "BF"};

bool isSeparator(char c)
{
    return c == '-' || c == '_' || c == ' ';
}

/// Removes an X-ray line such as "K", "La" or "Ka1" from the front.
std::string_view withoutLine(std::string_view text)
{
    if (text.empty() || (text[0] != 'K' && text[0] != 'L' && text[0] != 'M'))
        return text;
    text.remove_prefix(1);
    if (text.starts_with("\xCE\xB1") || text.starts_with("\xCE\xB2")) // alpha, beta in UTF-8
        text.remove_prefix(2);
    else if (text.starts_with('a') || text.starts_with('b'))
        text.remove_prefix(1);
    if (text.starts_with('1') || text.starts_with('2'))
        text.remove_prefix(1);
    return text;
}

/// True if `text` is `[-_ ]?(hint)?%?` to its end.
bool isEnding(std::string_view text, std::optional<std::string>& hint)
{
    if (!text.empty() && isSeparator(text.front()))
        text.remove_prefix(1);
    if (text.ends_with('%'))
        text.remove_suffix(1);
    hint.reset();
    if (text.empty())
        return true;
    if (std::find(hints.begin(), hints.end(), text) == hints.end())
        return false;
    hint = std::string(text);
    return true;
}

/// The part of a stem from one position to its end as quantity and hint.
std::optional<MapNaming> namingAt(std::string_view text)
{
    MapNaming naming;
    for (const std::string_view detector : detectors) {
        if (text.starts_with(detector) && isEnding(text.substr(detector.size()), naming.hint)) {
            naming.quantity = detector;
            return naming;
        }
    }
    for (const std::size_t length : {2u, 1u}) {
        if (text.size() < length || !isElementSymbol(text.substr(0, length)))
            continue;
        const std::string_view rest = text.substr(length);
        if (isEnding(rest, naming.hint) || isEnding(withoutLine(rest), naming.hint)) {
            naming.quantity = text.substr(0, length);
            return naming;
        }
    }
    return std::nullopt;
}

} // namespace

std::optional<MapNaming> mapNaming(const std::filesystem::path& path)
{
    const std::string stem = path.stem().string();
    for (std::size_t start = stem.size(); start-- > 0;) {
        if (start > 0 && !isSeparator(stem[start - 1]))
            continue;
        auto naming = namingAt(std::string_view(stem).substr(start));
        if (!naming)
            continue;
        naming->stem = stem.substr(0, start);
        while (!naming->stem.empty() && isSeparator(naming->stem.back()))
            naming->stem.pop_back();
        return naming;
    }
    return std::nullopt;
}

} // namespace dispersa
