// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/csv_table.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace dispersa {
namespace {

constexpr int mostHeaderLines = 200;
constexpr std::size_t mostColumns = 65535;
constexpr std::size_t mostValues = std::size_t(1) << 26; ///< 8192 x 8192
constexpr std::size_t longestNumber = 64;
constexpr std::string_view blanks = " \t";

std::string_view trimmed(std::string_view text)
{
    const auto first = text.find_first_not_of(blanks);
    return first == text.npos ? std::string_view() : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

/// Takes the next line away; \n, \r\n and \r end one.
std::string_view takeLine(std::string_view& rest)
{
    const auto end = rest.find_first_of("\r\n");
    const std::string_view line = rest.substr(0, end);
    const bool pair = end != rest.npos && rest.substr(end).starts_with("\r\n");
    rest.remove_prefix(end == rest.npos ? rest.size() : end + (pair ? 2 : 1));
    return line;
}

bool isSkipped(std::string_view line)
{
    line = trimmed(line);
    return line.empty() || line.starts_with('#') || line.starts_with('%') || line.starts_with("//");
}

/// What separates the fields of a line: ';', a tab, ',' or blanks (' ').
char separatorOf(std::string_view line)
{
    line = trimmed(line);
    for (const char certain : {';', '\t'})
        if (line.find(certain) != line.npos)
            return certain;
    if (line.find(',') == line.npos)
        return ' ';
    // "1,5 2,5": blanks away from any comma separate, and the commas are decimal ones.
    for (std::size_t i = line.find(' '); i != line.npos; i = line.find(' ', i + 1)) {
        const auto before = line.find_last_not_of(blanks, i);
        const auto after = line.find_first_not_of(blanks, i);
        if (line[before] != ',' && line[after] != ',')
            return ' ';
    }
    return ',';
}

/// The fields of a line, at most one more than a row may have. A separator at its end ends the last field and starts
/// none; `endsWithSeparator` says so.
std::vector<std::string_view> fieldsOf(std::string_view line, char separator, bool& endsWithSeparator)
{
    std::vector<std::string_view> fields;
    endsWithSeparator = false;
    if (separator == ' ') {
        for (auto first = line.find_first_not_of(blanks); first != line.npos && fields.size() <= mostColumns;
             first = line.find_first_not_of(blanks)) {
            line.remove_prefix(first);
            const auto end = std::min(line.find_first_of(blanks), line.size());
            fields.push_back(line.substr(0, end));
            line.remove_prefix(end);
        }
        return fields;
    }
    while (true) {
        const auto end = line.find(separator);
        fields.push_back(trimmed(line.substr(0, end)));
        if (end == line.npos || fields.size() > mostColumns)
            break;
        line.remove_prefix(end + 1);
    }
    endsWithSeparator = fields.size() > 1 && fields.back().empty();
    if (endsWithSeparator)
        fields.pop_back();
    return fields;
}

bool meansNoData(std::string_view field)
{
    constexpr std::array<std::string_view, 9> words = {"nan", "na", "n/a", "null",    "none",
                                                       "-",   "--", "inf", "infinity"};
    if (field.empty())
        return true;
    if (field.size() > 2 && (field.front() == '+' || field.front() == '-'))
        field.remove_prefix(1);
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
        return std::equal(word.begin(), word.end(), field.begin(), field.end(), [](char a, char b) {
            return a == static_cast<char>(std::tolower(static_cast<unsigned char>(b)));
        });
    });
}

/// Which decimal mark the fields used so far.
struct DecimalMark {
    char used = '\0';
    /// False if the other one was used before.
    bool accepts(char mark)
    {
        if (used == '\0')
            used = mark;
        return used == mark;
    }
};

/// The number of a field; NaN where it says that there is none, nullopt where it is text.
std::optional<double> numberIn(std::string_view field, char separator, DecimalMark& mark)
{
    if (field.size() >= 2 && field.front() == '"' && field.back() == '"')
        field = trimmed(field.substr(1, field.size() - 2));
    if (meansNoData(field))
        return std::numeric_limits<double>::quiet_NaN();
    const bool signedPlus = field.front() == '+'; // which from_chars does not read
    if (signedPlus)
        field.remove_prefix(1);
    std::array<char, longestNumber> digits;
    if (field.empty() || field.size() > digits.size() || (signedPlus && field.front() == '-'))
        return std::nullopt;
    const auto end = std::copy(field.begin(), field.end(), digits.begin());
    const auto decimal = std::find_if(digits.begin(), end, [](char c) { return c == '.' || c == ','; });
    if (decimal != end) {
        if ((*decimal == ',' && separator == ',') || !mark.accepts(*decimal))
            return std::nullopt;
        *decimal = '.';
    }
    double number = 0;
    const char* last = digits.data() + field.size();
    const auto [stop, problem] = std::from_chars(digits.data(), last, number);
    if (problem == std::errc::result_out_of_range && stop == last) // beyond a double is no measurement
        return std::numeric_limits<double>::quiet_NaN();
    return problem == std::errc() && stop == last ? std::optional(number) : std::nullopt;
}

/// True unless a field is text. One field that says "no data" is text too, a whole row of them a row without data.
bool isRowOfNumbers(std::string_view line)
{
    const char separator = separatorOf(line);
    bool endsWithSeparator = false;
    DecimalMark mark;
    bool anyNumber = false;
    const auto fields = fieldsOf(line, separator, endsWithSeparator);
    for (const std::string_view field : fields) {
        const auto number = numberIn(field, separator, mark);
        if (!number)
            return false;
        anyNumber = anyNumber || std::isfinite(*number);
    }
    return anyNumber || fields.size() > 1;
}

/// Fields of a row. A row that ends with a separator lacks its last value, unless all rows end so.
std::size_t columnsOf(std::string_view rows, char separator)
{
    std::size_t first = 0;
    while (!rows.empty()) {
        const std::string_view line = takeLine(rows);
        if (isSkipped(line))
            continue;
        bool endsWithSeparator = false;
        const std::size_t fields = fieldsOf(line, separator, endsWithSeparator).size();
        if (!endsWithSeparator)
            return fields;
        if (first == 0)
            first = fields;
    }
    return first;
}

tl::unexpected<Error> invalidAt(const std::filesystem::path& path, std::int64_t line, const std::string& what,
                                std::vector<std::string> more = {})
{
    std::vector<std::string> arguments{std::to_string(line)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return fail(ErrorCode::FormatInvalid,
                "'" + path.string() + "' is no table of numbers: line " + std::to_string(line) + " " + what + ".", path,
                std::move(arguments));
}

/// A field as a message shows it: short, without bytes that are no plain text.
std::string shown(std::string_view field)
{
    std::string text(field.substr(0, 24));
    for (char& c : text)
        if (!std::isprint(static_cast<unsigned char>(c)))
            c = '?';
    return text + (field.size() > 24 ? "..." : "");
}

} // namespace

Result<CsvTable> parseCsvTable(const std::filesystem::path& path, std::string_view text)
{
    if (text.starts_with("\xEF\xBB\xBF"))
        text.remove_prefix(3);
    if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF"))
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' is text in UTF-16. Save it as UTF-8 or plain text.", path, {"UTF-16"});
    CsvTable table;
    char separator = ',';
    std::size_t columns = 0;
    DecimalMark mark;
    std::int64_t number = 0;
    int headerLines = 0;
    while (!text.empty()) {
        const std::string_view fromHere = text;
        const std::string_view line = takeLine(text);
        ++number;
        if (isSkipped(line))
            continue;
        if (columns == 0) {
            if (!isRowOfNumbers(line)) {
                if (++headerLines > mostHeaderLines)
                    break;
                continue;
            }
            separator = separatorOf(line);
            columns = columnsOf(fromHere, separator);
        }
        bool endsWithSeparator = false;
        auto fields = fieldsOf(line, separator, endsWithSeparator);
        if (endsWithSeparator && fields.size() + 1 == columns)
            fields.emplace_back();
        if (fields.size() != columns)
            return invalidAt(path, number,
                             "has " + std::to_string(fields.size()) + " fields, the other rows have " +
                                 std::to_string(columns),
                             {std::to_string(fields.size()), std::to_string(columns)});
        if (columns > mostColumns || table.values.size() + columns > mostValues)
            return invalidAt(path, number, "is more than a map may hold");
        for (const std::string_view field : fields) {
            const auto value = numberIn(field, separator, mark);
            if (!value)
                return invalidAt(path, number, "holds '" + shown(field) + "', which is no number", {shown(field)});
            table.values.push_back(*value);
        }
        ++table.rows;
    }
    table.columns = static_cast<int>(columns);
    if (table.rows == 0)
        return fail(ErrorCode::FormatInvalid, "'" + path.string() + "' holds no row of numbers.", path);
    return table;
}

bool startsWithNumbers(std::string_view head)
{
    if (head.starts_with("\xEF\xBB\xBF"))
        head.remove_prefix(3);
    while (!head.empty()) {
        const bool whole = head.find_first_of("\r\n") != head.npos;
        std::string_view line = takeLine(head);
        if (isSkipped(line))
            continue;
        if (!whole) // its last number may be cut
            line = line.substr(0, line.find_last_of(";, \t") + 1);
        bool ignored = false;
        return isRowOfNumbers(line) && fieldsOf(line, separatorOf(line), ignored).size() > 1;
    }
    return false;
}

} // namespace dispersa
