// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/alignment_card.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace dispersa {

AlignmentCard::AlignmentCard(AlignmentDraft& draft, QWidget* parent)
    : StepCard(PrepareStep::Alignment, false, parent), m_draft(draft), m_map(new QComboBox(this)),
      m_estimate(new QPushButton(tr("&Estimate"), this)), m_findScale(new QCheckBox(tr("Find the scale too"), this)),
      m_dy(makeField(QStringLiteral("align_dy"), tr("Shift of the maps, rows"))),
      m_dx(makeField(QStringLiteral("align_dx"), tr("Shift of the maps, columns"))),
      m_scale(makeField(QStringLiteral("align_scale"), tr("Map pixels per probe step"))), m_length(new QLabel(this)),
      m_scope(new QComboBox(this)), m_accept(new QPushButton(tr("&Accept"), this)),
      m_reset(new QPushButton(tr("&Reset"), this))
{
    m_map->setObjectName(QStringLiteral("align_map"));
    m_map->setAccessibleName(tr("Map to align with"));
    m_map->setToolTip(
        tr("The map that is compared with the virtual image. The alignment holds for all maps of the scan."));
    m_estimate->setObjectName(QStringLiteral("align_estimate"));
    m_findScale->setObjectName(QStringLiteral("align_find_scale"));
    m_findScale->setToolTip(
        tr("Needed when the maps' pixels are not as large as the probe steps. Without it, shifts are "
           "found more surely."));
    row()->addWidget(new QLabel(tr("With"), this));
    row()->addWidget(m_map, 1);
    row()->addWidget(m_estimate);

    m_dy->setRange(-9999, 9999);
    m_dx->setRange(-9999, 9999);
    m_scale->setRange(0.01, 100);
    m_scale->setDecimals(4);
    m_scale->setSingleStep(0.01);
    for (QDoubleSpinBox* field : {m_dy, m_dx}) {
        field->setDecimals(2);
        field->setSuffix(tr(" px"));
    }
    m_length->setObjectName(QStringLiteral("align_length"));
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(6);
    grid->addWidget(m_findScale, 0, 0, 1, 4);
    grid->addWidget(new QLabel(tr("dy"), this), 1, 0);
    grid->addWidget(m_dy, 1, 1);
    grid->addWidget(new QLabel(tr("dx"), this), 1, 2);
    grid->addWidget(m_dx, 1, 3);
    grid->addWidget(new QLabel(tr("Scale"), this), 2, 0);
    grid->addWidget(m_scale, 2, 1);
    grid->addWidget(m_length, 2, 2, 1, 2);
    grid->setColumnStretch(1, 1);
    grid->setColumnStretch(3, 1);
    m_scope->setObjectName(QStringLiteral("align_scope"));
    m_scope->setAccessibleName(tr("Scans that get the alignment"));
    m_accept->setObjectName(QStringLiteral("align_accept"));
    m_reset->setObjectName(QStringLiteral("align_reset"));
    auto* buttons = new QHBoxLayout;
    buttons->addWidget(m_scope, 1);
    buttons->addWidget(m_accept);
    buttons->addWidget(m_reset);
    auto* lines = static_cast<QVBoxLayout*>(layout());
    lines->insertLayout(2, grid);
    lines->insertLayout(3, buttons);

    connect(m_map, &QComboBox::activated, this, [this] { m_draft.setQuantity(m_map->currentText().toStdString()); });
    connect(m_estimate, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(step());
        if (m_draft.isBusy())
            m_draft.stop();
        else
            m_draft.estimate();
    });
    for (QDoubleSpinBox* field : {m_dy, m_dx, m_scale})
        connect(field, &QDoubleSpinBox::valueChanged, this, &AlignmentCard::typed);
    connect(m_findScale, &QCheckBox::clicked, this, [this](bool on) { m_draft.setFindsScale(on); });
    connect(m_scope, &QComboBox::activated, this, &AlignmentCard::refresh);
    connect(m_accept, &QPushButton::clicked, this, [this] { m_draft.accept(m_scope->currentIndex() == 1); });
    connect(m_reset, &QPushButton::clicked, this, [this] {
        if (m_draft.differsFromStudy() && m_draft.value() != MapFromScan())
            m_draft.reset();
        else
            m_draft.remove();
    });
    connect(&draft, &AlignmentDraft::changed, this, &AlignmentCard::refresh);
    refresh();
}

QDoubleSpinBox* AlignmentCard::makeField(const QString& name, const QString& text)
{
    auto* field = new QDoubleSpinBox(this);
    field->setObjectName(name);
    field->setAccessibleName(text);
    field->setToolTip(text);
    field->setKeyboardTracking(false);
    return field;
}

void AlignmentCard::typed()
{
    // Only the field that was typed into changes: the others show rounded numbers.
    MapFromScan value = m_draft.value();
    const QObject* field = sender();
    (field == m_dy   ? value.dy
     : field == m_dx ? value.dx
                     : value.scale) = static_cast<const QDoubleSpinBox*>(field)->value();
    Q_EMIT chosen(step());
    m_draft.setValue(value);
}

QString AlignmentCard::noteText() const
{
    if (!m_draft.scan())
        return {};
    if (!m_draft.canAlign())
        return m_draft.scan()->diffraction ? tr("This scan has no maps.")
                                           : tr("This scan has no patterns to align with.");
    if (m_draft.isBusy())
        return tr("Reading the patterns…");
    if (const auto& found = m_draft.found()) {
        const auto error = [](double pixels) {
            return pixels < 0.1 ? tr("below 0.1") : QString::number(pixels, 'f', 1);
        };
        QString text = tr("Estimated; errors of dy and dx: %1 and %2 px; correlation %3; sure to %4 %.")
                           .arg(error(found->dyError), error(found->dxError))
                           .arg(found->correlation, 0, 'f', 2)
                           .arg(int(100 * found->confidence));
        if (found->isInverted())
            text += u' ' + tr("Contrast is inverted.");
        if (!found->isReliable())
            text += QStringLiteral("\n⚠ ") + tr("This is unsure: look at the overlay before you accept it.");
        else if (m_draft.differsFromStudy())
            text += u' ' + tr("Accept it to use it.");
        else if (m_draft.isStored())
            text += u' ' + tr("Accepted.");
        return text;
    }
    if (m_draft.differsFromStudy() && m_draft.value() == MapFromScan())
        return QStringLiteral("⚠ ") +
               tr("Maps and scan differ in size. Estimate their alignment, or accept this one to cut "
                  "or pad the maps at the end.");
    if (m_draft.differsFromStudy())
        return tr("Not accepted yet.");
    return m_draft.isStored() ? tr("Accepted; the maps are put on the scan this way.")
                              : tr("Maps and scan lie on each other.");
}

void AlignmentCard::refresh()
{
    const QSignalBlocker mapBlocker(m_map);
    const QSignalBlocker scopeBlocker(m_scope);
    const std::vector<std::string> names = m_draft.quantities();
    m_map->clear();
    for (const std::string& name : names)
        m_map->addItem(QString::fromStdString(name));
    m_map->setCurrentText(QString::fromStdString(m_draft.quantity()));
    const bool possible = m_draft.canAlign();
    m_map->setEnabled(possible);
    m_estimate->setEnabled(possible);
    m_estimate->setText(m_draft.isBusy() ? tr("Stop") : tr("&Estimate"));
    m_findScale->setEnabled(possible);
    m_findScale->setChecked(m_draft.findsScale());
    const MapFromScan value = m_draft.value();
    for (const auto& [field, number] : {std::pair{m_dy, value.dy}, {m_dx, value.dx}, {m_scale, value.scale}}) {
        const QSignalBlocker blocker(field);
        field->setValue(number);
        field->setEnabled(possible);
    }
    const MapPtr map = m_draft.recordedMap();
    const std::optional<double> step = map ? map->scanStep_nm : std::nullopt;
    m_length->setText(step ? tr("%1 nm, %2 nm").arg(value.dy * *step, 0, 'f', 2).arg(value.dx * *step, 0, 'f', 2)
                           : QString());
    m_length->setToolTip(tr("dy and dx as lengths, by the pixel size of the map"));
    const int scope = std::max(0, m_scope->currentIndex());
    m_scope->clear();
    m_scope->addItem(tr("Scan %1 alone").arg(QString::fromStdString(m_draft.scanName())));
    m_scope->addItem(tr("All %n scan(s)", nullptr, m_draft.alignableScans()));
    m_scope->setCurrentIndex(scope);
    m_scope->setEnabled(possible);
    // A button that is disabled hands its focus on, to the next card: that would change the preview.
    const auto enable = [this](QPushButton* button, bool on) {
        if (!on && button->hasFocus())
            m_estimate->setFocus();
        button->setEnabled(on);
    };
    enable(m_accept, possible && (m_draft.differsFromStudy() || scope == 1));
    // Reset takes back what is not accepted; once nothing is left of that, what is.
    const bool pending = m_draft.differsFromStudy() && m_draft.value() != MapFromScan();
    enable(m_reset, possible && (pending || m_draft.isStored()));
    m_reset->setText(pending || !m_draft.isStored() ? tr("&Reset") : tr("&Remove"));
    setNote(noteText());
}

} // namespace dispersa
