// SPDX-License-Identifier: GPL-3.0-or-later
// The layers of the source tree: greps the includes and fails on a breach of the design.
#include <QTest>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

namespace fs = std::filesystem;

namespace {

using Strings = std::vector<std::string>;

bool startsWithAny(const std::string& text, const Strings& prefixes)
{
    return std::any_of(prefixes.begin(), prefixes.end(), [&](const auto& prefix) { return text.starts_with(prefix); });
}

/// Files below `folder` may include ours only from `allowed`.
struct Layer {
    std::string folder;
    Strings allowed;
};

// The longest folder that fits a file decides.
const std::vector<Layer>& layers()
{
    static const Strings steps = {"core/base/", "core/data/"};
    static const auto with = [](Strings more) {
        more.insert(more.end(), steps.begin(), steps.end());
        return more;
    };
    static const std::vector<Layer> all = {
        {"core/", {"core/"}},
        {"core/base/", {"core/base/"}},
        {"core/data/", with({})},
        {"core/learn/", with({"core/learn/"})},
        {"core/prepare/", with({"core/prepare/", "core/io/", "core/assess/", "core/inspect/", "core/simulate/"})},
        {"core/io/",
         with({"core/prepare/", "core/io/", "core/learn/", "core/assess/", "core/inspect/", "core/simulate/"})},
        {"core/assess/",
         with({"core/prepare/", "core/io/", "core/learn/", "core/assess/", "core/inspect/", "core/simulate/"})},
        {"core/inspect/",
         with({"core/prepare/", "core/io/", "core/learn/", "core/assess/", "core/inspect/", "core/simulate/"})},
        {"core/simulate/",
         with({"core/prepare/", "core/io/", "core/learn/", "core/assess/", "core/inspect/", "core/simulate/"})},
        {"widgets/", with({"widgets/"})},
        {"app/", {"app/", "core/", "widgets/"}},
    };
    return all;
}

/// Headers of a library may be included only below `folders`; never by a public header of the core.
struct Library {
    std::string name;
    Strings prefixes;
    Strings folders;
    bool hiddenByCore; ///< core headers other than _p.h must not show it
};

const std::vector<Library>& libraries()
{
    static const std::vector<Library> all = {
        {"torch", {"torch/", "ATen/", "c10/"}, {"core/learn/"}, true},
        {"HDF5", {"hdf5", "H5"}, {"core/io/"}, true},
        {"OpenCV", {"opencv2/", "opencv4/"}, {"core/prepare/", "core/assess/", "core/inspect/"}, true},
        {"libtiff", {"tiff"}, {"core/io/"}, true},
        {"pugixml", {"pugixml"}, {"core/io/"}, true},
        {"codecs", {"libdeflate", "zlib", "lz4", "zstd"}, {"core/io/"}, true},
        {"QCustomPlot", {"qcustomplot.h"}, {"widgets/qcustomplot_header.h"}, false},
        {"system calls", {"sys/mman.h", "sys/wait.h", "spawn.h", "unistd.h", "fcntl.h"}, {"core/base/os_file.cpp", "core/base/os_process.cpp"}, true},
        {"Qt", {"Q"}, {"widgets/", "app/"}, false},
    };
    return all;
}

/// Headers only their own folder includes: *_p.h, and the one whose name says that it is about torch.
bool isPrivate(const std::string& header)
{
    return header.ends_with("_p.h") || header == "core/learn/torch_compat.h";
}

/// What is wrong with `include` in `file` (path from the root); empty if nothing.
std::string breach(const std::string& file, const std::string& include)
{
    if (startsWithAny(include, {"core/", "widgets/", "app/", "tests/"})) {
        const Layer* layer = nullptr;
        for (const Layer& candidate : layers())
            if (file.starts_with(candidate.folder) && (!layer || candidate.folder.size() > layer->folder.size()))
                layer = &candidate;
        if (layer && !startsWithAny(include, layer->allowed))
            return file + " must not include " + include;
        if (file.starts_with("core/") && file.ends_with(".h") && !isPrivate(file) && isPrivate(include))
            return file + " is public and must not include the private " + include;
        return {};
    }
    for (const Library& library : libraries()) {
        if (!startsWithAny(include, library.prefixes))
            continue;
        if (!startsWithAny(file, library.folders))
            return file + " must not include " + include + " (" + library.name + ")";
        if (library.hiddenByCore && file.starts_with("core/") && file.ends_with(".h") && !isPrivate(file))
            return file + " is public and must not show " + library.name + " (" + include + ")";
    }
    return {};
}

/// Breaches of a file's text.
Strings breaches(const std::string& file, const std::string& text)
{
    static const std::regex include("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
    Strings found;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::smatch match;
        if (!std::regex_search(line, match, include))
            continue;
        if (const std::string what = breach(file, match[1]); !what.empty())
            found.push_back(what);
    }
    return found;
}

} // namespace

class TestLayers : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void treeKeepsItsLayers();
    void checkerSeesAPlantedBreach_data();
    void checkerSeesAPlantedBreach();
    void checkerLetsRightIncludesPass_data();
    void checkerLetsRightIncludesPass();
};

void TestLayers::treeKeepsItsLayers()
{
    const fs::path root = DISPERSA_SOURCE_DIR;
    int files = 0;
    Strings found;
    for (const char* folder : {"core", "widgets", "app"}) {
        for (const auto& entry : fs::recursive_directory_iterator(root / folder)) {
            const std::string extension = entry.path().extension().string();
            if (extension != ".h" && extension != ".cpp")
                continue;
            ++files;
            std::ifstream stream(entry.path());
            const std::string text{std::istreambuf_iterator<char>(stream), {}};
            const Strings inFile = breaches(entry.path().lexically_relative(root).generic_string(), text);
            found.insert(found.end(), inFile.begin(), inFile.end());
        }
    }
    QVERIFY(files > 30); // the tree was found
    for (const std::string& what : found)
        qWarning("%s", what.c_str());
    QVERIFY2(found.empty(), "files include what their layer must not know; see above");
}

void TestLayers::checkerSeesAPlantedBreach_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("line");
    const auto row = [](const char* file, const char* line) { QTest::newRow(file) << file << line; };
    row("core/base/x.cpp", "#include \"core/data/shape.h\"");
    row("core/data/x.h", "#include \"core/io/format.h\"");
    row("core/learn/x.cpp", "#include \"core/prepare/map_filter.h\"");
    row("core/learn/x.h", "#include <torch/torch.h>");
    row("core/prepare/x.cpp", "#include \"core/learn/model.h\"");
    row("core/prepare/y.cpp", "  #  include <torch/script.h>");
    row("core/prepare/x.h", "#include <opencv2/core.hpp>");
    row("core/io/x.cpp", "#include \"core/workflow/run_study.h\"");
    row("core/io/y.cpp", "#include <QString>");
    row("core/io/z.cpp", "#include <unistd.h>");
    row("core/io/x.h", "#include <tiffio.h>");
    row("core/data/y.cpp", "#include <pugixml.hpp>");
    row("core/io/v.h", "#include <pugixml.hpp>");
    row("core/io/y.h", "#include \"core/io/tiff_page_p.h\"");
    row("core/io/w.cpp", "#include <opencv2/core.hpp>");
    row("core/io/z.h", "#include <lz4.h>");
    row("core/prepare/z.cpp", "#include <zstd.h>");
    row("core/assess/x.cpp", "#include <hdf5.h>");
    row("core/workflow/x.cpp", "#include \"app/main_window.h\"");
    row("core/workflow/y.cpp", "#include <H5Cpp.h>");
    row("widgets/x.cpp", "#include \"core/io/format.h\"");
    row("widgets/y.cpp", "#include \"app/document/document.h\"");
    row("widgets/z.cpp", "#include <qcustomplot.h>");
    row("app/x.cpp", "#include <torch/torch.h>");
    row("app/y.cpp", "#include <fcntl.h>");
}

void TestLayers::checkerSeesAPlantedBreach()
{
    QFETCH(QString, file);
    QFETCH(QString, line);
    const std::string text = "#pragma once\n#include <vector>\n" + line.toStdString() + " // why\nint x;\n";
    QCOMPARE(breaches(file.toStdString(), text).size(), std::size_t(1));
    QVERIFY(breaches(file.toStdString(), "// " + text).size() == 1); // only the pragma was commented out
    QVERIFY(breaches(file.toStdString(), "// " + line.toStdString()).empty());
}

void TestLayers::checkerLetsRightIncludesPass_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("include");
    const auto row = [](const char* file, const char* include) { QTest::newRow(include) << file << include; };
    row("core/base/os_file.cpp", "sys/mman.h");
    row("core/learn/x.cpp", "torch/torch.h");
    row("core/learn/net_p.h", "ATen/ATen.h");
    row("core/io/x_p.h", "hdf5.h");
    row("core/io/x.cpp", "tiffio.h");
    row("core/io/y.cpp", "pugixml.hpp");
    row("core/io/y.cpp", "libdeflate.h");
    row("core/prepare/x.cpp", "opencv2/imgproc.hpp");
    row("core/workflow/x.cpp", "core/learn/trainer.h");
    row("widgets/qcustomplot_header.h", "qcustomplot.h");
    row("widgets/x.cpp", "core/data/element_map.h");
    row("app/x.cpp", "core/workflow/run_study.h");
    row("app/y.cpp", "QWidget");
}

void TestLayers::checkerLetsRightIncludesPass()
{
    QFETCH(QString, file);
    QFETCH(QString, include);
    QCOMPARE(breach(file.toStdString(), include.toStdString()), std::string());
}

QTEST_APPLESS_MAIN(TestLayers)
#include "tst_layers.moc"
