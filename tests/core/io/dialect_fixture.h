// SPDX-License-Identifier: GPL-3.0-or-later
// What tests of the dialects of HDF5 share: a small scan, lists of numbers, and looking items up.
#pragma once

#include "core/io/format.h"
#include "tests/core/io/hdf5_test_support.h"

#include <algorithm>
#include <string>
#include <vector>

namespace testsupport {

inline const std::vector<hsize_t> cubeShape = {2, 3, 8, 8};

inline void addCube(hid_t file, const char* path)
{
    addDataset(file, path, H5T_STD_U16LE, H5T_NATIVE_UINT16, cubeShape, counting<std::uint16_t>(cubeShape, 60000));
}

inline void addDoubles(hid_t file, const std::string& path, const std::vector<double>& values)
{
    addDataset(file, path.c_str(), H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {values.size()}, values);
}

inline bool hasWarning(const dispersa::FileInfo& info, const std::string& code)
{
    return std::any_of(info.warnings.begin(), info.warnings.end(), [&](const auto& w) { return w.code == code; });
}

inline const dispersa::FileItem* item(const dispersa::FileInfo& info, const std::string& id)
{
    const auto found =
        std::find_if(info.items.begin(), info.items.end(), [&](const auto& i) { return i.id == id; });
    return found == info.items.end() ? nullptr : &*found;
}

inline std::string formatName(const std::filesystem::path& path)
{
    const auto format = dispersa::formatOf(path);
    return format ? (*format)->traits().name : format.error().message;
}

} // namespace testsupport
