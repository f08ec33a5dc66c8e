// SPDX-License-Identifier: GPL-3.0-or-later
// The crop's card.
#include "app/pages/prepare/map_steps.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>

namespace dispersa {

CropCard::CropCard(StudyDocument& document, QWidget* parent)
    : StepCard(PrepareStep::Crop, true, parent), m_document(document), m_unit(new QComboBox(this)),
      m_draw(new QPushButton(tr("&Draw on the map"), this))
{
    m_unit->setObjectName(QStringLiteral("crop_unit"));
    m_unit->setAccessibleName(tr("Unit of the crop"));
    m_unit->addItem(tr("px"));
    m_unit->addItem(tr("nm"));
    m_draw->setObjectName(QStringLiteral("crop_draw"));
    row()->addWidget(m_draw);
    row()->addStretch();
    row()->addWidget(m_unit);

    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(6);
    const std::array<const char*, 4> names{"crop_y", "crop_x", "crop_height", "crop_width"};
    const std::array<QString, 4> labels{tr("y"), tr("x"), tr("Height"), tr("Width")};
    const std::array<QString, 4> accessible{tr("First row of the crop"), tr("First column of the crop"),
                                            tr("Height of the crop"), tr("Width of the crop")};
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        auto* field = new QDoubleSpinBox(this);
        field->setObjectName(QString::fromLatin1(names[i]));
        field->setAccessibleName(accessible[i]);
        field->setKeyboardTracking(false); // half-typed numbers are no crop
        field->installEventFilter(this);
        grid->addWidget(new QLabel(labels[i], this), int(i / 2), int(i % 2) * 2);
        grid->addWidget(field, int(i / 2), int(i % 2) * 2 + 1);
        m_fields[i] = field;
        connect(field, &QDoubleSpinBox::valueChanged, this, &CropCard::typed);
        connect(field, &QAbstractSpinBox::editingFinished, this, [this] { ++m_gesture; });
    }
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(2, grid);

    connect(this, &StepCard::switched, this, [this](bool on) {
        m_document.setCrop(on && !shape().count() ? std::nullopt
                           : on                   ? std::optional(wholeRegion(shape()))
                                                  : std::nullopt);
        refresh();
    });
    connect(m_unit, &QComboBox::currentIndexChanged, this, &CropCard::refresh);
    connect(m_draw, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(step());
        Q_EMIT drawRequested();
    });
    connect(&document, &StudyDocument::changed, this, &CropCard::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &CropCard::refresh);
    connect(&document, &StudyDocument::currentScanChanged, this, &CropCard::refresh);
    refresh();
}

ScanShape CropCard::shape() const
{
    OpenedScanPtr opened = m_document.opened(m_document.currentScan());
    if (!opened)
        opened = m_document.firstOpened();
    return opened ? opened->shape() : ScanShape{};
}

double CropCard::unitSize() const
{
    const OpenedScanPtr opened = m_document.firstOpened();
    if (m_unit->currentIndex() == 1 && opened && opened->calibration.scanStep_nm)
        return *opened->calibration.scanStep_nm;
    return 1;
}

void CropCard::typed()
{
    const ScanShape grid = shape();
    if (grid.count() == 0)
        return;
    const double size = unitSize();
    const auto pixels = [&](std::size_t i) { return int(std::lround(m_fields[i]->value() / size)); };
    Region crop;
    crop.y = std::clamp(pixels(0), 0, grid.height - 1);
    crop.x = std::clamp(pixels(1), 0, grid.width - 1);
    crop.height = std::clamp(pixels(2), 1, grid.height - crop.y);
    crop.width = std::clamp(pixels(3), 1, grid.width - crop.x);
    m_document.setCrop(crop, m_gesture);
    refresh();
}

void CropCard::refresh()
{
    const ScanShape grid = shape();
    const auto& crop = m_document.study().crop;
    const Region region = crop.value_or(wholeRegion(grid));
    const OpenedScanPtr opened = m_document.firstOpened();
    const bool calibrated = opened && opened->calibration.scanStep_nm;
    m_unit->setEnabled(calibrated);
    m_unit->setToolTip(calibrated ? tr("Unit in which the crop is typed")
                                  : tr("The files do not tell the scan step; give it under Calibration to type nm."));
    const double size = unitSize();
    const std::array<int, 4> values{region.y, region.x, region.height, region.width};
    const std::array<int, 4> limits{grid.height, grid.width, grid.height, grid.width};
    for (std::size_t i = 0; i < m_fields.size(); ++i) {
        const QSignalBlocker blocker(m_fields[i]);
        m_fields[i]->setDecimals(size == 1 ? 0 : 2);
        m_fields[i]->setSingleStep(size);
        m_fields[i]->setRange(0, std::max(limits[i], values[i]) * size);
        m_fields[i]->setValue(values[i] * size);
        m_fields[i]->setEnabled(crop.has_value());
    }
    setOn(crop.has_value());
    m_draw->setEnabled(grid.count() > 0);
    QString note;
    if (crop && calibrated)
        note = tr("%1 pixels, %2 nm x %3 nm")
                   .arg(QString::fromStdString(toText(region.shape())))
                   .arg(region.height * *opened->calibration.scanStep_nm, 0, 'f', 1)
                   .arg(region.width * *opened->calibration.scanStep_nm, 0, 'f', 1);
    else if (!crop)
        note = tr("The whole scan is used.");
    if (const StudyScan* entry = m_document.study().scan(m_document.currentScan()); entry && entry->crop)
        note += (note.isEmpty() ? QString() : QStringLiteral("\n")) +
                tr("Scan %1 has a crop of its own: %2.")
                    .arg(QString::fromStdString(entry->name), QString::fromStdString(toText(*entry->crop)));
    setNote(note);
}

} // namespace dispersa
