// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/diffraction_scan.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

namespace dispersa {
namespace {

float halfToFloat(std::uint16_t half)
{
    const std::uint32_t sign = std::uint32_t(half & 0x8000u) << 16;
    const std::uint32_t exponent = (half >> 10) & 0x1fu;
    const std::uint32_t fraction = half & 0x3ffu;
    if (exponent == 0) // zero and subnormals: fraction x 2^-24
        return std::copysign(static_cast<float>(fraction) * 0x1p-24f, sign ? -1.0f : 1.0f);
    if (exponent == 31)
        return std::bit_cast<float>(sign | 0x7f800000u | (fraction << 13));
    return std::bit_cast<float>(sign | ((exponent + 112u) << 23) | (fraction << 13));
}

template<class In, class Out>
void convertValues(std::span<const std::byte> in, std::span<Out> out)
{
    for (std::size_t i = 0; i < out.size(); ++i) {
        In value;
        std::memcpy(&value, in.data() + i * sizeof(In), sizeof(In));
        out[i] = static_cast<Out>(value);
    }
}

template<class Out>
void convert(ElementType type, std::span<const std::byte> in, std::span<Out> out)
{
    switch (type) {
    case ElementType::Int8: return convertValues<std::int8_t>(in, out);
    case ElementType::UInt8: return convertValues<std::uint8_t>(in, out);
    case ElementType::Int16: return convertValues<std::int16_t>(in, out);
    case ElementType::UInt16: return convertValues<std::uint16_t>(in, out);
    case ElementType::Int32: return convertValues<std::int32_t>(in, out);
    case ElementType::UInt32: return convertValues<std::uint32_t>(in, out);
    case ElementType::Int64: return convertValues<std::int64_t>(in, out);
    case ElementType::UInt64: return convertValues<std::uint64_t>(in, out);
    case ElementType::Float32: return convertValues<float>(in, out);
    case ElementType::Float64: return convertValues<double>(in, out);
    case ElementType::Float16:
        for (std::size_t i = 0; i < out.size(); ++i) {
            std::uint16_t half;
            std::memcpy(&half, in.data() + i * 2, 2);
            out[i] = halfToFloat(half);
        }
        return;
    }
}

} // namespace

const char* elementTypeName(ElementType type)
{
    switch (type) {
    case ElementType::Int8: return "int8";
    case ElementType::UInt8: return "uint8";
    case ElementType::Int16: return "int16";
    case ElementType::UInt16: return "uint16";
    case ElementType::Int32: return "int32";
    case ElementType::UInt32: return "uint32";
    case ElementType::Int64: return "int64";
    case ElementType::UInt64: return "uint64";
    case ElementType::Float16: return "float16";
    case ElementType::Float32: return "float32";
    case ElementType::Float64: return "float64";
    }
    return "";
}

std::size_t elementSize(ElementType type)
{
    switch (type) {
    case ElementType::Int8:
    case ElementType::UInt8: return 1;
    case ElementType::Int16:
    case ElementType::UInt16:
    case ElementType::Float16: return 2;
    case ElementType::Int32:
    case ElementType::UInt32:
    case ElementType::Float32: return 4;
    case ElementType::Int64:
    case ElementType::UInt64:
    case ElementType::Float64: return 8;
    }
    return 0;
}

void convertToFloat(ElementType type, std::span<const std::byte> in, std::span<float> out) { convert(type, in, out); }

void convertToDouble(ElementType type, std::span<const std::byte> in, std::span<double> out) { convert(type, in, out); }

Result<void> DiffractionScan::checkBlock(const Region& block, std::size_t bytes) const
{
    return checkWindow(block, {0, 0, patternShape().height, patternShape().width}, bytes);
}

Result<void> DiffractionScan::checkWindow(const Region& block, const Region& window, std::size_t bytes) const
{
    const PatternShape pattern = patternShape();
    if (block.fitsInto(scanShape()) && window.fitsInto({pattern.height, pattern.width}) &&
        bytes == static_cast<std::size_t>(block.count() * window.count()) * elementSize(elementType()))
        return {};
    return fail(ErrorCode::InvalidArgument,
                "The block " + toText(block) + " does not fit the scan of " + toText(scanShape()) + " of '" +
                    file().string() + "' or its buffer.",
                file(), {toText(block), toText(scanShape())});
}

Result<void> DiffractionScan::readWindow(const Region& block, const Region& window, std::span<std::byte> out) const
{
    if (auto fits = checkWindow(block, window, out.size()); !fits)
        return fits;
    const std::size_t size = elementSize(elementType());
    const auto width = static_cast<std::size_t>(patternShape().width);
    const std::size_t patternBytes = static_cast<std::size_t>(patternShape().count()) * size;
    const std::size_t lineBytes = static_cast<std::size_t>(window.width) * size;
    // Row by row of the scan: one pattern at a time would decode a chunk of several again for each.
    std::vector<std::byte> row(static_cast<std::size_t>(block.width) * patternBytes);
    for (int y = block.y; y < block.y + block.height; ++y) {
        if (auto done = readRaw({y, block.x, 1, block.width}, row); !done)
            return done;
        for (std::size_t pattern = 0; pattern < row.size(); pattern += patternBytes)
            for (int line = window.y; line < window.y + window.height; ++line) {
                const std::size_t first = static_cast<std::size_t>(line) * width + static_cast<std::size_t>(window.x);
                std::memcpy(out.data(), row.data() + pattern + first * size, lineBytes);
                out = out.subspan(lineBytes);
            }
    }
    return {};
}

std::span<const std::byte> DiffractionScan::mappedPattern(ScanPoint) const
{
    return {};
}

Result<void> DiffractionScan::read(const Region& block, std::span<float> out) const
{
    const std::size_t size = elementSize(elementType());
    if (elementType() == ElementType::Float32)
        return readRaw(block, std::as_writable_bytes(out));
    // Row by row, so that the raw copy stays small beside the result.
    std::vector<std::byte> raw(static_cast<std::size_t>(block.width * patternShape().count()) * size);
    for (int row = 0; row < block.height; ++row) {
        if (auto done = readRaw({block.y + row, block.x, 1, block.width}, raw); !done)
            return done;
        const std::size_t values = raw.size() / size;
        convertToFloat(elementType(), raw, out.subspan(static_cast<std::size_t>(row) * values, values));
    }
    return {};
}

Result<std::vector<float>> DiffractionScan::pattern(ScanPoint point) const
{
    std::vector<float> values(static_cast<std::size_t>(patternShape().count()));
    if (auto done = read({point.y, point.x, 1, 1}, values); !done)
        return fail(done.error());
    return values;
}

ScanShape grainOfFrames(std::int64_t together, ScanShape scan)
{
    const std::int64_t rows = std::clamp<std::int64_t>(together / std::max(1, scan.width), 1, std::max(1, scan.height));
    return {static_cast<int>(rows), static_cast<int>(std::clamp<std::int64_t>(together, 1, std::max(1, scan.width)))};
}

Result<void> forEachBlock(const DiffractionScan& scan, const Region& region,
                          const std::function<Result<void>(const Region&, std::span<const float>)>& visit,
                          const ProgressSink& progress, std::stop_token stop, const std::string& stage,
                          std::size_t blockBytes)
{
    const std::int64_t patternBytes = scan.patternShape().count() * 4;
    const std::int64_t patterns = std::max<std::int64_t>(1, static_cast<std::int64_t>(blockBytes) / patternBytes);
    const int width = static_cast<int>(std::min<std::int64_t>(region.width, patterns));
    const int rows = static_cast<int>(std::clamp<std::int64_t>(patterns / region.width, 1, region.height));
    std::vector<float> values;
    std::int64_t done = 0;
    for (int y = region.y; y < region.y + region.height; y += rows) {
        for (int x = region.x; x < region.x + region.width; x += width) {
            if (stop.stop_requested())
                return fail(ErrorCode::Cancelled, "Cancelled.");
            const Region block{y, x, std::min(rows, region.y + region.height - y),
                               std::min(width, region.x + region.width - x)};
            values.resize(static_cast<std::size_t>(block.count() * scan.patternShape().count()));
            if (auto result = scan.read(block, values); !result)
                return result;
            if (auto result = visit(block, values); !result)
                return result;
            done += block.count();
            report(progress, {stage, done, region.count()});
        }
    }
    return {};
}

} // namespace dispersa
