// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/datacube_writer.h"

#include "core/io/emd_nodes_p.h"

#include <algorithm>
#include <array>
#include <numbers>

namespace dispersa {
namespace {

using namespace hdf5; // the writer is all HDF5

Result<void> checkOptions(const std::filesystem::path& path, const DataCubeOptions& options)
{
    const auto& scan = options.scanShape;
    const auto& pattern = options.patternShape;
    if (scan.height <= 0 || scan.width <= 0 || pattern.height <= 0 || pattern.width <= 0)
        return fail(ErrorCode::InvalidArgument,
                    "A scan of " + toText(scan) + " patterns of " + toText(pattern) + " pixels cannot be written to '" +
                        path.string() + "': every size must be at least 1.",
                    path);
    return {};
}

class EmdDataCubeWriter final : public DataCubeWriter {
  public:
    EmdDataCubeWriter(std::unique_ptr<NewFile> file, const DataCubeOptions& options)
        : m_file(std::move(file)), m_options(options)
    {
    }
    ~EmdDataCubeWriter() override
    {
        const Lock lock;
        m_memoryType.reset();
        m_data.reset();
        m_file.reset();
    }

    /// Everything but the patterns and the header, which carries their digest.
    bool writeStructure()
    {
        const Handle root = createNode(m_file->id(), "datacube_root", "root", "Root");
        if (!root || !writeCalibration(root.get()))
            return false;
        const Handle cube = createNode(root.get(), "datacube", "array", "DataCube");
        return cube && createData(cube.get()) && writeDims(cube.get());
    }

    Result<void> append(std::span<const std::byte> patterns) override
    {
        const std::size_t patternBytes =
            static_cast<std::size_t>(m_options.patternShape.count()) * elementSize(m_options.type);
        if (patterns.size() % patternBytes != 0 ||
            m_done + static_cast<std::int64_t>(patterns.size() / patternBytes) > m_options.scanShape.count())
            return fail(ErrorCode::InvalidArgument,
                        "The " + std::to_string(patterns.size()) + " bytes for '" + m_file->target().string() +
                            "' are not whole patterns of " + std::to_string(patternBytes) +
                            " bytes, or more of them than the scan has.",
                        m_file->target());
        m_digest.add(patterns);
        // Hyperslabs are rectangles: up to the end of a row, whole rows, the start of a row.
        const std::int64_t width = m_options.scanShape.width;
        while (!patterns.empty()) {
            const std::int64_t left = static_cast<std::int64_t>(patterns.size() / patternBytes);
            const std::int64_t column = m_done % width;
            const std::int64_t rows = column == 0 ? std::max<std::int64_t>(1, left / width) : 1;
            const std::int64_t columns = std::min(left, width - column);
            const std::size_t bytes = static_cast<std::size_t>(rows * columns) * patternBytes;
            if (!writeRectangle(m_done / width, column, rows, columns, patterns.first(bytes)))
                return fail(m_file->failure());
            m_done += rows * columns;
            patterns = patterns.subspan(bytes);
        }
        return {};
    }

    Result<void> commit() override
    {
        if (m_done != m_options.scanShape.count())
            return fail(ErrorCode::InvalidArgument,
                        "'" + m_file->target().string() + "' got " + std::to_string(m_done) + " of its " +
                            std::to_string(m_options.scanShape.count()) + " patterns; it is not written.",
                        m_file->target());
        {
            const Lock lock;
            if (!m_data.reset() || !writeEmdHeader(m_file->id(), m_digest.uuid()))
                return fail(m_file->failure());
        }
        return m_file->commit();
    }

  private:
    bool createData(hid_t cube)
    {
        const std::array<hsize_t, 4> extent = extents(m_options.scanShape.height, m_options.scanShape.width);
        const Handle space = ownSpace(H5Screate_simple(4, extent.data(), nullptr));
        const Handle creation = plainCreation();
        H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER); // every pattern is written before commit
        const Handle access = ownProperties(H5Pcreate(H5P_DATASET_ACCESS));
        if (m_options.compressed || m_options.chunked) {
            const int patterns = chunkPatterns(m_options.scanShape, m_options.patternShape, m_options.type);
            const std::array<hsize_t, 4> chunk = extents(1, patterns);
            H5Pset_chunk(creation.get(), 4, chunk.data());
            // Patterns come in scan order, so the chunk being filled must stay in memory until it is full.
            const std::size_t chunkBytes = static_cast<std::size_t>(patterns) *
                                           static_cast<std::size_t>(m_options.patternShape.count()) *
                                           elementSize(m_options.type);
            H5Pset_chunk_cache(access.get(), 101, 2 * chunkBytes, 1.0);
        } else {
            H5Pset_alloc_time(creation.get(), H5D_ALLOC_TIME_EARLY);
        }
        if (m_options.compressed) {
            H5Pset_shuffle(creation.get());
            H5Pset_deflate(creation.get(), 1);
        }
        m_memoryType = memoryType(m_options.type);
        m_data = ownDataset(
            H5Dcreate2(cube, "data", m_memoryType.get(), space.get(), H5P_DEFAULT, creation.get(), access.get()));
        return m_data && writeTextAttribute(m_data.get(), "units", "pixel intensity");
    }

    /// py4DSTEM's names: Rx is the first axis, our scan_y.
    bool writeDims(hid_t cube) const
    {
        const auto& calibration = m_options.calibration;
        const double step = calibration.scanStep_nm.value_or(1);
        const double q = calibration.qPixel_invA.value_or(1);
        const char* scanUnit = calibration.scanStep_nm ? "nm" : "pixels";
        const char* qUnit = calibration.qPixel_invA ? "A^-1" : "pixels";
        return writeDim(cube, 0, 0, step, "Rx", scanUnit) && writeDim(cube, 1, 0, step, "Ry", scanUnit) &&
               writeDim(cube, 2, 0, q, "Qx", qUnit) && writeDim(cube, 3, 0, q, "Qy", qUnit);
    }

    bool writeCalibration(hid_t root) const
    {
        const auto& calibration = m_options.calibration;
        const Handle group = createMetadata(root, "calibration", "Calibration");
        return group && writeItem(group.get(), "Q_pixel_size", calibration.qPixel_invA.value_or(1)) &&
               writeItem(group.get(), "Q_pixel_units", std::string(calibration.qPixel_invA ? "A^-1" : "pixels")) &&
               writeItem(group.get(), "R_pixel_size", calibration.scanStep_nm.value_or(1)) &&
               writeItem(group.get(), "R_pixel_units", std::string(calibration.scanStep_nm ? "nm" : "pixels")) &&
               (!calibration.convergence_mrad ||
                writeItem(group.get(), "convergence_mrad", *calibration.convergence_mrad)) &&
               (!calibration.qrRotation_deg || writeRotation(group.get(), *calibration.qrRotation_deg));
    }

    /// py4DSTEM keeps the angle in both units.
    static bool writeRotation(hid_t calibration, double degrees)
    {
        return writeItem(calibration, "QR_rotation", degrees * std::numbers::pi / 180) &&
               writeItem(calibration, "QR_rotation_degrees", degrees);
    }

    bool writeRectangle(std::int64_t y, std::int64_t x, std::int64_t rows, std::int64_t columns,
                        std::span<const std::byte> values)
    {
        const Lock lock;
        const std::array<hsize_t, 4> start = {static_cast<hsize_t>(y), static_cast<hsize_t>(x), 0, 0};
        const std::array<hsize_t, 4> extent = extents(rows, columns);
        const Handle file = ownSpace(H5Dget_space(m_data.get()));
        const Handle memory = ownSpace(H5Screate_simple(4, extent.data(), nullptr));
        return H5Sselect_hyperslab(file.get(), H5S_SELECT_SET, start.data(), nullptr, extent.data(), nullptr) >= 0 &&
               H5Dwrite(m_data.get(), m_memoryType.get(), memory.get(), file.get(), H5P_DEFAULT, values.data()) >= 0;
    }

    std::array<hsize_t, 4> extents(std::int64_t rows, std::int64_t columns) const
    {
        return {static_cast<hsize_t>(rows), static_cast<hsize_t>(columns),
                static_cast<hsize_t>(m_options.patternShape.height),
                static_cast<hsize_t>(m_options.patternShape.width)};
    }

    std::unique_ptr<NewFile> m_file;
    DataCubeOptions m_options;
    Handle m_memoryType;
    Handle m_data;
    ContentDigest m_digest;
    std::int64_t m_done = 0;
};

} // namespace

int chunkPatterns(ScanShape scan, PatternShape pattern, ElementType type)
{
    constexpr std::int64_t chunkBytes = 1 << 20;
    const std::int64_t patternBytes = pattern.count() * static_cast<std::int64_t>(elementSize(type));
    return static_cast<int>(std::clamp<std::int64_t>(chunkBytes / patternBytes, 1, scan.width));
}

Result<std::unique_ptr<DataCubeWriter>> DataCubeWriter::create(const std::filesystem::path& path,
                                                               const DataCubeOptions& options)
{
    if (auto valid = checkOptions(path, options); !valid)
        return fail(valid.error());
    auto file = NewFile::create(path);
    if (!file)
        return fail(file.error());
    auto writer = std::make_unique<EmdDataCubeWriter>(std::move(*file), options);
    const Lock lock;
    if (!writer->writeStructure())
        return fail(ErrorCode::WriteFailed,
                    "Cannot lay out '" + path.string() + "': " + lastMessage() + ". Check the free space of the disk.",
                    path, {lastMessage()}, lastMessage());
    return std::unique_ptr<DataCubeWriter>(std::move(writer));
}

} // namespace dispersa
