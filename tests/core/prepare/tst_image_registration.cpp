// SPDX-License-Identifier: GPL-3.0-or-later
// One image on another: known shifts and scales come back, and what cannot be known is said to be unsure.
#include "core/prepare/image_registration.h"

#include <QTest>

#include <cmath>
#include <functional>
#include <limits>
#include <random>

using namespace dispersa;

namespace {

const float noData = std::numeric_limits<float>::quiet_NaN();

/// A field of Gaussian bumps over the plane: a scene that can be looked at on any grid.
class Scene {
  public:
    explicit Scene(unsigned seed, double width = 3)
    {
        std::mt19937 random(seed);
        for (int i = 0; i < 900; ++i)
            m_bumps.push_back({uniform(random) * 300 - 100, uniform(random) * 300 - 100,
                               width * (0.6 + 0.8 * uniform(random)), uniform(random) - 0.3});
    }
    double at(double y, double x) const
    {
        double value = 0;
        for (const Bump& bump : m_bumps) {
            const double d = (std::pow(y - bump.y, 2) + std::pow(x - bump.x, 2)) / (2 * bump.width * bump.width);
            if (d < 12)
                value += bump.height * std::exp(-d);
        }
        return value;
    }

  private:
    struct Bump {
        double y, x, width, height;
    };
    static double uniform(std::mt19937& random) { return static_cast<double>(random()) / std::mt19937::max(); }
    std::vector<Bump> m_bumps;
};

ElementMap image(ScanShape shape, const std::function<double(double, double)>& value, const char* name = "map")
{
    ElementMap map = emptyMap(name, MapUnit::Arbitrary, shape);
    for (int y = 0; y < shape.height; ++y)
        for (int x = 0; x < shape.width; ++x)
            map.at(y, x) = static_cast<float>(value(y, x));
    return map;
}

/// The scene as a map of `shape` that lies at map = scale * scan + (dy, dx).
ElementMap mapOf(const Scene& scene, ScanShape shape, double dy, double dx, double scale = 1)
{
    return image(shape, [&](double y, double x) { return scene.at((y - dy) / scale, (x - dx) / scale); });
}

ElementMap scanOf(const Scene& scene, ScanShape shape)
{
    return image(
        shape, [&](double y, double x) { return scene.at(y, x); }, "virtual");
}

void addNoise(ElementMap& map, double sigma, unsigned seed)
{
    std::mt19937 random(seed);
    // A sum of uniform numbers: std::normal_distribution differs between libraries.
    for (float& value : map.values) {
        double sum = -6;
        for (int i = 0; i < 12; ++i)
            sum += static_cast<double>(random()) / std::mt19937::max();
        value += static_cast<float>(sigma * sum);
    }
}

Registration aligned(const ElementMap& reference, const ElementMap& moving, RegistrationOptions options = {})
{
    const auto result = registerImages(reference, moving, options, {}, {});
    if (!result)
        qWarning("%s", result.error().message.c_str());
    return result.value_or(Registration{1e9, 1e9, 0, 0, 0, 0, 0, 0});
}

} // namespace

class TestImageRegistration : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void shiftsAndScales_data()
    {
        QTest::addColumn<double>("dy");
        QTest::addColumn<double>("dx");
        QTest::addColumn<double>("scale");
        QTest::newRow("none") << 0.0 << 0.0 << 1.0;
        QTest::newRow("whole") << 2.0 << -1.0 << 1.0;
        QTest::newRow("far") << -9.0 << 12.0 << 1.0;
        QTest::newRow("half") << 0.5 << 0.5 << 1.0;
        QTest::newRow("fraction") << 3.3 << -2.7 << 1.0;
        QTest::newRow("a little larger") << -1.0 << 0.4 << 1.04;
        QTest::newRow("a tenth smaller") << 4.0 << 1.0 << 0.9;
        QTest::newRow("a fifth larger") << -5.2 << -3.1 << 1.21;
    }
    void shiftsAndScales()
    {
        QFETCH(double, dy);
        QFETCH(double, dx);
        QFETCH(double, scale);
        const Scene scene(1);
        const Registration found = aligned(scanOf(scene, {70, 52}), mapOf(scene, {74, 56}, dy, dx, scale));
        // Bumps 3 px wide without noise: interpolation errors are what is left.
        QVERIFY2(std::abs(found.dy - dy) < 0.1 && std::abs(found.dx - dx) < 0.1, text(found));
        QVERIFY2(std::abs(found.scale - scale) < 0.003, text(found));
        QVERIFY2(found.isReliable() && !found.isInverted() && found.correlation > 0.97, text(found));
        if (scale == 1.0)
            QCOMPARE(found.scale, 1.0); // not 1.0003: the maps would be interpolated for nothing
        if (scale == 1.0 && dy == std::round(dy)) {
            QCOMPARE(found.dy, dy);
            QCOMPARE(found.dx, dx);
        }
    }

    void mapsOnAFinerGrid()
    {
        const Scene scene(2);
        RegistrationOptions options;
        options.scales = {1, 2};
        const Registration found = aligned(scanOf(scene, {50, 40}), mapOf(scene, {104, 82}, 3, -2, 2), options);
        QVERIFY2(std::abs(found.dy - 3) < 0.2 && std::abs(found.dx + 2) < 0.2 && found.scale == 2, text(found));
        QVERIFY2(found.isReliable(), text(found));
    }

    void largeImagesAreRefinedAtFullSize()
    {
        const Scene scene(3, 6);
        const Registration found =
            aligned(scanOf(scene, {300, 280}), mapOf(scene, {296, 290}, -7.4, 5.25), shiftOnly());
        QVERIFY2(std::abs(found.dy + 7.4) < 0.1 && std::abs(found.dx - 5.25) < 0.1, text(found));
        QVERIFY2(found.isReliable(), text(found));
    }

    void noiseWidensTheErrors()
    {
        const Scene scene(4);
        const ElementMap scan = scanOf(scene, {66, 48});
        ElementMap map = mapOf(scene, {66, 48}, 1.5, -2.5);
        const Registration clean = aligned(scan, map);
        addNoise(map, 0.3, 7);
        const Registration noisy = aligned(scan, map);
        QVERIFY2(std::abs(noisy.dy - 1.5) < 0.6 && std::abs(noisy.dx + 2.5) < 0.6, text(noisy));
        QVERIFY2(noisy.isReliable(), text(noisy));
        QVERIFY2(noisy.dyError > clean.dyError && noisy.dxError > clean.dxError, text(noisy));
        QVERIFY(noisy.correlation < clean.correlation);
    }

    void missingRowsAndAnExtraRow_data()
    {
        QTest::addColumn<int>("rows");
        QTest::addColumn<int>("dy");
        QTest::newRow("last rows missing") << 60 << 0;
        QTest::newRow("first rows missing") << 60 << -6;
        QTest::newRow("one row more at the end") << 67 << 0;
        QTest::newRow("one row more on top") << 67 << 1;
    }
    void missingRowsAndAnExtraRow()
    {
        QFETCH(int, rows);
        QFETCH(int, dy);
        const Scene scene(5);
        const Registration found = aligned(scanOf(scene, {66, 40}), mapOf(scene, {rows, 40}, dy, 0));
        QCOMPARE(found.dy, double(dy));
        QCOMPARE(found.dx, 0.0);
        QCOMPARE(found.scale, 1.0);
        QVERIFY2(found.isReliable(), text(found));
    }

    void noDataHasNoWeight()
    {
        const Scene scene(6);
        ElementMap scan = scanOf(scene, {60, 50});
        ElementMap map = mapOf(scene, {60, 50}, 2, 3);
        for (int y = 40; y < 60; ++y) // the acquisition stopped early
            for (int x = 0; x < 50; ++x)
                scan.at(y, x) = noData;
        for (int y = 10; y < 20; ++y)
            for (int x = 5; x < 15; ++x)
                map.at(y, x) = noData;
        map.at(30, 30) = std::numeric_limits<float>::infinity();
        const Registration found = aligned(scan, map);
        QCOMPARE(found.dy, 2.0);
        QCOMPARE(found.dx, 3.0);
        QVERIFY2(found.isReliable(), text(found));
    }

    void invertedContrastIsTold()
    {
        const Scene scene(7);
        ElementMap map = mapOf(scene, {60, 44}, -2, 4);
        for (float& value : map.values)
            value = 1e5f - 3e4f * value; // bright field: other sign, other counts
        const Registration found = aligned(scanOf(scene, {60, 44}), map);
        QCOMPARE(found.dy, -2.0);
        QCOMPARE(found.dx, 4.0);
        QVERIFY2(found.isInverted() && found.correlation < -0.97 && found.isReliable(), text(found));
    }

    void hotPixelsDoNotDecide()
    {
        const Scene scene(8);
        ElementMap scan = scanOf(scene, {60, 44});
        ElementMap map = mapOf(scene, {60, 44}, 3, 1);
        scan.at(20, 20) = 1e6f;
        map.at(40, 11) = 1e6f;
        const Registration found = aligned(scan, map);
        QCOMPARE(found.dy, 3.0);
        QCOMPARE(found.dx, 1.0);
    }

    void unrelatedImagesAreUnsure_data()
    {
        QTest::addColumn<double>("width");
        QTest::newRow("fine detail") << 1.5;
        QTest::newRow("detail") << 4.0;
        QTest::newRow("clouds") << 12.0;
    }
    void unrelatedImagesAreUnsure()
    {
        QFETCH(double, width);
        for (unsigned seed = 20; seed < 26; ++seed) {
            const Registration found =
                aligned(scanOf(Scene(seed, width), {60, 44}), mapOf(Scene(seed + 100, width), {58, 46}, 0, 0));
            QVERIFY2(!found.isReliable(), text(found));
        }
    }
    void unrelatedNoiseIsUnsure()
    {
        ElementMap a = image({40, 40}, [](double, double) { return 0; });
        ElementMap b = a;
        addNoise(a, 1, 1);
        addNoise(b, 1, 2);
        QVERIFY(aligned(a, b).confidence < 0.5);
    }

    void layersDoNotTellTheShiftAlongThem()
    {
        const Scene scene(9);
        const auto layers = [&](double y, double) { return 5 * scene.at(y, 0) + 5 * scene.at(y, 50); };
        ElementMap scan = image({60, 44}, layers, "virtual");
        ElementMap map = scan;
        addNoise(scan, 0.1, 3);
        addNoise(map, 0.1, 4);
        const Registration found = aligned(scan, map, shiftOnly());
        QVERIFY2(std::abs(found.dy) < 0.3 && found.dyError < 0.5, text(found));
        QVERIFY2(found.dxError > 2 && !found.isReliable(), text(found));
    }

    void whatCannotBeAligned_data()
    {
        QTest::addColumn<ElementMap>("reference");
        QTest::addColumn<ElementMap>("moving");
        QTest::addColumn<QString>("names");
        const ElementMap good = scanOf(Scene(10), {20, 20});
        const ElementMap constant = image(
            {20, 20}, [](double, double) { return 7; }, "flat");
        QTest::newRow("constant map") << good << constant << "'flat' has one value everywhere";
        QTest::newRow("constant scan") << constant << good << "'flat' has one value everywhere";
        QTest::newRow("no data") << good << emptyMap("empty", MapUnit::Counts, {20, 20})
                                 << "'empty' has no valid pixel";
        QTest::newRow("tiny") << good << scanOf(Scene(10), {7, 20}) << "7 x 20";
        QTest::newRow("nothing") << good << emptyMap("none", MapUnit::Counts, {0, 0}) << "0 x 0";
        ElementMap broken = good;
        broken.values.pop_back();
        QTest::newRow("values missing") << good << broken << "20 x 20";
    }
    void whatCannotBeAligned()
    {
        QFETCH(ElementMap, reference);
        QFETCH(ElementMap, moving);
        QFETCH(QString, names);
        const auto result = registerImages(reference, moving, {}, {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(result.error().message).contains(names), result.error().message.c_str());
    }

    void theSmallestImages()
    {
        const Scene scene(11, 1.2);
        const auto result = registerImages(scanOf(scene, {8, 8}), mapOf(scene, {8, 8}, 0, 0), {}, {}, {});
        QVERIFY(result.has_value()); // an answer, sure or not
        QVERIFY(result->confidence >= 0 && result->confidence <= 1);
    }

    void badOptions_data()
    {
        QTest::addColumn<std::vector<double>>("scales");
        QTest::addColumn<double>("range");
        QTest::addColumn<double>("overlap");
        QTest::newRow("no scale") << std::vector<double>{} << 1.25 << 0.4;
        QTest::newRow("scale 0") << std::vector<double>{0} << 1.25 << 0.4;
        QTest::newRow("scale nan") << std::vector<double>{std::nan("")} << 1.25 << 0.4;
        QTest::newRow("range") << std::vector<double>{1} << 0.5 << 0.4;
        QTest::newRow("overlap") << std::vector<double>{1} << 1.25 << 0.0;
    }
    void badOptions()
    {
        QFETCH(std::vector<double>, scales);
        QFETCH(double, range);
        QFETCH(double, overlap);
        const ElementMap good = scanOf(Scene(10), {20, 20});
        const auto result = registerImages(good, good, {true, scales, range, overlap}, {}, {});
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::InvalidArgument);
    }

    void stopsWhenAsked()
    {
        const ElementMap good = scanOf(Scene(10), {40, 40});
        std::stop_source stop;
        int reports = 0;
        const auto result = registerImages(
            good, good, {},
            [&](const Progress& progress) {
                QVERIFY(progress.total > 1);
                if (++reports == 2)
                    stop.request_stop();
            },
            stop.get_token());
        QVERIFY(!result);
        QCOMPARE(result.error().code, ErrorCode::Cancelled);
        QCOMPARE(reports, 2);
    }

  private:
    static RegistrationOptions shiftOnly()
    {
        RegistrationOptions options;
        options.findScale = false;
        return options;
    }
    static QByteArray textOf(const Registration& r)
    {
        return QString("dy %1 +- %2, dx %3 +- %4, scale %5, r %6, overlap %7, confidence %8")
            .arg(r.dy)
            .arg(r.dyError)
            .arg(r.dx)
            .arg(r.dxError)
            .arg(r.scale)
            .arg(r.correlation)
            .arg(r.overlap)
            .arg(r.confidence)
            .toUtf8();
    }
    const char* text(const Registration& r)
    {
        m_text = textOf(r);
        return m_text.constData();
    }
    QByteArray m_text;
};

QTEST_APPLESS_MAIN(TestImageRegistration)
#include "tst_image_registration.moc"
