// SPDX-License-Identifier: GPL-3.0-or-later
// TensorBoard event files with scalars: records framed as TFRecord, each a protobuf Event written by hand.
#pragma once

#include "core/base/error.h"
#include "core/data/training_history.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace dispersa {

/// CRC-32C (Castagnoli, reflected), as RFC 3720 defines it.
std::uint32_t crc32c(std::string_view bytes);

/// TFRecord: length (u64), masked CRC of the length, data, masked CRC of the data; little endian.
std::string tfRecord(std::string_view data);

/// Protobuf Event with the format's version, and one with scalars of a step. `wallTime` in seconds since 1970.
std::string versionEvent(double wallTime);
std::string scalarEvent(double wallTime, std::int64_t step, std::span<const std::pair<std::string, float>> scalars);

/// Appends to one event file; a reader may follow it while training runs.
class TensorBoardWriter {
  public:
    /// Creates `folder`/events.out.tfevents.<seconds>.dispersa. Error: WriteFailed.
    static Result<TensorBoardWriter> create(const std::filesystem::path& folder);

    /// loss/train, loss/validation (if there is one) and patterns_per_second at step = epoch. Error: WriteFailed.
    Result<void> write(const EpochRecord& record);

  private:
    TensorBoardWriter() = default;
    Result<void> append(std::string_view event);
    std::filesystem::path m_path;
    std::ofstream m_file;
};

} // namespace dispersa
