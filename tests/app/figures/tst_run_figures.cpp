// SPDX-License-Identifier: GPL-3.0-or-later
// Every figure of a run is drawn in every format, of the size asked for, and says what it shows.
#include "app/figures/map_figures.h"
#include "app/figures/run_figures.h"
#include "app/figures/score_figures.h"
#include "core/io/datacube_writer.h"
#include "synthetic_run.h"

#include <QImage>
#include <QTemporaryDir>
#include <QXmlStreamReader>
#include <QtTest>

#include <cstring>

using namespace dispersa;

namespace {

/// All text of an SVG, and whether it is well-formed.
bool readSvg(const QString& path, QString& text)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return false;
    QXmlStreamReader reader(&file);
    while (!reader.atEnd())
        if (reader.readNext() == QXmlStreamReader::Characters)
            text += reader.text().toString() + QLatin1Char(' ');
    return !reader.hasError();
}

QByteArray head(const QString& path, int bytes)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.read(bytes) : QByteArray();
}

const QStringList names = {QStringLiteral("figure1_training"),         QStringLiteral("figure2_scores"),
                           QStringLiteral("figure3_maps_0033"),        QStringLiteral("figure3_maps_0037"),
                           QStringLiteral("figure4_correlation_0033"), QStringLiteral("figure4_correlation_0037"),
                           QStringLiteral("figure8_correction_0033"),  QStringLiteral("figure8_correction_0037"),
                           QStringLiteral("figure9_filtering_0033"),   QStringLiteral("figure9_filtering_0037")};

} // namespace

class TestRunFigures : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void initTestCase()
    {
        // Kept in the test's work folder, so that the figures can be looked at.
        QDir().mkpath(QStringLiteral("figures"));
        const auto files =
            drawRunFigures(syntheticRun(), {{FigureFormat::Svg, FigureFormat::Pdf, FigureFormat::Png}, 200}, "figures");
        QVERIFY2(files.has_value(), files ? "" : files.error().message.c_str());
        QCOMPARE(int(files->size()), 3 * int(names.size()));
        for (const auto& path : *files)
            QVERIFY(std::filesystem::exists(path));
    }

    void drawsEveryKindInEveryFormat_data()
    {
        QTest::addColumn<QString>("name");
        for (const QString& name : names)
            QTest::newRow(qPrintable(name)) << name;
    }

    void drawsEveryKindInEveryFormat()
    {
        QFETCH(QString, name);
        QString text;
        QVERIFY2(readSvg("figures/" + name + ".svg", text), "the SVG is not well-formed XML");
        QVERIFY2(text.simplified().size() > 20, "the SVG holds no text");
        QCOMPARE(head("figures/" + name + ".pdf", 5), QByteArray("%PDF-"));
        const QImage image("figures/" + name + ".png");
        QVERIFY(!image.isNull());
    }

    void pngHasTheSizeInMillimetresTimesDpi()
    {
        const auto figure = scoresFigure(syntheticRun());
        QVERIFY(figure.has_value());
        const QSizeF size_mm = figure->size_mm();
        QCOMPARE(size_mm.width(), 180.0); // a page's text width, two columns of a journal
        const QImage image(QStringLiteral("figures/figure2_scores.png"));
        // One pixel: the size in pixels is rounded to whole ones.
        QVERIFY(std::abs(image.width() - size_mm.width() / 25.4 * 200) <= 1);
        QVERIFY(std::abs(image.height() - size_mm.height() / 25.4 * 200) <= 1);
    }

    void saysUnitsAndNames()
    {
        QString maps;
        QVERIFY(readSvg(QStringLiteral("figures/figure3_maps_0037.svg"), maps));
        for (const char* word : {"real", "predicted", "O", "Te", "HAADF", "atomic fraction", "nm", "0037"})
            QVERIFY2(maps.contains(QLatin1String(word)), word);
        QString training;
        QVERIFY(readSvg(QStringLiteral("figures/figure1_training.svg"), training));
        for (const char* word : {"Epoch", "Loss", "Pearson r", "Error"})
            QVERIFY2(training.contains(QLatin1String(word)), word);
        QString scores;
        QVERIFY(readSvg(QStringLiteral("figures/figure2_scores.svg"), scores));
        for (const char* word : {"0033", "in sample", "0037", "MAE"})
            QVERIFY2(scores.contains(QLatin1String(word)), word);
    }

    void drawsThePatternOfTheCircleWhenTheFileIsThere()
    {
        QTemporaryDir folder;
        RunResult run = syntheticRun();
        const std::filesystem::path path = std::filesystem::path(folder.path().toStdString()) / "0037.h5";
        DataCubeOptions options;
        options.scanShape = {110, 45};
        options.patternShape = {32, 32};
        options.calibration.qPixel_invA = 0.03;
        auto writer = DataCubeWriter::create(path, options);
        QVERIFY(writer.has_value());
        std::vector<std::uint16_t> pattern(32 * 32, 3);
        pattern[16 * 32 + 16] = 5000;
        for (std::int64_t i = 0; i < options.scanShape.count(); ++i)
            QVERIFY((*writer)->append(std::as_bytes(std::span(pattern))).has_value());
        QVERIFY((*writer)->commit().has_value());
        const auto without = correctionFigure(run, run.scans[1]);
        run.study.scans[1].diffraction = DiffractionSource{path};
        const auto with = correctionFigure(run, run.scans[1]);
        QVERIFY(without && with);
        QCOMPARE(with->columns(), without->columns() + 1);
    }

    void leavesOutWhatARunDoesNotHave()
    {
        // A trained model on a scan without EDS: predicted maps, nothing to compare with.
        RunResult run = syntheticRun();
        run.history.clear();
        run.split.clear();
        run.metrics = {};
        run.scans.erase(run.scans.begin());
        for (QuantityMaps& maps : run.scans[0].quantities)
            maps.measured = maps.real = maps.corrected = nullptr;
        QVERIFY(!trainingFigure(run));
        QVERIFY(!scoresFigure(run));
        QVERIFY(!correctionFigure(run, run.scans[0]));
        QVERIFY(!filteringFigure(run, run.scans[0]));
        QTemporaryDir folder;
        const auto files = drawRunFigures(run, {{FigureFormat::Svg}, 300}, folder.path().toStdString());
        QVERIFY(files.has_value());
        QCOMPARE(int(files->size()), 1);
        QCOMPARE(files->front().filename().string(), std::string("figure3_maps_0037.svg"));
    }

    void refusesBadOptions_data()
    {
        QTest::addColumn<int>("dpi");
        QTest::addColumn<bool>("anyFormat");
        QTest::addColumn<QString>("folder");
        QTest::addColumn<int>("code");
        QTest::newRow("no format") << 300 << false << "out" << int(ErrorCode::InvalidArgument);
        QTest::newRow("dpi too small") << 1 << true << "out" << int(ErrorCode::InvalidArgument);
        QTest::newRow("folder is a file") << 300 << true << "file" << int(ErrorCode::WriteFailed);
    }

    void refusesBadOptions()
    {
        QFETCH(int, dpi);
        QFETCH(bool, anyFormat);
        QFETCH(QString, folder);
        QFETCH(int, code);
        QTemporaryDir temporary;
        QFile file(temporary.filePath(QStringLiteral("file")));
        QVERIFY(file.open(QIODevice::WriteOnly));
        FigureOptions options;
        options.dpi = dpi;
        options.formats = {};
        if (anyFormat)
            options.formats = {FigureFormat::Png};
        const auto files = drawRunFigures(syntheticRun(), options, temporary.filePath(folder).toStdString());
        QVERIFY(!files.has_value());
        QCOMPARE(int(files.error().code), code);
    }
};

QTEST_MAIN(TestRunFigures)
#include "tst_run_figures.moc"
