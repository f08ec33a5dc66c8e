// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/actions/scan_shape_box.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>

#include <algorithm>

namespace dispersa {
namespace {

constexpr int mostCandidates = 400;

QString reason(const ShapeCandidate& candidate, bool likely)
{
    switch (candidate.source) {
    case ShapeSource::Companion:
        return ScanShapeBox::tr("a map of this scan");
    case ShapeSource::Study:
        return ScanShapeBox::tr("as the study says");
    case ShapeSource::FileHint:
        return ScanShapeBox::tr("the file hints at it");
    case ShapeSource::Factors:
        break;
    }
    return likely ? QString() : ScanShapeBox::tr("long and narrow");
}

QSpinBox* extentBox(const QString& name, const QString& accessible, QWidget* parent)
{
    auto* box = new QSpinBox(parent);
    box->setObjectName(name);
    box->setAccessibleName(accessible);
    box->setRange(1, 1'000'000);
    box->setMinimumWidth(80);
    return box;
}

ScanShape shapeOf(const QListWidgetItem& item)
{
    return {item.data(Qt::UserRole).toInt(), item.data(Qt::UserRole + 1).toInt()};
}

} // namespace

ScanShapeBox::ScanShapeBox(QWidget* parent)
    : QGroupBox(tr("Rows × columns, as scanned"), parent), m_candidates(new QListWidget(this)),
      m_rows(extentBox(QStringLiteral("shape_rows"), tr("Rows of the scan"), this)),
      m_columns(extentBox(QStringLiteral("shape_columns"), tr("Columns of the scan"), this)), m_fit(new QLabel(this))
{
    m_candidates->setObjectName(QStringLiteral("shape_candidates"));
    m_candidates->setAccessibleName(tr("Possible scan shapes, rows × columns"));
    m_candidates->setAlternatingRowColors(true);
    m_candidates->setUniformItemSizes(true);
    m_candidates->setMinimumWidth(280);
    m_fit->setObjectName(QStringLiteral("shape_fit"));
    m_fit->setWordWrap(true);
    m_fit->setMaximumWidth(330);

    auto* typed = new QHBoxLayout;
    typed->addWidget(m_rows);
    typed->addWidget(new QLabel(QStringLiteral("×"), this));
    typed->addWidget(m_columns);
    typed->addStretch();
    auto* layout = new QVBoxLayout(this);
    layout->addWidget(m_candidates, 1);
    layout->addLayout(typed);
    layout->addWidget(m_fit);

    connect(m_candidates, &QListWidget::currentRowChanged, this, &ScanShapeBox::chooseCandidate);
    connect(m_candidates, &QListWidget::itemActivated, this, &ScanShapeBox::candidateActivated);
    for (QSpinBox* box : {m_rows, m_columns})
        connect(box, &QSpinBox::valueChanged, this, &ScanShapeBox::findCandidate);
}

void ScanShapeBox::setCandidates(const std::vector<ShapeCandidate>& candidates, std::optional<ScanShape> wanted)
{
    const QSignalBlocker blocker(m_candidates);
    m_candidates->clear();
    for (const ShapeCandidate& candidate : candidates) {
        if (m_candidates->count() == mostCandidates)
            break;
        const ScanShape s = candidate.acquired;
        const bool likely = std::max(s.height, s.width) <= 8 * std::min(s.height, s.width);
        const QString why = reason(candidate, likely);
        auto* item = new QListWidgetItem(QStringLiteral("%1 × %2").arg(s.height).arg(s.width) +
                                         (why.isEmpty() ? QString() : QStringLiteral("   – ") + why));
        item->setData(Qt::UserRole, s.height);
        item->setData(Qt::UserRole + 1, s.width);
        m_candidates->addItem(item);
    }
    if (wanted) {
        const QSignalBlocker rows(m_rows);
        const QSignalBlocker columns(m_columns);
        m_rows->setValue(wanted->height);
        m_columns->setValue(wanted->width);
        findCandidate();
    } else if (!candidates.empty()) {
        m_candidates->setCurrentRow(0);
        chooseCandidate();
    }
}

int ScanShapeBox::candidateCount() const
{
    return m_candidates->count();
}

void ScanShapeBox::focusCandidates()
{
    m_candidates->setFocus();
}

ScanShape ScanShapeBox::shape() const
{
    return {m_rows->value(), m_columns->value()};
}

void ScanShapeBox::setFit(const QString& text, bool exact)
{
    m_fit->setText(text);
    QPalette palette = this->palette();
    if (!exact)
        palette.setColor(QPalette::WindowText, QColor(0xb3, 0x6b, 0x00));
    m_fit->setPalette(palette);
}

void ScanShapeBox::chooseCandidate()
{
    const QListWidgetItem* item = m_candidates->currentItem();
    if (!item)
        return;
    {
        const QSignalBlocker rows(m_rows);
        const QSignalBlocker columns(m_columns);
        m_rows->setValue(shapeOf(*item).height);
        m_columns->setValue(shapeOf(*item).width);
    }
    Q_EMIT shapeChanged();
}

/// The row of the list that says what was typed, if there is one.
void ScanShapeBox::findCandidate()
{
    {
        const QSignalBlocker blocker(m_candidates);
        int row = -1;
        for (int i = 0; i < m_candidates->count() && row < 0; ++i)
            if (shapeOf(*m_candidates->item(i)) == shape())
                row = i;
        m_candidates->setCurrentRow(row);
        if (row < 0)
            m_candidates->clearSelection();
    }
    Q_EMIT shapeChanged();
}

} // namespace dispersa
