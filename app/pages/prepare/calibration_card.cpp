// SPDX-License-Identifier: GPL-3.0-or-later
// The card for pixel sizes.
#include "app/pages/prepare/map_steps.h"

#include <QComboBox>
#include <QDoubleSpinBox>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QPushButton>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <numbers>

namespace dispersa {
namespace {

constexpr double twoPi = 2 * std::numbers::pi;

/// Rings that people calibrate on; fcc Ge-Sb-Te with a = 6.01 A.
struct KnownRing {
    const char* name;
    double q_invA; ///< 1/d
};
constexpr KnownRing knownRings[] = {{"Ge-Sb-Te 200", 0.333}, {"Ge-Sb-Te 220", 0.471}, {"Ge-Sb-Te 222", 0.576}};

/// An angle that may be unknown: below its range lies "from the files", which an empty field means too. 0 is an angle.
class AngleField : public QDoubleSpinBox {
  public:
    using QDoubleSpinBox::QDoubleSpinBox;
    void stepBy(int steps) override
    {
        if (value() == minimum())
            setValue(steps * singleStep());
        else
            QDoubleSpinBox::stepBy(steps);
    }
    StepEnabled stepEnabled() const override
    {
        return value() == minimum() ? StepUpEnabled | StepDownEnabled : QDoubleSpinBox::stepEnabled();
    }
    QValidator::State validate(QString& text, int& position) const override
    {
        return isEmpty(text) ? QValidator::Acceptable : QDoubleSpinBox::validate(text, position);
    }
    double valueFromText(const QString& text) const override
    {
        return isEmpty(text) ? minimum() : QDoubleSpinBox::valueFromText(text);
    }

  private:
    /// The unit stays behind when a person deletes the number.
    bool isEmpty(const QString& text) const { return QString(text).remove(suffix()).trimmed().isEmpty(); }
};

} // namespace

CalibrationCard::CalibrationCard(StudyDocument& document, QWidget* parent)
    : StepCard(PrepareStep::Calibration, false, parent), m_document(document), m_qPixel(new QDoubleSpinBox(this)),
      m_convention(new QComboBox(this)), m_scanStep(new QDoubleSpinBox(this)), m_rotation(new AngleField(this)),
      m_ring(new QDoubleSpinBox(this)), m_known(new QComboBox(this)),
      m_calibrate(new QPushButton(tr("Ta&ke the pixel from this ring"), this))
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
    prepareField(m_rotation, QStringLiteral("qr_rotation"), tr("Rotation between scan and diffraction"), 360, 2);
    m_rotation->setRange(-361, 360);
    m_rotation->setValue(m_rotation->minimum());
    m_rotation->setSuffix(tr("°"));
    m_rotation->setToolTip(tr("Turns directions on the detector into directions on the scan, counter-clockwise on the "
                              "screen; py4DSTEM's QR_rotation_degrees. Centre-of-mass maps use it. Empty takes what the "
                              "files say."));
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
    grid->addWidget(new QLabel(tr("Rotation"), this), 2, 0);
    grid->addWidget(m_rotation, 2, 1);
    grid->addWidget(new QLabel(tr("Ring"), this), 3, 0);
    grid->addWidget(makeRingRow(), 3, 1, 1, 2);
    grid->addWidget(m_calibrate, 4, 1, 1, 2);
    grid->setColumnStretch(1, 1);
    static_cast<QVBoxLayout*>(layout())->insertLayout(2, grid);
    connect(&document, &StudyDocument::changed, this, &CalibrationCard::refresh);
    connect(&document, &StudyDocument::scanOpened, this, &CalibrationCard::refresh);
    refresh();
}

QWidget* CalibrationCard::makeRingRow()
{
    auto* widget = new QWidget(this);
    m_ring->setObjectName(QStringLiteral("calibration_ring"));
    m_ring->setAccessibleName(tr("Radius of a ring of known spacing"));
    m_ring->setToolTip(tr("A click on a pattern sets it; the nearest ring of the mean pattern is taken"));
    m_ring->setRange(0, 10000);
    m_ring->setDecimals(1);
    m_ring->setSuffix(tr(" px"));
    m_ring->setSpecialValueText(tr("click on a ring"));
    m_ring->setKeyboardTracking(false);
    m_known->setObjectName(QStringLiteral("calibration_known_ring"));
    m_known->setAccessibleName(tr("Where that ring lies, in the convention above"));
    m_known->setToolTip(tr("Choose a ring, or type where it lies in 1/Å, in the convention above"));
    m_known->setEditable(true);
    m_known->setInsertPolicy(QComboBox::NoInsert);
    m_calibrate->setObjectName(QStringLiteral("calibration_measure"));
    for (QWidget* field : std::initializer_list<QWidget*>{m_ring, m_known, m_calibrate})
        field->installEventFilter(this);
    auto* row = new QHBoxLayout(widget);
    row->setContentsMargins(0, 0, 0, 0);
    row->addWidget(m_ring);
    row->addWidget(m_known, 1);
    connect(m_ring, &QDoubleSpinBox::valueChanged, this, [this](double radius) {
        refresh();
        Q_EMIT ringChanged(radius);
    });
    connect(m_calibrate, &QPushButton::clicked, this, [this] {
        Q_EMIT chosen(step());
        // "Ge-Sb-Te 200: 0.333" or a number typed.
        const QString text = m_known->currentText();
        bool ok = false;
        const double typedValue = QLocale().toDouble(text.mid(text.lastIndexOf(QLatin1Char(':')) + 1).trimmed(), &ok);
        const int chosenRing = m_known->findText(text);
        const double q = chosenRing >= 0 ? m_known->itemData(chosenRing).toDouble()
                                         : typedValue / m_convention->currentData().toDouble();
        if (chosenRing >= 0 || (ok && typedValue > 0))
            Q_EMIT calibrateRequested(m_ring->value(), q);
    });
    return widget;
}

void CalibrationCard::setRing(double radius_px)
{
    const QSignalBlocker blocker(m_ring);
    m_ring->setValue(radius_px);
    refresh();
}

void CalibrationCard::setMeasuring(bool on)
{
    if (on && m_calibrate->hasFocus())
        m_ring->setFocus();
    m_calibrate->setEnabled(!on && m_ring->value() > 0);
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
    if (m_rotation->value() == m_rotation->minimum())
        calibration.qrRotation_deg.reset();
    else if (!calibration.qrRotation_deg || std::abs(*calibration.qrRotation_deg - m_rotation->value()) > 0.006)
        calibration.qrRotation_deg = m_rotation->value();
    m_document.setCalibration(calibration);
}

void CalibrationCard::refresh()
{
    m_calibrate->setEnabled(m_ring->value() > 0);
    const int shown = std::max(0, m_known->currentIndex());
    if (const double unit = m_convention->currentData().toDouble(); m_known->property("unit").toDouble() != unit) {
        m_known->setProperty("unit", unit);
        m_known->clear();
        for (const KnownRing& ring : knownRings)
            m_known->addItem(QStringLiteral("%1: %2").arg(QLatin1String(ring.name),
                                                          QLocale().toString(ring.q_invA * unit, 'f', 3)),
                             ring.q_invA);
        m_known->setCurrentIndex(shown);
    }
    const Calibration& own = m_document.study().calibration;
    const double convention = m_convention->currentData().toDouble();
    const QSignalBlocker qBlocker(m_qPixel);
    const QSignalBlocker stepBlocker(m_scanStep);
    m_qPixel->setValue(own.qPixel_invA.value_or(0) * convention);
    m_scanStep->setValue(own.scanStep_nm.value_or(0));
    const QSignalBlocker rotationBlocker(m_rotation);
    m_rotation->setValue(own.qrRotation_deg.value_or(m_rotation->minimum()));
    const OpenedScanPtr opened = m_document.firstOpened();
    if (!opened) {
        setNote({});
        return;
    }
    const Calibration& used = opened->calibration;
    setNote(tr("In use: detector pixel %1, scan step %2, rotation %3")
                .arg(used.qPixel_invA ? tr("%1 1/Å").arg(*used.qPixel_invA * convention, 0, 'g', 4) : tr("unknown"),
                     used.scanStep_nm ? tr("%1 nm").arg(*used.scanStep_nm, 0, 'g', 4) : tr("unknown"),
                     used.qrRotation_deg ? tr("%1°").arg(*used.qrRotation_deg, 0, 'g', 5) : tr("unknown")));
}

} // namespace dispersa
