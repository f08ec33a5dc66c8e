// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/compare/map_switches.h"

#include <QCheckBox>
#include <QHBoxLayout>
#include <QLabel>
#include <QToolButton>

#include <algorithm>
#include <array>

namespace dispersa {
namespace {

constexpr std::array rows = {MapStage::Real,       MapStage::Predicted, MapStage::Corrected,
                             MapStage::Difference, MapStage::Sigma,     MapStage::Interval};

/// What a row shows, for its switch.
QString rowHelp(MapStage stage)
{
    switch (stage) {
    case MapStage::Sigma:
        return MapSwitches::tr("Show sigma: how far the members of the ensemble, and its predictions with dropout, are apart "
                               "(standard deviation)");
    case MapStage::Interval:
        return MapSwitches::tr("Show the interval: within this distance of the predicted value the real one is expected");
    default:
        return MapSwitches::tr("Show the row of %1 maps").arg(stageName(stage));
    }
}

QString whyNoRow(MapStage stage)
{
    return stage == MapStage::Sigma
               ? MapSwitches::tr("This run has no sigma: its model is not an ensemble.")
               : MapSwitches::tr("This run has no intervals: too little was held out to measure them on.");
}

/// Of the pixels, those in `mask`.
double shareOf(const std::vector<std::uint8_t>& mask)
{
    return mask.empty() ? 0 : double(std::count(mask.begin(), mask.end(), 1)) / double(mask.size());
}

} // namespace

bool isUncertainty(MapStage stage)
{
    return stage == MapStage::Sigma || stage == MapStage::Interval;
}

std::span<const MapStage> MapSwitches::stages()
{
    return rows;
}

MapSwitches::MapSwitches(QWidget* parent)
    : QWidget(parent), m_hatch(new QCheckBox(tr("Hatch what is unlike the training"), this)),
      m_swatch(new QLabel(this)), m_legend(new QLabel(this))
{
    auto* layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    for (const MapStage stage : rows) {
        auto* button = new QToolButton(this);
        button->setObjectName(QStringLiteral("compare_show_") + QLatin1String(stageKey(stage)));
        button->setText(stageName(stage));
        button->setAccessibleName(tr("Row of %1 maps").arg(stageName(stage)));
        button->setCheckable(true);
        button->setChecked(!isUncertainty(stage)); // the page is about maps first
        button->setToolTip(rowHelp(stage));
        button->setFocusPolicy(Qt::StrongFocus);
        connect(button, &QToolButton::toggled, this, &MapSwitches::changed);
        layout->addWidget(button);
        m_rows.push_back(button);
    }
    m_hatch->setObjectName(QStringLiteral("compare_hatch"));
    m_hatch->setChecked(true);
    m_swatch->setObjectName(QStringLiteral("compare_hatch_swatch"));
    m_legend->setObjectName(QStringLiteral("compare_hatch_legend"));
    connect(m_hatch, &QCheckBox::toggled, this, &MapSwitches::changed);
    layout->addSpacing(12);
    layout->addWidget(m_hatch);
    layout->addWidget(m_swatch);
    layout->addWidget(m_legend);
    setScans({});
}

bool MapSwitches::isShown(MapStage stage) const
{
    const auto place = std::find(rows.begin(), rows.end(), stage);
    return place != rows.end() && m_rows[std::size_t(place - rows.begin())]->isChecked();
}

bool MapSwitches::isHatched() const
{
    return m_hatch->isChecked();
}

MapFigureRows MapSwitches::figureRows() const
{
    return {isShown(MapStage::Sigma), isShown(MapStage::Interval), isHatched()};
}

void MapSwitches::setScans(const std::vector<const ScanResult*>& scans)
{
    for (std::size_t i = 0; i < rows.size(); ++i) {
        if (!isUncertainty(rows[i]))
            continue;
        bool any = false;
        for (const ScanResult* scan : scans)
            for (const QuantityMaps& maps : scan->quantities)
                any = any || stageMap(maps, rows[i]);
        m_rows[i]->setEnabled(any);
        m_rows[i]->setToolTip(any ? rowHelp(rows[i]) : whyNoRow(rows[i]));
    }
    QStringList shares;
    for (const ScanResult* scan : scans)
        if (const PixelMask mask = unlikeTraining(*scan))
            shares << tr("%1 % of %2").arg(100 * shareOf(*mask), 0, 'f', 1).arg(QString::fromStdString(scan->name));
    const bool known = !shares.isEmpty();
    const QString help =
        known ? tr("<p>Hatched pixels have a diffraction pattern unlike any that was trained on: it lies farther from them than "
                   "99 % of the training patterns lie from the others. Nothing like it was learned: look at its diffraction "
                   "before you rely on its value or interval.</p><p>This is no measure of the error, which may be small "
                   "under the hatch and large beside it.</p><p>Hatched: %1</p>")
                    .arg(shares.join(QStringLiteral(", ")).toHtmlEscaped())
              : tr("This run does not tell which patterns are unlike those of the training.");
    m_hatch->setEnabled(known);
    for (QWidget* part : {static_cast<QWidget*>(m_hatch), static_cast<QWidget*>(m_swatch), static_cast<QWidget*>(m_legend)})
        part->setToolTip(help);
    m_swatch->setVisible(known && isHatched());
    m_legend->setVisible(known && isHatched());
    const QColor middle = QColor::fromRgb(colorOf(0.45, {0, 1}, ColorMap::Viridis));
    m_swatch->setPixmap(QPixmap::fromImage(hatchSwatch(QSize(28, 16), middle, devicePixelRatioF())));
    // Of several scans, each share is in the tooltip.
    m_legend->setText(shares.size() == 1 ? shares.front() : tr("unlike"));
    m_legend->setAccessibleName(tr("Hatched: patterns unlike those of the training, %1").arg(shares.join(QStringLiteral(", "))));
}

} // namespace dispersa
