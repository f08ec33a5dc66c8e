// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_scan_p.h"

#include "core/io/mapped_scan.h"

#include <algorithm>
#include <limits>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

constexpr std::int64_t largestPattern = std::int64_t(1) << 28; ///< values; 16384 x 16384
constexpr std::size_t largestChunkCache = 64u << 20;

/// Shapes, type and calibration; where the values are is for the two kinds below.
class Hdf5Scan : public DiffractionScan {
  public:
    Hdf5Scan(fs::path path, const FileItem& item, ScanShape scan, PatternShape pattern)
        : m_path(std::move(path)), m_dataset(item.id), m_scanShape(scan), m_patternShape(pattern), m_type(item.type),
          m_calibration(item.calibration)
    {
    }
    ScanShape scanShape() const override { return m_scanShape; }
    PatternShape patternShape() const override { return m_patternShape; }
    ElementType elementType() const override { return m_type; }
    const fs::path& file() const override { return m_path; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }

    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        const std::size_t rowBytes = static_cast<std::size_t>(block.width) * patternBytes();
        if (!block.fitsInto(m_scanShape) || out.size() != rowBytes * static_cast<std::size_t>(block.height))
            return fail(ErrorCode::InvalidArgument,
                        "The block " + toText(block) + " does not fit the scan of " + toText(m_scanShape) + " of '" +
                            m_path.string() + "' or its buffer.",
                        m_path);
        return readBlockRows(block, rowBytes, out);
    }

  protected:
    virtual Result<void> readBlockRows(const Region& block, std::size_t rowBytes, std::span<std::byte> out) const = 0;
    std::size_t patternBytes() const { return static_cast<std::size_t>(m_patternShape.count()) * elementSize(m_type); }

  private:
    fs::path m_path;
    std::string m_dataset;
    ScanShape m_scanShape;
    PatternShape m_patternShape;
    ElementType m_type;
    Calibration m_calibration;
};

/// Chunked, compressed or foreign byte order: HDF5 reads each block under its lock.
class ChunkedScan final : public Hdf5Scan {
  public:
    ChunkedScan(const fs::path& path, const FileItem& item, ScanShape scan, PatternShape pattern, Handle file,
                Handle dataset)
        : Hdf5Scan(path, item, scan, pattern), m_file(std::move(file)), m_handle(std::move(dataset)),
          m_flat(item.shape.size() == 3)
    {
    }
    ~ChunkedScan() override
    {
        const Lock lock;
        m_handle.reset();
        m_file.reset();
    }

  private:
    Result<void> readBlockRows(const Region& block, std::size_t rowBytes, std::span<std::byte> out) const override
    {
        const auto extent = [](auto value) { return static_cast<hsize_t>(value); };
        const hsize_t height = extent(patternShape().height), width = extent(patternShape().width);
        if (!m_flat)
            return readOne({extent(block.y), extent(block.x), 0, 0},
                           {extent(block.height), extent(block.width), height, width}, out);
        for (int row = 0; row < block.height; ++row) {
            const std::int64_t first = (std::int64_t(block.y) + row) * scanShape().width + block.x;
            if (auto done = readOne({extent(first), 0, 0}, {extent(block.width), height, width},
                                    out.subspan(static_cast<std::size_t>(row) * rowBytes, rowBytes));
                !done)
                return done;
        }
        return {};
    }

    Result<void> readOne(const std::vector<hsize_t>& start, const std::vector<hsize_t>& extent,
                         std::span<std::byte> out) const
    {
        const Lock lock;
        if (readBlock(m_handle.get(), elementType(), start, extent, out))
            return {};
        const std::string detail = lastMessage();
        return fail(ErrorCode::FileUnreadable,
                    "Reading patterns of '" + dataset() + "' in '" + file().string() + "' failed: " + detail +
                        ". The file is damaged or was changed meanwhile.",
                    file(), {detail}, detail);
    }

    Handle m_file;
    Handle m_handle;
    bool m_flat;
};

Result<ScanShape> scanShapeOf(const fs::path& path, const FileItem& item, std::optional<ScanShape> wanted)
{
    const auto& shape = item.shape;
    const std::string where = "'" + item.id + "' in '" + path.string() + "'";
    if (shape.size() != 3 && shape.size() != 4)
        return fail(ErrorCode::FormatUnsupported,
                    where + " has " + std::to_string(shape.size()) + " dimensions; a scan of patterns has four.", path,
                    {item.id});
    for (const std::int64_t extent : shape)
        if (extent <= 0 || extent > std::numeric_limits<int>::max())
            return fail(ErrorCode::FormatInvalid,
                        where + " states an impossible extent of " + std::to_string(extent) + ".", path, {item.id});
    if (shape[shape.size() - 1] * shape[shape.size() - 2] > largestPattern)
        return fail(ErrorCode::FormatInvalid,
                    where + " states patterns of " + std::to_string(shape[shape.size() - 2]) + " x " +
                        std::to_string(shape[shape.size() - 1]) + " pixels, more than any detector has.",
                    path, {item.id});
    const std::int64_t patterns = shape.size() == 4 ? shape[0] * shape[1] : shape[0];
    if (patterns > std::int64_t(1) << 31)
        return fail(ErrorCode::FormatInvalid, where + " states " + std::to_string(patterns) + " patterns.", path,
                    {item.id});
    if (shape.size() == 4) {
        const ScanShape own{static_cast<int>(shape[0]), static_cast<int>(shape[1])};
        if (wanted && *wanted != own)
            return fail(ErrorCode::ShapeMismatch,
                        where + " is a scan of " + toText(own) + ", not of " + toText(*wanted) + ".", path,
                        {toText(own), toText(*wanted)});
        return own;
    }
    if (!wanted)
        return fail(ErrorCode::ScanShapeUnknown,
                    where + " is a flat stack of " + std::to_string(patterns) +
                        " patterns; give the rows and columns of its scan.",
                    path, {std::to_string(patterns)});
    if (wanted->height <= 0 || wanted->width <= 0 || wanted->count() != patterns)
        return fail(ErrorCode::ShapeMismatch,
                    where + " holds " + std::to_string(patterns) + " patterns, which do not make a scan of " +
                        toText(*wanted) + ".",
                    path, {std::to_string(patterns), toText(*wanted)});
    return *wanted;
}

/// Room for one row of chunks, so that reading along the scan decompresses each chunk once.
std::size_t chunkCacheBytes(hid_t dataset, const FileItem& item)
{
    const Handle creation = ownProperties(H5Dget_create_plist(dataset));
    std::vector<hsize_t> chunk(item.shape.size());
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED ||
        H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()) < 0)
        return 0;
    double bytes = static_cast<double>(elementSize(item.type));
    for (std::size_t i = 0; i < chunk.size(); ++i)
        bytes *= i == 0 ? static_cast<double>(chunk[0])
                        : std::max(static_cast<double>(chunk[i]), static_cast<double>(item.shape[i]));
    return static_cast<std::size_t>(std::clamp(bytes * 1.1, double(1u << 20), double(largestChunkCache)));
}

} // namespace

std::optional<std::uint64_t> contiguousOffset(hid_t dataset, ElementType type)
{
    const Handle creation = ownProperties(H5Dget_create_plist(dataset));
    const Handle stored = ownType(H5Dget_type(dataset));
    const Handle native = memoryType(type);
    if (H5Pget_layout(creation.get()) != H5D_CONTIGUOUS || H5Pget_nfilters(creation.get()) != 0 ||
        H5Pget_external_count(creation.get()) != 0 || H5Tequal(stored.get(), native.get()) <= 0)
        return std::nullopt;
    const haddr_t offset = H5Dget_offset(dataset);
    return offset == HADDR_UNDEF ? std::nullopt : std::optional<std::uint64_t>(offset);
}

Result<ScanPtr> openScan(const fs::path& path, const FileItem& item, std::optional<ScanShape> wanted)
{
    const auto scan = scanShapeOf(path, item, wanted);
    if (!scan)
        return fail(scan.error());
    const std::size_t rank = item.shape.size();
    const PatternShape pattern{static_cast<int>(item.shape[rank - 2]), static_cast<int>(item.shape[rank - 1])};

    const Lock lock;
    auto file = openForReading(path);
    if (!file)
        return fail(file.error());
    Handle dataset = ownDataset(H5Dopen2(file->get(), item.id.c_str(), H5P_DEFAULT));
    if (!dataset)
        return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + item.id + "'.", path,
                    {item.id});
    if (const auto offset = contiguousOffset(dataset.get(), item.type)) {
        auto mapped = MappedFile::open(path);
        if (!mapped)
            return fail(mapped.error());
        const std::uint64_t needed = static_cast<std::uint64_t>(scan->count()) *
                                     static_cast<std::uint64_t>(pattern.count()) * elementSize(item.type);
        const std::uint64_t size = (*mapped)->bytes().size();
        // HDF5 writes its structure around the data: a file that ends early was damaged, not stopped.
        if (*offset > size || needed > size - *offset)
            return fail(ErrorCode::FileTruncated,
                        "'" + path.string() + "' is cut off: '" + item.id + "' needs " + std::to_string(needed) +
                            " bytes from byte " + std::to_string(*offset) + " on and the file has " +
                            std::to_string(size) + ".",
                        path, {std::to_string(*offset + needed), std::to_string(size)});
        const std::uint64_t frameBytes = static_cast<std::uint64_t>(pattern.count()) * elementSize(item.type);
        return mappedScan(std::move(*mapped), FrameLayout::frames(*offset, frameBytes, *scan, pattern, item.type),
                          {path, item.id, item.calibration});
    }
    if (const auto filter = missingFilter(dataset.get()))
        return fail(ErrorCode::FormatUnsupported,
                    "'" + item.id + "' in '" + path.string() + "' is compressed with HDF5 filter " + *filter +
                        ", which is not installed here. Install the HDF5 plugin, or write the file anew without it.",
                    path, {*filter});
    if (const std::size_t cache = chunkCacheBytes(dataset.get(), item); cache > 0) {
        const Handle access = ownProperties(H5Pcreate(H5P_DATASET_ACCESS));
        H5Pset_chunk_cache(access.get(), 10007, cache, 1.0);
        dataset = ownDataset(H5Dopen2(file->get(), item.id.c_str(), access.get()));
    }
    return ScanPtr(std::make_shared<ChunkedScan>(path, item, *scan, pattern, std::move(*file), std::move(dataset)));
}

} // namespace dispersa::hdf5
