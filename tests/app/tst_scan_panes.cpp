// SPDX-License-Identifier: GPL-3.0-or-later
// The two linked panes of a scan: detector modes, the picture that refines, patterns at the probe, mean and maximum,
// statistics. Driven by mouse and keyboard.
#include "app/pages/scans/diffraction_pane.h"
#include "app/pages/scans/scan_pane.h"
#include "app/pages/scans/statistics_dialog.h"
#include "core/prepare/virtual_detector.h"
#include "tests/support/memory_scan.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTableWidget>
#include <QTest>
#include <QToolButton>

#include <future>
#include <mutex>
#include <random>

using namespace dispersa;

namespace {

/// Large enough for rounds from coarse to fine.
constexpr ScanShape grid{41, 67};
constexpr PatternShape shape{128, 128};

/// From some read on, every one waits until it is told to go on.
class SlowScan final : public MemoryScan {
  public:
    using MemoryScan::MemoryScan;
    Result<void> readRaw(const Region& block, std::span<std::byte> out) const override
    {
        if (++m_read > m_allowed)
            m_gate.wait();
        return MemoryScan::readRaw(block, out);
    }
    void allow(std::int64_t reads) { m_allowed = reads; }
    void open()
    {
        std::call_once(m_once, [this] { m_open.set_value(); });
    }

  private:
    mutable std::atomic<std::int64_t> m_read = 0;
    std::atomic<std::int64_t> m_allowed = std::numeric_limits<std::int64_t>::max();
    std::promise<void> m_open;
    std::once_flag m_once;
    std::shared_future<void> m_gate = m_open.get_future().share();
};

} // namespace

class TestScanPanes : public QObject {
    Q_OBJECT

  private Q_SLOTS:
    void initTestCase()
    {
        std::mt19937 random(5);
        m_values.resize(std::size_t(grid.count() * shape.count()));
        // A beam that drifts over the scan, and a ring where a grain lies.
        for (int i = 0; i < int(grid.count()); ++i) {
            const int y = i / grid.width, x = i % grid.width;
            const double beamY = 60 + 6.0 * y / grid.height, beamX = 60 + 6.0 * x / grid.width;
            const bool grain = std::hypot(y - 20, x - 30) < 12;
            for (int p = 0; p < int(shape.count()); ++p) {
                const double radius = std::hypot(p / shape.width - beamY, p % shape.width - beamX);
                const unsigned counts = radius < 8 ? 45 : std::abs(radius - 40) < 3 && grain ? 20 : 3;
                m_values[std::size_t(i) * std::size_t(shape.count()) + std::size_t(p)] = std::uint16_t(random() % counts);
            }
        }
        m_values[7] = 65535;
    }

    void init()
    {
        m_tasks = std::make_unique<TaskRunner>();
        m_messages = std::make_unique<MessageLog>();
        m_diffraction = std::make_unique<DiffractionPane>(*m_tasks, *m_messages, nullptr);
        m_scanPane = std::make_unique<ScanPane>(nullptr);
        connect(m_scanPane.get(), &ScanPane::markerMoved, m_diffraction.get(), &DiffractionPane::setProbe);
        connect(m_scanPane.get(), &ScanPane::regionChanged, m_diffraction.get(), &DiffractionPane::setRegion);
        connect(m_diffraction.get(), &DiffractionPane::virtualImagesChanged, m_scanPane.get(),
                &ScanPane::setVirtualImages);
        connect(m_diffraction.get(), &DiffractionPane::virtualProgress, m_scanPane.get(), &ScanPane::setVirtualProgress);
        m_diffraction->resize(500, 600);
        m_scanPane->resize(500, 600);
        m_diffraction->show();
        m_scanPane->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_diffraction.get()));
        m_memory = std::make_shared<SlowScan>(grid, shape, m_values);
        auto opened = std::make_shared<OpenedScan>();
        opened->entry.name = "0033";
        opened->diffraction = m_memory;
        m_scanPane->setScan(opened, {});
        m_diffraction->setProbe({1, 2});
        m_diffraction->setScan(opened, {});
        m_pattern = m_diffraction->findChild<PatternView*>("scans_pattern");
        m_map = m_scanPane->findChild<MapView*>("scans_map");
        QTRY_VERIFY(m_pattern->hasImage());
        QTRY_VERIFY(m_tasks->isIdle());
    }

    void cleanup()
    {
        m_memory->open(); // a test that failed must not wait for ever
        m_diffraction.reset();
        m_scanPane.reset();
        m_tasks.reset();
    }

    void everyModeHasItsMaps()
    {
        choose("detector_box", "Circle");
        QTRY_VERIFY(complete());
        QVERIFY(m_pattern->detector());
        const auto integrated = virtualImage(*m_memory, *m_pattern->detector(), {}, {});
        QVERIFY(integrated);
        QCOMPARE(*m_map->imageValues(), integrated->values);
        QCOMPARE(m_map->title(), QString("virtual"));
        choose("detector_mode_box", "Maximum");
        QTRY_VERIFY(complete());
        for (const float value : *m_map->imageValues())
            QVERIFY(value <= 49);
        choose("detector_mode_box", "Centre of Mass");
        QTRY_COMPARE(m_map->title(), QString("CoM y"));
        QTRY_VERIFY(complete());
        for (const char* name : {"map_CoM y", "map_CoM x", "map_CoM magnitude"})
            QVERIFY2(m_scanPane->findChild<QToolButton*>(name), name);
        QVERIFY(!m_scanPane->findChild<QToolButton*>("map_virtual"));
        QVERIFY(m_map->map()->unit == MapUnit::Pixels);
        QCOMPARE(m_map->colorMap(), ColorMap::BlueWhiteRed);
        QCOMPARE(m_map->shownRange().low, -m_map->shownRange().high);
        picture("centre-of-mass");
        click("map_CoM magnitude");
        QCOMPARE(m_map->title(), QString("CoM magnitude"));
        QCOMPARE(m_map->colorMap(), ColorMap::Viridis);
        choose("detector_mode_box", "Integrating");
        QTRY_COMPARE(m_map->title(), QString("virtual"));
        choose("detector_box", "None");
        QTRY_VERIFY(!m_map->hasImage());
    }

    void aSlowScanIsShownCoarseFirst()
    {
        choose("detector_box", "Rectangle");
        QTRY_VERIFY(complete());
        // Some hundred patterns more, then none for a while: what is there is shown, and said to be coarse.
        const std::vector<float> before = *m_map->imageValues();
        auto slow = std::make_shared<SlowScan>(grid, shape, m_values);
        slow->allow(1300); // the beam's sample of 200, the first round of 714, and about half of the next
        show(slow);
        QTRY_VERIFY_WITH_TIMEOUT(m_map->title().contains("coarse"), 10000);
        QVERIFY(m_map->hasImage());
        QCOMPARE(m_map->imageValues()->size(), before.size());
        QVERIFY(std::isfinite(m_map->imageValues()->back()));
        QVERIFY(m_map->imageValues()->at(0) == before[0]);
        auto* bar = m_scanPane->findChild<QProgressBar*>("virtual_progress");
        QTRY_VERIFY(bar->isVisible());
        QTRY_VERIFY(bar->value() > 10 && bar->value() < 90);
        QTRY_VERIFY2(m_map->title().contains(QString("%1 %").arg(bar->value())), qPrintable(m_map->title()));
        picture("coarse");
        slow->open();
        QTRY_COMPARE(m_map->title(), QString("virtual"));
        QCOMPARE(*m_map->imageValues(), before);
        QVERIFY(!bar->isVisible());
    }

    void aStoppedImageLeavesNoProgress()
    {
        auto slow = std::make_shared<SlowScan>(grid, shape, m_values);
        choose("detector_box", "Rectangle");
        slow->allow(1300);
        show(slow);
        auto* bar = m_scanPane->findChild<QProgressBar*>("virtual_progress");
        QTRY_VERIFY_WITH_TIMEOUT(bar->isVisible(), 10000);
        choose("detector_box", "None");
        QVERIFY(!bar->isVisible());
        slow->open();
    }

    void aKnownRotationTurnsTheCentreOfMass()
    {
        choose("detector_box", "Rectangle");
        choose("detector_mode_box", "Centre of Mass");
        QTRY_VERIFY(complete() && m_map->title() == "CoM y");
        click("map_CoM x");
        QCOMPARE(m_map->title(), QString("CoM x"));
        const std::vector<float> alongX = *m_map->imageValues();
        auto opened = std::make_shared<OpenedScan>();
        opened->entry.name = "0033";
        opened->diffraction = m_memory;
        opened->calibration.qrRotation_deg = 90;
        m_scanPane->setScan(opened, {});
        m_diffraction->setScan(opened, {});
        QTRY_VERIFY(m_scanPane->findChild<QToolButton*>("map_CoM y") && complete());
        click("map_CoM y");
        QTRY_VERIFY2(m_map->title().startsWith("CoM y, "), qPrintable(m_map->title())); // in whose axes it is
        const std::vector<float> turned = *m_map->imageValues();
        QCOMPARE(turned.size(), alongX.size());
        for (std::size_t i = 0; i < turned.size(); ++i)
            QVERIFY(std::abs(turned[i] + alongX[i]) < 1e-4 || (std::isnan(turned[i]) && std::isnan(alongX[i])));
    }

    void draggingShowsTheLastPlaceInTheEnd()
    {
        choose("detector_box", "Circle");
        QTRY_VERIFY(complete());
        const QPoint from = m_pattern->toWidget(m_pattern->detector()->centre).toPoint();
        QSignalSpy shown(m_diffraction.get(), &DiffractionPane::virtualImagesChanged);
        QTest::mousePress(m_pattern, Qt::LeftButton, {}, from);
        for (int i = 1; i <= 30; ++i)
            QTest::mouseMove(m_pattern, from + QPoint(i, i), 10);
        QTest::mouseRelease(m_pattern, Qt::LeftButton, {}, from + QPoint(30, 30), 5);
        QTRY_VERIFY(m_tasks->isIdle());
        QVERIFY2(shown.count() >= 3, qPrintable(QString::number(shown.count()))); // while it was dragged
        QCOMPARE(shown.last().at(1).toInt(), 1);
        QCOMPARE(*m_map->imageValues(), virtualImage(*m_memory, *m_pattern->detector(), {}, {})->values);
    }

    void patternsAtProbeMeanAndMaximum()
    {
        auto* caption = m_diffraction->findChild<QLabel*>("pattern_caption");
        QCOMPARE(*m_pattern->imageValues(), *m_memory->pattern({1, 2}));
        choose("pattern_source_box", "Mean");
        const auto mean = combinedPattern(*m_memory, {}, PatternStatistic::Mean, {}, {});
        QTRY_COMPARE(*m_pattern->imageValues(), *mean);
        QVERIFY2(caption->text().contains(QString::number(grid.count())), qPrintable(caption->text()));
        choose("pattern_source_box", "Maximum");
        const auto maximum = combinedPattern(*m_memory, {}, PatternStatistic::Maximum, {}, {});
        QTRY_COMPARE(*m_pattern->imageValues(), *maximum);
        m_diffraction->setProbe({3, 3}); // changes nothing that is shown
        QTRY_VERIFY(m_tasks->isIdle());
        QCOMPARE(*m_pattern->imageValues(), *maximum);
        choose("pattern_source_box", "At probe");
        QTRY_COMPARE(*m_pattern->imageValues(), *m_memory->pattern({3, 3}));
        // A region chooses the mean over it, and gives the probe back.
        auto* box = m_diffraction->findChild<QComboBox*>("pattern_source_box");
        m_diffraction->setRegion(rectangleShape({0, 0}, {1, 1}));
        QCOMPARE(box->currentText(), QString("Mean"));
        const auto four = combinedPattern(*m_memory, {{0, 0}, {0, 1}, {1, 0}, {1, 1}}, PatternStatistic::Mean, {}, {});
        QTRY_COMPARE(*m_pattern->imageValues(), *four);
        m_diffraction->setRegion(std::nullopt);
        QCOMPARE(box->currentText(), QString("At probe"));
        QTRY_COMPARE(*m_pattern->imageValues(), *m_memory->pattern({3, 3}));
    }

    void statisticsOfTheScan()
    {
        QTest::mouseClick(m_diffraction->findChild<QToolButton*>("statistics_button"), Qt::LeftButton);
        auto* dialog = m_diffraction->findChild<StatisticsDialog*>("statistics_dialog");
        QVERIFY(dialog && dialog->windowTitle().contains("0033"));
        auto* table = dialog->findChild<QTableWidget*>("statistics_table");
        QTRY_VERIFY(table->rowCount() > 6);
        QHash<QString, QString> rows;
        for (int row = 0; row < table->rowCount(); ++row)
            rows[table->item(row, 0)->text()] = table->item(row, 1)->text();
        QCOMPARE(rows["Minimum"], QString("0"));
        QCOMPARE(rows["Maximum"], QLocale().toString(65535));
        double sum = 0;
        for (const std::uint16_t value : m_values)
            sum += value;
        QCOMPARE(rows["Sum"], QLocale().toString(sum, 'f', 0));
        QCOMPARE(rows["Mean"], QLocale().toString(sum / double(m_values.size()), 'g', 9));
        QVERIFY2(rows["Saturated"].startsWith("1 ("), qPrintable(rows["Saturated"]));
        QCOMPARE(rows["NaN or Inf"], QString("0"));
        dialog->grab().save("statistics.png");
        dialog->close();
    }

    void statisticsCanBeStopped()
    {
        auto slow = std::make_shared<SlowScan>(grid, shape, m_values);
        show(slow);
        QTRY_VERIFY(m_tasks->isIdle());
        slow->allow(0);
        QTest::mouseClick(m_diffraction->findChild<QToolButton*>("statistics_button"), Qt::LeftButton);
        auto* dialog = m_diffraction->findChild<StatisticsDialog*>("statistics_dialog");
        QTest::mouseClick(dialog->findChild<QPushButton*>("statistics_stop"), Qt::LeftButton);
        slow->open();
        QTRY_VERIFY(m_tasks->isIdle());
        QCOMPARE(dialog->findChild<QTableWidget*>("statistics_table")->rowCount(), 0);
        QVERIFY(dialog->findChild<QLabel*>("statistics_state")->text().contains("Stopped"));
        dialog->close();
    }

  private:
    /// Writes what the panes look like into the working folder.
    void picture(const QString& name)
    {
        m_diffraction->grab().save(name + "-diffraction.png");
        m_scanPane->grab().save(name + "-scan.png");
    }
    void choose(const char* name, const QString& text)
    {
        auto* box = m_diffraction->findChild<QComboBox*>(name);
        QVERIFY(box);
        box->setFocus();
        const int index = box->findText(text);
        QVERIFY2(index >= 0, qPrintable(text));
        box->setCurrentIndex(index);
        Q_EMIT box->activated(index); // what a click in the list ends with
    }
    void click(const char* name) { QTest::mouseClick(m_scanPane->findChild<QToolButton*>(name), Qt::LeftButton); }
    void show(const std::shared_ptr<SlowScan>& scan)
    {
        auto opened = std::make_shared<OpenedScan>();
        opened->entry.name = "0033";
        opened->diffraction = scan;
        m_scanPane->setScan(opened, {});
        m_diffraction->setScan(opened, {});
        m_memory = scan;
    }
    bool complete() const { return m_tasks->isIdle() && m_map->hasImage() && !m_map->title().contains("coarse"); }

    std::vector<std::uint16_t> m_values;
    std::unique_ptr<TaskRunner> m_tasks;
    std::unique_ptr<MessageLog> m_messages;
    std::unique_ptr<DiffractionPane> m_diffraction;
    std::unique_ptr<ScanPane> m_scanPane;
    std::shared_ptr<SlowScan> m_memory;
    PatternView* m_pattern = nullptr;
    MapView* m_map = nullptr;
};

QTEST_MAIN(TestScanPanes)
#include "tst_scan_panes.moc"
