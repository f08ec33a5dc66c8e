// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/alignment_preview.h"

#include "app/pages/map_export.h"
#include "core/workflow/map_alignment.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QVBoxLayout>

#include <cmath>

namespace dispersa {

AlignmentPane::AlignmentPane(AlignmentDraft& draft, MessageLog& messages, QWidget* parent)
    : QWidget(parent), m_draft(draft), m_overlay(new OverlayView(this)), m_virtual(new MapView(this)),
      m_map(new MapView(this)), m_mode(new QComboBox(this)), m_legend(new QLabel(this)),
      m_virtualCaption(new QLabel(this)), m_mapCaption(new QLabel(this))
{
    m_overlay->setObjectName(QStringLiteral("align_overlay"));
    m_overlay->setAccessibleName(tr("Measured map over the virtual image; arrow keys move the map"));
    m_virtual->setObjectName(QStringLiteral("align_virtual"));
    m_virtual->setAccessibleName(tr("Virtual image of the patterns"));
    m_map->setObjectName(QStringLiteral("align_measured"));
    m_map->setAccessibleName(tr("Measured map"));
    m_mode->setObjectName(QStringLiteral("align_mode"));
    m_mode->setAccessibleName(tr("How the overlay is shown"));
    m_mode->addItem(tr("Two colours"), int(OverlayMode::Colors));
    m_mode->addItem(tr("Flicker"), int(OverlayMode::Flicker));
    m_mode->addItem(tr("Virtual image"), int(OverlayMode::Lower));
    m_mode->addItem(tr("Measured map"), int(OverlayMode::Upper));
    m_legend->setObjectName(QStringLiteral("align_legend"));
    auto* head = new QHBoxLayout;
    auto* label = new QLabel(tr("&Overlay"), this);
    label->setBuddy(m_mode);
    head->addWidget(label);
    head->addWidget(m_mode);
    head->addWidget(m_legend, 1);
    auto* grid = new QGridLayout;
    grid->addLayout(head, 0, 0);
    grid->addWidget(m_virtualCaption, 0, 1);
    grid->addWidget(m_mapCaption, 0, 2);
    grid->addWidget(m_overlay, 1, 0);
    grid->addWidget(m_virtual, 1, 1);
    grid->addWidget(m_map, 1, 2);
    grid->setRowStretch(1, 1);
    grid->setColumnStretch(0, 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(2, 1);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addLayout(grid);

    connect(m_mode, &QComboBox::activated, this, [this] {
        m_overlay->setMode(OverlayMode(m_mode->currentData().toInt()));
        refresh();
    });
    connect(m_overlay, &OverlayView::nudged, this, &AlignmentPane::nudge);
    connect(m_overlay, &ImageView::cursorMoved, this, [this](int y, int x, double) {
        const MapFromScan place = m_draft.value();
        Q_EMIT readout(tr("Scan y %1  x %2 | map y %3  x %4")
                           .arg(y)
                           .arg(x)
                           .arg(place.scale * y + place.dy, 0, 'f', 2)
                           .arg(place.scale * x + place.dx, 0, 'f', 2));
    });
    connect(m_overlay, &ImageView::cursorLeft, this, [this] { Q_EMIT readout({}); });
    for (MapView* view : {m_virtual, m_map})
        connect(view, &ImageView::dataExportRequested, this, [this, view, &messages] {
            if (view->map())
                exportMapWithDialog(this, *view->map(), QString::fromStdString(m_draft.scanName()), messages);
        });
    connect(&draft, &AlignmentDraft::changed, this, &AlignmentPane::refresh);
    refresh();
}

void AlignmentPane::nudge(double dy, double dx)
{
    // The map goes where it is pushed: what lay at p then lies at p + d.
    MapFromScan value = m_draft.value();
    value.dy -= dy * value.scale;
    value.dx -= dx * value.scale;
    // A drag leaves hundredths of pixels that nobody can aim at.
    for (double* shift : {&value.dy, &value.dx})
        *shift = std::round(*shift * 1000) / 1000 + 0.0;
    m_draft.setValue(value);
}

QString AlignmentPane::placeholder() const
{
    if (!m_draft.scan())
        return tr("Opening the scan…");
    if (!m_draft.scan()->diffraction)
        return tr("This scan has maps but no diffraction patterns.");
    if (m_draft.quantities().empty())
        return tr("This scan has no maps.");
    if (m_draft.isBusy())
        return tr("Computing the virtual HAADF image…");
    return tr("The virtual HAADF image reads all patterns. Press Estimate to compute it.");
}

void AlignmentPane::refresh()
{
    const MapPtr image = m_draft.virtualImage();
    const MapPtr map = m_draft.recordedMap();
    for (ImageView* view :
         {static_cast<ImageView*>(m_overlay), static_cast<ImageView*>(m_virtual), static_cast<ImageView*>(m_map)})
        view->setPlaceholder(placeholder());
    m_virtual->setMap(image);
    m_virtual->setTitle({});
    m_map->setMap(map);
    m_map->setTitle({});
    m_virtualCaption->setText(image ? tr("<b>Virtual HAADF</b>  %1").arg(QString::fromStdString(toText(image->shape)))
                                    : QString());
    m_mapCaption->setText(
        map ? tr("<b>%1 as measured</b>  %2")
                  .arg(QString::fromStdString(map->quantity), QString::fromStdString(toText(map->shape)))
            : QString());
    if (!image || !map) {
        m_overlay->setLayers(nullptr, nullptr);
        m_legend->clear();
        return;
    }
    m_overlay->setLayers(image, std::make_shared<const ElementMap>(alignedMap(*map, image->shape, m_draft.value())));
    m_overlay->setUpperInverted(m_draft.isInverted());
    m_legend->setText(
        m_overlay->mode() == OverlayMode::Colors
            ? tr("<span style=\"color:#c000c0\">■</span> virtual  <span style=\"color:#00a000\">■</span> %1  "
                 "<span style=\"color:#808080\">■</span> both")
                  .arg(QString::fromStdString(map->quantity))
            : QString());
}

} // namespace dispersa
