// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/name_matching.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace dispersa {
namespace {

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}
bool isSeparator(char c)
{
    return c == '-' || c == '_' || c == ' ' || c == '.';
}
char lower(char c)
{
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
}

std::string lowered(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(), lower);
    return result;
}

std::string_view digitsAt(std::string_view text, std::size_t start)
{
    std::size_t end = start;
    while (end < text.size() && isDigit(text[end]))
        ++end;
    return text.substr(start, end - start);
}

} // namespace

std::vector<std::string> digitRuns(std::string_view text)
{
    std::vector<std::string> runs;
    for (std::size_t i = 0; i < text.size();) {
        const std::string_view run = digitsAt(text, i);
        if (run.size() >= 3)
            runs.emplace_back(run);
        i += std::max<std::size_t>(1, run.size());
    }
    return runs;
}

bool hasDigitRun(std::string_view text, const std::string& run)
{
    const auto runs = digitRuns(text);
    return std::find(runs.begin(), runs.end(), run) != runs.end();
}

std::string scanStem(const std::filesystem::path& path)
{
    constexpr std::array<std::string_view, 8> words = {"4dstem",   "4d-stem",     "4d stem", "4d_stem",
                                                       "datacube", "diffraction", "movie",   "stack"};
    const std::string stem = path.stem().string();
    std::string result = stem;
    for (bool again = true; again;) {
        again = false;
        for (const std::string_view word : words) {
            const std::size_t rest = result.size() - std::min(result.size(), word.size());
            if (rest > 0 && lowered(result).ends_with(word) && isSeparator(result[rest - 1])) {
                result.resize(rest);
                while (!result.empty() && isSeparator(result.back()))
                    result.pop_back();
                again = true;
            }
        }
    }
    return result.empty() ? stem : result;
}

bool sameStem(std::string_view a, std::string_view b)
{
    if (a.empty() || b.empty())
        return false;
    if (a.size() > b.size())
        std::swap(a, b);
    return lowered(b).starts_with(lowered(a)) && (a.size() == b.size() || isSeparator(b[a.size()]));
}

bool naturalLess(std::string_view a, std::string_view b)
{
    const std::string_view wholeA = a;
    const std::string_view wholeB = b;
    while (!a.empty() && !b.empty()) {
        if (isDigit(a[0]) && isDigit(b[0])) {
            std::string_view numberA = digitsAt(a, 0);
            std::string_view numberB = digitsAt(b, 0);
            a.remove_prefix(numberA.size());
            b.remove_prefix(numberB.size());
            for (std::string_view* number : {&numberA, &numberB})
                while (number->size() > 1 && number->front() == '0')
                    number->remove_prefix(1);
            if (numberA.size() != numberB.size())
                return numberA.size() < numberB.size();
            if (numberA != numberB)
                return numberA < numberB;
            continue;
        }
        if (lower(a[0]) != lower(b[0]))
            return lower(a[0]) < lower(b[0]);
        a.remove_prefix(1);
        b.remove_prefix(1);
    }
    if (a.empty() != b.empty())
        return a.empty();
    return wholeA < wholeB; // "1" and "01": any fixed order
}

} // namespace dispersa
