// SPDX-License-Identifier: GPL-3.0-or-later
// Feeds the reader of model files any bytes, three times: as a file, as a header whose weights are zeros, and as the
// description alone. What it accepts must be whole, and its description must survive a round trip.
#include "core/learn/model_description_p.h"
#include "core/learn/model_file_p.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <vector>

using namespace dispersa;

namespace {

const std::filesystem::path path = "model.safetensors";

void checkDescription(const ModelDescription& description)
{
    const std::string text = describeAsJson(description);
    const auto again = describedByJson(text, path);
    if (!again || describeAsJson(*again) != text)
        std::abort();
}

void read(std::span<const std::byte> file)
{
    const auto model = parseModelFile(file, path);
    if (!model)
        return;
    checkDescription(model->description);
    std::size_t bytes = 0;
    for (const safetensors::Entry& entry : model->weights) {
        if (entry.bytes.data() < file.data() || entry.bytes.data() + entry.bytes.size() > file.data() + file.size())
            std::abort(); // points out of the file
        bytes += entry.bytes.size();
    }
    if (bytes > file.size())
        std::abort(); // tensors that share their bytes
}

/// The smallest network has 8 MB of weights, an ensemble twice as much, which would leave a fuzzer nothing else to change: the last four bytes of the
/// input say how many zeros follow it.
void readWithWeights(std::span<const std::byte> input)
{
    constexpr std::size_t mostWeights = 18 << 20, mostHeader = 1 << 20;
    static std::vector<std::byte> buffer(mostHeader + mostWeights);
    std::uint32_t weights = 0;
    if (input.size() < sizeof weights || input.size() > mostHeader)
        return;
    const auto header = input.first(input.size() - sizeof weights);
    std::memcpy(&weights, input.data() + header.size(), sizeof weights);
    std::copy(header.begin(), header.end(), buffer.begin());
    read({buffer.data(), header.size() + std::min<std::size_t>(weights, mostWeights)});
    std::fill_n(buffer.begin(), header.size(), std::byte(0));
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span(data, size));
    read(input);
    readWithWeights(input);
    if (const auto description = describedByJson(std::string(reinterpret_cast<const char*>(data), size), path))
        checkDescription(*description);
    return 0;
}
