// SPDX-License-Identifier: GPL-3.0-or-later
// The card for pixel sizes.
#include "app/pages/prepare/map_steps.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QLabel>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <cmath>
#include <numbers>

namespace dispersa {
namespace {

constexpr double twoPi = 2 * std::numbers::pi;

} // namespace

CalibrationCard::CalibrationCard(StudyDocument& document, QWidget* parent)
    : StepCard(PrepareStep::Calibration, false, parent), m_document(document), m_qPixel(new QDoubleSpinBox(this)),
      m_convention(new QComboBox(this)), m_scanStep(new QDoubleSpinBox(this))
{
    const auto prepareField = [this](QDoubleSpinBox* field, const QString& name, const QString& text, double high,
                                     int decimals) {
        field->setObjectName(name);
        field->setAccessibleName(text);
        field->setRange(0, high);
        field->setDecimals(decimals);
        field->setSpecialValueText(tr("from the files"));
        field->setKeyboardTracking(false);
        field->setToolTip(tr("0 takes what the files say"));
        field->installEventFilter(this);
        connect(field, &QDoubleSpinBox::valueChanged, this, &CalibrationCard::typed);
    };
    prepareField(m_qPixel, QStringLiteral("q_pixel"), tr("Size of a detector pixel"), 100, 6);
    prepareField(m_scanStep, QStringLiteral("scan_step"), tr("Distance of probe positions"), 100000, 4);
    m_qPixel->setSingleStep(0.001);
    m_scanStep->setSingleStep(0.1);
    m_scanStep->setSuffix(tr(" nm"));
    m_convention->setObjectName(QStringLiteral("q_convention"));
    m_convention->setAccessibleName(tr("Convention of the detector pixel's size"));
    m_convention->addItem(tr("1/Å, q = 1/d"), 1.0);
    m_convention->addItem(tr("1/Å, Q = 2π/d"), twoPi);
    m_convention->installEventFilter(this);
    connect(m_convention, &QComboBox::activated, this, &CalibrationCard::refresh);

    auto* grid = new QGridLayout;
    grid->addWidget(new QLabel(tr("Detector pixel"), this), 0, 0);
    grid->addWidget(m_qPixel, 0, 1);
    grid->addWidget(m_convention, 0, 2);
    grid->addWidget(new QLabel(tr("Scan step"), this), 1, 0);
    grid->addWidget(m_scanStep, 1, 1);
    grid->setColumnStretch(1, 1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(2, grid);
    connect(&document, &StudyDocument::changed, this, &CalibrationCard::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &CalibrationCard::refresh);
    refresh();
}

void CalibrationCard::typed()
{
    Calibration calibration = m_document.study().calibration;
    const double convention = m_convention->currentData().toDouble();
    // A field that was not touched shows a rounded number: it must not replace the exact one.
    const auto take = [](std::optional<double>& kept, double typedValue, const QDoubleSpinBox& field, double unit) {
        if (std::abs(kept.value_or(0) * unit - typedValue) < 0.6 * std::pow(10.0, -field.decimals()))
            return;
        kept = typedValue > 0 ? std::optional(typedValue / unit) : std::nullopt;
    };
    take(calibration.qPixel_invA, m_qPixel->value(), *m_qPixel, convention);
    take(calibration.scanStep_nm, m_scanStep->value(), *m_scanStep, 1);
    m_document.setCalibration(calibration);
}

void CalibrationCard::refresh()
{
    const Calibration& own = m_document.study().calibration;
    const double convention = m_convention->currentData().toDouble();
    const QSignalBlocker qBlocker(m_qPixel);
    const QSignalBlocker stepBlocker(m_scanStep);
    m_qPixel->setValue(own.qPixel_invA.value_or(0) * convention);
    m_scanStep->setValue(own.scanStep_nm.value_or(0));
    const OpenedScanPtr opened = m_document.firstOpened();
    if (!opened) {
        setNote({});
        return;
    }
    const Calibration& used = opened->calibration;
    setNote(tr("In use: detector pixel %1, scan step %2")
                .arg(used.qPixel_invA ? tr("%1 1/Å").arg(*used.qPixel_invA * convention, 0, 'g', 4) : tr("unknown"),
                     used.scanStep_nm ? tr("%1 nm").arg(*used.scanStep_nm, 0, 'g', 4) : tr("unknown")));
}

} // namespace dispersa
