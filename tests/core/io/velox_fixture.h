// SPDX-License-Identifier: GPL-3.0-or-later
// Makes Velox EMD files for tests: images, what is shown of them, spectrum streams of two detectors.
#pragma once

#include "tests/core/io/dialect_fixture.h"

#include <QTemporaryDir>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace testsupport::velox {

/// Ends a pixel in the spectrum stream.
inline constexpr std::uint16_t mark = 65535;

/// What a made file holds; rows x columns are 2 x 3.
struct Made {
    int version = 11;
    std::vector<std::uint16_t> stream = {};
    bool hasStream = true;
    const char* pixelSize = R"("PixelSize":{"width":"2e-09","height":"2e-09"},"PixelUnitX":"m",)";
    bool filtered = false;
};

/// NUL-terminated JSON in columns, one for each frame.
inline void addMetadata(hid_t file, const std::string& group, const std::string& json, hsize_t frames)
{
    const hsize_t rows = 4000;
    std::vector<std::uint8_t> bytes(rows * frames, 0);
    for (std::size_t i = 0; i < json.size(); ++i)
        for (hsize_t frame = 0; frame < frames; ++frame)
            bytes[i * frames + frame] = static_cast<std::uint8_t>(json[i]);
    addDataset(file, (group + "/Metadata").c_str(), H5T_STD_U8LE, H5T_NATIVE_UINT8, {rows, frames}, bytes);
}

/// A text as Velox stores them: a list of one.
inline void addJson(hid_t file, const std::string& path, const char* json)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    addDataset<const char*>(file, path.c_str(), type, type, {1}, {json});
    H5Tclose(type);
}

inline void addImage(hid_t file, const std::string& id, const std::string& metadata, hsize_t frames = 1)
{
    std::vector<float> values(6 * frames); // pixel p of frame f: 10 p + f
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<float>(10 * (i / frames) + i % frames);
    const std::string group = "/Data/Image/" + id;
    const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
    const hsize_t chunk[3] = {2, 3, 1};
    H5Pset_chunk(creation, 3, chunk);
    addDataset(file, (group + "/Data").c_str(), H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, {2, 3, frames}, values, creation);
    H5Pclose(creation);
    addMetadata(file, group, metadata, frames);
}

/// What the window shows: an image under a label, by one technique.
inline void show(hid_t file, int version, const std::string& display, const char* label, const std::string& image,
                 const char* technique)
{
    if (version < 11) {
        const std::string json =
            R"({"display":{"label":")" + std::string(label) + R"("},"dataPath":"\/Data\/Image\/)" + image + R"("})";
        addJson(file, "/Presentation/Displays/ImageDisplay/" + display, json.c_str());
        return;
    }
    const std::string reference = "/SharedProperties/ImageSeriesDataReference/" + display;
    addJson(file, reference, (R"({"dataPath":"/Data/Image/)" + image + R"(","frameIndex":1})").c_str());
    addJson(file, "/Displays/ImageDisplay/" + display,
            (R"({"data":")" + reference + R"(","id":")" + label + R"(","title":"t"})").c_str());
    addJson(file, "/SharedProperties/DisplayGroupItem/" + display,
            (R"({"display":"/Displays/ImageDisplay/)" + display + R"(","groupType":")" + technique + R"("})").c_str());
}

inline constexpr const char* detectors =
    R"("Detectors":{"Detector-0":{"DetectorName":"HAADF","DetectorType":"ScanningDetector"},)"
    R"("Detector-1":{"DetectorName":"SuperX1","DetectorType":"AnalyticalDetector",)"
    R"("Dispersion":"10","OffsetEnergy":"-250","BeginEnergy":"120"},)"
    R"("Detector-2":{"DetectorName":"Ceta","DetectorType":"ImagingDetector"}})";

inline std::string metadata(const char* detector, const std::string& pixelSize)
{
    // Escaped, not raw: moc counts the braces of raw strings.
    return std::string("{\"BinaryResult\":{") + pixelSize + "\"Detector\":\"" + detector +
           "\"},\"Optics\":{\"AccelerationVoltage\":\"200000\",\"BeamConvergence\":\"0.0012\"}," + detectors + "}";
}

/// HAADF (two frames), O of EDS, and from version 11 on O of EELS; two detectors' streams.
inline void fill(hid_t file, const Made& made)
{
    addJson(file, "/Version", (R"({"version":")" + std::to_string(made.version) + R"(","format":"Velox"})").c_str());
    addImage(file, "aa", metadata("HAADF", made.pixelSize), 2);
    addImage(file, "bb", metadata("SuperX", made.pixelSize));
    show(file, made.version, "d1", "HAADF", "aa", "Stem");
    show(file, made.version, "d2", "O", "bb", "Eds");
    if (made.version >= 11) { // the same element by another technique
        addImage(file, "cc", metadata("GIF", made.pixelSize));
        show(file, made.version, "d3", "O", "cc", "Eels");
        addJson(file, "/SharedProperties/EDSSpectrumQuantificationSettings/q",
                R"({"elementSelection":[8, 52, "x", null, 1e300]})");
        if (made.filtered) {
            addJson(file, "/SharedProperties/UnaryImageFilterSettings/f",
                    R"({"enabled":true,"filter":"Mean","kernelSize":3})");
            addJson(file, "/Features/SIFeature/s",
                    R"({"eds":{"quantificationKernelFilterSettings":"/SharedProperties/UnaryImageFilterSettings/f"}})");
        }
    } else {
        addJson(file, "/Operations/ImageQuantificationOperation/q", R"({"elementSelection":["8","52"]})");
        if (made.filtered)
            addJson(file, "/Operations/ImageFilterOperation/f", R"({"enabled":"true","filter":"Gaussian"})");
    }
    addGroup(file, "/Data/SpectrumImage/si");
    if (!made.hasStream)
        return;
    addGroup(file, "/Data/SpectrumStream");
    if (!made.stream.empty())
        for (const char* id : {"/Data/SpectrumStream/s1", "/Data/SpectrumStream/s2"}) {
            addDataset(file, (std::string(id) + "/Data").c_str(), H5T_STD_U16LE, H5T_NATIVE_UINT16,
                       {made.stream.size(), 1}, made.stream);
            addJson(file, std::string(id) + "/AcquisitionSettings", R"({"bincount":"4096"})");
            addMetadata(file, id, metadata("SuperX1", made.pixelSize), 1);
        }
}

/// O K-alpha 525 eV lies in channel 77.5, its window of +-58 eV in channels 72 to 83; Te L-alpha 3767 eV in channel
/// 401.7.
inline const std::vector<std::uint16_t> twoFrames = {
    78, 25, mark, mark, 78, 79,   402, mark, mark, mark, 500, mark,  // frame 0
    72, 83, mark, 71,   84, mark, 402, mark, mark, mark, 77,  4000}; // frame 1, without its last mark

/// made.emd in `folder`.
inline std::filesystem::path make(const QTemporaryDir& folder, const Made& made)
{
    const QString path = folder.filePath("made.emd");
    makeHdf5(path, [&](hid_t file) { fill(file, made); });
    return path.toStdString();
}

} // namespace testsupport::velox
