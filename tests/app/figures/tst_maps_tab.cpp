// SPDX-License-Identifier: GPL-3.0-or-later
// Uncertainty on Compare > Maps: its rows, its colours, its hatch, and what the cursor reads.
#include "app/document/study_document.h"
#include "app/figures/map_figures.h"
#include "app/pages/compare/color_bar.h"
#include "app/pages/compare/map_readout.h"
#include "app/pages/compare/maps_tab.h"
#include "app/tasks/message_log.h"
#include "app/tasks/task_runner.h"
#include "synthetic_run.h"
#include "widgets/map_view.h"

#include <QCheckBox>
#include <QLabel>
#include <QRegularExpression>
#include <QScrollArea>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QToolButton>

#include <algorithm>
#include <cmath>
#include <memory>

using namespace dispersa;

namespace {

/// The synthetic run with sigma 0.01, intervals 0.06 (HAADF: 1000 times as much), and the first 7 rows of 0037 unlike the
/// training.
std::shared_ptr<RunResult> uncertainRun()
{
    auto run = std::make_shared<RunResult>(syntheticRun());
    for (ScanResult& scan : run->scans) {
        for (QuantityMaps& maps : scan.quantities) {
            const float scale = maps.quantity == "HAADF" ? 1000 : 1;
            auto sigma = std::make_shared<ElementMap>(*maps.predicted);
            std::fill(sigma->values.begin(), sigma->values.end(), 0.01f * scale);
            auto interval = std::make_shared<ElementMap>(*maps.predicted);
            std::fill(interval->values.begin(), interval->values.end(), 0.06f * scale);
            maps.sigma = sigma;
            maps.interval = interval;
        }
        auto novelty = std::make_shared<ElementMap>(emptyMap("novelty", MapUnit::Arbitrary, scan.crop.shape()));
        for (std::size_t i = 0; i < novelty->values.size(); ++i)
            novelty->values[i] = scan.name == "0037" && i < 7 * 45 ? 1.5f : 0.5f;
        scan.novelty = novelty;
    }
    return run;
}

} // namespace

class TestMapsTab : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init()
    {
        m_document = std::make_unique<StudyDocument>();
        m_tab = std::make_unique<MapsTab>(PageContext{*m_document, m_tasks, m_messages}, nullptr);
        m_tab->resize(1100, 700);
        m_tab->show();
    }
    void cleanup()
    {
        m_tab.reset();
        m_document.reset();
    }

    /// Of scans without an X-ray detector the first row is the HAADF image alone.
    void oneMapHasAScaleBar_data()
    {
        QTest::addColumn<bool>("measured");
        QTest::newRow("element maps were measured") << true;
        QTest::newRow("only HAADF was") << false;
    }
    void oneMapHasAScaleBar()
    {
        QFETCH(bool, measured);
        auto run = uncertainRun();
        for (ScanResult& scan : run->scans)
            for (QuantityMaps& maps : scan.quantities)
                if (!measured && maps.quantity != "HAADF")
                    maps.real = nullptr;
        m_tab->setRun(run);
        QStringList with;
        for (MapView* each : m_tab->findChildren<MapView*>()) {
            const QImage before = each->grab().toImage();
            each->setScaleBarVisible(false);
            if (each->grab().toImage() != before)
                with << each->objectName();
        }
        QCOMPARE(with, QStringList(measured ? "compare_map_O_real" : "compare_map_HAADF_real"));
    }

    void rowsAreSwitchedOn()
    {
        m_tab->setRun(uncertainRun());
        QVERIFY(!view("O", "sigma") && !view("O", "interval")); // off at first
        QVERIFY(view("O", "predicted"));
        QSignalSpy changed(m_tab.get(), &MapsTab::rowsChanged);
        toggle("compare_show_sigma");
        toggle("compare_show_interval");
        QCOMPARE(changed.count(), 2);
        QVERIFY(m_tab->figureRows().sigma && m_tab->figureRows().interval);
        QVERIFY(view("O", "sigma") && view("Te", "interval"));
        // The elements share one range from zero with its unit; HAADF has its own and says it.
        const ColorScale bar = m_tab->findChild<ColorBar*>("compare_bar_interval")->scale();
        QCOMPARE(bar.range.low, 0.0);
        QVERIFY(std::abs(bar.range.high - 0.06) < 1e-6);
        QCOMPARE(bar.label, QString("atomic fraction"));
        QCOMPARE(view("O", "interval")->shownRange().high, view("Te", "interval")->shownRange().high);
        QVERIFY(std::abs(view("HAADF", "interval")->shownRange().high - 60) < 1e-3);
        QCOMPARE(view("HAADF", "interval")->title(), QString("0 – 60"));
        toggle("compare_show_sigma");
        QVERIFY(!view("O", "sigma") && view("O", "interval"));
    }

    void columnsKeepTheirNamesAndColoursWhileScrolling()
    {
        m_tab->resize(1000, 420);
        m_tab->setRun(uncertainRun());
        toggle("compare_show_sigma");
        toggle("compare_show_interval");
        auto* area = m_tab->findChild<QScrollArea*>();
        QTRY_VERIFY(area->verticalScrollBar()->maximum() > 0); // six rows do not fit
        const auto across = [this](const QWidget* widget) {
            const int left = widget->mapTo(m_tab.get(), QPoint()).x();
            return std::pair(left, widget->width());
        };
        const auto bars = m_tab->findChildren<ColorBar*>(QRegularExpression("^compare_column_bar_"));
        QCOMPARE(bars.size(), 6);
        for (const int place : {0, area->verticalScrollBar()->maximum()}) {
            area->verticalScrollBar()->setValue(place);
            for (const char* name : {"O", "Te", "HAADF"}) {
                auto* label = m_tab->findChild<QLabel*>(QString("compare_column_") + name);
                auto* bar = m_tab->findChild<ColorBar*>(QString("compare_column_bar_") + name);
                QVERIFY(label && bar);
                QTRY_COMPARE(across(label), across(view(name, "predicted")));
                QTRY_COMPARE(across(bar), across(view(name, "interval")));
                for (const QWidget* shown : {static_cast<QWidget*>(label), static_cast<QWidget*>(bar)})
                    QVERIFY(!shown->visibleRegion().isEmpty() &&
                            shown->visibleRegion().boundingRect() == shown->rect());
            }
        }
    }

    void aRunWithoutThemSaysWhy()
    {
        m_tab->setRun(std::make_shared<RunResult>(syntheticRun()));
        for (const char* name : {"compare_show_sigma", "compare_show_interval"}) {
            QVERIFY2(!button(name)->isEnabled() && button(name)->toolTip().contains("This run has no"), name);
        }
        auto* hatch = m_tab->findChild<QCheckBox*>("compare_hatch");
        QVERIFY(!hatch->isEnabled() && !hatch->toolTip().isEmpty());
        QVERIFY(!m_tab->findChild<QLabel*>("compare_hatch_legend")->isVisible());
        QVERIFY(!view("O", "predicted")->hatched());
    }

    void hatchesWhatIsUnlikeTheTraining()
    {
        const auto run = uncertainRun();
        m_document->addRun(run);
        m_tab->setRun(run);
        const PixelMask mask = view("O", "predicted")->hatched();
        QVERIFY(mask);
        QCOMPARE(std::count(mask->begin(), mask->end(), 1), std::ptrdiff_t(7 * 45));
        QVERIFY(mask->front() == 1 && mask->back() == 0);
        QVERIFY(view("O", "corrected")->hatched());
        QVERIFY(!view("O", "real")->hatched() && !view("O", "difference")->hatched());
        auto* legend = m_tab->findChild<QLabel*>("compare_hatch_legend");
        QVERIFY(legend->isVisible());
        QCOMPARE(legend->text(), QString("10.0 % of 0037")); // 7 of 70 rows
        QVERIFY(legend->toolTip().contains("unlike any that was trained on"));
        QTest::keyClick(m_tab->findChild<QCheckBox*>("compare_hatch"), Qt::Key_Space);
        QVERIFY(!view("O", "predicted")->hatched() && !legend->isVisible());
        QVERIFY(!m_tab->figureRows().hatched);
    }

    void cursorReadsThePredictionWithItsInterval()
    {
        const auto run = uncertainRun();
        const ScanResult& scan = *run->scan("0037");
        const QuantityMaps& te = *scan.quantity("Te");
        const QString text = mapReadout(*run, scan, "Te", {3, 4});
        QVERIFY2(text.startsWith("0037: y 23  x 4  (24.2 nm, 4.2 nm)"), qPrintable(text)); // crop at row 20, 1.053 nm
        const QString wanted = QString("Te %1 (real), predicted %2 ± 0.06 (80 % interval)")
                                   .arg(QString::number(te.real->at(3, 4), 'g', 3), QString::number(te.predicted->at(3, 4), 'f', 2));
        QVERIFY2(text.contains(wanted), qPrintable(text));
        QVERIFY(text.contains("unlike the training"));
        QVERIFY(!mapReadout(*run, scan, "Te", {30, 4}).contains("unlike"));
        auto spread = *run;
        for (QuantityMaps& maps : spread.scans[1].quantities)
            maps.interval = nullptr;
        QVERIFY(mapReadout(spread, spread.scans[1], "Te", {3, 4}).contains(" ± 0.010 (sigma)"));
        // Without both the value alone.
        const RunResult bare = syntheticRun();
        QVERIFY(!mapReadout(bare, bare.scans[1], "Te", {3, 4}).contains("±"));
    }

    void roundsByTheHalfWidth()
    {
        QCOMPARE(valueWithHalfWidth(0.4873, 0.0612), QString("0.49 ± 0.06"));
        QCOMPARE(valueWithHalfWidth(0.4873, 0.0132), QString("0.487 ± 0.013"));
        QCOMPARE(valueWithHalfWidth(12345.6, 234.5), QString("12346 ± 235")); // never rounded before the point
        QCOMPARE(valueWithHalfWidth(0.4873, 0), QString("0.487"));
    }

    void figureHasTheRows()
    {
        const auto run = uncertainRun();
        const ScanResult& scan = *run->scan("0037");
        const auto usual = mapsFigure(*run, scan);
        const auto all = mapsFigure(*run, scan, {true, true, true});
        QVERIFY(usual && all);
        QCOMPARE(usual->rows(), 3);
        QCOMPARE(all->rows(), 5);
        int hatched = 0;
        for (const Figure::Cell& cell : all->cells())
            hatched += std::get<ImagePanel>(cell.panel).hatched != nullptr;
        QCOMPARE(hatched, 6); // the predicted maps
        const RunResult bare = syntheticRun();
        QCOMPARE(mapsFigure(bare, bare.scans[1], {true, true, true})->rows(), 3);
        QVERIFY(all->toImage(100).save("maps_with_uncertainty.png"));
    }

  private:
    MapView* view(const char* quantity, const char* stage) const
    {
        return m_tab->findChild<MapView*>(QString("compare_map_%1_%2").arg(quantity, stage));
    }
    QToolButton* button(const char* name) const { return m_tab->findChild<QToolButton*>(name); }
    void toggle(const char* name)
    {
        QVERIFY(button(name)->isEnabled());
        QTest::keyClick(button(name), Qt::Key_Space);
    }

    TaskRunner m_tasks;
    MessageLog m_messages;
    std::unique_ptr<StudyDocument> m_document;
    std::unique_ptr<MapsTab> m_tab;
};

QTEST_MAIN(TestMapsTab)
#include "tst_maps_tab.moc"
