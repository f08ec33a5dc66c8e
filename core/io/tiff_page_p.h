// SPDX-License-Identifier: GPL-3.0-or-later
// One page of a TIFF file through libtiff: opening, describing, reading in bands of rows. Private: shows libtiff types.
#pragma once

#include "core/base/error.h"
#include "core/data/diffraction_scan.h"

#include <cstdarg>
#include <memory>
#include <optional>

#include <tiffio.h>

namespace dispersa {

/// An open TIFF; what libtiff has to say is collected instead of printed.
class TiffFile {
  public:
    /// Errors: FileNotFound, FileUnreadable, FormatInvalid.
    static Result<std::unique_ptr<TiffFile>> open(const std::filesystem::path& path);
    ~TiffFile();
    TiffFile(const TiffFile&) = delete;
    TiffFile& operator=(const TiffFile&) = delete;

    TIFF* handle() const { return m_handle; }
    const std::filesystem::path& path() const { return m_path; }
    std::int64_t size() const { return m_size; }
    const std::string& messages() const { return m_messages; }

  private:
    TiffFile() = default;
    static int collect(TIFF* tiff, void* self, const char* module, const char* format, va_list arguments);
    TIFF* m_handle = nullptr;
    std::filesystem::path m_path;
    std::int64_t m_size = 0;
    std::string m_messages;
};

/// What the tags of the current page say.
struct TiffPage {
    int width = 0;
    int height = 0;
    ElementType type = ElementType::Float32;
    std::string description;
    std::optional<double> pixelSize_nm;
    std::optional<double> qPixel_invA; ///< of a diffraction pattern
    bool thumbnail = false;
};

/// Describes the current page. Errors: FormatUnsupported (colour, palette, complex, odd depths), FormatInvalid (sizes
/// that the file cannot hold), FileTruncated (strips beyond the end).
Result<TiffPage> describePage(TiffFile& file);

/// Calls `visit(values)` with bands of whole rows, top to bottom, in this machine's byte order. Errors: FormatInvalid
/// (data that do not decode), those of visit.
Result<void> forEachBand(TiffFile& file, const TiffPage& page,
                         const std::function<Result<void>(std::span<const std::byte>)>& visit);

} // namespace dispersa
