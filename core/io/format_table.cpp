// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/format_table.h"

#include <algorithm>
#include <array>

namespace dispersa {
namespace {

std::string yes(bool does) { return does ? "yes" : "-"; }

std::string word(Tells tells)
{
    return tells == Tells::Always ? "always" : tells == Tells::Sometimes ? "sometimes" : "-";
}

std::string extensionsOf(const FormatTraits& traits)
{
    std::string text;
    for (const std::string& extension : traits.extensions)
        text += (text.empty() ? "." : " .") + extension;
    return text;
}

/// A bar inside a cell would end it.
std::string cell(const std::string& text)
{
    std::string safe;
    for (const char c : text)
        safe += c == '|' ? std::string("\\|") : std::string(1, c);
    return safe;
}

} // namespace

std::vector<FormatRow> formatRows()
{
    std::vector<FormatRow> table = {{"Format", "Files", "4D-STEM", "Maps", "Spectra", "Writes", "Scan grid",
                                     "Calibration", "Side files", "Note"}};
    for (const Format* format : formats()) {
        const FormatTraits& traits = format->traits();
        const std::string writes = traits.writesDiffraction && traits.writesMaps ? "4D-STEM, maps"
                                   : traits.writesDiffraction                    ? "4D-STEM"
                                   : traits.writesMaps                           ? "maps"
                                                                                 : "-";
        table.push_back({traits.title, extensionsOf(traits), yes(traits.readsDiffraction), yes(traits.readsMaps),
                         yes(traits.readsSpectra), writes, word(traits.tellsScanShape), word(traits.tellsCalibration),
                         traits.companions.empty() ? "-" : traits.companions, traits.note});
    }
    return table;
}

std::string formatsAsMarkdown()
{
    std::string text = "# File formats\n\n"
                       "Made by `dispersa-cli formats --markdown` from what the readers declare; do not edit.\n\n"
                       "*4D-STEM*, *Maps*, *Spectra*: what is read. *Scan grid*, *Calibration*: whether the file tells "
                       "them. A file is recognised by its content; its name counts only where the content has no "
                       "signature.\n\n";
    bool head = true;
    for (const FormatRow& row : formatRows()) {
        for (const std::string& value : row)
            text += "| " + cell(value) + " ";
        text += "|\n";
        if (head)
            for (std::size_t i = 0; i < row.size(); ++i)
                text += i + 1 < row.size() ? "| --- " : "| --- |\n";
        head = false;
    }
    return text;
}

std::string formatsAsText()
{
    const std::vector<FormatRow> table = formatRows();
    constexpr std::size_t last = std::tuple_size_v<FormatRow> - 1; // the note gets a line of its own
    std::array<std::size_t, last> widths = {};
    for (const FormatRow& row : table)
        for (std::size_t i = 0; i < last; ++i)
            widths[i] = std::max(widths[i], row[i].size());
    std::string text;
    for (const FormatRow& row : table) {
        std::string line;
        for (std::size_t i = 0; i < last; ++i)
            line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
        text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
        if (&row != &table.front() && !row[last].empty())
            text += "    " + row[last] + "\n";
    }
    return text;
}

std::string formatList(const std::function<bool(const FormatTraits&)>& wanted)
{
    std::string text;
    for (const Format* format : formats()) {
        const FormatTraits& traits = format->traits();
        if (!wanted(traits))
            continue;
        const std::string extensions = extensionsOf(traits);
        text += (text.empty() ? "" : ", ") + traits.title + (extensions.empty() ? "" : " (" + extensions + ")");
    }
    return text;
}

std::vector<FileFilter> fileFilters(const std::string& all, const std::function<bool(const FormatTraits&)>& wanted)
{
    std::vector<FileFilter> filters = {{all, {}}};
    for (const Format* format : formats()) {
        const FormatTraits& traits = format->traits();
        if (!wanted(traits) || traits.extensions.empty())
            continue;
        FileFilter filter{traits.title, {}};
        for (const std::string& extension : traits.extensions) {
            const std::string pattern = "*." + extension;
            filter.patterns.push_back(pattern);
            auto& known = filters.front().patterns;
            if (std::find(known.begin(), known.end(), pattern) == known.end())
                known.push_back(pattern);
        }
        filters.push_back(std::move(filter));
    }
    return filters;
}

} // namespace dispersa
