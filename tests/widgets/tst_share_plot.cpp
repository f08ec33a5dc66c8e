// SPDX-License-Identifier: GPL-3.0-or-later
// Scores over shares: percent on the axis, error bars within it, and a share chosen by mouse and by keys.
#include "widgets/palette.h"
#include "widgets/share_plot.h"

#include <QSignalSpy>
#include <QTest>

#include <algorithm>
#include <cstdlib>
#include <memory>

using namespace dispersa;

namespace {

std::vector<ShareCurve> curves()
{
    return {{"O", {{0.1, 0.9, 0.02}, {0.5, 0.94, 0.01}, {1, 0.95, 0}}}, {"Te", {{0.1, 0.7, 0.05}, {1, 0.86, 0.02}}}};
}

/// Pixels that look like `color`; lines are smoothed into their background.
int coloured(const QImage& image, const QColor& color)
{
    int n = 0;
    for (int y = 0; y < image.height(); ++y)
        for (int x = 0; x < image.width(); ++x)
            n += std::abs(image.pixelColor(x, y).red() - color.red()) + std::abs(image.pixelColor(x, y).green() - color.green()) +
                     std::abs(image.pixelColor(x, y).blue() - color.blue()) < 200;
    return n;
}

} // namespace

class SharePlotTest : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void init()
    {
        m_plot = std::make_unique<SharePlot>();
        m_plot->setCurves(curves());
        m_plot->resize(480, 360);
        m_plot->show();
        QVERIFY(QTest::qWaitForWindowExposed(m_plot.get()));
        QTest::qWait(30);
    }
    void cleanup() { m_plot.reset(); }

    void panelIsInPercentWithErrors()
    {
        m_plot->setLabels("Share of EDS area (%)", "Pearson r");
        m_plot->setMarked(0.5, "enough: 50 %");
        const LinePanel panel = m_plot->panel();
        QCOMPARE(panel.xLabel, QString("Share of EDS area (%)"));
        QCOMPARE(panel.yLabel, QString("Pearson r"));
        QCOMPARE(panel.series.size(), std::size_t(2));
        QCOMPARE(panel.series[0].x, (std::vector<double>{10, 50, 100}));
        QCOMPARE(panel.series[1].y, (std::vector<double>{0.7, 0.86}));
        QCOMPARE(panel.series[0].errors, (std::vector<double>{0.02, 0.01, 0}));
        QVERIFY(panel.series[0].color != panel.series[1].color);
        QCOMPARE(panel.markers.size(), std::size_t(1));
        QCOMPARE(panel.markers[0].x, 50.0);
        QCOMPARE(m_plot->shares(), (std::vector<double>{0.1, 0.5, 1}));
    }

    void errorBarsAreDrawn()
    {
        const QImage with = m_plot->grab().toImage();
        auto without = curves();
        // The ends of the whiskers as points, so that both axes have the same range.
        without.push_back({"ends", {{0.1, 0.65, 0}, {0.1, 0.92, 0}, {1, 0.95, 0}}});
        for (ShareCurve& curve : without)
            for (SharePoint& point : curve.points)
                point.sd = 0;
        m_plot->setCurves(without);
        QTest::qWait(30);
        // Te's first whisker alone is a third of the axis long.
        const int more = coloured(with, categoryColor(1)) - coloured(m_plot->grab().toImage(), categoryColor(1));
        QVERIFY2(more > 40, qPrintable(QString::number(more)));
    }

    void smallDifferencesStaySmall()
    {
        const ValueRange wide = *m_plot->panel().yRange;
        QVERIFY(wide.low < 0.65 && wide.high > 0.95); // with whiskers
        m_plot->setCurves({{"O", {{0.1, 0.998, 0}, {1, 0.999, 0}}}});
        const ValueRange narrow = *m_plot->panel().yRange;
        QVERIFY(narrow.high - narrow.low >= 0.05);
        QVERIFY(narrow.low < 0.998 && narrow.high > 0.999);
    }

    void figureDrawsThemToo()
    {
        const QImage with = m_plot->toFigure().toImage(120);
        auto bare = curves();
        for (ShareCurve& curve : bare)
            for (SharePoint& point : curve.points)
                point.sd = 0;
        m_plot->setCurves(bare);
        QVERIFY(with != m_plot->toFigure().toImage(120));
    }

    void arrowKeysChoose()
    {
        QSignalSpy changed(m_plot.get(), &SharePlot::shownShareChanged);
        QVERIFY(!m_plot->shownShare());
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->shownShare().value_or(0), 0.1);
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QCOMPARE(m_plot->shownShare().value_or(0), 0.5);
        QTest::keyClick(m_plot.get(), Qt::Key_End);
        QTest::keyClick(m_plot.get(), Qt::Key_Right); // there is no further one
        QCOMPARE(m_plot->shownShare().value_or(0), 1.0);
        QTest::keyClick(m_plot.get(), Qt::Key_Left);
        QCOMPARE(m_plot->chosenShare().value_or(0), 0.5);
        QTest::keyClick(m_plot.get(), Qt::Key_Home);
        QCOMPARE(m_plot->chosenShare().value_or(0), 0.1);
        QCOMPARE(changed.count(), 5);
    }

    void cursorGoesBeforeTheChoice()
    {
        auto* plot = m_plot->findChild<QWidget*>("plot");
        // The axis goes from the left tenth of the widget to its right end.
        const auto at = [plot](double share) { return QPoint(int(plot->width() * share), plot->height() / 2); };
        QTest::mouseClick(plot, Qt::LeftButton, {}, at(0.52));
        QCOMPARE(m_plot->chosenShare().value_or(0), 0.5); // the nearest with a point
        QTest::mouseMove(plot, at(0.9));
        QCOMPARE(m_plot->shownShare().value_or(0), 1.0);
        QEvent leave(QEvent::Leave);
        QApplication::sendEvent(plot, &leave);
        QCOMPARE(m_plot->shownShare().value_or(0), 0.5);
    }

    void forgetsAShareWithoutPoints()
    {
        m_plot->setChosenShare(0.5);
        auto fewer = curves();
        std::erase_if(fewer[0].points, [](const SharePoint& point) { return point.share == 0.5; });
        m_plot->setCurves(fewer);
        QVERIFY(!m_plot->chosenShare());
        m_plot->setChosenShare(1.0);
        m_plot->setCurves(curves());
        QCOMPARE(m_plot->chosenShare().value_or(0), 1.0);
        m_plot->setCurves({});
        QVERIFY(m_plot->shares().empty() && !m_plot->shownShare());
        QTest::keyClick(m_plot.get(), Qt::Key_Right);
        QVERIFY(!m_plot->shownShare());
    }

  private:
    std::unique_ptr<SharePlot> m_plot;
};

QTEST_MAIN(SharePlotTest)
#include "tst_share_plot.moc"
