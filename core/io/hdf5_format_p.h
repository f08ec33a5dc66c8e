// SPDX-License-Identifier: GPL-3.0-or-later
// A dialect of HDF5 says what a file holds; finding an item in it, opening, reading and statistics are here once.
#pragma once

#include "core/io/hdf5_contents_p.h"

namespace dispersa {

class Hdf5Format : public Format {
  public:
    Result<FileInfo> inspect(const std::filesystem::path& path) const override;
    Result<ScanPtr> openDiffraction(const std::filesystem::path& path, const std::string& id,
                                    std::optional<ScanShape> scanShape) const override;
    Result<ElementMap> readMap(const std::filesystem::path& path, const std::string& id) const override;
    Result<ItemStatistics> statistics(const std::filesystem::path& path, const std::string& id,
                                      const ProgressSink& progress, std::stop_token stop) const override;

  protected:
    /// Everything worth listing. Reads no data. The lock is held.
    virtual hdf5::FileContents contentsOf(hid_t file, const std::filesystem::path& path) const = 0;

    // What differs where an item is not simply one dataset. The lock is not held.
    virtual Result<ScanPtr> scanOf(const std::filesystem::path& path, const FileItem& item,
                                   std::optional<ScanShape> scanShape) const;
    /// Values of a 2-D item whose shape is checked.
    virtual Result<std::vector<float>> valuesOf(const std::filesystem::path& path, const FileItem& item) const;
    virtual Result<ItemStatistics> statisticsOf(const std::filesystem::path& path, const FileItem& item,
                                                const ProgressSink& progress, std::stop_token stop) const;

  private:
    Result<FileItem> find(const std::filesystem::path& path, const std::string& id, ItemKind kind) const;
};

} // namespace dispersa
