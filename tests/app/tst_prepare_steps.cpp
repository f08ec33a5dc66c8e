// SPDX-License-Identifier: GPL-3.0-or-later
// What the previews of the Prepare page show: each step alone, on a pattern whose answer is known.
#include "app/pages/prepare/prepare_steps.h"
#include "core/prepare/prepared_patterns.h"
#include "tests/support/memory_scan.h"

#include <QTest>

#include <cstring>

using namespace dispersa;

namespace {

constexpr int edge = 16;

/// One pattern: background 1, a direct beam of 3 x 3 pixels of 100 around (6, 9).
class OnePattern : public DiffractionScan {
  public:
    ScanShape scanShape() const override { return {1, 1}; }
    PatternShape patternShape() const override { return {edge, edge}; }
    ElementType elementType() const override { return ElementType::Float32; }
    const std::filesystem::path& file() const override { return m_file; }
    const std::string& dataset() const override { return m_dataset; }
    const Calibration& calibration() const override { return m_calibration; }
    Result<void> readRaw(const Region&, std::span<std::byte> out) const override
    {
        std::vector<float> values(edge * edge, 1.0F);
        for (int y = 5; y <= 7; ++y)
            for (int x = 8; x <= 10; ++x)
                values[std::size_t(y * edge + x)] = 100;
        std::memcpy(out.data(), values.data(), out.size());
        return {};
    }

  private:
    std::filesystem::path m_file = "one.h5";
    std::string m_dataset;
    Calibration m_calibration;
};

float at(const PatternImage& image, int y, int x)
{
    return (*image.values)[std::size_t(y * image.shape.width + x)];
}

constexpr Region onlyOne{0, 0, 1, 1};

const DiffractionOptions everything{CentreKind::CentreOfMass, 3, 2, Scaling::Log};

PatternPreview preview(PrepareStep step)
{
    const auto result = previewPattern(OnePattern(), {0, 0}, everything, step, onlyOne, nullptr);
    return result.value_or(PatternPreview());
}

} // namespace

class TestPrepareSteps : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void centringMovesTheBeam()
    {
        const PatternPreview p = preview(PrepareStep::Centre);
        QCOMPARE(p.before.shape, (PatternShape{edge, edge}));
        QCOMPARE(at(p.before, 6, 9), 100.0F);
        QCOMPARE(at(p.after, 8, 8), 100.0F);
        QCOMPARE(at(p.after, 6, 10), 1.0F);
    }

    void maskingTakesTheBeamAway()
    {
        const PatternPreview p = preview(PrepareStep::BeamMask);
        QCOMPARE(at(p.before, 8, 8), 100.0F);
        QCOMPARE(at(p.after, 8, 8), 0.0F);
        QCOMPARE(at(p.after, 3, 3), 1.0F);
    }

    void binningSums()
    {
        const PatternPreview p = preview(PrepareStep::Bin);
        QCOMPARE(p.before.shape, (PatternShape{edge, edge}));
        QCOMPARE(p.after.shape, (PatternShape{edge / 2, edge / 2}));
        QCOMPARE(p.after.bin, 2);
        QCOMPARE(at(p.after, 1, 1), 4.0F);
    }

    void scalingGivesTheNetworksInput()
    {
        const PatternPreview p = preview(PrepareStep::Scaling);
        QVERIFY(p.scaled);
        QCOMPARE(p.before.shape, p.after.shape);
        QCOMPARE(at(p.before, 1, 1), 4.0F);
        QVERIFY(at(p.after, 1, 1) > 0.9F && at(p.after, 1, 1) < 1.1F); // the quantile of a flat pattern is its level
        QCOMPARE(at(p.after, 4, 4), 0.0F);
    }

    void calibrationShowsRawAndAll()
    {
        const PatternPreview p = preview(PrepareStep::Calibration);
        QCOMPARE(at(p.before, 6, 9), 100.0F);
        QCOMPARE(p.after.shape, (PatternShape{edge / 2, edge / 2}));
        QCOMPARE(at(p.after, 4, 4), 0.0F);
    }

    void eachStepShowsItselfAlone()
    {
        DiffractionOptions options = everything;
        options.centre = CentreKind::SubPixel;
        options.badPixels = BadPixels::Repair;
        options.ellipseRatio = 1.2;
        options.bin = 1;
        PatternPreview p = *previewPattern(OnePattern(), {0, 0}, options, PrepareStep::BadPixels, onlyOne, nullptr);
        QCOMPARE(*p.before.values, *p.after.values); // one pattern tells of no bad pixel, and nothing else is done
        QVERIFY(std::abs(p.beamCentre.y - 6) < 0.01 && std::abs(p.beamCentre.x - 9) < 0.01);
        p = *previewPattern(OnePattern(), {0, 0}, options, PrepareStep::Ellipse, onlyOne, p.plan);
        QVERIFY(std::abs(at(p.before, 8, 8) - 100) < 0.1F); // centred already
        QVERIFY(*p.before.values != *p.after.values);
        QVERIFY(at(p.after, 8, 8) > 90);
    }

    void plansAreKeptWhileTheyServe()
    {
        DiffractionOptions options = everything;
        const auto plan = previewPattern(OnePattern(), {0, 0}, options, PrepareStep::Centre, onlyOne, nullptr)->plan;
        QVERIFY(plan);
        options.beamMask_px = 1;
        options.ellipseRatio = 1.1;
        options.scaling = Scaling::Linear;
        QCOMPARE(previewPattern(OnePattern(), {0, 0}, options, PrepareStep::Bin, onlyOne, plan)->plan, plan);
        options.descan = DescanModel::Constant;
        const auto fitted = previewPattern(OnePattern(), {0, 0}, options, PrepareStep::Bin, onlyOne, plan)->plan;
        QVERIFY(fitted != plan);
        const MapPtr residuals = descanResiduals(*fitted);
        QVERIFY(residuals);
        QCOMPARE(residuals->shape, (ScanShape{1, 1}));
        QVERIFY(residuals->at(0, 0) < 1e-3F);
        QVERIFY(!descanResiduals(*plan));
    }

    void theMaskLiesWhereThatOfTheRunLies()
    {
        // The beam wanders along the rows: where it is typical depends on the part of the scan that is used.
        const ScanShape grid{12, 3};
        const PatternShape shape{40, 40};
        std::vector<std::uint16_t> values(std::size_t(grid.count() * shape.count()), 10);
        for (int i = 0; i < grid.count(); ++i)
            for (int y = 0; y < 3; ++y)
                for (int x = 0; x < 3; ++x)
                    values[std::size_t(i * 1600 + (8 + i / grid.width * 2 + y) * 40 + 19 + x)] = 1000;
        const auto scan = std::make_shared<MemoryScan>(grid, shape, values);
        DiffractionOptions options;
        options.beamMask_px = 3;
        std::shared_ptr<const PreparationPlan> plan;
        for (const Region& region : {wholeRegion(grid), Region{0, 0, 3, 3}, Region{8, 1, 4, 2}}) {
            const auto run = PreparedPatterns::create({{scan, region, {}}}, options, {}, {}, {});
            QVERIFY(run);
            const ScanPoint point{region.y + 1, region.x + 1};
            const auto shown = previewPattern(*scan, point, options, PrepareStep::BeamMask, region, plan);
            QVERIFY(shown);
            plan = shown->plan; // kept, as the page keeps it, while the crop changes
            std::vector<float> prepared(1600);
            const std::vector<std::int64_t> index{region.width + 1};
            QVERIFY((*run)->gather(index, prepared));
            for (float& value : prepared)
                value *= 65536;
            QCOMPARE(*shown->after.values, prepared);
            QVERIFY(*shown->before.values != prepared);
        }
    }

    void badOptionsAreRefused()
    {
        DiffractionOptions options;
        options.bin = 0;
        const auto result = previewPattern(OnePattern(), {0, 0}, options, PrepareStep::Bin, onlyOne, nullptr);
        QVERIFY(!result.has_value());
        QCOMPARE(result.error().code, ErrorCode::StudyInvalid);
    }

    void theFilterKeepsTheMeasuredMap()
    {
        ElementMap map = emptyMap("O", MapUnit::Fraction, {9, 9});
        std::fill(map.values.begin(), map.values.end(), 0.0F);
        map.at(4, 4) = 1;
        const auto shared = std::make_shared<const ElementMap>(map);
        const auto result = previewFilter(shared, {MapFilterKind::Mean, 3, 75, 75});
        QVERIFY(result.has_value());
        QCOMPARE(result->before, MapPtr(shared));
        QVERIFY(std::abs(result->after->at(4, 4) - 1.0F / 9) < 1e-6F);
    }
};

QTEST_GUILESS_MAIN(TestPrepareSteps)
#include "tst_prepare_steps.moc"
