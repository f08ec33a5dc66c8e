// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/map_writers.h"

#include "core/base/os_file.h"
#include "core/io/map_label.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>

namespace dispersa {
namespace {

static_assert(std::endian::native == std::endian::little, "the machine stamp below says little endian");

using Header = std::array<std::byte, 1024>;

template<class T>
void put(Header& header, std::size_t offset, T value)
{
    std::memcpy(header.data() + offset, &value, sizeof(T));
}

/// Minimum, maximum, mean and standard deviation of the valid pixels; the standard's "undetermined" when there are
/// none.
void putStatistics(Header& header, const ElementMap& map)
{
    double sum = 0;
    double count = 0;
    for (const float value : map.values)
        if (ElementMap::isData(value)) {
            sum += static_cast<double>(value);
            ++count;
        }
    const auto range = validRange(map);
    const double mean = range ? sum / count : -2;
    double squares = 0;
    for (const float value : map.values)
        if (ElementMap::isData(value))
            squares += (static_cast<double>(value) - mean) * (static_cast<double>(value) - mean);
    put(header, 76, static_cast<float>(range ? range->low : 0));
    put(header, 80, static_cast<float>(range ? range->high : -1));
    put(header, 84, static_cast<float>(mean));
    put(header, 216, static_cast<float>(range ? std::sqrt(squares / count) : -1));
}

} // namespace

Result<void> writeMrc(const ElementMap& map, ScanPoint cropOrigin, const std::filesystem::path& path)
{
    if (map.shape.count() <= 0 || static_cast<std::int64_t>(map.values.size()) != map.shape.count())
        return fail(ErrorCode::InvalidArgument, "The map '" + map.quantity + "' has no pixels to write.", path,
                    {map.quantity});
    Header header = {};
    const std::int32_t nx = map.shape.width;
    const std::int32_t ny = map.shape.height;
    put(header, 0, nx);
    put(header, 4, ny);
    put(header, 8, std::int32_t{1});
    put(header, 12, std::int32_t{2}); // float32
    put(header, 16, std::int32_t{cropOrigin.x});
    put(header, 20, std::int32_t{cropOrigin.y});
    put(header, 28, nx);
    put(header, 32, ny);
    put(header, 36, std::int32_t{1});
    const double step_A = map.scanStep_nm.value_or(0) * 10;
    put(header, 40, static_cast<float>(step_A * nx));
    put(header, 44, static_cast<float>(step_A * ny));
    put(header, 48, static_cast<float>(step_A));
    for (const std::size_t angle : {52u, 56u, 60u})
        put(header, angle, 90.0f);
    for (std::int32_t axis = 1; axis <= 3; ++axis)
        put(header, 60 + 4 * static_cast<std::size_t>(axis), axis);
    putStatistics(header, map);
    put(header, 108, std::int32_t{20140});
    std::memcpy(header.data() + 208, "MAP ", 4);
    header[212] = header[213] = std::byte{0x44};
    put(header, 220, std::int32_t{1});
    std::string label = mapLabelText(map);
    label.resize(80, ' ');
    std::memcpy(header.data() + 224, label.data(), label.size());

    auto file = AtomicFile::create(path);
    if (!file)
        return fail(file.error());
    if (auto written = file->write(header); !written)
        return written;
    if (auto written = file->write(std::as_bytes(std::span(map.values))); !written)
        return written;
    return file->commit();
}

} // namespace dispersa
