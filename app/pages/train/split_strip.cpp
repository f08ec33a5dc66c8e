// SPDX-License-Identifier: GPL-3.0-or-later
// Maps of the split; see split_strip.h.
#include "app/pages/train/split_strip.h"

#include "app/pages/train/split_map.h"
#include "app/pages/train/split_preview.h"
#include "app/text/error_text.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QVBoxLayout>

namespace dispersa {

namespace {
constexpr std::size_t mostMaps = 3; ///< side by side in the column of settings
constexpr int mapHeight_px = 200;
constexpr double littleToTrain = 0.4; ///< share of the pixels

QString setText(PixelSet set)
{
    switch (set) {
    case PixelSet::Train:
        return SplitStrip::tr("training");
    case PixelSet::Validation:
        return SplitStrip::tr("validation");
    case PixelSet::Calibration:
        return SplitStrip::tr("calibration");
    case PixelSet::Test:
        return SplitStrip::tr("test");
    case PixelSet::Guard:
        return SplitStrip::tr("guard");
    case PixelSet::Unused:
        break;
    }
    return SplitStrip::tr("unused");
}

/// HAADF shows the film best; else the first target.
MapPtr backgroundOf(const OpenedScan& scan)
{
    if (MapPtr haadf = scan.map("HAADF"))
        return haadf;
    return scan.maps.empty() ? nullptr : scan.maps.front();
}

bool hasBlocks(const SplitOptions& split)
{
    return split.kind == SplitKind::Blocks ||
           (split.kind != SplitKind::Random && split.validationFraction + split.calibrationFraction > 0);
}
} // namespace

SplitStrip::SplitStrip(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_row(new QHBoxLayout), m_legend(new QLabel(this))
{
    setObjectName("train_split_strip");
    m_legend->setObjectName("train_split_legend");
    m_legend->setWordWrap(true);
    m_row->setSpacing(6);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(2);
    layout->addLayout(m_row);
    layout->addWidget(m_legend);
    // A drag edits the study at every step; each picture is drawn once the events are through.
    m_soon.setSingleShot(true);
    m_soon.setInterval(0);
    connect(&m_soon, &QTimer::timeout, this, &SplitStrip::refresh);
    const auto soon = [this] { m_soon.start(); };
    connect(&m_document, &StudyDocument::changed, this, soon);
    connect(&m_document, &StudyDocument::scanOpened, this, soon);
    refresh();
}

void SplitStrip::showEvent(QShowEvent* event)
{
    QWidget::showEvent(event);
    m_soon.start();
}

void SplitStrip::refresh()
{
    const Study& study = m_document.study();
    const auto preview = splitPreview(m_document);
    const std::size_t shown = preview ? std::min(mostMaps, preview->scans.size()) : 0;
    while (m_maps.size() < shown) {
        auto* map = new SplitMap(this);
        map->setObjectName(QStringLiteral("train_split_map_%1").arg(m_maps.size()));
        map->setFixedHeight(mapHeight_px);
        map->setMinimumWidth(60);
        connect(map, &SplitMap::blockDragged, this, &SplitStrip::blockDragged);
        m_row->addWidget(map);
        m_maps.push_back(map);
    }
    for (std::size_t i = 0; i < m_maps.size(); ++i) {
        m_maps[i]->setVisible(i < shown);
        if (i >= shown)
            continue;
        const MapPtr map = backgroundOf(*preview->scans[i]);
        if (!map) {
            m_maps[i]->hide();
            continue;
        }
        m_maps[i]->setSplit(map, preview->crops[i], preview->sets[i],
                            hasBlocks(study.split) ? std::optional(study.split.block_px) : std::nullopt);
        m_maps[i]->setTitle(QString::fromStdString(preview->scans[i]->entry.name));
        m_maps[i]->setAccessibleName(tr("Split of scan %1").arg(m_maps[i]->title()));
    }
    setVisible(!study.model && !m_document.isEmpty());
    if (!preview) {
        m_legend->setText(m_document.firstOpened() ? errorText(preview.error()) : QString());
        return;
    }
    QStringList parts;
    for (const PixelSet set : {PixelSet::Train, PixelSet::Validation, PixelSet::Calibration, PixelSet::Test, PixelSet::Guard,
                               PixelSet::Unused}) {
        const double share = preview->share(set);
        if (!(share > 0))
            continue;
        const QString square = set == PixelSet::Train
                                   ? QStringLiteral("□")
                                   : QStringLiteral("<span style=\"color:%1\">■</span>").arg(pixelSetColor(set).name());
        parts << tr("%1 %2 %3 %").arg(square, setText(set)).arg(100 * share, 0, 'f', 0);
    }
    QString text = parts.join(QStringLiteral(" &nbsp; "));
    if (preview->share(PixelSet::Train) < littleToTrain && preview->share(PixelSet::Guard) > preview->share(PixelSet::Train))
        text += QStringLiteral("<br>⚠ ") +
                tr("The guard leaves little to train on, so scores are those of a worse model. A smaller test part or larger "
                   "blocks leave more.");
    m_legend->setText(text);
}

} // namespace dispersa
