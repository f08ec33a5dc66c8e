// SPDX-License-Identifier: GPL-3.0-or-later
// Plots and matrices hold what they were given, and say when they have nothing.
#include "widgets/histogram_view.h"
#include "widgets/loss_plot.h"
#include "widgets/matrix_view.h"
#include "widgets/palette.h"
#include "widgets/profile_plot.h"
#include "widgets/scatter_plot.h"
#include "widgets/score_bars.h"

#include <QLabel>
#include <QSignalSpy>
#include <QTest>

#include <cmath>
#include <limits>

using namespace dispersa;

namespace {

std::vector<EpochRecord> history(int epochs)
{
    std::vector<EpochRecord> records;
    for (int i = 1; i <= epochs; ++i)
        records.push_back({i, 1.0 / i, i > 2 ? std::optional<double>(1.5 / i) : std::nullopt, 1, 100});
    return records;
}

bool hasColour(const QImage& image, const QColor& colour)
{
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            if (image.pixelColor(x, y).rgb() == colour.rgb())
                return true;
    return false;
}

template<class View>
QImage shot(View& view)
{
    view.resize(420, 300);
    view.show();
    if (!QTest::qWaitForWindowExposed(&view))
        return {};
    QTest::qWait(30);
    return view.grab().toImage();
}

} // namespace

class PlotsTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void lossCurves()
    {
        LossPlot plot;
        QVERIFY(plot.panel().series.empty());
        plot.setHistory(history(5));
        plot.appendEpoch({6, 0.1, 0.3, 1, 100});
        plot.setBestEpoch(4);
        const LinePanel panel = plot.panel();
        QCOMPARE(panel.series.size(), std::size_t(2));
        QCOMPARE(panel.series[0].y.back(), 0.1);
        QCOMPARE(panel.series[1].y.back(), 0.3);
        QVERIFY(std::isnan(panel.series[1].y[0])); // missing is not zero
        QCOMPARE(panel.markers.size(), std::size_t(1));
        QCOMPARE(panel.markers[0].x, 4.0);
        plot.setBestEpoch(17); // an epoch that does not exist is not marked
        QVERIFY(plot.panel().markers.empty());
        plot.setOverlays({{"run 1", history(9)}});
        QCOMPARE(plot.panel().series.size(), std::size_t(4));
        QVERIFY(plot.panel().xRange->high > 9);
        const QImage image = shot(plot);
        QVERIFY(hasColour(image, categoryColor(0)));
        QVERIFY(hasColour(image, categoryColor(1)));
        plot.setLogarithmic(true);
        QVERIFY(plot.panel().logY);
        QVERIFY(shot(plot) != image);
    }

    void emptyPlotsSayWhatToDo()
    {
        LossPlot plot;
        plot.setPlaceholder("Nothing yet");
        shot(plot);
        const auto* label = plot.findChild<QLabel*>();
        QVERIFY(label && label->isVisible());
        QCOMPARE(label->text(), QStringLiteral("Nothing yet"));
        plot.setHistory(history(2));
        shot(plot);
        QVERIFY(!label->isVisible());
    }

    void plotsFollowThePalette()
    {
        LossPlot plot;
        plot.setHistory(history(5));
        const QImage light = shot(plot);
        QPalette dark;
        dark.setColor(QPalette::Base, QColor(20, 20, 20));
        dark.setColor(QPalette::Text, Qt::white);
        plot.setPalette(dark);
        const QImage image = shot(plot);
        QCOMPARE(image.pixelColor(2, 2).rgb(), QColor(20, 20, 20).rgb());
        QVERIFY(light.pixelColor(2, 2).lightness() > 200);
    }

    void barsShowMissingAsDash()
    {
        ScoreBars bars;
        bars.setScores({"O", "Si"}, {{"0037", {0.9, std::nullopt}, {}, {}}, {"0038", {0.8, -0.1}, {}, {}}},
                       "Pearson r");
        QCOMPARE(bars.panel().yLabel, QStringLiteral("Pearson r"));
        QVERIFY(!bars.panel().groups[0].values[1]);
        const QImage image = shot(bars);
        QVERIFY(hasColour(image, categoryColor(0)));
        QVERIFY(hasColour(image, categoryColor(1)));
    }

    void barsCarryIntervalsAndMarks()
    {
        BarPanel panel;
        panel.categories = {"O", "Si"};
        panel.yLabel = "Pearson r";
        panel.intervalName = "95 % interval";
        panel.yRange = ValueRange{0, 1};
        BarGroup group{"0037", {0.5, 0.5}, {}, {}};
        group.intervals = {ValueRange{0.1, 0.7}, std::nullopt};
        group.marks = {{BarMark::Kind::Line, "ceiling", {0.9, std::nullopt}},
                       {BarMark::Kind::Diamond, "best baseline", {std::nullopt, 0.25}},
                       {BarMark::Kind::DashedLine, "never", {std::nullopt, std::nullopt}}};
        group.notes = {"95 % interval: 0.100 to 0.700", {}};
        panel.groups = {group};
        QCOMPARE(barRange(panel.groups).high, 0.9);
        QCOMPARE(barRange(panel.groups).low, 0.0);
        QCOMPARE(int(markKinds(panel.groups).size()), 2); // what has no value needs no explanation
        QVERIFY(hasIntervals(panel.groups));
        QCOMPARE(whiskerOf(group, 0)->low, 0.1);
        QVERIFY(!whiskerOf(group, 1));

        ScoreBars bars;
        bars.setPanel(panel);
        QCOMPARE(bars.panel().groups[0].marks.size(), std::size_t(3));
        QCOMPARE(bars.panel().intervalName, QStringLiteral("95 % interval"));
        const QImage with = shot(bars);
        panel.groups[0].intervals.clear();
        panel.groups[0].marks.clear();
        ScoreBars plain;
        plain.setPanel(panel);
        QVERIFY(shot(plain) != with);
        // The exported figure explains them too.
        const QString svg = QString::fromUtf8(figureSvg(bars.toFigure()));
        for (const char* word : {"95 % interval", "ceiling", "best baseline"})
            QVERIFY2(svg.contains(QLatin1String(word)), word);
        QVERIFY(!svg.contains("never"));
    }

    void scatterTitleTellsPearson()
    {
        ScatterPlot scatter;
        scatter.setPairs({0.1f, 0.2f, 0.3f}, {0.1f, 0.25f, 0.28f}, "O", "fraction", 0.9876);
        QCOMPARE(scatter.title(), QStringLiteral("O, r = 0.988"));
        QVERIFY(scatter.panel().xLabel.contains("fraction"));
        QVERIFY(!shot(scatter).isNull());
        scatter.setPairs({0.1f}, {0.1f}, "O", "fraction", std::nullopt);
        QCOMPARE(scatter.title(), QStringLiteral("O, r undefined"));
        scatter.setPairs({std::numeric_limits<float>::quiet_NaN()}, {0.1f}, "O", "fraction", std::nullopt);
        QVERIFY(!shot(scatter).isNull()); // nothing valid: the empty text, no crash
    }

    void profilesMarkPeaks()
    {
        ProfilePlot profile;
        std::vector<double> ring(40, 1.0);
        ring[20] = 9;
        profile.setCurves({{"region", ring, {20}, {}}});
        QCOMPARE(profile.axisLabel(), QStringLiteral("Radius (px)"));
        profile.setQPixel(0.02);
        QCOMPARE(profile.axisLabel(), QString::fromUtf8("q = 1/d (1/Å)"));
        QCOMPARE(profile.panel().markers[0].text, QStringLiteral("0.40"));
        QVERIFY(std::abs(profile.panel().series[0].x[20] - 0.4) < 1e-12);
        profile.setQPixel(0.02, true);
        QCOMPARE(profile.axisLabel(), QString::fromUtf8("Q = 2π/d (1/Å)"));
        QVERIFY(!shot(profile).isNull());
    }

    void matrixCells()
    {
        MatrixView matrix;
        QVERIFY(!shot(matrix).isNull()); // empty
        matrix.setMatrix({"O", "Te"}, {"O", "Te"}, {1.0, -0.5, std::nullopt, 1.0});
        QCOMPARE(matrix.cellText(0, 0), QStringLiteral("1.00"));
        QCOMPARE(matrix.cellText(0, 1), QString::fromUtf8("−0.50"));
        QCOMPARE(matrix.cellText(1, 0), QString::fromUtf8("–"));
        QCOMPARE(matrix.cellText(5, 0), QString());
        const QImage image = shot(matrix);
        QVERIFY(hasColour(image, QColor::fromRgb(colorOf(1, {-1, 1}, ColorMap::BlueWhiteRed))));
        QVERIFY(hasColour(image, QColor::fromRgb(noDataColor())));
    }

    void histogramCountsAndRange()
    {
        HistogramView histogram;
        histogram.setValues(std::vector<float>{0, 0, 0.5f, 1, std::numeric_limits<float>::quiet_NaN()}, 2);
        QCOMPARE(histogram.counts(), (std::vector<double>{2, 2}));
        histogram.setRange(ValueRange{0.2, 0.8}, true);
        shot(histogram);
        QSignalSpy edited(&histogram, &HistogramView::rangeEdited);
        QTest::keyClick(&histogram, Qt::Key_Right);
        QCOMPARE(edited.count(), 1);
        QVERIFY(std::abs(histogram.range()->low - 0.21) < 1e-9);
        QTest::keyClick(&histogram, Qt::Key_Left, Qt::ShiftModifier);
        QVERIFY(std::abs(histogram.range()->high - 0.79) < 1e-9);
        QTest::mouseClick(&histogram, Qt::LeftButton, {}, QPoint(60, 40));
        QCOMPARE(edited.count(), 3);
        QVERIFY(histogram.range()->low < 0.21);
        histogram.setValues(std::vector<float>{}, 8);
        QVERIFY(!shot(histogram).isNull());
    }

    void everyViewMakesAFigure()
    {
        LossPlot loss;
        loss.setHistory(history(3));
        ScoreBars bars;
        bars.setScores({"O"}, {{"a", {0.5}, {}, {}}}, "r");
        MatrixView matrix;
        matrix.setMatrix({"O"}, {"O"}, {1.0});
        HistogramView histogram;
        histogram.setValues(std::vector<float>{1, 2, 3}, std::vector<float>{1, 2, 2});
        for (const Figure& figure : {loss.toFigure(), bars.toFigure(), matrix.toFigure(), histogram.toFigure()}) {
            QCOMPARE(figure.cells().size(), std::size_t(1));
            QVERIFY(!figure.toImage(80).isNull());
        }
    }
};

QTEST_MAIN(PlotsTest)
#include "tst_plots.moc"
