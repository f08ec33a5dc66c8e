// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds the parts of the Velox reader that interpret what HDF5 hands them: metadata as JSON, and the spectrum stream.
#include "core/io/velox_json_p.h"
#include "core/io/velox_stream_p.h"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace dispersa;

namespace {

void readMetadata(const std::string& text)
{
    const velox::Json json = velox::parse(text);
    (void)velox::textAt(json, {"BinaryResult", "Detector"});
    (void)velox::numberAt(json, {"BinaryResult", "PixelSize", "width"});
    (void)velox::isTrue(json, {"Scan", "IsSerpentine"});
    (void)velox::pathAt(json, {"data"});
    (void)velox::at(json, {"Optics", "AccelerationVoltage"});
}

void readStream(std::span<const std::uint8_t> bytes)
{
    std::vector<std::uint16_t> values(bytes.size() / 2);
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), values.size() * 2);
    constexpr std::int64_t pixels = 16;
    std::vector<float> counts(pixels);
    velox::StreamCounter counter(pixels, 10, 4000, counts);
    // In two pieces, as a stream is read in blocks.
    const std::span all(values);
    counter.add(all.first(all.size() / 3));
    counter.add(all.subspan(all.size() / 3));
    double total = 0;
    for (const float count : counts)
        total += count;
    if (total < 0 || total > static_cast<double>(values.size()) || counter.visited() > static_cast<std::int64_t>(all.size()))
        std::abort(); // more counts than the stream has values
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    readMetadata(std::string(reinterpret_cast<const char*>(data), size));
    readStream({data, size});
    return 0;
}
