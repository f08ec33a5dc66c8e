// SPDX-License-Identifier: GPL-3.0-or-later
// Correction of predictions; see correction_panel.h.
#include "app/pages/train/correction_panel.h"

#include "app/pages/train/recipe_text.h"

#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QLabel>
#include <QSignalBlocker>

namespace dispersa {

namespace {
/// Enough to fit a curve to a map of a few thousand pixels.
constexpr double firstCalibrationFraction = 0.1;

QString kindHelp(CorrectionKind kind)
{
    switch (kind) {
    case CorrectionKind::None:
        return CorrectionPanel::tr("Predictions stay as the model puts them out.");
    case CorrectionKind::Linear:
        return CorrectionPanel::tr("y = α y + β per target: mends bias and error; cannot change r.");
    case CorrectionKind::Polynomial:
        return CorrectionPanel::tr("A smooth curve per target, straight beyond the values it was fitted to.");
    case CorrectionKind::Isotonic:
        return CorrectionPanel::tr("The curve of least error that never falls: keeps which pixel holds more.");
    case CorrectionKind::Quantile:
        return CorrectionPanel::tr("Gives predictions the spread of the measured values: right contrast, but no smaller "
                                   "error.");
    }
    return {};
}
} // namespace

CorrectionPanel::CorrectionPanel(StudyDocument& document, QWidget* parent)
    : QWidget(parent), m_document(document), m_kind(new QComboBox(this)), m_fitOn(new QComboBox(this)),
      m_simplex(new QCheckBox(tr("Keep a composition"), this)), m_help(new QLabel(this))
{
    m_kind->setObjectName("train_correction_kind");
    for (const CorrectionKind kind : {CorrectionKind::None, CorrectionKind::Linear, CorrectionKind::Polynomial,
                                      CorrectionKind::Isotonic, CorrectionKind::Quantile})
        m_kind->addItem(correctionTitle(kind), int(kind));
    m_fitOn->setObjectName("train_correction_fit_on");
    m_fitOn->setToolTip(tr("Scores leave out the pixels that the correction was fitted on"));
    m_simplex->setObjectName("train_correction_simplex");
    m_simplex->setToolTip(tr("Corrected fractions are moved to the nearest ones where none is negative and all add up to 1"));
    m_help->setObjectName("train_correction_help");
    m_help->setWordWrap(true);
    auto* form = new QFormLayout(this);
    form->setContentsMargins(0, 0, 0, 0);
    form->addRow(tr("Curve"), m_kind);
    form->addRow(tr("Fitted on"), m_fitOn);
    form->addRow(QString(), m_simplex);
    form->addRow(QString(), m_help);
    connect(m_kind, &QComboBox::activated, this, &CorrectionPanel::store);
    connect(m_fitOn, &QComboBox::activated, this, &CorrectionPanel::store);
    connect(m_simplex, &QCheckBox::toggled, this, &CorrectionPanel::store);
    connect(&m_document, &StudyDocument::changed, this, &CorrectionPanel::refresh);
    refresh();
}

void CorrectionPanel::store()
{
    CorrectionOptions correction = m_document.study().correction;
    correction.kind = CorrectionKind(m_kind->currentData().toInt());
    correction.fitOn = m_fitOn->currentData().toString().toStdString();
    correction.simplex = m_simplex->isChecked();
    m_document.edit(tr("Correction"), StudyPart::Correction, [&](Study& study) {
        study.correction = correction;
        // A part that holds no pixel could not be fitted on.
        if (correction.kind != CorrectionKind::None && correction.fitOn == "calibration" &&
            !(study.split.calibrationFraction > 0))
            study.split.calibrationFraction = firstCalibrationFraction;
    });
    refresh(); // an edit that changes nothing sends no signal
}

void CorrectionPanel::fillPlaces()
{
    const Study& study = m_document.study();
    m_fitOn->clear();
    if (!study.model) {
        m_fitOn->addItem(tr("Validation part"), QStringLiteral("validation"));
        m_fitOn->addItem(tr("Calibration part"), QStringLiteral("calibration"));
        m_fitOn->addItem(tr("Test part"), QStringLiteral("test"));
    }
    for (const StudyScan& scan : study.scans)
        if (scan.role != ScanRole::Ignore && !scan.maps.empty())
            m_fitOn->addItem(tr("Scan %1").arg(QString::fromStdString(scan.name)), QString::fromStdString(scan.name));
    const QString current = QString::fromStdString(study.correction.fitOn);
    if (m_fitOn->findData(current) < 0) // of a file: shown as it is, whatever it is
        m_fitOn->addItem(current == QLatin1String("validation") ? tr("Validation part") : current, current);
    m_fitOn->setCurrentIndex(m_fitOn->findData(current));
}

void CorrectionPanel::refresh()
{
    const Study& study = m_document.study();
    const QSignalBlocker blockers[] = {QSignalBlocker(m_kind), QSignalBlocker(m_fitOn), QSignalBlocker(m_simplex)};
    m_kind->setCurrentIndex(m_kind->findData(int(study.correction.kind)));
    fillPlaces();
    m_simplex->setChecked(study.correction.simplex);
    const bool corrects = study.correction.kind != CorrectionKind::None;
    auto* form = static_cast<QFormLayout*>(layout());
    form->setRowVisible(m_fitOn, corrects);
    form->setRowVisible(m_simplex, corrects);
    QStringList help{kindHelp(study.correction.kind)};
    const std::string& fitOn = study.correction.fitOn;
    if (corrects && fitOn == "validation" && study.split.validationFraction == 0 && !study.model)
        help << tr("There is no validation part: the test part stands in for it.");
    else if (corrects && fitOn == "validation")
        help << tr("These pixels stop the training too: the calibration part would be cleaner.");
    else if (corrects && study.scan(fitOn))
        help << tr("That scan's own corrected scores are in sample.");
    m_help->setText(help.join(QLatin1Char(' ')));
}

} // namespace dispersa
