// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/hdf5_blocks_p.h"

#include "core/io/hdf5_chunks_p.h"

#include <algorithm>

namespace dispersa::hdf5 {
namespace fs = std::filesystem;
namespace {

/// Whatever we do not decode ourselves: HDF5 reads each block under its lock.
class LibraryBlocks final : public BlockReader {
  public:
    LibraryBlocks(OpenDataset dataset, ElementType type) : m_dataset(std::move(dataset)), m_type(type) {}

    Result<void> read(const Extents& start, const Extents& extent, std::span<std::byte> out) const override
    {
        const Lock lock;
        if (readBlock(m_dataset.dataset.get(), m_type, {start.begin(), start.end()}, {extent.begin(), extent.end()},
                      out))
            return {};
        const std::string detail = lastMessage();
        return fail(ErrorCode::FileUnreadable,
                    "Reading '" + m_dataset.id + "' in '" + m_dataset.path.string() + "' failed: " + detail +
                        ". The file is damaged or was changed meanwhile.",
                    m_dataset.path, {detail}, detail);
    }

  private:
    OpenDataset m_dataset;
    ElementType m_type;
};

/// Opens the dataset anew so that the library decodes each chunk of a row of chunks once.
void enlargeCache(OpenDataset& dataset, ElementType type, const Extents& shape)
{
    const Handle creation = ownProperties(H5Dget_create_plist(dataset.dataset.get()));
    std::vector<hsize_t> chunk(shape.size());
    if (H5Pget_layout(creation.get()) != H5D_CHUNKED ||
        H5Pget_chunk(creation.get(), static_cast<int>(chunk.size()), chunk.data()) < 0)
        return;
    double bytes = static_cast<double>(elementSize(type));
    for (std::size_t d = 0; d < chunk.size(); ++d)
        bytes *= d == 0 ? static_cast<double>(chunk[0])
                        : std::max(static_cast<double>(chunk[d]), static_cast<double>(shape[d]));
    const Handle access = ownProperties(H5Pcreate(H5P_DATASET_ACCESS));
    H5Pset_chunk_cache(access.get(), 10007,
                       static_cast<std::size_t>(std::clamp(1.1 * bytes, double(1u << 20), double(64u << 20))), 1.0);
    Handle again = ownDataset(H5Dopen2(dataset.file.get(), dataset.id.c_str(), access.get()));
    if (again)
        dataset.dataset = std::move(again);
}

std::uint64_t bytesOf(const Extents& shape, ElementType type)
{
    std::uint64_t bytes = elementSize(type);
    for (const std::int64_t extent : shape)
        bytes *= static_cast<std::uint64_t>(extent);
    return bytes;
}

} // namespace

OpenDataset::~OpenDataset()
{
    if (!file && !dataset)
        return;
    const Lock lock;
    dataset.reset();
    file.reset();
}

Result<OpenDataset> OpenDataset::open(const fs::path& path, const std::string& id)
{
    const Lock lock;
    auto file = openForReading(path);
    if (!file)
        return fail(file.error());
    OpenDataset opened;
    opened.path = path;
    opened.id = id;
    opened.file = std::move(*file);
    opened.dataset = ownDataset(H5Dopen2(opened.file.get(), id.c_str(), H5P_DEFAULT));
    if (opened.dataset)
        return opened;
    if (const auto expected = danglingLink(opened.file.get(), id))
        return fail(ErrorCode::DatasetMissing,
                    "'" + id + "' of '" + path.string() + "' is kept in another file, '" + *expected +
                        "', which cannot be read. Put that file beside this one.",
                    path, {id, *expected});
    return fail(ErrorCode::DatasetMissing, "'" + path.string() + "' has no dataset '" + id + "'.", path, {id});
}

std::optional<ContiguousData> contiguousData(hid_t dataset, ElementType type)
{
    const Handle creation = ownProperties(H5Dget_create_plist(dataset));
    const auto swapped = isSwapped(dataset, type);
    if (!swapped || H5Pget_layout(creation.get()) != H5D_CONTIGUOUS || H5Pget_nfilters(creation.get()) != 0 ||
        H5Pget_external_count(creation.get()) != 0)
        return std::nullopt;
    const haddr_t offset = H5Dget_offset(dataset);
    if (offset == HADDR_UNDEF)
        return std::nullopt;
    return ContiguousData{fileOf(dataset), offset, *swapped};
}

Result<void> checkSize(const ContiguousData& data, const std::string& id, std::uint64_t bytes)
{
    std::error_code code;
    const std::uint64_t size = fs::file_size(data.file, code);
    // HDF5 writes its structure around the data: a file that ends early was damaged, not stopped.
    if (code || (data.offset <= size && bytes <= size - data.offset))
        return {};
    return fail(ErrorCode::FileTruncated,
                "'" + data.file.string() + "' is cut off: '" + id + "' needs " + std::to_string(bytes) +
                    " bytes from byte " + std::to_string(data.offset) + " on and the file has " + std::to_string(size) +
                    ".",
                data.file, {std::to_string(data.offset + bytes), std::to_string(size)});
}

Result<BlocksPtr> blocksOf(OpenDataset dataset, ElementType type, const Extents& shape,
                           std::shared_ptr<ChunkCache> cache)
{
    const Lock lock;
    const hid_t id = dataset.dataset.get();
    const auto& path = dataset.path;
    if (shapeOf(id) != shape)
        return fail(ErrorCode::FormatInvalid,
                    "'" + dataset.id + "' in '" + path.string() +
                        "' has other extents than it had a moment ago. Is "
                        "another program still writing it?",
                    path, {dataset.id});
    if (const auto filter = missingFilter(id))
        return fail(ErrorCode::FormatUnsupported,
                    "'" + dataset.id + "' in '" + path.string() + "' is compressed with HDF5 filter " + *filter +
                        ", which is not installed here. Install the HDF5 plugin, or write the file anew without it.",
                    path, {*filter});
    if (const auto data = contiguousData(id, type))
        if (auto fits = checkSize(*data, dataset.id, bytesOf(shape, type)); !fits)
            return fail(fits.error());
    if (auto layout = chunkLayout(id, type))
        return chunkedBlocks(std::move(dataset), std::move(*layout), std::move(cache));
    enlargeCache(dataset, type, shape);
    return BlocksPtr(std::make_shared<LibraryBlocks>(std::move(dataset), type));
}

} // namespace dispersa::hdf5
