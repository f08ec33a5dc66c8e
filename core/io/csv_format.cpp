// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/csv_format.h"

#include "core/base/os_file.h"
#include "core/io/csv_table.h"
#include "core/io/frame_stack.h"
#include "core/io/map_label.h"
#include "core/io/statistics_sum.h"

#include <algorithm>
#include <cstring>

namespace dispersa {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t longestText = 256u << 20; ///< a map of 4096 x 4096 has some 150 MB

Result<CsvTable> open(const fs::path& path)
{
    const auto file = MappedFile::open(path);
    if (!file)
        return fail(file.error());
    const auto bytes = (*file)->bytes();
    if (bytes.size() > longestText)
        return fail(ErrorCode::FormatUnsupported,
                    "'" + path.string() + "' has " + std::to_string(bytes.size()) +
                        " bytes, too many for a map in plain text. Save it as TIFF, MRC or NumPy.",
                    path, {std::to_string(bytes.size())});
    return parseCsvTable(path, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

class CsvFormat final : public Format {
  public:
    const FormatTraits& traits() const override
    {
        static const FormatTraits traits = [] {
            FormatTraits made{"csv", "Plain text map", {"csv", "tsv", "txt"}};
            made.readsMaps = made.writesMaps = true;
            made.note = "one map as rows of numbers, decimal point or comma";
            return made;
        }();
        return traits;
    }

    bool recognises(const FileProbe&) const override { return false; }

    /// Any other text may be called .txt.
    bool claimsName(const FileProbe& probe) const override
    {
        const std::string extension = probe.extension();
        const std::string_view head(reinterpret_cast<const char*>(probe.head.data()), probe.head.size());
        return extension == "csv" || extension == "tsv" || (extension == "txt" && startsWithNumbers(head));
    }

    /// Text tells its shape only to who reads it all.
    Result<FileInfo> inspect(const fs::path& path) const override
    {
        const auto table = open(path);
        if (!table)
            return fail(table.error());
        const MapLabel label = labelFromName(path, std::nullopt);
        FileItem item;
        item.quantity = label.quantity;
        item.unit = label.unit;
        item.shape = {table->rows, table->columns};
        item.type = ElementType::Float64;
        item.axes = {{"y", 1, "px"}, {"x", 1, "px"}};
        return FileInfo{path, traits().name, {std::move(item)}, {}};
    }

    Result<ElementMap> readMap(const fs::path& path, const std::string& id) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        const auto table = open(path);
        if (!table)
            return fail(table.error());
        const MapLabel label = labelFromName(path, std::nullopt);
        ElementMap map;
        map.quantity = label.quantity.value_or("");
        map.unit = label.unit.value_or(MapUnit::Arbitrary);
        map.shape = {table->rows, table->columns};
        map.values.assign(table->values.begin(), table->values.end());
        map.source = path;
        return map;
    }

    Result<ItemStatistics> statistics(const fs::path& path, const std::string& id, const ProgressSink& progress,
                                      std::stop_token stop) const override
    {
        if (auto checked = checkOnlyItem(path, id); !checked)
            return fail(checked.error());
        const auto table = open(path);
        if (!table)
            return fail(table.error());
        const auto read = [&](std::int64_t first, std::int64_t count, std::span<std::byte> to) -> Result<void> {
            std::memcpy(to.data(), table->values.data() + first, static_cast<std::size_t>(count) * sizeof(double));
            return {};
        };
        return statisticsInBlocks(ElementType::Float64, std::int64_t(table->rows) * table->columns, read, progress,
                                  stop);
    }
};

} // namespace

const Format& csvFormat()
{
    static const CsvFormat format;
    return format;
}

} // namespace dispersa
