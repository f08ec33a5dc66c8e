// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/io/velox_count_maps_p.h"

#include "core/io/hdf5_tree_p.h"
#include "core/io/xray_lines.h"

#include <algorithm>
#include <cmath>

namespace dispersa::velox {
namespace fs = std::filesystem;
namespace {

using namespace hdf5;

constexpr double lowestLine_keV = 0.1; ///< below lies the noise peak
constexpr int mostChannels = 65535;

/// energy = offset + channel x dispersion
struct EnergyScale {
    double offset_keV = 0;
    double dispersion_keV = 0;
    int channels = 0;
    double lowest_keV = lowestLine_keV; ///< where the detector begins to count
};

struct Stream {
    std::string dataset;
    std::optional<EnergyScale> scale = {};
};

/// The detector of a stream's metadata by the name that the stream gives, else the first that counts X-rays.
const Json* detectorOf(const Json& metadata)
{
    const Json* detectors = at(metadata, {"Detectors"});
    if (!detectors || !detectors->is_object())
        return nullptr;
    const std::string name = textAt(metadata, {"BinaryResult", "Detector"});
    const Json* analytical = nullptr;
    for (const Json& detector : *detectors) {
        const std::string own = textAt(detector, {"DetectorName"});
        if (!name.empty() && own == name)
            return &detector;
        if (!analytical &&
            (textAt(detector, {"DetectorType"}) == "AnalyticalDetector" || (!name.empty() && own.starts_with(name))))
            analytical = &detector;
    }
    return analytical;
}

/// Velox states electronvolts.
std::optional<EnergyScale> scaleOf(hid_t file, const std::string& group)
{
    const Json settings = jsonAt(file, joined(group, "AcquisitionSettings"));
    const Json metadata = metadataOf(file, group);
    const Json* detector = detectorOf(metadata);
    auto dispersion = numberAt(settings, {"Dispersion"});
    auto offset = numberAt(settings, {"OffsetEnergy"});
    if (!dispersion && detector)
        dispersion = numberAt(*detector, {"Dispersion"});
    if (!offset && detector)
        offset = numberAt(*detector, {"OffsetEnergy"});
    if (!dispersion || !(*dispersion > 0) || *dispersion > 1e4)
        return std::nullopt;
    const double channels = std::clamp(numberAt(settings, {"bincount"}).value_or(4096), 1.0, double(mostChannels));
    EnergyScale scale{offset.value_or(0) / 1e3, *dispersion / 1e3, static_cast<int>(channels)};
    if (const auto begin = detector ? numberAt(*detector, {"BeginEnergy"}) : std::nullopt)
        scale.lowest_keV = std::max(lowestLine_keV, *begin / 1e3);
    return scale;
}

std::vector<Stream> streamsIn(hid_t file)
{
    std::vector<Stream> streams;
    for (const std::string& name : childNames(file, "/Data/SpectrumStream")) {
        const std::string group = "/Data/SpectrumStream/" + name;
        if (const std::string data = joined(group, "Data"); isGroup(file, group) && isDataset(file, data)) {
            const Handle dataset = ownDataset(H5Dopen2(file, data.c_str(), H5P_DEFAULT));
            if (const auto shape = shapeOf(dataset.get()); !shape.empty() && shape[0] > 0)
                streams.push_back({data, scaleOf(file, group)});
        }
    }
    return streams;
}

std::optional<XrayFamily> familyNamed(const std::string& name)
{
    if (name == "K")
        return XrayFamily::K;
    if (name == "L")
        return XrayFamily::L;
    return name == "M" ? std::optional(XrayFamily::M) : std::nullopt;
}

std::optional<EnergyWindow> windowOf(const std::string& element, const Quantification& settings,
                                     const EnergyScale& scale)
{
    const auto family = settings.families.find(element);
    return countingWindow(element, scale.lowest_keV,
                          family == settings.families.end() ? std::nullopt : familyNamed(family->second));
}

/// Channels whose energy lies in the window; nullopt if the spectrum does not reach it.
std::optional<CountedStream> channelsOf(const Stream& stream, const EnergyWindow& window)
{
    const EnergyScale& scale = *stream.scale;
    const double first = std::ceil((window.low_keV - scale.offset_keV) / scale.dispersion_keV);
    const double last = std::floor((window.high_keV - scale.offset_keV) / scale.dispersion_keV);
    if (!(last >= first) || first < 0 || last >= scale.channels)
        return std::nullopt;
    return CountedStream{stream.dataset, static_cast<int>(first), static_cast<int>(last)};
}

std::vector<CountedStream> countedStreams(const std::vector<Stream>& streams, const Quantification& settings,
                                          const std::string& element)
{
    std::vector<CountedStream> counted;
    for (const Stream& stream : streams)
        if (stream.scale)
            if (const auto window = windowOf(element, settings, *stream.scale))
                if (auto channels = channelsOf(stream, *window))
                    counted.push_back(std::move(*channels));
    return counted;
}

/// "O and V" for each pair whose windows share channels.
std::string overlaps(const std::vector<std::pair<std::string, CountedStream>>& counted)
{
    std::string text;
    for (std::size_t i = 0; i < counted.size(); ++i)
        for (std::size_t j = i + 1; j < counted.size(); ++j)
            if (counted[i].second.firstChannel <= counted[j].second.lastChannel &&
                counted[j].second.firstChannel <= counted[i].second.lastChannel)
                text += (text.empty() ? "" : ", ") + counted[i].first + " and " + counted[j].first;
    return text;
}

} // namespace

void addCountMaps(hid_t file, const fs::path& path, const SpectrumGrid& grid, FileContents& contents)
{
    const std::vector<Stream> streams = streamsIn(file);
    if (streams.empty()) {
        if (isGroup(file, "/Data/SpectrumImage") || isGroup(file, "/Data/SpectrumStream"))
            contents.warnings.push_back({"spectrum_stream_missing",
                                         "The spectrum stream of '" + path.string() +
                                             "' is empty: Velox pruned it, so raw X-ray counts are lost. Save the file "
                                             "without pruning to keep them.",
                                         path});
        return;
    }
    if (std::none_of(streams.begin(), streams.end(), [](const Stream& stream) { return stream.scale.has_value(); })) {
        contents.warnings.push_back({"spectrum_uncalibrated",
                                     "The spectra of '" + path.string() +
                                         "' do not tell the energy of their channels; raw counts cannot be offered.",
                                     path});
        return;
    }
    if (!grid.shape)
        return;
    const Quantification settings = quantificationOf(file);
    std::vector<std::string> elements = grid.elements;
    elements.insert(elements.end(), settings.elements.begin(), settings.elements.end());
    std::sort(elements.begin(), elements.end());
    elements.erase(std::unique(elements.begin(), elements.end()), elements.end());
    std::vector<std::pair<std::string, CountedStream>> counted;
    for (const std::string& element : elements) {
        const auto channels = countedStreams(streams, settings, element);
        if (channels.empty())
            continue;
        counted.emplace_back(element, channels.front());
        FoundItem found;
        found.item.id = countMapPrefix + element;
        found.item.kind = ItemKind::Map;
        found.item.quantity = element;
        found.item.unit = MapUnit::Counts;
        found.item.shape = {grid.shape->height, grid.shape->width};
        found.item.type = ElementType::Float32;
        found.item.calibration = grid.calibration;
        found.item.axes = mapAxes(grid.calibration);
        contents.items.push_back(std::move(found));
    }
    if (const std::string pairs = overlaps(counted); !pairs.empty())
        contents.warnings.push_back(
            {"counts_overlap",
             "Raw counts of " + pairs + " in '" + path.string() +
                 "' share channels, because their X-ray lines lie close together; the counts are "
                 "those of the window, not separated and with the background.",
             path});
}

std::vector<CountedStream> streamsOf(hid_t file, const std::string& element)
{
    return countedStreams(streamsIn(file), quantificationOf(file), element);
}

} // namespace dispersa::velox
