// SPDX-License-Identifier: GPL-3.0-or-later
// Encodes TensorBoard events. Formats: tensorflow/core/lib/io/record_writer and tensorflow/core/util/event.proto.
#include "core/learn/tensorboard_writer_p.h"

#include "core/base/os_file.h"

#include <array>
#include <bit>
#include <chrono>
#include <cstring>
#include <vector>

namespace dispersa {

namespace {

constexpr std::array<std::uint32_t, 256> makeCrcTable()
{
    std::array<std::uint32_t, 256> table = {};
    for (std::uint32_t i = 0; i < table.size(); ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value >> 1) ^ ((value & 1) ? 0x82f63b78u : 0u);
        table[i] = value;
    }
    return table;
}

/// TFRecord stores CRCs rotated and offset, so that a CRC over data with CRCs in it stays meaningful.
std::uint32_t masked(std::uint32_t crc)
{
    return std::rotr(crc, 15) + 0xa282ead8u;
}

template<class T>
std::string littleEndian(T value)
{
    static_assert(std::endian::native == std::endian::little);
    std::string bytes(sizeof value, '\0');
    std::memcpy(bytes.data(), &value, sizeof value);
    return bytes;
}

std::string varint(std::uint64_t value)
{
    std::string bytes;
    for (; value >= 0x80; value >>= 7)
        bytes += char(0x80 | (value & 0x7f));
    return bytes + char(value);
}

// Protobuf fields: key = number << 3 | wire type (0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes).
std::string field(int number, int wireType)
{
    return varint(std::uint64_t(number) << 3 | unsigned(wireType));
}
std::string doubleField(int number, double value)
{
    return field(number, 1) + littleEndian(value);
}
std::string floatField(int number, float value)
{
    return field(number, 5) + littleEndian(value);
}
std::string integerField(int number, std::int64_t value)
{
    return field(number, 0) + varint(std::uint64_t(value));
}
std::string bytesField(int number, std::string_view bytes)
{
    return field(number, 2) + varint(bytes.size()) + std::string(bytes);
}

double wallTimeNow()
{
    return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

} // namespace

std::uint32_t crc32c(std::string_view bytes)
{
    static constexpr std::array<std::uint32_t, 256> table = makeCrcTable();
    std::uint32_t crc = 0xffffffffu;
    for (char c : bytes)
        crc = table[(crc ^ std::uint8_t(c)) & 0xff] ^ (crc >> 8);
    return ~crc;
}

std::string tfRecord(std::string_view data)
{
    const std::string length = littleEndian(std::uint64_t(data.size()));
    return length + littleEndian(masked(crc32c(length))) + std::string(data) + littleEndian(masked(crc32c(data)));
}

std::string versionEvent(double wallTime)
{
    return doubleField(1, wallTime) + bytesField(3, "brain.Event:2");
}

std::string scalarEvent(double wallTime, std::int64_t step, std::span<const std::pair<std::string, float>> scalars)
{
    std::string summary;
    for (const auto& [tag, value] : scalars)
        summary += bytesField(1, bytesField(1, tag) + floatField(2, value));
    return doubleField(1, wallTime) + integerField(2, step) + bytesField(5, summary);
}

Result<TensorBoardWriter> TensorBoardWriter::create(const std::filesystem::path& folder)
{
    if (const auto made = makeWritableFolder(folder); !made)
        return fail(made.error());
    TensorBoardWriter writer;
    const double now = wallTimeNow();
    writer.m_path = folder / ("events.out.tfevents." + std::to_string(std::int64_t(now)) + ".dispersa");
    writer.m_file.open(writer.m_path, std::ios::binary | std::ios::app);
    if (const auto written = writer.append(versionEvent(now)); !written)
        return fail(written.error());
    return writer;
}

Result<void> TensorBoardWriter::append(std::string_view event)
{
    const std::string record = tfRecord(event);
    m_file.write(record.data(), std::streamsize(record.size()));
    m_file.flush();
    if (!m_file)
        return fail(ErrorCode::WriteFailed,
                    "The TensorBoard file " + m_path.string() + " cannot be written: check permissions and free space.",
                    m_path);
    return {};
}

Result<void> TensorBoardWriter::write(const EpochRecord& record)
{
    std::vector<std::pair<std::string, float>> scalars = {{"loss/train", float(record.loss)}};
    if (record.valLoss)
        scalars.emplace_back("loss/validation", float(*record.valLoss));
    scalars.emplace_back("patterns_per_second", float(record.patternsPerSecond));
    return append(scalarEvent(wallTimeNow(), record.epoch, scalars));
}

} // namespace dispersa
