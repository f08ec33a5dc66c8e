// SPDX-License-Identifier: GPL-3.0-or-later
// Renders every view, light and dark, and the figures of a paper to PNG files in the work folder, and checks that each
// shows something: many colours where pixels are, no empty picture, nothing drawn at the very border.
#include "widgets/histogram_view.h"
#include "widgets/loss_plot.h"
#include "widgets/map_view.h"
#include "widgets/matrix_view.h"
#include "widgets/palette.h"
#include "widgets/pattern_view.h"
#include "widgets/profile_plot.h"
#include "widgets/scatter_plot.h"
#include "widgets/score_bars.h"

#include <QGridLayout>
#include <QSet>
#include <QTest>

#include <cmath>
#include <limits>
#include <random>

using namespace dispersa;

namespace {

/// Layers, a bright grain and noise, as a map of the film looks.
MapPtr film(const char* quantity, MapUnit unit, double level, double phase, unsigned seed, bool holes = false)
{
    auto map = std::make_shared<ElementMap>(emptyMap(quantity, unit, {110, 45}));
    map->scanStep_nm = 1.053;
    std::mt19937 random(seed);
    std::normal_distribution<float> noise(0, float(level * 0.06));
    for (int y = 0; y < 110; ++y)
        for (int x = 0; x < 45; ++x) {
            const double layer = 0.5 + 0.5 * std::sin(y * 0.12 + phase + 0.3 * std::sin(x * 0.2));
            const double grain = std::exp(-(std::pow(y - 52, 2) + std::pow(x - 25, 2)) / 14);
            map->at(y, x) = float(level * (0.3 + 0.7 * layer + 0.5 * grain)) + noise(random);
            if (holes && y > 92 && x < 20)
                map->at(y, x) = std::numeric_limits<float>::quiet_NaN();
        }
    return map;
}

std::vector<float> pattern(int side)
{
    std::vector<float> values;
    std::mt19937 random(3);
    for (int y = 0; y < side; ++y)
        for (int x = 0; x < side; ++x) {
            const double r = std::hypot(y - side / 2.0, x - side / 2.0) / side * 256;
            double mean = 0.2 + 4e4 * std::exp(-r * r / 30) + 60 * std::exp(-std::pow((r - 40) / 9, 2)) +
                          14 * std::exp(-std::pow((r - 72) / 12, 2));
            for (int spot = 0; spot < 6; ++spot) {
                const double angle = spot * 3.14159265 / 3 + 0.2;
                mean += 900 * std::exp(-(std::pow(y - side / 2.0 - side * 0.2 * std::sin(angle), 2) +
                                         std::pow(x - side / 2.0 - side * 0.2 * std::cos(angle), 2)) /
                                       8);
            }
            values.push_back(float(std::poisson_distribution<int>(mean)(random)));
        }
    return values;
}

std::vector<EpochRecord> history(int epochs, double speed)
{
    std::vector<EpochRecord> records;
    for (int i = 1; i <= epochs; ++i)
        records.push_back(
            {i, 0.02 + 0.12 * std::exp(-i * speed), 0.03 + 0.11 * std::exp(-i * speed) + 0.002 * (i % 3), 2, 900});
    return records;
}

int colours(const QImage& image)
{
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            seen.insert(image.pixel(x, y));
    return int(seen.size());
}

QPalette darkPalette()
{
    QPalette palette;
    palette.setColor(QPalette::Window, QColor(43, 45, 48));
    palette.setColor(QPalette::Base, QColor(32, 33, 36));
    palette.setColor(QPalette::WindowText, QColor(230, 230, 230));
    palette.setColor(QPalette::Text, QColor(230, 230, 230));
    return palette;
}

} // namespace

class GalleryTest : public QObject {
    Q_OBJECT

    static void check(QWidget& widget, const QString& name, QSize size, int leastColours)
    {
        widget.resize(size);
        widget.setAutoFillBackground(true);
        widget.show();
        QVERIFY(QTest::qWaitForWindowExposed(&widget));
        QTest::qWait(40);
        const QImage image = widget.grab().toImage();
        QVERIFY(image.save(name + ".png"));
        QVERIFY2(colours(image) > leastColours, qPrintable(name + QString::number(colours(image))));
    }
    static void check(const Figure& figure, const QString& name, int leastColours)
    {
        const QImage image = figure.toImage(150);
        QVERIFY(image.save(name + ".png"));
        QVERIFY2(colours(image) > leastColours, qPrintable(name));
        // A white border all around: nothing is cut off.
        for (int x = 0; x < image.width(); ++x) {
            QCOMPARE(image.pixel(x, 0), qRgb(255, 255, 255));
            QCOMPARE(image.pixel(x, image.height() - 2), qRgb(255, 255, 255));
        }
        for (int y = 0; y < image.height(); ++y) {
            QCOMPARE(image.pixel(0, y), qRgb(255, 255, 255));
            QCOMPARE(image.pixel(image.width() - 2, y), qRgb(255, 255, 255));
        }
        for (const FigureFormat format : {FigureFormat::Svg, FigureFormat::Pdf})
            QVERIFY(saveFigure(figure, (name + (format == FigureFormat::Svg ? ".svg" : ".pdf")).toStdString(), format));
    }

  private Q_SLOTS:
    void images()
    {
        for (const bool dark : {false, true}) {
            QWidget page;
            if (dark)
                page.setPalette(darkPalette());
            auto* layout = new QGridLayout(&page);
            auto* map = new MapView;
            map->setMap(film("O", MapUnit::Fraction, 0.6, 0, 1, true));
            map->setColorBarVisible(true);
            map->setMarker(ScanPoint{30, 12});
            map->setShapes({{circleShape({52, 25}, 6), categoryColor(5), "grain", true},
                            {polygonShape({{70, 5}, {72, 35}, {85, 30}, {84, 8}}), categoryColor(4), "matrix", true}});
            map->setSelectedShape(0);
            auto* haadf = new MapView;
            haadf->setMap(film("HAADF", MapUnit::Arbitrary, 1200, 1, 2));
            haadf->setColorBarVisible(true);
            haadf->setCrop(Region{20, 4, 70, 36});
            haadf->setCropEditable(true);
            auto* difference = new MapView;
            auto delta = std::make_shared<ElementMap>(*film("O", MapUnit::Fraction, 0.2, 0, 4));
            for (float& value : delta->values)
                value -= 0.14f;
            difference->setZeroCentred(true);
            difference->setColorMap(ColorMap::BlueWhiteRed);
            difference->setColorBarVisible(true);
            difference->setMap(delta);
            difference->setTitle("O, predicted - real");
            auto* diffraction = new PatternView;
            diffraction->setPattern({256, 256}, pattern(256));
            diffraction->setQPixel(0.02309);
            diffraction->setTitle("Mean pattern of grain (97 probes)");
            diffraction->setColorBarVisible(true);
            diffraction->setColorBarLabel("counts");
            diffraction->setDetector(annulusShape({128, 128}, 45, 70));
            auto* empty = new MapView;
            empty->setPlaceholder("Open a scan to see its maps here.");
            auto* histogram = new HistogramView;
            histogram->setValues(film("O", MapUnit::Fraction, 0.6, 0, 1)->values,
                                 film("O", MapUnit::Fraction, 0.55, 0, 8)->values, 64);
            histogram->setNames("before", "after");
            histogram->setLabel("O (fraction)");
            histogram->setRange(ValueRange{0.2, 0.7}, true);
            layout->addWidget(map, 0, 0);
            layout->addWidget(haadf, 0, 1);
            layout->addWidget(difference, 0, 2);
            layout->addWidget(diffraction, 1, 0, 1, 2);
            auto* right = new QGridLayout;
            right->addWidget(empty, 0, 0);
            right->addWidget(histogram, 1, 0);
            layout->addLayout(right, 1, 2);
            check(page, dark ? "images_dark" : "images_light", {960, 900}, 300);
        }
    }

    void plots()
    {
        for (const bool dark : {false, true}) {
            QWidget page;
            if (dark)
                page.setPalette(darkPalette());
            auto* layout = new QGridLayout(&page);
            auto* loss = new LossPlot;
            loss->setHistory(history(34, 0.15));
            loss->setOverlays({{"0033, quick", history(50, 0.09)}, {"0033, paper", history(20, 0.02)}});
            loss->setBestEpoch(29);
            auto* logarithmic = new LossPlot;
            logarithmic->setTitle("Logarithmic");
            logarithmic->setHistory(history(6, 0.3));
            logarithmic->setLogarithmic(true);
            auto* bars = new ScoreBars;
            bars->setScores({"O", "Si", "Ge", "Sb", "Te"},
                            {{"0034", {.93, .78, .63, .68, .9}, {}, {}},
                             {"0035", {.68, std::nullopt, .43, .56, .67}, {}, {}},
                             {"0036", {.7, -.1, .24, .26, .47}, {}, {}}},
                            "Pearson r");
            auto* scatter = new ScatterPlot;
            std::vector<float> a = film("O", MapUnit::Fraction, 0.6, 0, 1)->values;
            std::vector<float> b = film("O", MapUnit::Fraction, 0.55, 0.2, 7)->values;
            scatter->setPairs(a, b, "O", "fraction", 0.931);
            auto* matrix = new MatrixView;
            matrix->setTitle("Real - predicted, 0037");
            matrix->setMatrix({"O", "Si", "Ge", "Sb", "Te"}, {"O", "Si", "Ge", "Sb", "Te"},
                              {1., .8,  -.62, -.91, -.97, .8, 1.,           -.4,  -.7,  -.75, -.62,         -.4, 1.,
                               .5, .41, -.91, -.7,  .5,   1., std::nullopt, -.97, -.75, .41,  std::nullopt, 1.});
            matrix->setColorBarVisible(true);
            auto* profile = new ProfilePlot;
            std::vector<double> first;
            std::vector<double> second;
            for (int r = 0; r < 128; ++r) {
                first.push_back(2 + 4e4 * std::exp(-r * r / 30.) + 60 * std::exp(-std::pow((r - 40) / 9., 2)) +
                                300 * std::exp(-std::pow((r - 51) / 2., 2)));
                second.push_back(2 + 4e4 * std::exp(-r * r / 30.) + 60 * std::exp(-std::pow((r - 40) / 9., 2)));
            }
            profile->setQPixel(0.02309);
            profile->setCurves({{"grain", first, {51}, {}}, {"rest of the crop", second, {40}, {}}});
            layout->addWidget(loss, 0, 0);
            layout->addWidget(logarithmic, 0, 1);
            layout->addWidget(bars, 0, 2);
            layout->addWidget(scatter, 1, 0);
            layout->addWidget(matrix, 1, 1);
            layout->addWidget(profile, 1, 2);
            check(page, dark ? "plots_dark" : "plots_light", {1260, 720}, 200);
        }
    }

    void figureOfMaps()
    {
        Figure figure = Figure::grid(3, 6);
        figure.setTitle("Scan 0037").setColumnHeaders({"O", "Si", "Ge", "Sb", "Te", "HAADF"});
        figure.setRowLabels({"real", "predicted", "difference"});
        const auto panel = [](const MapPtr& map, ColorMap colours_, ValueRange range) {
            ImagePanel p;
            p.height = map->shape.height;
            p.width = map->shape.width;
            p.values = std::shared_ptr<const std::vector<float>>(map, &map->values);
            p.colors = {colours_, range, DisplayScaling::Linear, {}};
            return p;
        };
        for (int c = 0; c < 6; ++c) {
            const ColorMap map = c == 5 ? ColorMap::Grey : ColorMap::Viridis;
            ImagePanel real = panel(film("O", MapUnit::Fraction, 0.5, c, unsigned(c)), map, {0, 0.7});
            real.pixelSize = 1.053;
            figure.set(0, c, real);
            ImagePanel predicted = panel(film("O", MapUnit::Fraction, 0.5, c, unsigned(c + 9), true), map, {0, 0.7});
            predicted.shapes = {{circleShape({52, 25}, 6), Qt::red, {}}};
            figure.set(1, c, predicted);
            auto delta = std::make_shared<ElementMap>(*film("O", MapUnit::Fraction, 0.2, c, unsigned(c)));
            for (float& value : delta->values)
                value -= 0.14f;
            figure.set(2, c, panel(delta, ColorMap::BlueWhiteRed, {-0.15, 0.15}));
            figure.setColumnColorBar(c, {map, {0, 0.7}, DisplayScaling::Linear, c == 5 ? "arb. units" : "fraction"});
        }
        figure.setRowColorBar(2, {ColorMap::BlueWhiteRed, {-0.15, 0.15}, DisplayScaling::Linear, "difference"});
        check(figure, "figure_maps", 300);
    }

    void figureOfPlots()
    {
        LossPlot loss;
        loss.setTitle("Training");
        loss.setHistory(history(34, 0.15));
        loss.setBestEpoch(29);
        ScatterPlot scatter;
        scatter.setPairs(film("O", MapUnit::Fraction, 0.6, 0, 1)->values,
                         film("O", MapUnit::Fraction, 0.55, 0.2, 7)->values, "O", "fraction", 0.931);
        BarPanel bars;
        bars.categories = {"O", "Si", "Ge", "Sb", "Te"};
        bars.groups = {{"0034", {.93, .78, .63, .68, .9}, {}, {.05, .1, .04, .05, .02}},
                       {"0035", {.68, std::nullopt, .43, .56, .67}, {}, {}},
                       {"0036", {.7, -.1, .24, .26, .47}, {}, {}}};
        bars.yLabel = "Pearson r";
        bars.title = "Prediction of unseen scans";
        PatternView view;
        view.setPattern({256, 256}, pattern(256));
        view.setQPixel(0.02309);
        view.setDetector(circleShape({128, 128}, 30));
        view.setTitle("Mean pattern");
        view.setColorBarVisible(true);
        view.setColorBarLabel("counts");
        const auto image = std::get<ImagePanel>(view.toFigure().cells()[0].panel);
        MatrixPanel matrix;
        matrix.title = "Real - real";
        matrix.rowLabels = matrix.columnLabels = QStringList{"O", "Si", "Ge", "Sb", "Te"};
        matrix.values = {1., .8,  -.62, -.91, -.97, .8, 1.,           -.4,  -.7,  -.75, -.62,         -.4, 1.,
                         .5, .41, -.91, -.7,  .5,   1., std::nullopt, -.97, -.75, .41,  std::nullopt, 1.};
        matrix.colorBar = true;
        matrix.colorBarLabel = "Pearson r";
        HistogramPanel histogram;
        for (int i = 0; i < 60; ++i)
            histogram.counts.push_back(400 * std::exp(-std::pow((i - 25) / 10., 2)));
        histogram.xLabel = "O (fraction)";
        histogram.yLabel = "pixels";
        Figure figure = Figure::grid(2, 3);
        figure.set(0, 0, loss.panel()).set(0, 1, scatter.panel()).set(0, 2, bars);
        figure.set(1, 0, image).set(1, 1, matrix).set(1, 2, histogram);
        check(figure, "figure_plots", 300);
    }
};

QTEST_MAIN(GalleryTest)
#include "tst_gallery.moc"
