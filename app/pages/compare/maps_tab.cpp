// SPDX-License-Identifier: GPL-3.0-or-later
// Grid of maps; see maps_tab.h.
#include "app/pages/compare/maps_tab.h"

#include "app/pages/compare/color_bar.h"
#include "app/pages/compare/column_strip.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/map_readout.h"
#include "app/pages/compare/map_switches.h"
#include "app/pages/compare/run_scan_box.h"
#include "widgets/map_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QVBoxLayout>

namespace dispersa {

namespace {
const QString allScans = QStringLiteral("*all");

QString titleOf(const RunResult& run, const ScanResult& scan, const std::string& quantity, MapStage stage)
{
    const ScanScores* scores = run.scores(scan.name);
    if (!scores)
        return {};
    for (const TargetScores& target : scores->targets) {
        if (target.name != quantity)
            continue;
        const Score* score = stage == MapStage::Predicted                       ? &target.pearson
                             : stage == MapStage::Corrected && target.corrected ? &target.corrected->pearson
                                                                                : nullptr;
        if (score)
            return score->value ? MapsTab::tr("r %1").arg(*score->value, 0, 'f', 2) : MapsTab::tr("r –");
    }
    return {};
}
} // namespace

MapsTab::MapsTab(PageContext context, QWidget* parent)
    : QWidget(parent), m_context(context), m_scan(new RunScanBox(context.document, this)),
      m_switches(new MapSwitches(this)), m_scroll(new QScrollArea(this)), m_names(new ColumnStrip(*m_scroll, this)),
      m_bars(new ColumnStrip(*m_scroll, this))
{
    m_scan->setObjectName("compare_scan");
    m_scan->setExtraEntries({{allScans, tr("All scans")}});
    auto* head = new QHBoxLayout;
    head->setSpacing(6); // not that of the rows below
    head->addWidget(new QLabel(tr("Scan"), this));
    head->addWidget(m_scan);
    head->addSpacing(12);
    head->addWidget(m_switches);
    head->addStretch();
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(head);
    layout->setSpacing(2);
    layout->addWidget(m_names);
    layout->addWidget(m_scroll, 1);
    layout->addWidget(m_bars);
    connect(m_scan, &RunScanBox::chosen, this, &MapsTab::rebuild);
    connect(m_switches, &MapSwitches::changed, this, [this] {
        rebuild();
        Q_EMIT rowsChanged();
    });
    connect(&m_link, &MapLink::cursorMoved, this, &MapsTab::showCursor);
    connect(&m_link, &MapLink::cursorLeft, this, [this] { Q_EMIT readout({}); });
}

void MapsTab::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    m_scan->setRun(m_run);
    rebuild();
}

MapFigureRows MapsTab::figureRows() const
{
    return m_switches->figureRows();
}

std::vector<const ScanResult*> MapsTab::scans() const
{
    std::vector<const ScanResult*> scans;
    if (!m_run)
        return scans;
    if (m_scan->extra() == allScans) {
        for (const ScanResult& scan : m_run->scans)
            scans.push_back(&scan);
    } else if (const ScanResult* scan = m_scan->scan()) {
        scans.push_back(scan);
    }
    return scans;
}

std::vector<MapsTab::Row> MapsTab::rows() const
{
    std::vector<Row> result;
    for (const ScanResult* scan : scans())
        for (const MapStage stage : MapSwitches::stages()) {
            bool any = false; // a row without a map is left out: scans without EDS have no real maps
            for (const QuantityMaps& maps : scan->quantities)
                any = any || stageMap(maps, stage);
            if (any && m_switches->isShown(stage))
                result.push_back({scan, stage});
        }
    return result;
}

void MapsTab::rebuild()
{
    m_switches->setScans(scans());
    m_link.clear();
    auto* content = new QWidget;
    m_grid = new QGridLayout(content);
    m_grid->setContentsMargins(0, 0, 4, 0);
    m_grid->setSpacing(2);
    m_names->reset(m_grid);
    m_bars->reset(m_grid);
    if (m_run) {
        const std::vector<std::string> quantities = shownQuantities(*m_run);
        const std::vector<Row> shown = rows();
        m_tall = shown.size() > 4; // better scrolled than too small to see
        addHeaders(quantities);
        int row = 0;
        for (const Row& what : shown)
            addRow(row++, what, quantities);
        if (!shown.empty())
            addBars(quantities);
        m_cursorScan = m_scan->scan();
        if (!m_cursorScan && !m_run->scans.empty())
            m_cursorScan = &m_run->scans.front();
    }
    m_scroll->setWidget(content); // deletes the old one
}

void MapsTab::addHeaders(const std::vector<std::string>& quantities)
{
    int column = 1;
    for (const std::string& quantity : quantities) {
        auto* label = new QLabel(QString::fromStdString(quantity));
        label->setObjectName(QStringLiteral("compare_column_") + label->text());
        QFont bold = label->font();
        bold.setBold(true);
        label->setFont(bold);
        label->setAlignment(Qt::AlignCenter);
        m_names->add(column, label);
        m_grid->setColumnStretch(column, 1);
        ++column;
    }
}

ColorScale MapsTab::columnScale(const std::string& quantity) const
{
    std::vector<const QuantityMaps*> all;
    for (const ScanResult* scan : scans())
        if (const QuantityMaps* maps = scan->quantity(quantity))
            all.push_back(maps);
    return colorScale(all);
}

std::optional<ColorScale> MapsTab::rowScale(const Row& what, bool haadf) const
{
    if (what.stage != MapStage::Difference && !isUncertainty(what.stage))
        return std::nullopt;
    std::vector<MapPtr> maps;
    // Uncertainties are compared between scans, differences are looked at one by one.
    for (const ScanResult* scan : scans())
        if (scan == what.scan || isUncertainty(what.stage))
            for (const QuantityMaps& own : scan->quantities)
                if (const MapPtr map = stageMap(own, what.stage); map && (own.quantity == "HAADF") == haadf)
                    maps.push_back(map);
    if (maps.empty())
        return std::nullopt;
    const QString unit = unitText(maps.front()->unit);
    return what.stage == MapStage::Difference ? differenceScale(maps, unit) : uncertaintyScale(maps, unit);
}

void MapsTab::addRow(int row, const Row& what, const std::vector<std::string>& quantities)
{
    QString text = stageName(what.stage);
    if (what.stage == MapStage::Interval)
        text = tr("± interval\n%1 %").arg(QString::number(100 * m_run->study.account.level, 'g', 3));
    if (m_scan->extra() == allScans)
        text = QString::fromStdString(what.scan->name) + QLatin1Char('\n') + text;
    auto* label = new QLabel(text);
    label->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    m_grid->addWidget(label, row, 0);
    m_grid->setRowStretch(row, 1);
    int column = 1;
    for (const std::string& quantity : quantities) {
        if (const QuantityMaps* maps = what.scan->quantity(quantity))
            addCell(row, column, what, *maps);
        ++column;
    }
    const auto shared = rowScale(what, false);
    if (!shared)
        return;
    auto* bar = new ColorBar(Qt::Vertical, nullptr);
    bar->setObjectName(QStringLiteral("compare_bar_") + stageKey(what.stage));
    bar->setScale(*shared);
    bar->setToolTip(what.stage == MapStage::Difference ? tr("predicted − real")
                    : what.stage == MapStage::Sigma
                        ? tr("sigma: standard deviation between the members of the ensemble and over its dropout passes")
                        : tr("± half width of the %1 % interval around what is predicted")
                              .arg(QString::number(100 * m_run->study.account.level, 'g', 3)));
    m_grid->addWidget(bar, row, column);
}

void MapsTab::addCell(int row, int column, const Row& what, const QuantityMaps& maps)
{
    const MapPtr map = stageMap(maps, what.stage);
    if (!map)
        return;
    auto* view = new MapView;
    const QString name = QString::fromStdString(maps.quantity);
    view->setObjectName("compare_map_" + name + "_" + stageKey(what.stage));
    view->setAccessibleName(
        tr("%1, %2, scan %3").arg(name, stageName(what.stage), QString::fromStdString(what.scan->name)));
    view->setMap(map);
    QString title = titleOf(*m_run, *what.scan, maps.quantity, what.stage);
    const bool haadf = maps.quantity == "HAADF"; // has its own unit, hence its own range
    const auto shared = rowScale(what, haadf);
    const ColorScale scale = shared.value_or(columnScale(maps.quantity));
    view->setColorMap(scale.map);
    view->setRange(scale.range);
    if (what.stage == MapStage::Difference)
        title = plusMinusText(scale.range.high);
    else if (shared && haadf)
        title = tr("0 – %1").arg(QString::number(scale.range.high, 'g', 2));
    if ((what.stage == MapStage::Predicted || what.stage == MapStage::Corrected) && m_switches->isHatched())
        view->setHatched(unlikeTraining(*what.scan));
    view->setTitle(title.isEmpty() ? QStringLiteral(" ") : title); // room for a title in every row: maps of one size
    view->setColorBarVisible(false);
    view->setScaleBarVisible(m_link.count() == 0); // the first is enough: all have the same scale
    view->setMinimumSize(60, m_tall ? 150 : 90);
    connect(view, &ImageView::dataExportRequested, this, [this, map, origin = what.scan->crop] {
        saveMapWithDialog(this, *map, {origin.y, origin.x}, m_context.messages);
    });
    connect(view, &ImageView::cursorMoved, this, [this, scan = what.scan, quantity = maps.quantity] {
        m_cursorScan = scan;
        m_cursorQuantity = quantity;
    });
    m_link.add(view);
    m_grid->addWidget(view, row, column);
}

void MapsTab::addBars(const std::vector<std::string>& quantities)
{
    int column = 1;
    for (const std::string& quantity : quantities) {
        const ColorScale scale = columnScale(quantity);
        if (!scale.label.isEmpty()) {
            auto* bar = new ColorBar(Qt::Horizontal, nullptr);
            bar->setObjectName(QStringLiteral("compare_column_bar_") + QString::fromStdString(quantity));
            ColorScale unit = scale;
            unit.label = quantity == "HAADF" ? unitText(MapUnit::Arbitrary) : unitText(MapUnit::Fraction);
            bar->setScale(unit);
            m_bars->add(column, bar);
        }
        ++column;
    }
}

void MapsTab::showCursor(int y, int x)
{
    if (!m_cursorScan || y < 0 || x < 0)
        return;
    Q_EMIT readout(mapReadout(*m_run, *m_cursorScan, m_cursorQuantity, {y, x}));
}

} // namespace dispersa
