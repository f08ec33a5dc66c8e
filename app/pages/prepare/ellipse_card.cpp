// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/pages/prepare/ellipse_card.h"

#include "core/learn/recipe.h"

#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

namespace dispersa {

EllipseCard::EllipseCard(StudyDocument& document, QWidget* parent)
    : StepCard(PrepareStep::Ellipse, true, parent), m_document(document), m_ratio(new QDoubleSpinBox(this)),
      m_angle(new QDoubleSpinBox(this)), m_ring(new QDoubleSpinBox(this)),
      m_measure(new QPushButton(tr("&Measure"), this))
{
    const auto prepareField = [this](QDoubleSpinBox* field, const QString& name, const QString& text, double low,
                                     double high, int decimals, double step) {
        field->setObjectName(name);
        field->setAccessibleName(text);
        field->setToolTip(text);
        field->setRange(low, high);
        field->setDecimals(decimals);
        field->setSingleStep(step);
        field->setKeyboardTracking(false);
        field->installEventFilter(this);
    };
    prepareField(m_ratio, QStringLiteral("ellipse_ratio"), tr("Long axis divided by short axis"), 1, 2, 4, 0.001);
    prepareField(m_angle, QStringLiteral("ellipse_angle"), tr("Angle of the long axis, from right towards down"), -180,
                 180, 1, 1);
    m_angle->setSuffix(tr("°"));
    prepareField(m_ring, QStringLiteral("ellipse_ring"),
                 tr("Radius of the ring to measure; a click on a pattern sets it"), 0, 10000, 1, 1);
    m_ring->setSuffix(tr(" px"));
    m_ring->setSpecialValueText(tr("click on a ring"));
    m_measure->setObjectName(QStringLiteral("ellipse_measure"));
    m_measure->setToolTip(tr("Fits an ellipse to that ring in the mean of 200 centred patterns of the scan"));
    m_measure->installEventFilter(this);
    auto* grid = new QGridLayout;
    grid->addWidget(new QLabel(tr("Ratio"), this), 0, 0);
    grid->addWidget(m_ratio, 0, 1);
    grid->addWidget(new QLabel(tr("Angle"), this), 0, 2);
    grid->addWidget(m_angle, 0, 3);
    grid->addWidget(new QLabel(tr("Ring"), this), 1, 0);
    grid->addWidget(m_ring, 1, 1, 1, 2);
    grid->addWidget(m_measure, 1, 3);
    grid->setColumnStretch(1, 1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(2, grid);
    connect(m_ratio, &QDoubleSpinBox::valueChanged, this, &EllipseCard::typed);
    connect(m_angle, &QDoubleSpinBox::valueChanged, this, &EllipseCard::typed);
    for (QDoubleSpinBox* field : {m_ratio, m_angle})
        connect(field, &QAbstractSpinBox::editingFinished, this, [this] { ++m_gesture; });
    connect(m_ring, &QDoubleSpinBox::valueChanged, this, [this](double radius) {
        refresh();
        Q_EMIT ringChanged(radius);
    });
    connect(m_measure, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(step());
        Q_EMIT measureRequested(m_ring->value());
    });
    connect(this, &StepCard::switched, this, [this](bool on) {
        // There is no usual ellipse: switching on measures the one there is.
        if (on && m_ring->value() > 0)
            Q_EMIT measureRequested(m_ring->value());
        if (!on) {
            const QSignalBlocker blocker(m_angle);
            m_angle->setValue(0);
            m_ratio->setValue(1);
        }
        refresh();
    });
    connect(&document, &StudyDocument::changed, this, &EllipseCard::refresh);
    refresh();
}

void EllipseCard::typed()
{
    DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    options.ellipseRatio = m_ratio->value();
    options.ellipseAngle_deg = m_angle->value();
    m_document.setDiffraction(options, m_gesture);
}

void EllipseCard::setRing(double radius_px)
{
    const QSignalBlocker blocker(m_ring);
    m_ring->setValue(radius_px);
    refresh();
}

void EllipseCard::setMeasuring(bool on)
{
    if (on && m_measure->hasFocus())
        m_ring->setFocus(); // a button that goes grey would pass the focus, and with it the preview, to the next step
    m_measure->setText(on ? tr("Measuring…") : tr("&Measure"));
    m_measure->setEnabled(!on && m_ring->value() > 0);
}

void EllipseCard::refresh()
{
    const DiffractionOptions options = diffractionInUse(m_document.study(), m_document.detectorShape());
    const QSignalBlocker ratioBlocker(m_ratio);
    const QSignalBlocker angleBlocker(m_angle);
    m_ratio->setValue(options.ellipseRatio);
    m_angle->setValue(options.ellipseAngle_deg);
    setOn(options.correctsEllipse());
    m_measure->setEnabled(m_ring->value() > 0);
}

} // namespace dispersa
