// SPDX-License-Identifier: GPL-3.0-or-later
// Real files of every format open with the shape, type, values and sums that other people's software reads from them:
// expected.json beside the samples, made with h5py, mrcfile, tifffile, ncempy and rosettasciio.
#include "core/io/format.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

#include <cmath>
#include <numeric>

using namespace dispersa;
namespace fs = std::filesystem;

namespace {

using Shape = std::vector<std::int64_t>;

fs::path samples()
{
    return fs::path(qgetenv("DISPERSA_SHARED_DATA").toStdString()) / "samples";
}

/// Shapes that the files beside a stack turn into a scan; expected.json has the bare stack.
Shape scanShapeOf(const QString& file)
{
    static const std::map<QString, Shape> known = {{"de_mrc_4dstem/20241021_00405_movie.mrc", {4, 8, 4, 8}},
                                                   {"de_mrc_4dstem/Custom_movie.mrc", {5, 5, 16, 16}},
                                                   {"arina/test_00_master.h5", {4, 4, 192, 192}}};
    const auto found = known.find(file);
    return found == known.end() ? Shape() : found->second;
}

Shape shapeIn(const QJsonArray& sizes)
{
    Shape shape;
    for (const QJsonValue& size : sizes)
        shape.push_back(size.toInt());
    return shape;
}

/// Without leading axes of one: MRC counts one image as a stack.
Shape squeezed(Shape shape)
{
    while (shape.size() > 2 && shape.front() == 1)
        shape.erase(shape.begin());
    return shape;
}

QString textOf(const Shape& shape)
{
    QStringList sizes;
    for (const std::int64_t size : shape)
        sizes << QString::number(size);
    return sizes.join(" x ");
}

/// NumPy's "<i2" as "int16".
QString typeNamed(const QString& code)
{
    const QString kind = code.at(1) == 'f' ? "float" : code.at(1) == 'i' ? "int" : "uint";
    return kind + QString::number(8 * code.mid(2).toInt());
}

/// What the item's shape must be: the scan that its companions tell, or the shape itself.
Shape expectedShape(const QString& file, const QJsonObject& expected)
{
    if (const Shape scan = scanShapeOf(file); !scan.empty())
        return scan;
    return squeezed(shapeIn(expected["shape"].toArray()));
}

/// The item that `key` of expected.json speaks of: HDF5 readers name items by the path of the dataset or of its group,
/// others by nothing; "name [BF]" is the member BF.
const FileItem* itemFor(const FileInfo& info, QString key)
{
    const auto bracket = key.indexOf(" [");
    const QString member = bracket < 0 ? QString() : key.mid(bracket + 2).chopped(1);
    key = key.left(bracket);
    for (const FileItem& item : info.items) {
        QString id = QString::fromStdString(item.id);
        if (id.startsWith('/'))
            id.remove(0, 1);
        const bool named = key.isEmpty() || id == key || id.startsWith(key + '/') || key.startsWith(id + '/');
        const QString quantity = QString::fromStdString(item.quantity.value_or(""));
        if (member.isEmpty() ? named : id.contains(member) || quantity == member)
            return &item;
    }
    return nullptr;
}

bool close(double value, double expected)
{
    // Sums of floats depend on the order of the additions; 1e-12 is some thousand roundings.
    return value == expected || std::abs(value - expected) <= 1e-12 * std::abs(expected);
}

QString different(const QString& what, double value, double expected)
{
    return close(value, expected)
               ? QString()
               : QString("%1 is %2, not %3").arg(what).arg(value, 0, 'g', 17).arg(expected, 0, 'g', 17);
}

QString problemWithStatistics(const ItemStatistics& found, const QJsonObject& expected)
{
    QStringList problems = {different("sum", found.sum, expected["sum"].toDouble())};
    if (expected.contains("min"))
        problems << different("min", found.min, expected["min"].toDouble())
                 << different("max", found.max, expected["max"].toDouble())
                 << different("last", found.last, expected["last"].toDouble());
    const QJsonArray first = expected["first4"].toArray();
    if (static_cast<qsizetype>(found.first.size()) != first.size())
        problems << QString("%1 first values, not %2").arg(found.first.size()).arg(first.size());
    else
        for (qsizetype i = 0; i < first.size(); ++i)
            problems << different(QString("value %1").arg(i), found.first[static_cast<std::size_t>(i)],
                                  first[i].toDouble());
    problems.removeAll(QString());
    return problems.join("; ");
}

/// Sum of every pattern, in scan order. A flat stack opens with the grid that somebody who knows gives it.
QString problemWithFrames(const fs::path& path, const FileItem& item, const QJsonArray& sums, const QJsonArray& grid)
{
    std::optional<ScanShape> given;
    if (item.kind == ItemKind::Stack)
        given = ScanShape{grid.at(0).toInt(), grid.at(1).toInt()};
    const auto scan = openDiffraction(path, item.id, given);
    if (!scan)
        return QString::fromStdString(scan.error().message);
    const ScanShape shape = (*scan)->scanShape();
    if (shape.count() != sums.size())
        return QString("%1 patterns, not %2").arg(shape.count()).arg(sums.size());
    for (int i = 0; i < sums.size(); ++i) {
        const auto pattern = (*scan)->pattern({i / shape.width, i % shape.width});
        if (!pattern)
            return QString::fromStdString(pattern.error().message);
        const double sum = std::accumulate(pattern->begin(), pattern->end(), 0.0);
        if (sum != sums[i].toDouble())
            return different(QString("the sum of pattern %1").arg(i), sum, sums[i].toDouble());
    }
    return {};
}

/// Sizes along the axes, which the item has in nm.
QString problemWithAxes(const FileItem& item, const QJsonArray& sizes, const QJsonArray& units)
{
    static const std::map<QString, double> lengths_nm = {{"um", 1e3}, {"nm", 1}, {"pm", 1e-3}};
    for (int i = 0; i < sizes.size(); ++i) {
        const double size = sizes[i].toDouble() * lengths_nm.at(units[i].toString());
        const ItemAxis& axis = item.axes.at(static_cast<std::size_t>(i));
        if (axis.unit != "nm" || std::abs(axis.scale / size - 1) > 1e-6) // scales are float32 in the file
            return QString("axis %1 has %2 %3").arg(i).arg(axis.scale).arg(QString::fromStdString(axis.unit));
    }
    return {};
}

/// Everything expected.json says of one item; empty when it is so.
QString problemWith(const QString& file, const QString& key, const QJsonObject& expected)
{
    const fs::path path = samples() / file.toStdString();
    const auto info = inspectFile(path);
    if (!info)
        return QString::fromStdString(info.error().message);
    const FileItem* item = itemFor(*info, key);
    if (!item)
        return QString("no item for '%1' among %2").arg(key).arg(info->items.size());
    const Shape shape = expectedShape(file, expected);
    if (squeezed(item->shape) != squeezed(shape))
        return QString("the shape is %1, not %2").arg(textOf(item->shape), textOf(shape));
    if (typeNamed(expected["dtype"].toString()) != elementTypeName(item->type))
        return QString("the type is %1").arg(elementTypeName(item->type));
    const auto format = formatOf(path);
    const auto statistics = (*format)->statistics(path, item->id, {}, {});
    if (!statistics)
        return QString::fromStdString(statistics.error().message);
    QString problem = problemWithStatistics(*statistics, expected);
    if (problem.isEmpty() && expected.contains("per_frame_sum"))
        problem = problemWithFrames(path, *item, expected["per_frame_sum"].toArray(), expected["nav_expected"].toArray());
    if (problem.isEmpty() && expected.contains("pixelSize"))
        problem = problemWithAxes(*item, expected["pixelSize"].toArray(), expected["pixelUnit"].toArray());
    // Labels and sizes in metres as the vendor's metadata states them.
    if (problem.isEmpty() && expected["label"].isString() &&
        expected["label"].toString() != QString::fromStdString(item->quantity.value_or("")))
        problem = "the quantity is '" + QString::fromStdString(item->quantity.value_or("")) + "'";
    if (problem.isEmpty() && expected.contains("PixelSize")) {
        const double size = expected["PixelSize"].toObject()["width"].toString().toDouble();
        const bool inverse = expected["PixelUnitX"].toString() == "1/m";
        const auto found = inverse ? item->calibration.qPixel_invA : item->calibration.scanStep_nm;
        problem = found ? different("the pixel", *found, size * (inverse ? 1e-10 : 1e9)) : QString("no pixel size");
    }
    return problem;
}

} // namespace

class TestSamples : public QObject {
    Q_OBJECT

    static QJsonObject expectations()
    {
        QFile file(QString::fromStdString((samples() / "expected.json").string()));
        return file.open(QFile::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
    }

  private Q_SLOTS:
    void opensAsExpected_data();
    void opensAsExpected();
    void sideFileTellsTheGrid();
    void everySampleOpensOrIsACompanion();
};

void TestSamples::opensAsExpected_data()
{
    QTest::addColumn<QString>("file");
    QTest::addColumn<QString>("key"); ///< of a dataset in the file; empty where it holds one thing
    QTest::addColumn<QJsonObject>("expected");
    const QJsonObject files = expectations();
    if (files.isEmpty())
        QTest::newRow("no samples") << QString() << QString() << QJsonObject();
    for (auto file = files.begin(); file != files.end(); ++file) {
        const QJsonObject all = file.value().toObject();
        if (all.contains("shape"))
            QTest::newRow(qPrintable(file.key())) << file.key() << QString() << all;
        for (auto item = all.begin(); item != all.end(); ++item)
            if (item.value().toObject().contains("shape"))
                QTest::newRow(qPrintable(file.key() + " " + item.key()))
                    << file.key() << item.key() << item.value().toObject();
    }
}

void TestSamples::opensAsExpected()
{
    QFETCH(QString, file);
    QFETCH(QString, key);
    QFETCH(QJsonObject, expected);
    if (file.isEmpty())
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const QString problem = problemWith(file, key, expected);
    QVERIFY2(problem.isEmpty(), qPrintable(problem));
}

void TestSamples::sideFileTellsTheGrid()
{
    const QJsonObject side = expectations()["arina/test_00.h5"].toObject();
    if (side.isEmpty())
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    const auto info = inspectFile(samples() / "arina/test_00_master.h5");
    const Shape grid = {side["NumPixelsY"].toInt(), side["NumPixelsX"].toInt()};
    QVERIFY(info && !info->items.empty() && info->items.at(0).shape.size() == 4 &&
            Shape(info->items.at(0).shape.begin(), info->items.at(0).shape.begin() + 2) == grid);
}

void TestSamples::everySampleOpensOrIsACompanion()
{
    if (!fs::exists(samples()))
        QSKIP("The shared sample files are not here (DISPERSA_SHARED_DATA).");
    int opened = 0;
    QStringList problems;
    for (const auto& entry : fs::recursive_directory_iterator(samples())) {
        const QString name = QString::fromStdString(fs::relative(entry.path(), samples()).generic_string());
        const QString extension = name.section('.', -1);
        const bool companion =
            QStringList{"md", "json", "txt", "csv", "xml", "hdr"}.contains(extension) || name == "arina/test_00.h5";
        if (!entry.is_regular_file() || companion)
            continue;
        const auto info = inspectFile(entry.path());
        ++opened;
        if (!info || info->items.empty())
            problems << name + ": " + (info ? QString("nothing in it") : QString::fromStdString(info.error().message));
    }
    QVERIFY2(problems.isEmpty(), qPrintable(problems.join("\n")));
    QVERIFY(opened >= 11);
}

QTEST_APPLESS_MAIN(TestSamples)
#include "tst_samples.moc"
