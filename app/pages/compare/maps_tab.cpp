// SPDX-License-Identifier: GPL-3.0-or-later
// Grid of maps; see maps_tab.h.
#include "app/pages/compare/maps_tab.h"

#include "app/pages/compare/color_bar.h"
#include "app/pages/compare/data_export.h"
#include "app/pages/compare/run_scan_box.h"
#include "widgets/map_view.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QScrollArea>
#include <QToolButton>
#include <QVBoxLayout>

#include <array>

namespace dispersa {

namespace {
constexpr std::array stages = {MapStage::Real, MapStage::Predicted, MapStage::Corrected, MapStage::Difference};
constexpr std::array stageObjects = {"compare_show_real", "compare_show_predicted", "compare_show_corrected",
                                     "compare_show_difference"};
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
      m_scroll(new QScrollArea(this))
{
    m_scan->setObjectName("compare_scan");
    m_scan->setExtraEntries({{allScans, tr("All scans")}});
    auto* head = new QHBoxLayout;
    head->addWidget(new QLabel(tr("Scan"), this));
    head->addWidget(m_scan);
    head->addSpacing(12);
    for (std::size_t i = 0; i < stages.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setObjectName(stageObjects[i]);
        button->setText(stageName(stages[i]));
        button->setCheckable(true);
        button->setChecked(true);
        button->setToolTip(tr("Show the row of %1 maps").arg(stageName(stages[i])));
        connect(button, &QToolButton::toggled, this, &MapsTab::rebuild);
        head->addWidget(button);
        m_stages.push_back(button);
    }
    head->addStretch();
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 4, 0, 0);
    layout->addLayout(head);
    layout->addWidget(m_scroll, 1);
    connect(m_scan, &RunScanBox::chosen, this, &MapsTab::rebuild);
    connect(&m_link, &MapLink::cursorMoved, this, &MapsTab::showCursor);
    connect(&m_link, &MapLink::cursorLeft, this, [this] { Q_EMIT readout({}); });
}

void MapsTab::setRun(RunResultPtr run)
{
    m_run = std::move(run);
    m_scan->setRun(m_run);
    rebuild();
}

std::vector<MapsTab::Row> MapsTab::rows() const
{
    std::vector<const ScanResult*> scans;
    if (m_scan->extra() == allScans) {
        for (const ScanResult& scan : m_run->scans)
            scans.push_back(&scan);
    } else if (const ScanResult* scan = m_scan->scan()) {
        scans.push_back(scan);
    }
    std::vector<Row> result;
    for (const ScanResult* scan : scans)
        for (std::size_t i = 0; i < stages.size(); ++i) {
            bool any = false; // a row without a map is left out: scans without EDS have no real maps
            for (const QuantityMaps& maps : scan->quantities)
                any = any || stageMap(maps, stages[i]);
            if (any && m_stages[i]->isChecked())
                result.push_back({scan, stages[i]});
        }
    return result;
}

void MapsTab::rebuild()
{
    m_link.clear();
    auto* content = new QWidget;
    m_grid = new QGridLayout(content);
    m_grid->setContentsMargins(0, 0, 4, 0);
    m_grid->setSpacing(2);
    if (m_run) {
        const std::vector<std::string> quantities = shownQuantities(*m_run);
        const std::vector<Row> shown = rows();
        addHeaders(quantities);
        int row = 1;
        for (const Row& what : shown)
            addRow(row++, what, quantities);
        addBars(row, quantities);
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
        QFont bold = label->font();
        bold.setBold(true);
        label->setFont(bold);
        label->setAlignment(Qt::AlignCenter);
        m_grid->addWidget(label, 0, column);
        m_grid->setColumnStretch(column, 1);
        ++column;
    }
}

ColorScale MapsTab::columnScale(const std::string& quantity) const
{
    std::vector<const QuantityMaps*> all;
    if (m_scan->extra() == allScans) {
        for (const ScanResult& scan : m_run->scans)
            if (const QuantityMaps* maps = scan.quantity(quantity))
                all.push_back(maps);
    } else if (const ScanResult* scan = m_scan->scan()) {
        if (const QuantityMaps* maps = scan->quantity(quantity))
            all.push_back(maps);
    }
    return colorScale(all);
}

void MapsTab::addRow(int row, const Row& what, const std::vector<std::string>& quantities)
{
    QString text = stageName(what.stage);
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
    if (what.stage != MapStage::Difference)
        return;
    std::vector<MapPtr> differences;
    for (const QuantityMaps& maps : what.scan->quantities)
        if (maps.quantity != "HAADF")
            differences.push_back(stageMap(maps, MapStage::Difference));
    auto* bar = new ColorBar(Qt::Vertical, nullptr);
    bar->setToolTip(tr("predicted − real"));
    bar->setScale(differenceScale(differences, tr("atomic fraction")));
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
    if (what.stage == MapStage::Difference) {
        std::vector<MapPtr> sharing;
        for (const QuantityMaps& other : what.scan->quantities)
            if ((other.quantity == "HAADF") == (maps.quantity == "HAADF"))
                sharing.push_back(stageMap(other, MapStage::Difference));
        const ColorScale scale = differenceScale(sharing, {});
        view->setColorMap(ColorMap::BlueWhiteRed);
        view->setRange(scale.range);
        title = plusMinusText(scale.range.high); // HAADF has its own unit, hence its own range
    } else {
        const ColorScale scale = columnScale(maps.quantity);
        view->setColorMap(scale.map);
        view->setRange(scale.range);
    }
    view->setTitle(title.isEmpty() ? QStringLiteral(" ") : title); // room for a title in every row: maps of one size
    view->setColorBarVisible(false);
    view->setScaleBarVisible(row == 1 && column == 1); // one is enough: all have the same scale
    view->setMinimumSize(60, 90);
    connect(view, &ImageView::dataExportRequested, this, [this, map, origin = what.scan->crop] {
        saveMapWithDialog(this, *map, {origin.y, origin.x}, m_context.messages);
    });
    connect(view, &ImageView::cursorMoved, this, [this, scan = what.scan] { m_cursorScan = scan; });
    m_link.add(view);
    m_grid->addWidget(view, row, column);
}

void MapsTab::addBars(int row, const std::vector<std::string>& quantities)
{
    int column = 1;
    for (const std::string& quantity : quantities) {
        const ColorScale scale = columnScale(quantity);
        if (!scale.label.isEmpty()) {
            auto* bar = new ColorBar(Qt::Horizontal, nullptr);
            ColorScale unit = scale;
            unit.label = quantity == "HAADF" ? unitText(MapUnit::Arbitrary) : unitText(MapUnit::Fraction);
            bar->setScale(unit);
            m_grid->addWidget(bar, row, column);
        }
        ++column;
    }
}

void MapsTab::showCursor(int y, int x)
{
    if (!m_cursorScan || y < 0 || x < 0)
        return;
    const Region& crop = m_cursorScan->crop;
    QString text = tr("%1: y %2  x %3").arg(QString::fromStdString(m_cursorScan->name)).arg(y + crop.y).arg(x + crop.x);
    const auto valueAt = [y, x](const MapPtr& map) -> QString {
        if (!map || y >= map->shape.height || x >= map->shape.width || !ElementMap::isData(map->at(y, x)))
            return QStringLiteral("–");
        return QString::number(map->at(y, x), 'g', 3);
    };
    bool first = true;
    for (const QuantityMaps& maps : m_cursorScan->quantities) {
        const MapPtr& any = maps.real ? maps.real : maps.predicted;
        if (first && any && any->scanStep_nm)
            text += tr("  (%1 nm, %2 nm)")
                        .arg((y + crop.y) * *any->scanStep_nm, 0, 'f', 1)
                        .arg((x + crop.x) * *any->scanStep_nm, 0, 'f', 1);
        first = false;
        if (maps.predicted)
            text += tr("  %1 %2 (real) %3 (predicted)")
                        .arg(QString::fromStdString(maps.quantity), valueAt(maps.real), valueAt(maps.predicted));
    }
    Q_EMIT readout(text);
}

} // namespace dispersa
