// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds the study parser any text; what it accepts must survive a round trip unchanged.
#include "core/io/study_file.h"

#include <cstdint>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string text(reinterpret_cast<const char*>(data), size);
    const auto study = dispersa::parseStudy(text, "/study");
    if (!study)
        return 0;
    const auto again = dispersa::parseStudy(dispersa::studyToJson(*study, "/study"), "/study");
    if (!again || !(*again == *study))
        std::abort();
    return 0;
}
